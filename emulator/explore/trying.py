"""Lives with collisions, several at a time, and what came of each."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import filterfalse
from threading import Event
from typing import Final

from emulator.explore.calm import Calm
from emulator.explore.found import Found
from emulator.explore.held import LATE_ANSWERS, WAITING_S, control, has_waited_long, impatience
from emulator.explore.judging import ANSWER_S, Observed, Verdict, judged
from emulator.explore.placement import Placement
from emulator.explore.trial import Bounds, Life, Plan, live

AHEAD: Final = 4
"""So many lives for each job are asked for at once, so that none rests while a long one is waited
for (chosen)."""


Useless = Callable[[Placement], bool]
Waiting = deque[tuple[Placement, Future[Life]]]


def never(placed: Placement) -> bool:
    return False


class Tries:
    """`jobs` at a time in `executor`. `found`: what is known of the host undisturbed; `calm`: waits
    for what is known of lives where nothing collides, which have begun before."""

    def __init__(
        self,
        plan: Plan,
        bounds: Bounds,
        executor: Executor,
        jobs: int,
        found: Found,
        calm: Callable[[], Calm],
    ) -> None:
        self._plan, self._bounds = plan, bounds
        self._executor, self._jobs = executor, jobs
        self._found, self._calm = found, calm
        self._is_calm_known = False

    def lives(
        self, placements: Sequence[Placement], useless: Useless = never
    ) -> Iterator[tuple[Placement, Life]]:
        """The lives of all that are of use, in order; while one is looked at, others go on."""
        waiting: Waiting = deque()
        over = Event()
        begun = self._begun(placements, over)
        try:
            for placed in filterfalse(useless, placements):
                future = begun.get(placed.key)
                if future is None:
                    future = self._begin(self._executor, placed, over)
                waiting.append((placed, future))
                if len(waiting) == AHEAD * self._jobs:
                    yield from _oldest(waiting, useless)
            while waiting:
                yield from _oldest(waiting, useless)
        finally:
            over.set()
            for future in (*begun.values(), *(future for _, future in waiting)):
                future.cancel()

    def _begun(
        self, placements: Sequence[Placement], over: Event
    ) -> dict[tuple[object, ...], Future[Life]]:
        """The lives of those that only wait for long: at once, beside the others."""
        long = [each for each in placements if each.held]
        if not long:
            return {}
        beside = ThreadPoolExecutor(min(len(long), self._jobs))
        begun = {each.key: self._begin(beside, each, over) for each in long}
        beside.shutdown(wait=False)
        return begun

    def _begin(self, executor: Executor, placed: Placement, over: Event) -> "Future[Life]":
        return executor.submit(live, self._plan, self._bounds, placed, over.is_set)

    def live(self, placed: Placement) -> Life:
        """One more, and nothing beside it."""
        return live(self._plan, self._bounds, placed)

    def verdict(self, placed: Placement, observed: Observed) -> Verdict:
        """What came of one life. Whether a host had the patience is looked at where it matters."""
        verdict = self.judged(placed, observed)
        if verdict.outcome != "broken" or not placed.held or verdict.sign.order is not None:
            return verdict
        is_late = placed.position in LATE_ANSWERS
        has_time = self._has_time(placed) if is_late else self._is_patient(placed)
        if has_time is False:
            self._found.notes.append(impatience(placed))
        return verdict if has_time else Verdict("passed")

    def judged(self, placed: Placement, observed: Observed) -> Verdict:
        """The same without a look at its patience."""
        if judged(observed).outcome != "broken":  # a host that has failed is compared with nothing
            self._know()
        return judged(observed, self._found.sheet, placed, self._found.usual)

    def _know(self) -> None:
        if not self._is_calm_known:
            self._is_calm_known = True
            self._found.usual = replace(self._found.usual, calm=self._calm())

    def _has_time(self, placed: Placement) -> bool:
        """Whether it lives through a late answer alone."""
        without = control(placed)
        return self.judged(without, self.live(without).observed).outcome != "broken"

    def _is_patient(self, placed: Placement) -> bool | None:
        """Whether the host gives up because of the request, and waits without it, and nobody else
        asks anything; None if this breaks nothing: it may answer when it has what it waits for."""
        plan = replace(self._plan, scenario=replace(self._plan.scenario, events=()))
        sheet = self._found.sheet
        bounds = Bounds(sheet.seconds + WAITING_S, patience=placed.held + ANSWER_S)
        if has_waited_long(placed, live(plan, bounds, placed).observed, sheet):
            return None
        return has_waited_long(placed, live(plan, bounds, control(placed)).observed, sheet)


def _oldest(waiting: Waiting, useless: Useless) -> Iterator[tuple[Placement, Life]]:
    """The life that was begun first, if it is still of use."""
    placed, future = waiting.popleft()
    if useless(placed):
        future.cancel()
    else:
        yield placed, future.result()
