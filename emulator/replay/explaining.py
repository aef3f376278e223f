"""Which switches of the module make a difference go away: tried one by one, by playing the log."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from typing import Final

from emulator.replay.candidates import Change, changes
from emulator.replay.entry import Entry
from emulator.replay.explanation import Explanation, Remedy
from emulator.replay.matching import Found, Matching
from emulator.replay.playing import Plan, play_log

LINES_LIMIT: Final = 50_000
"""Lines that are played in all while switches are tried: some seconds."""

PLAY_COST: Final = 30  # lines that take as long as to begin
ROUNDS: Final = 6  # switches that may have to come together
SHOWN: Final = 4  # changes that do the same, the likeliest first
BRANCHES: Final = 3  # of them that are followed where the first does not lead to the end
INFINITE: Final = float("inf")
MILDNESS: Final = {"result": 1, "module": 1, "host": 1, "order": 2, "spelling": 2}
"""How little a line differs that is there on both sides."""

Entries = Callable[[], Iterable[Entry]]


def explain(plan: Plan, entries: Entries, found: Found) -> Explanation:
    """Try every single change for the first difference; with the best of them, for the next. Where
    that ends, one that does the same is taken instead, if it leads further."""
    search = _Search(entries)
    remedies, _ = search.remedies(replace(plan, thorough=False), found, ROUNDS)
    last = remedies[-1].next_line if remedies else found.line
    return Explanation(remedies, *search.effort.get(last or 0, (0, search.possible)))


class _Search:
    """Counts what it does: `effort` has for the line of each difference how many changes were
    tried of how many possible ones, by the search that tried most of them there."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._left = LINES_LIMIT
        self.possible = 0
        self.effort: dict[int, tuple[int, int]] = {}

    def remedies(
        self, plan: Plan, first: Found, rounds: int
    ) -> tuple[tuple[Remedy, ...], tuple[float, int]]:
        """The remedies that carry furthest, and how far."""
        better = self._better(plan, first)
        longest: tuple[tuple[Remedy, ...], tuple[float, int]] = ((), _reach(first))
        for change, result in better[:BRANCHES]:
            others = (
                each
                for each, its in better
                if each is not change and _reach(its.first)[0] == _reach(result.first)[0]
            )
            options = (change, *islice(others, SHOWN - 1))
            rest: tuple[tuple[Remedy, ...], tuple[float, int]] = ((), _reach(result.first))
            if result.first is not None and rounds > 1 and self._left > 0:
                rest = self.remedies(replace(plan, setup=change.setup), result.first, rounds - 1)
            next_line = result.first.line if result.first is not None else None
            # a line that differs less is on the way only to where it differs no more
            if rest[1][0] > first.line and rest[1] > longest[1]:
                longest = (Remedy(first.line, options, next_line), *rest[0]), rest[1]
            if longest[1][0] == INFINITE:
                break
        return longest

    def _better(self, plan: Plan, first: Found) -> list[tuple[Change, Matching]]:
        """Those with which the log is the same for longer, or differs less there; the best come
        first, and of equals the likeliest."""
        every = changes(plan.setup, first)
        affordable = every[: max(0, self._left // (first.line + PLAY_COST))]
        tried, self.possible = 0, len(every)
        better: list[tuple[Change, Matching]] = []
        for change in affordable:
            if not change.weight and any(result.first is None for _, result in better):
                break  # what nothing speaks for need not be tried
            tried += 1
            self._left -= first.line + PLAY_COST
            result = play_log(replace(plan, setup=change.setup), self._entries())
            if _reach(result.first) > _reach(first):
                better.append((change, result))
        self.effort[first.line] = max(self.effort.get(first.line, (0, 0)), (tried, self.possible))
        return sorted(
            better, key=lambda each: (_reach(each[1].first), -each[1].count), reverse=True
        )


def _reach(first: Found | None) -> tuple[float, int]:
    """How far the log is the same, and how little it differs there."""
    if first is None:
        return INFINITE, 0
    return first.line, 0 if first.entry is None or first.ours is None else MILDNESS[first.kind]
