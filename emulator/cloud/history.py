"""The latest events of a platform, numbered, for those who ask for them later."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from emulator.cloud.events import BootstrapFailed, Bootstrapped, Event, RegistrationRefused

EVENT_LIMIT: Final = 2000
"""Events kept of a platform, the latest (chosen)."""


@dataclass(frozen=True, slots=True)
class Noted:
    """`device` is whom the event is about, None if nobody knows; `at` is in seconds of the
    platform's clock. Numbers begin at 1."""

    number: int
    at: float
    device: str | None
    event: Event


class History:
    """`identify` tells the name of a device, and its IMSI, by its endpoint name."""

    def __init__(self, identify: Callable[[str], tuple[str, str]]) -> None:
        self._identify = identify
        self._noted: deque[Noted] = deque(maxlen=EVENT_LIMIT)
        self._count = 0

    def note(self, event: Event, at: float) -> None:
        self._count += 1
        self._noted.append(Noted(self._count, at, self._device_of(event), event))

    def since(self, number: int, device: str | None = None) -> tuple[Noted, ...]:
        """Those with a higher number, of one device or of all."""
        return tuple(
            each
            for each in self._noted
            if each.number > number and (device is None or each.device == device)
        )

    def _device_of(self, event: Event) -> str | None:
        match event:
            case Bootstrapped(endpoint) | BootstrapFailed(endpoint):
                return self._identify(endpoint)[0]
            case RegistrationRefused():
                return None
        return event.device
