"""A search for people, as text, and for programs, as JSON."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from emulator.explore.found import Break, Found, Tried
from emulator.explore.lines import KINDS
from emulator.explore.placement import Placement
from emulator.explore.positions import POSITIONS
from emulator.explore.telling import besides, passed_there, repeating, told
from emulator.secrecy import redact

SCHEMA: Final = 1  # of the JSON document; fields may be added without another one
NAMED: Final = 10  # placements that are named where many have the same outcome
RATED: Final = 100
"""Placements from which on they are told by the second, where nothing breaks the host: else the
lives that look for the simplest are the most."""


def as_text(found: Found) -> str:
    """A table over the positions, then what was found."""
    parts = ["\n".join(_table(found)), *_breaks(found), *_others(found)]
    return "\n\n".join(parts) + "\n"


def summary(found: Found) -> str:
    """How many placements ran, and what came of them."""
    ran, broken = len(found.tried), found.count("broken")
    unreached = found.count("unreached")
    left = found.planned - ran
    text = f"{ran} placements ran, {broken or 'none'} broke the host"
    text += f", {unreached} were never reached" if unreached else ""
    text += f", {left} not run behind the first break" if left else ""
    text += f"; {found.left_out} more with --every" if found.left_out else ""
    text += f"; {found.seconds:.1f} s"
    is_rate = ran >= RATED and not found.breaks
    return f"{text}, {ran / max(found.seconds, 0.001):.1f} a second" if is_rate else text


def _table(found: Found) -> Iterator[str]:
    counts = found.by_position
    tried = {position for position, _ in counts}
    width = max((len(POSITIONS[name].about) for name in tried), default=0)
    yield summary(found)
    if found.warning:
        yield found.warning
    yield "lines: " + ", ".join(f"{kind} ({KINDS[kind].source})" for kind in found.kinds)
    yield ""
    yield f"{'':{width}}   rank   passed  broken  unreached"
    for name, position in POSITIONS.items():
        if name in tried:
            passed, broken, missed = (
                counts.get((name, outcome), 0) for outcome in ("passed", "broken", "unreached")
            )
            yield (
                f"{position.about:{width}}   {position.rank:5} {passed:7} {broken:7} {missed:10}"
            )


def _breaks(found: Found) -> Iterator[str]:
    first, least = found.first, found.least
    if first is None or least is None:
        return
    is_same = least.placed == first.placed  # then it has been tried more often
    shown = least if is_same else first
    first_told = (*told("first that breaks it", shown, found.kept), *passed_there(found, shown))
    yield "\n".join((*first_told, *besides(found)))
    if not is_same:
        least_told = told("simplest that breaks it", least, found.kept)
        yield "\n".join((*least_told, *passed_there(found, least)))
    named = (first, found.harsh)
    more = [each for each in found.breaks if not any(each is one for one in named)]
    if more:
        yield "\n".join([f"{len(more)} more break it:", *_named(more)])
    yield "\n".join(
        [
            "what happened around the collision:",
            *(f"  {line}" for line in least.transcript),
        ]
    )
    if found.kept.file:
        yield "\n".join(repeating(found.kept, least))


def _others(found: Found) -> Iterator[str]:
    yield from found.notes
    for race in found.races:
        yield (
            f"a race at {redact(race.command)}: {race.once} of {race.tried} placements broke the "
            "host once; --jobs 1, or a busy machine, may show it again"
        )
    for name, tried in (
        ("broke the host once, and then no more", found.unsteady),
        ("were never reached", [t for t in found.tried if t.verdict.outcome == "unreached"]),
    ):
        if tried:
            yield "\n".join([f"{len(tried)} {name}:", *_named(tried)])


def _named(some: Sequence[Break | Tried]) -> Iterator[str]:
    """The first of them, and how many more."""
    for each in some[:NAMED]:
        yield f"  {each.placed}: {each.why}"
    if len(some) > NAMED:
        yield f"  … {len(some) - NAMED} more"


def as_json(found: Found, seed: int) -> str:
    """One document: `ran`, `planned`, `left_out`, `first`, `least`, `breaks`, `positions`, …"""
    document = {
        "schema": SCHEMA,
        "seed": seed,
        "seconds": round(found.seconds, 3),
        "lines": list(found.kinds),
        "planned": found.planned,
        "ran": len(found.tried),
        "left_out": found.left_out,
        "broken": found.count("broken"),
        "unreached": [_placed(t.placed) for t in found.tried if t.verdict.outcome == "unreached"],
        "unsteady": [{**_placed(t.placed), "why": t.verdict.why} for t in found.unsteady],
        "races": [
            {"command": redact(each.command), "once": each.once, "tried": each.tried}
            for each in found.races
        ],
        "warning": found.warning,
        "notes": found.notes,
        "positions": {
            f"{position}": {
                outcome: found.by_position.get((position, outcome), 0)
                for outcome in ("passed", "broken", "unreached")
            }
            for position in POSITIONS
            if any(place == position for place, _ in found.by_position)
        },
        "first": None if found.first is None else _break(found.first),
        "harsh": None if found.harsh is None else _break(found.harsh),
        "least": None if found.least is None else _break(found.least),
        "breaks": [_break(each) for each in found.breaks],
        "scenario": found.kept.file,
        "scenario_failure": found.kept.failure,
        "scenario_code": found.kept.code,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _placed(placed: Placement) -> dict[str, Any]:
    return {
        "command": redact(placed.exchange.text),
        "number": placed.exchange.number,
        "position": placed.position,
        "rank": placed.rank,
        "lines": [line.text for line in placed.lines],
        "at": placed.at,
        "faults": [redact(str(fault)) for fault in placed.faults],
    }


def _break(found: Break) -> dict[str, Any]:
    transcript = list(found.transcript)
    return {
        **_placed(found.placed),
        "why": found.why,
        "steady": found.steady,
        "broke": found.broke,
        "lives": found.lives,
        "simpler": None if found.simpler is None else _break(found.simpler),
        "end": found.observed.end,
        "transcript": transcript,
    }
