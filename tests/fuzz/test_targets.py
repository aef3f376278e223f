"""Each target of the long runs (`python -m tests.fuzz`) for a second: whatever comes, all that
`Engine`, `Module` and `formats` promise holds."""

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.__main__ import main
from tests.fuzz.bounds import ELSEWHERE
from tests.fuzz.engine import Engine
from tests.fuzz.module import Module
from tests.fuzz.steps import Step, damaged, write
from tests.fuzz.targets import TARGETS, Target

EXAMPLES = 80

STEPS = st.builds(
    Step,
    st.integers(0, 11),
    st.integers(0, 63) | st.integers(0, 65535),
    st.binary(max_size=12),
)

REGRESSIONS = [
    # the only value in a body for an object was looked for in no instance
    ("tlv", bytes.fromhex("ffffffffffffffff0001410105c1098764")),
]
"""Inputs that once broke something, as the long runs found them."""


@st.composite
def inputs(draw: Any, target: Target) -> bytes:
    """A seed, damaged or with more steps behind it; or bytes as they fall."""
    seed: bytes = draw(st.sampled_from(target.seeds))
    if draw(st.booleans()):
        seed = damaged(seed, draw(st.binary(max_size=12)))
    elif draw(st.booleans()):
        seed = seed[: target.head] + draw(st.binary(max_size=300))
    more: list[Step] = draw(st.lists(STEPS, max_size=25)) if target.is_script else []
    return seed + write(*more)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_whatever_comes(name: str, data: st.DataObject) -> None:
    target = TARGETS[name]
    target.run(data.draw(inputs(target)))


@pytest.mark.parametrize(("name", "found"), REGRESSIONS)
def test_what_was_found_once(name: str, found: bytes) -> None:
    TARGETS[name].run(found)


def test_every_bound_is_reached() -> None:
    """By the seeds; else it could be anything, and to hold it would mean nothing."""
    checked, reached = set[str](), set[str]()
    for target in TARGETS.values():
        for played in map(target.run, target.seeds):
            if isinstance(played, Engine | Module):
                checked |= played.checked
                reached |= played.reached
    assert checked - reached == ELSEWHERE.keys()


def test_without_atheris_it_says_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "atheris", None)
    assert main(["tlv"]) == 3
    assert "MIPL_EXTRAS=fuzz ./mipl setup" in capsys.readouterr().err
