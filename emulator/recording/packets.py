"""Packets as captures have them: UDP in IP (RFC 768, 791, 8200), and Wireshark's exported PDUs."""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

IpAddress = IPv4Address | IPv6Address

UDP = 17
HOPS = 64
DONT_FRAGMENT = 0x4000

# Tags of an exported PDU (Wireshark, epan/exported_pdu.h); numbers are big-endian.
_END, _DISSECTOR = 0, 12
_SOURCE, _DESTINATION = {4: 20, 6: 22}, {4: 21, 6: 23}
_PORT_TYPE, _SOURCE_PORT, _DESTINATION_PORT = 24, 25, 26
_UDP_PORTS = 3
_DIRECTION = 35


@dataclass(frozen=True, slots=True)
class Ends:
    """From where to where; both hosts are of the same version of IP."""

    source: IpAddress
    source_port: int
    destination: IpAddress
    destination_port: int

    @property
    def back(self) -> "Ends":
        """The other way."""
        return Ends(self.destination, self.destination_port, self.source, self.source_port)


def udp_packet(ends: Ends, payload: bytes) -> bytes:
    """An IP packet with one datagram, its checksums right. At most 65507 bytes of payload."""
    size = 8 + len(payload)
    ports = struct.pack(">HH", ends.source_port, ends.destination_port)
    source, destination = ends.source.packed, ends.destination.packed
    pseudo = source + destination + struct.pack(">IxxxB", size, UDP)
    sum_ = _checksum(pseudo + ports + struct.pack(">HH", size, 0) + payload)
    datagram = ports + struct.pack(">HH", size, sum_ or 0xFFFF) + payload
    if ends.source.version == 6:
        return struct.pack(">IHBB", 6 << 28, size, UDP, HOPS) + source + destination + datagram
    start = struct.pack(">BBHHHBB", 0x45, 0, 20 + size, 0, DONT_FRAGMENT, HOPS, UDP)
    sum_ = _checksum(start + bytes(2) + source + destination)
    return start + struct.pack(">H", sum_) + source + destination + datagram


def exported_line(data: bytes, *, by_host: bool) -> bytes:
    """Bytes of the serial line, for the dissector `at`: sent is what the host says."""
    direction = _tag(_DIRECTION, struct.pack(">I", 0 if by_host else 1))
    return _tag(_DISSECTOR, b"at") + direction + _tag(_END, b"") + data


def exported_datagram(ends: Ends, payload: bytes) -> bytes:
    """What a session of DTLS carried, for the dissector `coap`."""
    version = ends.source.version
    return b"".join(
        (
            _tag(_DISSECTOR, b"coap"),
            _tag(_SOURCE[version], ends.source.packed),
            _tag(_DESTINATION[version], ends.destination.packed),
            _tag(_PORT_TYPE, struct.pack(">I", _UDP_PORTS)),
            _tag(_SOURCE_PORT, struct.pack(">I", ends.source_port)),
            _tag(_DESTINATION_PORT, struct.pack(">I", ends.destination_port)),
            _tag(_END, b""),
            payload,
        )
    )


def _tag(tag: int, value: bytes) -> bytes:
    value += bytes(-len(value) % 4)
    return struct.pack(">HH", tag, len(value)) + value


def _checksum(data: bytes) -> int:
    """RFC 1071: the complement of the sum of 16-bit words with its carries."""
    data += bytes(len(data) % 2)
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF
