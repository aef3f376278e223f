"""Collisions that are simpler than one that breaks a host."""

from collections.abc import Iterator, Sequence

from emulator.explore.lines import KINDS
from emulator.explore.placement import POSITIONS, Placement

_ORDER = list(KINDS)


def simpler(placed: Placement, every: Sequence[Placement]) -> Iterator[Placement]:
    """Those of `every` that are simpler, the simplest first: fewer lines, a simpler position, a
    simpler line, a split behind fewer bytes, an earlier command."""
    mine = weight(placed)
    yield from sorted(
        (each for each in every if weight(each) < mine and _near(each, placed)), key=weight
    )


def weight(placed: Placement) -> tuple[int, int, int, tuple[int, ...], int, int]:
    """The less, the simpler, and what real modules do before what they do not."""
    order, at = list(POSITIONS).index(placed.position), placed.at
    kinds = tuple(_ORDER.index(line.kind) for line in placed.lines)
    return (
        int(placed.rank == "harsh"),
        max(len(placed.lines), 1),
        order,
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
        (each.position != placed.position or each.at != placed.at)
        + (its != kinds)
        + (each.exchange.number != placed.exchange.number)
    )
    return changes <= 1 or (len(its) < len(kinds) and set(its) <= set(kinds))
