"""A modem as this room knows it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from emulator.conditions import Conditions
from emulator.faults.grammar import Fault
from emulator.faults.planted import Planted
from emulator.journal import Journal, Record
from emulator.quirks import Quirks
from emulator.status import Status


class Controlled(Protocol):
    """`devices`: the names of its ends, links resolved. `first_quirks`: as it was started."""

    @property
    def devices(self) -> tuple[str, ...]: ...

    @property
    def is_on(self) -> bool: ...

    def reset(self) -> None: ...

    def switch(self, on: bool) -> None: ...

    @property
    def status(self) -> Status: ...

    @property
    def quirks(self) -> Quirks: ...

    @property
    def first_quirks(self) -> Quirks: ...

    def set_quirks(self, values: Mapping[str, Any]) -> None: ...

    @property
    def conditions(self) -> Conditions: ...

    def surround(self, **changes: Any) -> None: ...

    @property
    def faults(self) -> tuple[Planted, ...]: ...

    def add_fault(self, fault: Fault | str) -> int: ...

    def remove_fault(self, number: int) -> None: ...

    @property
    def time_scale(self) -> float | None: ...

    def rescale(self, scale: float) -> None: ...

    @property
    def journal(self) -> Journal: ...

    def redactor(self) -> Callable[[Record], Record]:
        """What hides secrets in records, given all of them in their order."""
