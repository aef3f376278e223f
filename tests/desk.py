"""The pure ring: a firmware, a number for the time, and a server of hand-made datagrams."""

import struct
from dataclasses import dataclass

from emulator.at.channel import Written
from emulator.faults.stage import Faults
from emulator.firmware import Firmware
from emulator.journal import Kind
from emulator.modem_settings import ModemSettings, build_firmware, with_faults
from emulator.outputs import CloseLink, OpenLink, SendDatagram

CON, NON, ACK, RST = range(4)
GET, POST, PUT, DELETE = range(1, 5)
CREATED, DELETED, CHANGED, CONTENT = 0x41, 0x42, 0x44, 0x45
OBSERVE, LOCATION, PATH, FORMAT, QUERY, ACCEPT = 6, 8, 11, 12, 15, 17


def coap(
    kind: int,
    code: int,
    mid: int,
    token: bytes = b"",
    options: tuple[tuple[int, bytes], ...] = (),
    payload: bytes = b"",
) -> bytes:
    """A datagram by RFC 7252 3 and 3.1; option deltas and lengths stay below 269."""
    data = bytes([0x40 | kind << 4 | len(token), code]) + struct.pack("!H", mid) + token
    last = 0
    for number, value in sorted(options, key=lambda option: option[0]):
        delta, length = number - last, len(value)
        assert delta < 269 and length < 269
        data += bytes([min(delta, 13) << 4 | min(length, 13)])
        data += bytes([extended - 13 for extended in (delta, length) if extended >= 13]) + value
        last = number
    return data + (b"\xff" + payload if payload else b"")


@dataclass(frozen=True)
class Sent:
    """A datagram of the module: header fields by hand, the rest as bytes; and the link it took."""

    data: bytes
    link: int = 0

    @property
    def kind(self) -> int:
        return self.data[0] >> 4 & 3

    @property
    def code(self) -> int:
        return self.data[1]

    @property
    def mid(self) -> int:
        return self.data[2] << 8 | self.data[3]

    @property
    def token(self) -> bytes:
        return self.data[4 : 4 + (self.data[0] & 15)]

    @property
    def payload(self) -> bytes:
        """What follows the first marker; good for options that hold no 0xff."""
        return self.data[4 + (self.data[0] & 15) :].partition(b"\xff")[2]


