"""A break of a host in words, and how it is seen again."""

import math
from collections.abc import Iterator
from typing import Final

from emulator.explore.found import Break, Found, Kept

SURE: Final = 0.95
"""How likely a break shows at least once in the runs that are told (chosen)."""

RUNS_MOST: Final = 20  # that are told
FAULTS_NAMED: Final = 8  # that are told one by one


def told(what: str, broken: Break, kept: Kept) -> Iterator[str]:
    """Where it broke, why, how often, and the faults."""
    yield f"{what}, {broken.placed.rank}:"
    yield f"  {broken.placed}"
    yield f"  {broken.why}"
    yield from _unseen(broken, kept)
    yield f"  {broken.often}"
    yield from _faults(broken)


def _faults(broken: Break) -> Iterator[str]:
    faults = broken.placed.faults
    yield from (f"  --fault {_quoted(str(fault))}" for fault in faults[:FAULTS_NAMED])
    if len(faults) > FAULTS_NAMED:
        yield f"  … and {len(faults) - FAULTS_NAMED} more, in the scenario"


def _unseen(broken: Break, kept: Kept) -> Iterator[str]:
    """That the search has ended the host, and how to see what it does then."""
    if broken.observed.end in ("silent", "hung"):
        longer = "--limit, or " if broken.observed.end == "hung" else ""
        by_hand = f"run {kept.file or 'the scenario'} without its dialogue"
        yield (
            f"  (ended by the search after {broken.observed.seconds:.1f} s; what the host says "
            f"when its own time is up is not seen: {longer}{by_hand})"
        )


def passed_there(found: Found, broken: Break) -> Iterator[str]:
    """Which other lines did not break it at this place: what tells them from that which did."""
    placed = broken.placed
    alike = [
        each.placed.lines[0].kind
        for each in found.tried
        if each.verdict.outcome == "passed"
        and len(each.placed.lines) == len(placed.lines) == 1
        and each.placed.exchange.number == placed.exchange.number
        and (each.placed.position, each.placed.pause) == (placed.position, placed.pause)
        and each.placed.lines[0].kind != placed.lines[0].kind
    ]
    if alike:
        yield f"  there it lived through: {', '.join(dict.fromkeys(alike))}"


def besides(found: Found) -> Iterator[str]:
    """What comes of harsh places, if the real ones were tried as well."""
    if (harsh := found.harsh) is not None:
        yield f"besides, at a harsh place: {harsh.placed}: {harsh.why}"
        yield from _faults(harsh)
    is_real = any(e is not None and e.placed.rank == "real" for e in (found.first, found.least))
    if not is_real and (ran := found.ran("real")):
        yield f"no real place breaks it: {ran} ran"


def repeating(kept: Kept, least: Break) -> Iterator[str]:
    """The scenario, and what it does with this host."""
    shown = kept.shown or least
    if kept.failure:
        yield f"to see it again: {kept.file}"
        yield from _race(kept, shown)
        if shown.placed != least.placed:
            yield f"  it is about {shown.placed}: that of the simplest passes"
        times = f"{kept.failed} of {kept.runs} times"
        yield f"  run with this host, it failed {times}: {kept.failure}"
    else:
        many = f"; those of {kept.tried} breaks were tried" if kept.tried > 1 else ""
        yield f"{kept.file} does NOT show it: with this host all is as written in it{many}"
        if not shown.steady:
            yield from _race(kept, shown)
        if kept.code:
            yield f"  what shows it is the host, which then {_ended(kept.code)}"
    yield from (f"  {note}" for note in kept.notes)


def _race(kept: Kept, shown: Break) -> Iterator[str]:
    """In how many runs it shows where it does not each time; those of the search count as well."""
    broke, lives = shown.broke + kept.failed, shown.lives + kept.runs
    if broke < lives:
        runs = math.ceil(math.log(1 - SURE) / math.log(1 - broke / lives))
        most = min(max(runs, 2), RUNS_MOST)
        yield f"  NOT EACH TIME: run it up to {most} times; it showed in {broke} of {lives} lives"


def _ended(code: int) -> str:
    return f"ends with exit code {code}" if code > 0 else f"crashes with signal {-code}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
