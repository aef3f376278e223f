"""What faults may see of what happens, and of the module that it happens to."""

from typing import Final

from emulator.at.channel import Written
from emulator.faults.datagrams import summary
from emulator.faults.fault import State
from emulator.faults.lines_in import HostLine
from emulator.faults.planted import Occasion
from emulator.faults.whats import Where
from emulator.firmware import Firmware
from emulator.instance import Phase
from emulator.outputs import OpenLink

_STATES: Final[dict[Phase, State]] = {
    Phase.IDLE: "idle",
    Phase.LOGGING_IN: "logging-in",
    Phase.REGISTERED: "registered",
    Phase.LEAVING: "leaving",
    Phase.OUT: "out",
}
_PLACES: Final[dict[str, tuple[Where, ...]]] = {
    "echo": ("echo", "at-out"),
    "reply": ("reply", "at-out"),
    "unsolicited": ("urc", "at-out"),
}


def state_of(firmware: Firmware) -> State:
    device = firmware.device
    return "none" if device is None else _STATES[device.instance.phase]


def of_host_line(line: HostLine) -> Occasion:
    return Occasion(("at-in",), line.data, line.text)


def of_datagram(where: Where, data: bytes) -> Occasion:
    return Occasion((where,), data, summary(data).encode())


def of_written(written: Written, command: str) -> Occasion:
    """An answer counts by the command line that it is for."""
    data = written.data
    line = command if written.kind == "reply" else data.decode("latin-1").strip()
    return Occasion(_PLACES[written.kind], data, data, line)


def of_link(link: OpenLink) -> Occasion:
    """A link that is to be opened has no bytes."""
    text = f"{link.role} {link.account.host}:{link.account.port}".encode()
    return Occasion(("link",), b"", text)


def of_command(text: str) -> Occasion:
    data = text.encode("latin-1", "replace")
    return Occasion(("command",), data, data, text)


def of_result(text: str, data: bytes) -> Occasion:
    """The final result of a command line, as bytes."""
    return Occasion(("reply", "at-out"), data, data, text)
