"""What the firmware asks its shell to do: one closed union, carried out strictly in order.

`cause` is the journal number of the input that brought the output about.
"""

from typing import Literal

from emulator.at.channel import Written
from emulator.faults.whats import Forget, Switch
from emulator.instance import Platform
from lwm2m_core.accounts import Account
from lwm2m_core.frozen import frozen

Role = Literal["bootstrap", "lwm2m", "download"]


@frozen
class OpenLink:
    """Connect to a server. `link` is a generation: it is never used for another link."""

    link: int
    account: Account
    role: Role
    platform: Platform
    cause: int


@frozen
class CloseLink:
    """Close a link; datagrams that still come from it are dropped."""

    link: int
    cause: int


@frozen
class RebindLink:
    """Go on from another local port: the module has another address."""

    link: int
    cause: int


@frozen
class SendDatagram:
    """One datagram for the server at the far end of `link`."""

    link: int
    data: bytes
    cause: int


@frozen
class Switched:
    """The module is switched on or off from now on."""

    on: bool
    cause: int


@frozen
class RateSet:
    """The serial line has this rate from now on, by AT+IPR; 0: whatever the host has."""

    baud: int
    cause: int


@frozen
class PlatformFault:
    """The local platforms do something wrong on purpose from now on; `ends`: no longer."""

    what: Switch | Forget
    ends: bool
    cause: int


Output = (
    Switched | RateSet | Written | OpenLink | CloseLink | RebindLink | SendDatagram | PlatformFault
)
