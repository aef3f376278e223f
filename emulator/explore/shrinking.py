"""Collisions that are simpler than one that breaks a host."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from emulator.explore.lines import KINDS
from emulator.explore.placement import Placement
from emulator.explore.positions import POSITIONS

_ORDER = list(KINDS)
GUARDED = "guarded-after"
CUTS: Final = 3  # of one line at one other position that are tried (chosen)
RICHER = 12  # of those with a line more that are tried


def simpler(placed: Placement, every: Sequence[Placement]) -> Iterator[Placement]:
    """Those of `every` that are simpler, the simplest first: fewer lines, a simpler position, a
    shorter pause, a simpler line, a cut behind fewer bytes, an earlier command. Of the cuts of a
    line at another position only some: there are more than can be tried."""
    mine = weight(placed)
    cuts: Counter[tuple[object, ...]] = Counter()
    found = (each for each in every if weight(each) < mine and _near(each, placed))
    for each in sorted(found, key=weight):
        place = (each.position, each.pause, each.lines, each.exchange.number)
        cuts[place] += 1
        if cuts[place] <= CUTS or each.position == placed.position:
            yield each


def richer(placed: Placement, every: Sequence[Placement]) -> list[Placement]:
    """Those with its line and one more at the same command, the likeliest first: the module's own
    next line before the answer to the host's response, the same line twice, at the same position,
    and another request. Each position and pair of kinds once. Beside a line of the module's own it
    may be the next command, too, which may have come before it."""
    kinds = [line.kind for line in placed.lines]
    near = [
        each
        for each in every
        if 0 <= each.exchange.number - placed.exchange.number <= bool(placed.own)
        and not POSITIONS[each.position].is_own
        and len(kinds) == 1
        and (len(each.lines) == 2 or each.position == GUARDED != placed.position)
        and kinds[0] in [line.kind for line in each.lines]
        and (each.rank == "real" or placed.rank == "harsh")
    ]
    near.sort(
        key=lambda each: (
            each.position != GUARDED,
            each.position != placed.position,
            {line.kind for line in each.lines} != set(kinds),
            not all(KINDS[line.kind].answer for line in each.lines),
            weight(each),
        )
    )
    once: dict[tuple[str, ...], Placement] = {}
    for each in near:
        once.setdefault((each.position, *(line.kind for line in each.lines)), each)
    return list(once.values())[:RICHER]


def weight(placed: Placement) -> tuple[int, int, int, float, tuple[int, ...], int, int]:
    """The less, the simpler, and what real modules do before what they do not."""
    order, at = list(POSITIONS).index(placed.position), placed.at
    kinds = tuple(_ORDER.index(line.kind) for line in placed.lines)
    return (
        int(placed.rank == "harsh"),
        max(len(placed.lines), 1),
        order,
        placed.pause,
        kinds,
        at,
        placed.exchange.number,
    )


def _near(each: Placement, placed: Placement) -> bool:
    """Whether it differs in one thing only, or has a line less: what is quite another collision
    says nothing about this one."""
    kinds = [line.kind for line in placed.lines]
    its = [line.kind for line in each.lines]
    changes = (
        ((each.position, each.at, each.pause) != (placed.position, placed.at, placed.pause))
        + (its != kinds)
        + (each.exchange.number != placed.exchange.number)
    )
    return changes <= 1 or (len(its) < len(kinds) and set(its) <= set(kinds))
