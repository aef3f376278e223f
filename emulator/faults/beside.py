"""The local platforms beside a modem, as its faults know them."""

from typing import Protocol

from emulator.faults.errors import FaultError
from emulator.faults.fault import Fault
from emulator.faults.whats import Forget, Switch


class PlatformFaults(Protocol):
    """Does to the platforms what faults at `cloud` ask for."""

    def check(self, what: Switch | Forget) -> None:
        """FaultError for what cannot be."""

    def strike(self, imei: str, what: Switch | Forget, ends: bool) -> None:
        """Do it to the platforms, or take it back."""


def check_cloud(fault: Fault, platforms: PlatformFaults | None) -> None:
    """FaultError for a fault at `cloud` that these platforms cannot have."""
    if isinstance(fault.what, Switch | Forget):
        if platforms is None:
            raise FaultError("where", "cloud: this modem has no local platform beside it")
        platforms.check(fault.what)
