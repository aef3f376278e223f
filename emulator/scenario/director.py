"""Plays a scenario: tells what is to be done when, and whether all went as it is written.

Pure: everything that happens is told with its time, everything to be done comes out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from emulator.cloud.events import Event as PlatformEvent
from emulator.scenario.agenda import Agenda
from emulator.scenario.dialogue import Dialogue, Failure
from emulator.scenario.document import Event, Scenario, Side
from emulator.scenario.heard import Heard
from lwm2m_core.timers import earliest


@dataclass(frozen=True, slots=True)
class Do:
    """An event is due."""

    event: Event


@dataclass(frozen=True, slots=True)
class Write:
    """The host writes this line."""

    text: str


@dataclass(frozen=True, slots=True)
class Over:
    """The scenario has ended, after so many seconds; `failure` None if all went well."""

    seconds: float
    failure: Failure | None


Output = Do | Write | Over


class Director:
    """`plays`: it is the host, too. Nothing happens before `begin`."""

    def __init__(self, scenario: Scenario, *, plays: bool = False) -> None:
        self._scenario = scenario
        self._dialogue = Dialogue(scenario.dialogue, plays=plays, strict=scenario.strict)
        self._agenda = Agenda(scenario.events)
        self._outputs: list[Output] = []
        self._start: float | None = None
        self._over = False
        self._end = scenario.limit if scenario.limit < float("inf") else None

    # Inputs.

    def begin(self, now: float) -> None:
        """The host is there: from now on times count. May be repeated."""
        if self._start is None:
            self._start = now
            self._agenda.begin(0.0)
            self._dialogue.begin(0.0)
            self._settle(0.0)

    def line(self, side: Side, text: str, now: float) -> None:
        """A line of host or module."""
        self._hear(now, (side, text))

    def told(self, event: PlatformEvent, now: float) -> None:
        """A platform tells something."""
        self._hear(now, event)

    def failed(self, event: Event, reason: str, now: float) -> None:
        """What an event asks for cannot be done."""
        if not event.is_optional:
            self._finish(self.elapsed(now), Failure(event.line, event.name, reason))

    def handle_timeout(self, now: float) -> None:
        if self._start is not None and not self._over:
            self._settle(self.elapsed(now))

    # What comes out.

    def outputs(self) -> list[Output]:
        """What is to be done, in order; each once."""
        taken, self._outputs = self._outputs, []
        return taken

    def deadline(self) -> float | None:
        """When handle_timeout() is due."""
        if self._start is None or self._over:
            return None
        due = earliest(self._agenda.deadline, self._dialogue.deadline, self._end)
        return None if due is None else self._start + due

    def stopped(self) -> Failure | None:
        """Somebody ends it now: what is still missing, None if nothing is."""
        return self._left() if self._scenario.dialogue else None

    def undone(self) -> frozenset[int]:
        """The numbers of the events that have not happened, or not as often as they should."""
        return frozenset(event.number for event, _ in self._agenda.left())

    def elapsed(self, now: float) -> float:
        """Seconds since the start; 0 before it."""
        return 0.0 if self._start is None else now - self._start

    # Inside.

    def _hear(self, now: float, what: "tuple[Side, str] | PlatformEvent") -> None:
        if self._start is None or self._over:
            return
        heard = Heard(self.elapsed(now), what)
        self._agenda.hear(heard)
        self._dialogue.hear(heard)
        self._settle(heard.at)

    def _settle(self, at: float) -> None:
        """What follows from what has come, and from the time that it is."""
        self._dialogue.handle_timeout(at)
        self._outputs += map(Do, self._agenda.take(at))
        self._outputs += map(Write, self._written())
        if self._dialogue.failure is not None:
            self._finish(at, self._dialogue.failure)
        elif self._is_through or (self._end is not None and at >= self._end):
            self._finish(at, self._left())

    @property
    def _is_through(self) -> bool:
        return bool(self._scenario.dialogue) and self._dialogue.is_met

    def _written(self) -> Iterator[str]:
        written, self._dialogue.writes = self._dialogue.writes, []
        yield from written

    def _finish(self, at: float, failure: Failure | None) -> None:
        if not self._over:
            self._over = True
            self._outputs.append(Over(at, failure))

    def _left(self) -> Failure | None:
        """What has not come about."""
        if not self._dialogue.is_met:
            return self._dialogue.unmet(f"expected {self._dialogue.waits_for}; it did not come")
        for event, reason in self._agenda.left():
            if not event.is_optional:
                when = "the dialogue is through and it" if self._scenario.dialogue else "it"
                return Failure(event.line, event.name, f"{when} {reason}")
        return None
