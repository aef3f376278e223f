"""The lives from which is known how a host answers where nothing collides."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Final

from emulator.explore.calm import Calm, Order, calm_of
from emulator.explore.calming import HELD_S, has_waited
from emulator.explore.judging import judged
from emulator.explore.placement import Placement
from emulator.explore.sheet import Sheet
from emulator.explore.trial import Bounds, Life, Plan, live

TWICE: Final = 2
"""Lives of each line: what is not the same in both is not known."""

CALM_S: Final = 2.0
"""Seconds within which a host answers there; of one that takes longer, or is broken, nothing is
known (chosen)."""

Late = Sequence[tuple[Order, Placement]]


def measured(
    executor: Executor,
    plan: Plan,
    bounds: Bounds,
    sheet: Sheet,
    lines: Sequence[Placement],
    late: Late,
) -> Callable[[], Calm]:
    """Begin these lives; what comes of them can be waited for."""
    short = CALM_S + 2 * sheet.silence
    bounds = Bounds(bounds.limit, HELD_S + short, short)

    def twice(placed: Placement) -> Callable[[], list[Life]]:
        futures = [executor.submit(live, plan, bounds, placed) for _ in range(TWICE)]
        return lambda: [each.result() for each in futures]

    held = [(order, twice(placed)) for order, placed in late]
    calm = [twice(placed) for placed in lines]

    def known() -> Calm:
        accounts = [[each.observed.account for each in lives()] for lives in calm]
        orders = [order for order, lives in held if _waits(order, lives(), sheet)]
        return calm_of(accounts, orders)

    return known


def _waits(order: Order, lives: Sequence[Life], sheet: Sheet) -> bool:
    return all(
        judged(each.observed).outcome == "passed"
        and each.observed.struck
        and has_waited(order, each.observed.account, sheet, each.observed.seconds)
        for each in lives
    )
