"""What a search has found."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from emulator.explore.excerpts import excerpt
from emulator.explore.judging import Observed, Outcome, Verdict
from emulator.explore.lived import Sign
from emulator.explore.placement import Placement
from emulator.explore.positions import POSITIONS, Rank
from emulator.explore.sheet import Sheet
from emulator.explore.usual import Usual

RACE_S: Final = 60.0
"""Seconds in which one is looked for that breaks a host each time, if the first does not
(chosen)."""


@dataclass(frozen=True, slots=True)
class Break:
    """A collision that a host does not live through. `steady`: it did so each time; `broke`: in how
    many of `lives` it did. `simpler`: one that did not break it each time, for which this one
    stands."""

    placed: Placement
    why: str
    observed: Observed
    steady: bool = True
    sign: Sign = Sign()
    broke: int = 1
    lives: int = 1
    simpler: "Break | None" = None

    @property
    def often(self) -> str:
        times = f"broke it {self.broke} of {self.lives} times"
        if self.simpler is None:
            return times
        return f"{times}; simpler is {self.simpler.placed}, but that {self.simpler.often}"

    @property
    def transcript(self) -> tuple[str, ...]:
        """From before the collision up to what was judged."""
        observed = self.observed
        asked = [line.text for line in self.placed.lines if line.mid is not None]
        said, awaited = self.sign.said, self.sign.awaited
        is_own = POSITIONS[self.placed.position].is_own
        placed = [] if is_own else [line.text for line in self.placed.lines]
        shown = excerpt(observed.entries, observed.struck_at, said, asked, awaited, placed)
        return shown or observed.transcript

    @property
    def late(self) -> float:
        """Seconds from the last other line of the host before it to what was judged."""
        said, hosts = self.sign.said, self.observed.account.host
        before = [each.at for each in hosts if said is not None and each.at < said.at]
        return said.at - before[-1] if said is not None and before else 0.0


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one placement."""

    placed: Placement
    verdict: Verdict

    @property
    def why(self) -> str:
        return self.verdict.why


@dataclass(frozen=True, slots=True)
class Race:
    """A command at which several placements broke the host, each once and then no more."""

    command: str
    once: int
    tried: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The scenario that repeats a break. `file`: its name, empty if there is none. `shown`: the
    break that it is about; `failure`: how it fails with the host, empty if it does not; `failed` of
    `runs` times. `code`: of the host's end then. `tried`: of how many breaks that was looked at."""

    file: str = ""
    shown: Break | None = None
    failure: str = ""
    failed: int = 0
    runs: int = 0
    code: int | None = None
    tried: int = 0
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """The result of a search. `first`: the first break at a real place, or, if there is none, the
    first; `harsh`: the first at a harsh place, if there is a real one, too. `least`: the simplest
    that breaks it, too. `unsteady`: placements that broke the host once and then no more.
    `planned`: how many placements there were, `left_out` those that only `every` has. `warning`:
    about the undisturbed lives.
    `others`: what broke it while a simpler one was looked for. `notes`: what could not be judged.
    `usual`: what it does undisturbed. `kept`: the scenario that repeats a break. `race_since`: when
    the first break at a real place was seen."""

    sheet: Sheet
    planned: int
    left_out: int
    kinds: tuple[str, ...] = ()
    warning: str = ""
    tried: list[Tried] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    least: Break | None = None
    unsteady: list[Tried] = field(default_factory=list)
    shrunk: int = 0
    seconds: float = 0.0
    usual: Usual = Usual()
    others: list[Break] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kept: Kept = Kept()
    race_since: float = 0.0

    @property
    def first(self) -> Break | None:
        return next(self._breaks("real"), None) or next(self._breaks("harsh"), None)

    @property
    def harsh(self) -> Break | None:
        has_real = next(self._breaks("real"), None) is not None
        return next(self._breaks("harsh"), None) if has_real else None

    def is_done_with(self, placed: Placement, now: float = 0.0) -> bool:
        """Whether it tells nothing more: behind a break at a harsh place the others of these do,
        and behind one at a real place all, if it comes each time. Else one that does is looked for
        for a while. `now`: as of `add`."""
        if self.first is None:
            return False
        if self.first.placed.rank == "harsh" or placed.rank == "harsh":
            return placed.rank == "harsh"
        return self.steady is not None or now > self.race_since + RACE_S

    @property
    def steady(self) -> Break | None:
        """The first break at a real place that came each time."""
        return next((each for each in self._breaks("real") if each.steady), None)

    def add(self, broken: Break, now: float = 0.0) -> None:
        """One more. `now`: seconds of any clock."""
        if broken.placed.rank == "real" and next(self._breaks("real"), None) is None:
            self.race_since = now
        self.breaks.append(broken)

    def _breaks(self, rank: Rank) -> Iterator[Break]:
        return (each for each in self.breaks if each.placed.rank == rank)

    @property
    def races(self) -> list[Race]:
        """Where it looks as if the time decided: two placements or more broke it once."""
        once = Counter(each.placed.exchange.number for each in self.unsteady)
        tried = Counter(each.placed.exchange.number for each in self.tried)
        exchanges = {each.number: each.text for each in self.sheet.exchanges}
        return [
            Race(exchanges[number], times, tried[number])
            for number, times in once.most_common()
            if times > 1
        ]

    def ran(self, rank: Rank) -> int:
        """How many placements of this rank were tried."""
        return sum(each.placed.rank == rank for each in self.tried)

    def count(self, outcome: Outcome) -> int:
        return sum(each.verdict.outcome == outcome for each in self.tried)

    @property
    def by_position(self) -> dict[tuple[str, Outcome], int]:
        """How many placements of each position had which outcome."""
        return Counter((each.placed.position, each.verdict.outcome) for each in self.tried)
