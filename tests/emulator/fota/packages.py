"""Firmware packages typed by hand, after the layout in emulator.fota.package."""

import struct
import zlib


def sealed(body: bytes) -> bytes:
    """A body behind its length and checksum."""
    return b"MIPL" + struct.pack("!II", len(body), zlib.crc32(body)) + body


# For MN316, version "MN316_2.0.0", no RAM, no content; the checksum is the one that gzip gives.
SMALL = b"MIPL" + bytes.fromhex("00000016 577ce798 00000000") + b"\x05MN316" + b"\x0bMN316_2.0.0"
HEAD = b"\x00\x00\x00\x00\x05MN316\x0bMN316_2.0.0"
LARGE = sealed(HEAD + bytes(2000))  # 2034 bytes: more than the engine puts together by itself
FOREIGN = sealed(b"\x00\x00\x00\x00\x05M5311\x0bMN316_2.0.0")
HUNGRY = sealed(b"\x00\x01\x00\x01\x05MN316\x0bMN316_2.0.0")  # 65537 bytes of RAM
TOO_LONG = sealed(HEAD + bytes(256 * 1024 - 33))  # one byte over 262144
LONGEST = sealed(HEAD + bytes(256 * 1024 - 34))
