"""What objects of the module want done by others: one closed union.

Each is carried out after the answer to the request that brought it about has left.
"""

from dataclasses import dataclass

from emulator.instance import Binding


@dataclass(frozen=True, slots=True)
class SendUpdate:
    """Tell the platform; `lifetime` in seconds and `binding` if they have changed (decision 25)."""

    lifetime: int | None = None
    binding: Binding | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Deregister, and register again after so many seconds (LwM2M 1.0 E.2, Disable)."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Restart:
    """The module reboots (LwM2M 1.0 E.4; decision 10)."""


Wish = SendUpdate | Leave | Restart
