"""Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian, as bytes."""

import struct
from enum import IntEnum

SECTION, INTERFACE, NAMES, PACKET, SECRETS = 0x0A0D0D0A, 1, 4, 6, 10  # block types
BYTE_ORDER = 0x1A2B3C4D
TLS_KEY_LOG = 0x544C534B  # a secrets type
IPV4_NAME, IPV6_NAME = 1, 2  # records of a block of names
RAW_IP, UPPER_PDU = 101, 252  # LINKTYPE_RAW, LINKTYPE_WIRESHARK_UPPER_PDU

_COMMENT, _HARDWARE, _PROGRAM = 1, 2, 4
_NAME, _DESCRIPTION = 2, 3
_FLAGS = 2


class Way(IntEnum):
    """The direction in a packet's flags, as the module sees it."""

    IN = 1
    OUT = 2


def section(hardware: str, program: str, comment: str) -> bytes:
    """The first block: what the recording is of, and what wrote it."""
    fixed = struct.pack("<IHHq", BYTE_ORDER, 1, 0, -1)  # of unknown length
    said = ((_HARDWARE, hardware), (_PROGRAM, program), (_COMMENT, comment))
    return _block(SECTION, fixed + _options(*((code, text.encode()) for code, text in said)))


def interface(link_type: int, name: str, description: str) -> bytes:
    """An interface; they are numbered from 0. Times of its packets are in microseconds."""
    fixed = struct.pack("<HHI", link_type, 0, 0)
    return _block(
        INTERFACE, fixed + _options((_NAME, name.encode()), (_DESCRIPTION, description.encode()))
    )


def packet(number: int, micros: int, data: bytes, way: Way, comment: str) -> bytes:
    """A packet of interface `number`, so many microseconds after 1970."""
    size = len(data)
    fixed = struct.pack("<IIIII", number, micros >> 32, micros & 0xFFFFFFFF, size, size)
    options = _options((_FLAGS, struct.pack("<I", way)), (_COMMENT, comment.encode()))
    return _block(PACKET, fixed + _padded(data) + options)


def names(address: bytes, name: str) -> bytes:
    """That an IP address has a name."""
    value = address + name.encode() + b"\0"
    kind = IPV4_NAME if len(address) == 4 else IPV6_NAME
    record = struct.pack("<HH", kind, len(value)) + _padded(value)
    return _block(NAMES, record + bytes(4))


def secrets(key_log: bytes) -> bytes:
    """Lines of a key log, which decrypt packets behind this block."""
    return _block(SECRETS, struct.pack("<II", TLS_KEY_LOG, len(key_log)) + _padded(key_log))


def _block(kind: int, body: bytes) -> bytes:
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def _options(*options: tuple[int, bytes]) -> bytes:
    given = b"".join(
        struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options if value
    )
    return given + bytes(4) if given else b""


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