class Desk:
    """One module on the desk. `now` is the time; nothing happens but what a test does.

    `front`: the firmware, or the stage for faults in front of it. `connects`: whether a link is up
    as soon as it is asked for.
    """

    def __init__(self, settings: ModemSettings) -> None:
        self.now = 0.0
        self.firmware = build_firmware(settings)
        self.front: Firmware | Faults = self.firmware
        if settings.faults:
            self.front = with_faults(self.firmware, settings)
        self.sent: list[Sent] = []
        self.fetching: list[Sent] = []  # what went out over the link of a download
        self.links: list[OpenLink] = []
        self.open_link = self.download_link = 0
        self.connects = True
        self._written = b""

    def at(self, line: str) -> str:
        """Written a command line; what was printed at once, as lines joined by `|`."""
        self._write(line)
        return self.lines()

    def exact(self, line: str) -> bytes:
        """Written a command line; the very bytes that were printed at once."""
        self._write(line)
        return self.taken()

    def taken(self) -> bytes:
        """The very bytes that were printed since the last look."""
        written, self._written = self._written, b""
        return written

    def _write(self, line: str) -> None:
        self.front.serial_received(line.encode() + b"\r", self.now)
        self._drain()

    def lines(self) -> str:
        """What was printed since the last look; every line must have had its own CR LF."""
        written = self.taken()
        parts = written.split(b"\r\n")
        assert parts[0] == b"" and parts[-1] == b"" or written == b""
        assert all(not odd for odd in parts[0::2])
        return "|".join(part.decode(errors="backslashreplace") for part in parts[1::2])

    def wait(self, seconds: float) -> str:
        """Let time pass, deadline by deadline; what was printed meanwhile."""
        end = self.now + seconds
        while (due := self.front.deadline()) is not None and due <= end:
            self.pass_to(due)
        self.now = end
        return self.lines()

    def handle(self, due: float) -> str:
        """Let time pass to a deadline; what was printed then."""
        self.pass_to(due)
        return self.lines()

    def pass_to(self, due: float) -> None:
        """Let time pass to a deadline."""
        self.now = max(due, self.now)
        self.front.handle_timeout(self.now)
        self._drain()

    def board(self, event: str) -> None:
        """What happens on the board: `open` (the host opens the device), `reset`, `off`, `on`."""
        match event:
            case "open":
                self.firmware.host_opened(self.now)
            case "reset":
                self.front.reset(self.now)
            case "off" | "on":
                self.front.switch(event == "on", self.now)
            case _:
                raise ValueError(event)
        self._drain()

    def platform(self, data: bytes) -> str:
        """A datagram of the server arrives; what was printed within a second."""
        self.deliver(data)
        return self.wait(1)

    def deliver(self, data: bytes, link: int | None = None) -> None:
        """A datagram of the server arrives, on the open link or on another one."""
        self.front.datagram_received(self.open_link if link is None else link, data, self.now)
        self._drain()

    def file_server(self, data: bytes) -> str:
        """A datagram of the server that a package is fetched from; what was printed at once."""
        self.deliver(data, self.download_link)
        return self.lines()

    def refuse(self) -> str:
        """The network refuses the last datagram (ICMP); what was printed at once."""
        self.firmware.send_failed(self.open_link, "connection refused", self.now)
        self._drain()
        return self.lines()

    def lose_link(self) -> None:
        """The link that was asked for cannot be opened."""
        link, self.open_link = self.open_link, 0
        self.firmware.link_lost(link, "no route to host", self.now)
        self._drain()

    def reply(self, code: int, *options: tuple[int, bytes]) -> str:
        """The piggybacked answer to the last datagram that the module sent."""
        last = self.sent[-1]
        token = last.token if code else b""  # an empty message has none (RFC 7252 4.1)
        return self.platform(coap(ACK, code, last.mid, token, options))

    def ask(
        self, code: int, mid: int, path: str, *options: tuple[int, bytes], payload: bytes = b""
    ) -> str:
        """A CON request with the message id as its token."""
        uri = tuple((PATH, part.encode()) for part in path.strip("/").split("/"))
        return self.platform(
            coap(CON, code, mid, struct.pack("!H", mid), (*uri, *options), payload)
        )

    def log_in(self, objects: str = "3200", timeout: int = 30) -> None:
        """CREATEEX direct, ADDOBJ, OPEN, 2.01: registered, event 6 printed and read."""
        assert self.at('AT+MIPLCREATEEX="183.230.40.40:5683",0').endswith("OK")
        for objid in objects.split():
            assert self.at(f'AT+MIPLADDOBJ=0,{objid},1,"1",0,0') == "OK"
        assert self.at(f"AT+MIPLOPEN=0,300,{timeout}") == "OK"
        assert self.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"1")) == "+MIPLEVENT: 0,6"

    def observed(self, path: str = "/3200/0", mid: int = 500) -> None:
        """The platform observes a path; the answer and the line are taken."""
        assert self.ask(GET, mid, path, (OBSERVE, b"")).startswith(f"+MIPLOBSERVE: 0,{mid},1,")
        self.sent.clear()

    def _drain(self) -> None:
        while outputs := self.front.outputs():
            for output in outputs:
                match output:
                    case Written(kind, data, cause):
                        self._written += data
                        name: Kind = "echo_out" if kind == "echo" else "serial_out"
                        self.firmware.journal.record(self.now, name, cause, data)
                    case SendDatagram(link, data, cause):
                        text = f"link {link}"
                        self.firmware.journal.record(self.now, "datagram_out", cause, data, text)
                        sent = self.fetching if link == self.download_link else self.sent
                        sent.append(Sent(data, link))
                    case OpenLink(link, role="download"):
                        self.links.append(output)
                        self.download_link = link
                        self.firmware.link_up(link, self.now)
                    case OpenLink(link):
                        self.links.append(output)
                        self.open_link = link
                        if self.connects:
                            self.firmware.link_up(link, self.now)
                    case CloseLink(link):
                        self.open_link = 0 if link == self.open_link else self.open_link
                        closed = link == self.download_link
                        self.download_link = 0 if closed else self.download_link
