"""Placements of lines beside one that the module prints by itself: an event, an observation, a
request of the platform."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from emulator.explore.account import unnumbered
from emulator.explore.ground import Ground
from emulator.explore.lines import KINDS
from emulator.explore.placement import PAUSE_S, Placement
from emulator.explore.sheet import Exchange, Own, answer_of, is_out, is_registration
from emulator.faults.fault import Fault
from emulator.faults.whats import Insert

OWN_LIMIT: Final = 12  # of the module's own lines, the first, beside which others stand (chosen)


@dataclass(frozen=True, slots=True)
class _Beside:
    """An own line, and the kinds that may stand before and behind it."""

    own: Own
    before: tuple[str, ...]
    after: tuple[str, ...]


def beside_own(ground: Ground) -> Iterator[Placement]:
    """All of them."""
    found = [*_beside(ground)][:OWN_LIMIT] if ground.sheet.exchanges else []
    for each in found:
        for kind in each.before:
            yield _placed(ground, each.own, "own-before", kind)
        for kind in each.after:
            yield _placed(ground, each.own, "own-after", kind)
    rows = [
        [_placed(ground, each.own, "own-apart-after", kind) for kind in _telling(each.after)]
        for each in found
    ]
    yield from ground.turns(rows)


def _telling(kinds: Sequence[str]) -> Sequence[str]:
    """Of these the requests, if there are any: that one is lost shows."""
    return [kind for kind in kinds if KINDS[kind].answer] or kinds


def _beside(ground: Ground) -> Iterator[_Beside]:
    """Each own line once, the first of those that are alike but for the message id."""
    seen: set[str] = set()
    was = False  # registered before the line
    for own in ground.sheet.own:
        now = is_registration(own.text) or (was and not is_out(own.text))
        if unnumbered(own.text) not in seen:
            seen.add(unnumbered(own.text))
            yield _Beside(own, _kinds(ground, own, was), _kinds(ground, own, now))
        was = now


def _kinds(ground: Ground, own: Own, is_registered: bool) -> tuple[str, ...]:
    """What may stand there: requests, where host and module have more to say to each other."""
    exchanges = ground.sheet.exchanges
    later = exchanges[own.replies : own.replies + 1]
    answering = (
        each for each in exchanges if own.mid is not None and answer_of(each.text) == own.mid
    )
    needed: list[Exchange] = [*later, *answering]
    found = []
    for kind in ground.kinds:
        is_possible = KINDS[kind].phase == "always" or is_registered
        if KINDS[kind].answer:
            there = ground.possible(kind)
            is_possible = is_registered and bool(later) and all(each in there for each in needed)
        if is_possible:
            found.append(kind)
    return tuple(found)


def _placed(ground: Ground, own: Own, position: str, kind: str) -> Placement:
    exchange = ground.sheet.exchanges[max(own.replies - 1, 0)]
    lines = ground.lines((kind,))
    place = position.rpartition("-")[2]
    pause = PAUSE_S if position == "own-apart-after" else 0.0
    what = Insert(tuple(line.text for line in lines), place=place, pause=pause)
    made = (_fault(ground, own, what),)
    return Placement(exchange, position, lines, own.name, own.nth(), own=own.text, made=made)


def _fault(ground: Ground, own: Own, what: Insert) -> Fault:
    """An event is known by its number, which may be the beginning of another's; another line has a
    message id, and is counted."""
    if own.kind != "event":
        return Fault("urc", what, name=own.name, nth=own.nth())
    before = ground.sheet.own[: ground.sheet.own.index(own)]
    nth = 1 + sum(own.text in each.text for each in before)
    return Fault("urc", what, name=own.name, match=own.text, nth=nth)
