"""The faults of one module: planted, taken back, met by what happens and by the time."""

from collections.abc import Callable, Iterator

from emulator.at.table import Table
from emulator.faults.errors import FaultError
from emulator.faults.fault import Fault, State
from emulator.faults.names import check_name
from emulator.faults.planted import Chance, Occasion, Planted
from lwm2m_core.timers import earliest

FAULTS_LIMIT = 256
"""Faults of one modem."""


class Plan:
    """`streams` tells where the choices of that name are drawn from: each fault has its own.
    `zero`: when the module was started, from where times count."""

    def __init__(self, streams: Callable[[str], Chance], zero: float) -> None:
        self._streams, self._zero = streams, zero
        self._planted: dict[int, Planted] = {}
        self._number = 0

    def __iter__(self) -> Iterator[Planted]:
        return iter(self._planted.values())

    def __len__(self) -> int:
        return len(self._planted)

    def add(self, fault: Fault, commands: Table, now: float) -> int:
        """Plant a fault; its number. FaultError for one that can never strike."""
        if len(self) >= FAULTS_LIMIT:
            raise FaultError("fault", f"there are {FAULTS_LIMIT} already")
        check_name(fault, commands)
        since = now - self._zero
        for name in ("at", "until"):
            moment = getattr(fault, name)
            if moment is not None and moment < since:
                raise FaultError(name, f"{moment:g}s is over: it is {since:.3f}s since the start")
        self._number += 1
        planted = Planted(self._number, fault, self._streams(f"fault {self._number}"))
        if fault.is_timed:
            planted.due = max(now, self._zero + (fault.at or fault.period or 0.0))
        self._planted[planted.number] = planted
        return planted.number

    def remove(self, number: int) -> Planted:
        """Take a fault back. FaultError."""
        planted = self._planted.pop(number, None)
        if planted is None:
            raise FaultError("number", f"there is no fault {number}")
        return planted

    def strikes(self, planted: Planted, occasion: Occasion, now: float, state: State) -> bool:
        """Whether one of them strikes now; if so, that is counted."""
        return planted.strikes(occasion, now - self._zero, state)

    @property
    def due(self) -> float | None:
        """When the time alone brings one about."""
        return earliest(*(each.due for each in self))

    def ticks(self, now: float) -> Iterator[Planted]:
        """Those that the time has brought about by now; each is due again when it is next."""
        for each in list(self):
            if each.due is not None and each.due <= now:
                yield each
                each.due = _next_due(each, now, self._zero)


def _next_due(planted: Planted, now: float, zero: float) -> float | None:
    fault = planted.fault
    if planted.due is None or fault.period is None or planted.is_spent:
        return None
    steps = int((now - planted.due) / fault.period) + 1
    due = planted.due + steps * fault.period
    due = due if due > now else due + fault.period
    return None if fault.until is not None and due - zero >= fault.until else due
