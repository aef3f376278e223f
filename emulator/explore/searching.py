"""The search: two undisturbed lives, then every collision, several at a time, until one breaks."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic
from typing import Final

from emulator.explore.calming import late_lines
from emulator.explore.enumeration import Enumerator, usual_kinds
from emulator.explore.found import Break, Found, Tried
from emulator.explore.judging import (
    ANSWER_S,
    Observed,
    Verdict,
    judged,
    merged,
    unsteady,
)
from emulator.explore.lines import Printer
from emulator.explore.measuring import Measured
from emulator.explore.placement import Placement
from emulator.explore.remarks import witnesses
from emulator.explore.saying import shapes_of
from emulator.explore.sheet import Sheet
from emulator.explore.shrinking import richer, simpler, weight
from emulator.explore.trial import Bounds, Life, Plan, live
from emulator.explore.trying import Tries, never
from emulator.explore.usual import Usual, usual_of

BASELINES: Final = 2
"""Undisturbed lives that have to pass: a host that fails by itself cannot be explored."""

CONFIRMING: Final = 2
"""Lives more that a break is tried in; one of them has to break, too."""

SHRINKING: Final = 60
"""Simpler collisions that are tried at most to find the simplest that breaks the host."""

REPEATING: Final = 3
"""Lives, one at a time, that the collision of the written scenario has to break."""

SILENCE_FACTOR, LIMIT_FACTOR = 2.0, 4.0
SPARE_S: Final = ANSWER_S + 2.0
"""How much longer than undisturbed a host may be silent, and live: so many times as long, and so
many seconds for what a busy machine costs, and for requests that it may take its time to answer."""


class NoBaseline(Exception):
    """The host does not pass undisturbed, or has nothing that could be disturbed."""

    def __init__(self, text: str, observed: Observed | None = None, sheet: Sheet | None = None):
        super().__init__(text)
        self.observed, self.sheet = observed, sheet


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched. `kinds` of lines, empty for the usual ones; `positions` by name; `limit`:
    seconds of one life, None for what follows from the undisturbed ones; `go_on` behind the first
    break; `most`: placements at most, None for all."""

    positions: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    jobs: int = 2
    limit: float | None = None
    every: bool = False
    go_on: bool = False
    most: int | None = None


BASE_LIMIT_S: Final = 120.0
"""Seconds of an undisturbed life unless a limit was given."""


def calmest(plans: Sequence[Plan], limit: float | None) -> tuple[int, Life]:
    """The first of these plans with which the host passes undisturbed, and its life. They are tried
    at the same time, as a host may take a minute to fail. NoBaseline where it passes with none."""
    over, bounds = Event(), Bounds(limit or BASE_LIMIT_S)
    with ThreadPoolExecutor(len(plans)) as executor:
        futures = [executor.submit(live, plan, bounds, None, over.is_set) for plan in plans]
        try:
            for number, future in enumerate(futures):
                if judged(future.result().observed).outcome == "passed":
                    return number, future.result()
        finally:
            over.set()
    raise _no_baseline(futures[0].result(), "undisturbed")


def baseline(
    plan: Plan, limit: float | None, first: Life | None = None
) -> tuple[Sheet, Usual, str]:
    """Two undisturbed lives as one, what they have in common, and what is to be said of them;
    `first` is one of them, if it is known. NoBaseline."""
    lives: list[Life] = [] if first is None else [first]
    while len(lives) < BASELINES:
        life = live(plan, Bounds(limit or BASE_LIMIT_S))
        if judged(life.observed).outcome != "passed":
            second = "undisturbed a second time: it is flaky"
            raise _no_baseline(life, second if lives else "undisturbed")
        lives.append(life)
    one, other = (life.sheet for life in lives)
    sheet = merged(one, other)
    if not sheet.exchanges:
        raise NoBaseline("the host writes no command that the module answers", lives[0].observed)
    differs = unsteady(one, other)
    told = f"the host is not the same twice, so some places may not be reached: {differs}"
    seen, again = (life.observed for life in lives)
    usual = usual_of(seen.account, again.account, seen.undone | again.undone)
    both = [(each.account, each.entries) for each in (seen, again)]
    usual = replace(usual, witnesses=witnesses(both, usual.orders))
    usual = replace(usual, output=shapes_of((*seen.said, *again.said)))
    return sheet, usual, told if differs else ""


def _no_baseline(life: Life, when: str) -> NoBaseline:
    why = judged(life.observed).why
    return NoBaseline(f"the host does not pass {when}: {why}", life.observed, life.sheet)


def bounds_of(sheet: Sheet, limit: float | None) -> Bounds:
    """What a disturbed life may take."""
    silence = sheet.silence * SILENCE_FACTOR + SPARE_S
    patience = max(ANSWER_S, sheet.silence)
    return Bounds(limit or sheet.seconds * LIMIT_FACTOR + 2 * SPARE_S, silence, patience)


Told = Callable[[Found], None]
PrinterOf = Callable[[Sheet], Printer]


