"""The lives from which is known how a host answers where nothing collides."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from emulator.explore.calm import Calm, Order, calm_of, holds
from emulator.explore.calming import HELD_S
from emulator.explore.judging import Observed, judged
from emulator.explore.placement import Placement
from emulator.explore.remarks import has_shown
from emulator.explore.sheet import Sheet
from emulator.explore.trial import Bounds, Life, Plan, live

TWICE: Final = 2
"""Lives of each line: what is not the same in both is not known."""

CALM_S: Final = 2.0
"""Seconds within which a host answers there; of one that takes longer, or is broken, nothing is
known (chosen)."""

Lives = Callable[[], list[Life]]

LATE_JOBS: Final = 8
"""Lives with a late line at a time (chosen)."""

Late = Sequence[tuple[Order, Placement]]


class Measured:
    """Lives that begin beside those of a search, `jobs` at a time, and what comes of them. Those
    with a late line mostly wait: they have jobs of their own. `witnesses`: by which output the host
    shows that it has got the line of an order."""

    def __init__(
        self,
        plan: Plan,
        bounds: Bounds,
        sheet: Sheet,
        jobs: int,
        lines: Sequence[Placement],
        late: Late,
        witnesses: Mapping[Order, Iterable[str]],
    ) -> None:
        short = CALM_S + 2 * sheet.silence
        self._bounds = Bounds(bounds.limit, HELD_S + short, short)
        self._plan, self._sheet, self._witnesses = plan, sheet, witnesses
        self._is_over = False
        self._calm: Calm | None = None
        self._beside = ThreadPoolExecutor(jobs), ThreadPoolExecutor(LATE_JOBS)
        for_lines, for_late = self._beside
        self._orders = [*self._late(for_late, late)]
        self._lines = [self._twice(for_lines, plan, placed) for placed in lines]

    def _late(self, executor: Executor, late: Late) -> "Iterator[tuple[Order, Lives]]":
        """Of each order the lives with its line late; several may have the same."""
        begun: dict[tuple[object, ...], Lives] = {}
        for order, placed in late:
            key = (placed.key, order.behind, order.since, bool(order.asked))
            if key not in begun:
                begun[key] = self._twice(executor, _quiet(self._plan, order), placed)
            yield order, begun[key]

    def _twice(self, executor: Executor, plan: Plan, placed: Placement) -> Lives:
        stopped = self._stopped
        futures = [executor.submit(live, plan, self._bounds, placed, stopped) for _ in range(TWICE)]
        return lambda: [each.result() for each in futures]

    def _stopped(self) -> bool:
        return self._is_over

    def calm(self) -> Calm:
        """What is known, once all have ended."""
        if self._calm is None:
            accounts = [[each.observed.account for each in lives()] for lives in self._lines]
            orders = [
                order
                for order, lives in self._orders
                if _waits(order, lives(), self._sheet, self._witnesses.get(order, ()))
            ]
            self._calm = calm_of(accounts, orders)
        return self._calm

    def close(self) -> None:
        """End those that still go on."""
        self._is_over = True
        for executor in self._beside:
            executor.shutdown(cancel_futures=True)


def _quiet(plan: Plan, order: Order) -> Plan:
    """Platforms ask for nothing before the late line: what they ask may be an end of the wait."""
    return plan if order.asked else replace(plan, asked_behind=order)


def _waits(order: Order, lives: Sequence[Life], sheet: Sheet, texts: Iterable[str]) -> bool:
    return all(
        judged(each.observed).outcome == "passed"
        and each.observed.struck
        and _has_waited(order, each.observed, sheet, texts)
        for each in lives
    )


def _has_waited(order: Order, observed: Observed, sheet: Sheet, texts: Iterable[str]) -> bool:
    """Whether the command came, and behind the line, although that was late, and because of it.
    `texts`: by which output the host shows that it has got the line."""
    account = observed.account
    often = sum(each.text == order.command for each in account.host)
    is_same = often == sheet.sent.get(order.command, 0) and order.nth <= often
    is_behind = is_same and holds(order, account) is None and observed.seconds >= HELD_S
    return is_behind and has_shown(order, (account, observed.entries), texts)
