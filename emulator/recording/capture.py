"""A journal as a pcapng file: the serial line and the network on one time line.

Addresses are those that the module sees: its own, which the network gave it, and the server that
the firmware named. A host name stands for an address of its own, and the file says which name
that is.
"""

from collections import deque
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address

from emulator.addresses import is_numeric
from emulator.journal import Record
from emulator.recording import pcapng
from emulator.recording.lines import Head
from emulator.recording.operations import Operation
from emulator.recording.packets import (
    Ends,
    IpAddress,
    exported_datagram,
    exported_line,
    udp_packet,
)
from emulator.recording.pcapng import Way
from emulator.recording.texts import Opened, is_secured, link_in, opened_in

LINE_LIMIT = 4096  # bytes that the host wrote without an end of line; then they are a packet
LINKS_LIMIT = 16  # of one module that are remembered; it has never more than three
NAMES_LIMIT = 250  # host names that get an address of their own; further ones share the last
SECRETS_LIMIT = 16  # of sessions, for who opens a live capture later

AT, IP, INSIDE = 0, 1, 2  # the interfaces
NAMED = IPv4Address("198.18.0.0")  # RFC 2544: for benchmarks, on no network
MODULE_6 = IPv6Address("2001:db8::1")  # RFC 3849: for documentation
NOWHERE = IPv4Address("0.0.0.0")  # of a module before it has an address
COAP_PORT, COAPS_PORT = 5683, 5684  # RFC 7252 6.1, 6.2
FIRST_PORT, PORTS = 49152, 16384  # RFC 6335: private ones; a link has its own

_ENDS = (b"\r", b"\n")
_IN = ("datagram_in", "datagram_unheard", "ciphertext_in")


@dataclass(frozen=True, slots=True)
class _Link:
    """The far end as the firmware named it. `keyed`: its secret is in the file."""

    host: IpAddress
    port: int
    secure: bool = False
    keyed: bool = False