class Search:
    """`told` hears after each life. LabError and the like where there can be no life."""

    def __init__(self, plan: Plan, wanted: Wanted, printer: PrinterOf, told: Told) -> None:
        self._plan, self._wanted, self._printer, self._told = plan, wanted, printer, told

    def run(self, first: Life | None = None) -> Found:
        """`first`: an undisturbed life, if there was one. NoBaseline where the host does not pass
        undisturbed."""
        wanted = self._wanted
        sheet, usual, warning = baseline(self._plan, wanted.limit, first)
        kinds = wanted.kinds or usual_kinds(sheet)
        enumerator = self._enumerator(sheet, kinds)
        planned = enumerator.placements()
        every = self._enumerator(sheet, kinds, every=True).placements()
        placements = planned[: wanted.most]
        left_out = len({each.key for each in (*planned, *every)}) - len(placements)
        found = Found(sheet, len(placements), left_out, kinds, warning, usual=usual)
        bounds = bounds_of(sheet, wanted.limit)
        lines, late = enumerator.calm(placements), late_lines(sheet, usual.orders)
        measured = Measured(self._plan, bounds, sheet, wanted.jobs, lines, late, usual.witnesses)
        try:
            with ThreadPoolExecutor(wanted.jobs) as executor:
                tries = Tries(self._plan, bounds, executor, wanted.jobs, found, measured.calm)
                self._through(tries, placements, found)
                if found.first is not None:
                    least = self._least(tries, found, every)
                    found.least = self._steady(tries, found, least, every)
        finally:
            measured.close()
        return found

    def _enumerator(self, sheet: Sheet, kinds: Sequence[str], every: bool = False) -> Enumerator:
        every = every or self._wanted.every
        printer, positions = self._printer(sheet), self._wanted.positions
        return Enumerator(sheet, printer, kinds, positions, every)

    def _through(self, tries: Tries, placements: Sequence[Placement], found: Found) -> None:
        """All placements, so many at a time, their results in order."""

        def is_done(placed: Placement) -> bool:
            return found.is_done_with(placed, monotonic())

        useless = never if self._wanted.go_on else is_done
        for placed, life in tries.lives(placements, useless):
            verdict = tries.verdict(placed, life.observed)
            if verdict.outcome == "unreached":  # once more: a busy machine may have been the cause
                life = tries.live(placed)
                verdict = tries.verdict(placed, life.observed)
            if verdict.outcome == "broken":
                verdict = self._confirmed(tries, placed, verdict, life.observed, found)
            found.tried.append(Tried(placed, verdict))
            self._told(found)

    def _confirmed(
        self, tries: Tries, placed: Placement, verdict: Verdict, observed: Observed, found: Found
    ) -> Verdict:
        """A busy machine may break a host, too: it has to break again."""
        lives = (tries.live(placed) for _ in range(CONFIRMING))
        again = sum(tries.judged(placed, life.observed).outcome == "broken" for life in lives)
        if not again:
            found.unsteady.append(Tried(placed, verdict))
            return Verdict("passed")
        steady, counts = again == CONFIRMING, (1 + again, 1 + CONFIRMING)
        found.add(Break(placed, verdict.why, observed, steady, verdict.sign, *counts), monotonic())
        return verdict

    def _least(self, tries: Tries, found: Found, every: Sequence[Placement]) -> Break:
        """The simplest collision that breaks the host, from one on that does so each time."""
        least = min(found.breaks, key=_plainness)
        passed = {each.placed.key for each in found.tried if each.verdict.outcome != "broken"}
        while found.shrunk < SHRINKING:
            untried = (each for each in simpler(least.placed, every) if each.key not in passed)
            some = [each for each, _ in zip(untried, range(self._wanted.jobs), strict=False)]
            if not some:
                break
            found.shrunk += len(some)
            for placed, life in tries.lives(some):
                verdict = tries.verdict(placed, life.observed)
                if verdict.outcome == "broken":
                    least = Break(placed, verdict.why, life.observed, sign=verdict.sign)
                    found.others.append(least)
                    break
                passed.add(placed.key)
        return least

    def _steady(
        self, tries: Tries, found: Found, least: Break, every: Sequence[Placement]
    ) -> Break:
        """The simplest, or, if a race decides whether it breaks the host, a near one with a line
        more that breaks it each time, or that with which it began."""
        often = (0, 0)
        for placed in (least.placed, *richer(least.placed, every)):
            breaks = [*_while_broken(tries, placed)]
            broke, ran = len(breaks), min(len(breaks) + 1, REPEATING)
            if placed is least.placed:  # it had broken the host before
                broke, ran = least.broke + broke, least.lives + ran
                often = broke, ran
            if len(breaks) == REPEATING:
                near = None if placed is least.placed else _broke(least, often)
                return replace(breaks[-1], broke=broke, lives=ran, simpler=near)
        began = min(found.breaks, key=_plainness)
        is_other = began.placed != least.placed and began.placed.rank == least.placed.rank
        if is_other and began.steady:
            return replace(began, simpler=_broke(least, often))
        return _broke(least, often)


def _plainness(found: Break) -> tuple[object, ...]:
    """The less, the plainer: real before harsh, what comes each time, what is simple."""
    return found.placed.rank == "harsh", not found.steady, weight(found.placed)


def _broke(found: Break, often: tuple[int, int]) -> Break:
    return replace(found, steady=False, broke=often[0], lives=often[1])


def _while_broken(tries: Tries, placed: Placement) -> Iterator[Break]:
    """What came of so many lives, one at a time, up to the first that is not broken."""
    for _ in range(REPEATING):
        observed = tries.live(placed).observed
        verdict = tries.judged(placed, observed)
        if verdict.outcome != "broken":
            return
        yield Break(placed, verdict.why, observed, sign=verdict.sign)
