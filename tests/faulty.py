"""Faults at random, for hypothesis: every kind at every place where it is possible."""

from dataclasses import MISSING, fields
from typing import Any

from hypothesis import strategies as st

from emulator.faults.errors import FaultError
from emulator.faults.fault import NAMED, STATES, TIMED, Fault
from emulator.faults.syntax import COUNT, OFFSET, SECONDS, Arg
from emulator.faults.whats import LASTING, POSSIBLE, What

TEXTS = st.one_of(
    st.sampled_from(["OK", "+MIPLEVENT: 0,33", '"/\\', "\r\n", "0,6"]), st.text(min_size=1)
)
TIMES = st.one_of(st.floats(0.001, 100), st.sampled_from([0.5, 1.0, 60.0]))
PATTERNS = st.sampled_from([r"OK|ERROR", r"\d+/\d", r"a\\/b", r"[/\\]", ".", r"\bAT"])
NAMES = st.sampled_from(["+MIPLNOTIFY", "+MIPLOPEN=", "+MIPLOPEN?", "+CGSN", "*ATREADY", "&F", "E"])


def _values(arg: Arg, name: str) -> st.SearchStrategy[Any]:
    if arg.how == "word":
        return st.sampled_from(arg.words)
    if name == "pause":
        return st.sampled_from([0.0, 0.05, 0.5])
    if arg.syntax is SECONDS:
        return TIMES
    if arg.syntax is LASTING:
        return st.one_of(TIMES, st.just(float("inf")))
    if arg.syntax is COUNT:
        return st.integers(1, 9)
    if arg.syntax is OFFSET:
        return st.integers(0, 40)
    others = {
        "code": st.sampled_from([100, 601, 652, "ok"]),
        "setting": st.sampled_from(["refuse=4.03", "drop=down:next:2", "steps=observe,discover"]),
    }
    return others.get(name, TEXTS)


@st.composite
def whats(draw: Any, kind: str) -> What:
    made = POSSIBLE[kind][0]
    given: dict[str, Any] = {}
    for each in fields(made):
        arg: Arg = each.metadata["arg"]
        if each.default is not MISSING and draw(st.booleans()):
            continue
        values = _values(arg, each.name)
        if kind == "response":
            values = st.sampled_from(["4.04", "2.05", "5.00"])
        if arg.how == "many":
            values = st.lists(values, min_size=1, max_size=3).map(tuple)
        if kind == "split" and each.name == "offsets":
            values = st.sets(st.integers(1, 40), min_size=1, max_size=4).map(
                lambda s: tuple(sorted(s))
            )
        given[each.name] = draw(values)
    return made(**given)


@st.composite
def _faults(draw: Any, kinds: tuple[str, ...]) -> Fault | None:
    kind = draw(st.sampled_from(kinds))
    where = draw(st.sampled_from(POSSIBLE[kind][1]))
    given: dict[str, Any] = {"where": where, "times": draw(st.sampled_from([1, 2, None]))}
    timed = where in TIMED and draw(st.booleans())
    conditions: dict[str, st.SearchStrategy[Any]] = {
        "chance": st.sampled_from([0.1, 1 / 3, 1.0]),
        "until": st.floats(100, 1000),
        "state": st.sampled_from(STATES),
        "nth": st.integers(1, 3),
        "every": st.integers(1, 3),
    }
    if where in NAMED:
        conditions["name"] = NAMES
    if timed:
        conditions |= {"at": TIMES, "period": st.sampled_from([1.5, 7.0, 60.0])}
    else:
        conditions |= {"after": TIMES, draw(st.sampled_from(["match", "pattern"])): TEXTS}
    for name, values in conditions.items():
        if draw(st.integers(0, 3)) == 0:
            given[name] = draw(PATTERNS if name == "pattern" else values)
    try:
        return Fault(**given, what=draw(whats(kind)))
    except FaultError:
        return None  # a mixture without meaning, which is said


def faults(*kinds: str) -> st.SearchStrategy[Fault]:
    """Faults of these kinds, or of all."""
    made: st.SearchStrategy[Any] = _faults(kinds or tuple(POSSIBLE))
    return made.filter(lambda fault: fault is not None)