class Capture:
    """Takes the records of one modem in their order; gives the blocks that each one makes.

    Times of the records are seconds since `epoch`, which is seconds since 1970.
    """

    def __init__(self, head: Head, epoch: float) -> None:
        self._head, self._epoch = head, epoch
        self._links: dict[int, _Link] = {}
        self._names: dict[str, IpAddress] = {}
        self._secrets: deque[bytes] = deque(maxlen=SECRETS_LIMIT)
        self._address: IpAddress = NOWHERE
        self._typed = bytearray()
        self._has_inside = False

    def opening(self) -> bytes:
        """What a file begins with, also one that is begun in the midst of things."""
        about = f"{self._head.model}, dialect {self._head.dialect}"
        return b"".join(
            (
                pcapng.section(self._head.model, self._head.program, about),
                pcapng.interface(pcapng.UPPER_PDU, "at", "the serial line between host and module"),
                pcapng.interface(pcapng.RAW_IP, "ip", "the network, as the module sees it"),
                _INSIDE if self._has_inside else b"",
                *(pcapng.names(each.packed, name) for name, each in self._names.items()),
                *(pcapng.secrets(line) for line in self._secrets),
            )
        )

    def feed(self, record: Record, operation: Operation | None = None) -> bytes:
        """The blocks of one record, perhaps none."""
        match record.kind:
            case "serial_in":
                return self._host_wrote(record)
            case "serial_out":
                return self._line(record, record.data, by_host=False)
            case "open_link":
                return self._opened(record.text)
            case "address":
                self._address = ip_address(record.text)
            case "session_secret":
                return self._secret(record)
            case "datagram_in" | "datagram_out" | "datagram_unheard":
                return self._datagram(record, operation)
            case "ciphertext_in" | "ciphertext_out":
                return self._on_network(record, self._link_of(record), None)
        return b""

    # the serial line

    def _host_wrote(self, record: Record) -> bytes:
        """Whole lines; how they arrived in pieces is in the journal."""
        made = []
        for byte in record.data:
            self._typed.append(byte)
            if bytes((byte,)) in _ENDS or len(self._typed) >= LINE_LIMIT:
                if self._typed.strip():
                    made.append(self._line(record, bytes(self._typed), by_host=True))
                self._typed.clear()
        return b"".join(made)

    def _line(self, record: Record, data: bytes, *, by_host: bool) -> bytes:
        way = Way.IN if by_host else Way.OUT
        return self._packet(AT, record, exported_line(data, by_host=by_host), way, "")

    # the network

    def _opened(self, text: str) -> bytes:
        opened = opened_in(text)
        if opened is None:
            number = link_in(text)
            if number in self._links and is_secured(text):
                self._links[number] = replace(self._links[number], secure=True)
            return b""
        host, block = self._host(opened)
        self._links[opened.link] = _Link(host, opened.named[1])
        while len(self._links) > LINKS_LIMIT:
            del self._links[next(iter(self._links))]
        return block

    def _host(self, opened: Opened) -> tuple[IpAddress, bytes]:
        """The address of a server, and the block that says its name if that is new."""
        named = opened.named[0]
        if is_numeric(named):
            return ip_address(named), b""
        known = self._names.get(named)
        if known is not None:
            return known, b""
        real = ip_address(opened.at[0])
        host = NAMED + min(len(self._names) + 1, NAMES_LIMIT) if real.is_loopback else real
        if len(self._names) < NAMES_LIMIT:
            self._names[named] = host
        return host, pcapng.names(host.packed, named)

    def _link_of(self, record: Record) -> int:
        number = link_in(record.text) or 0
        if number not in self._links:
            self._links[number] = _Link(NAMED, COAP_PORT)  # what opened it was not recorded
        return number

    def _secret(self, record: Record) -> bytes:
        """Whoever may not see secrets is shown the inside of the session instead."""
        if self._head.redacted:
            return b""
        number = self._link_of(record)
        self._links[number] = replace(self._links[number], secure=True, keyed=True)
        line = record.data + b"\n"
        self._secrets.append(line)
        return pcapng.secrets(line)

    def _datagram(self, record: Record, operation: Operation | None) -> bytes:
        number = self._link_of(record)
        link = self._links[number]
        if not link.secure:
            return self._on_network(record, number, operation)
        if link.keyed and link.port == COAPS_PORT:
            return b""  # Wireshark knows by the port what is inside
        before = b"" if self._has_inside else _INSIDE
        self._has_inside = True
        inside = exported_datagram(self._ends(record, number), record.data)
        return before + self._packet(INSIDE, record, inside, _way(record), _said(operation))

    def _on_network(self, record: Record, number: int, operation: Operation | None) -> bytes:
        sent = udp_packet(self._ends(record, number), record.data)
        unheard = "; nobody listened" if record.kind == "datagram_unheard" else ""
        return self._packet(IP, record, sent, _way(record), unheard + _said(operation))

    def _ends(self, record: Record, number: int) -> Ends:
        link = self._links[number]
        own = self._address if link.host.version == 4 else MODULE_6
        ends = Ends(own, FIRST_PORT + number % PORTS, link.host, link.port)
        return ends.back if _way(record) is Way.IN else ends

    def _packet(self, interface: int, record: Record, data: bytes, way: Way, more: str) -> bytes:
        micros = round((self._epoch + record.time) * 1_000_000)
        cause = f", caused by {record.cause}" if record.cause else ""
        comment = f"record {record.number}{cause}{more}"
        return pcapng.packet(interface, micros, data, way, comment)


_INSIDE = pcapng.interface(pcapng.UPPER_PDU, "coap", "what sessions of DTLS carried")


def _way(record: Record) -> Way:
    return Way.IN if record.kind in _IN else Way.OUT


def _said(operation: Operation | None) -> str:
    return "" if operation is None else f"; {operation}"
