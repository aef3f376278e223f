"""What passes by the faults, is held back by them, or comes of them."""

from dataclasses import dataclass

from emulator.at.channel import Written
from emulator.faults.planted import Planted
from emulator.faults.whats import Switch
from emulator.outputs import OpenLink, SendDatagram


@dataclass(frozen=True, slots=True)
class HostBytes:
    """Bytes of the host on their way to the module."""

    data: bytes


@dataclass(frozen=True, slots=True)
class FromPlatform:
    """A datagram on its way to the module."""

    link: int
    data: bytes


@dataclass(frozen=True, slots=True)
class LinkGone:
    """The module learns that it has lost a link."""

    link: int


@dataclass(frozen=True, slots=True)
class CoverageBack:
    """The network is there again."""


@dataclass(frozen=True, slots=True)
class SwitchBack:
    """A switch of the platforms is as it was."""

    what: Switch


@dataclass(frozen=True, slots=True)
class Act:
    """A fault acts; `cause` is the number of the record that says so."""

    planted: Planted
    cause: int


Passing = Written | SendDatagram | OpenLink | HostBytes | FromPlatform
"""What may be held back."""

Thing = Passing | LinkGone | CoverageBack | SwitchBack | Act


def with_data(thing: Passing, data: bytes) -> Passing:
    """The same thing with other bytes."""
    match thing:
        case Written():
            return thing._replace(data=data)
        case SendDatagram(link, _, cause):
            return SendDatagram(link, data, cause)
        case HostBytes():
            return HostBytes(data)
        case FromPlatform(link):
            return FromPlatform(link, data)
        case OpenLink():
            return thing


def data_of(thing: Passing) -> bytes:
    """Its bytes; a link that is being opened has none."""
    return b"" if isinstance(thing, OpenLink) else thing.data
