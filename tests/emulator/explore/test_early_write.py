"""A write before the module knows the type of the resource comes in hex (manual 3.12, 5.6)."""

import sys

import pytest

from emulator.explore.document import document_of, text_of
from emulator.explore.judging import judged
from emulator.explore.trial import Bounds, Plan, live
from emulator.scenario.platform_words import parse_deed
from emulator.scenario.reading import read_scenario
from tests.emulator.explore.conftest import PATIENCE, READ, ROOT, WRITE, Build

AROUND = {"model": "MN316", "timing": "fast", "quirks": {"late_rsp": "ok"}}
LATE = "reply +MIPLOPEN=: split 1 pause 0.3s"  # the platform asks before the host has reported


@pytest.mark.parametrize("language", ["c", "python"])
def test_a_host_takes_a_value_in_hex(build: Build, language: str) -> None:
    """`efgh` is 65 66 67 68; what is read then is that."""
    python = (sys.executable, str(ROOT / "examples/python/host.py"))
    words = (str(build()),) if language == "c" else python
    asks = [parse_deed(text) for text in (WRITE, READ, "execute /3200/0/5750")]
    reading = read_scenario(text_of(document_of(AROUND, asks, [LATE])).encode())
    assert reading.scenario is not None
    life = live(Plan((*words, "{port}"), reading.scenario, 1), Bounds(PATIENCE))
    said = [each.text for each in life.observed.account.said]
    assert judged(life.observed).outcome == "passed"
    assert any(line.endswith(",3200,0,5750,6,8,65666768,0") for line in said)
    assert any(line.endswith(',1,3200,0,5750,1,4,"efgh",0,0') for line in said)
