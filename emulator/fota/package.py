"""The firmware package of the virtual modules: how it is laid out, made and checked.

No source gives a layout. This one is chosen, so that each Update Result of LwM2M 1.0 E.6 comes of a
package that deserves it. Numbers are big-endian:

    4 bytes   "MIPL"
    4         length of what follows the checksum
    4         CRC-32 of what follows here
    4         bytes of RAM that unpacking takes
    1 + n     length and text of the model that it is for
    1 + n     length and text of the version that it installs
    the rest  content, of no meaning
"""

import re
import struct
import zlib
from dataclasses import dataclass

from emulator.fota.states import Result

STORAGE_LIMIT = 256 * 1024
"""Bytes of flash for a package (chosen)."""

SIZE_LIMIT = 4 * STORAGE_LIMIT
"""Bytes of a package that is made: enough for one that does not fit (chosen)."""

MEMORY_LIMIT = 64 * 1024
"""Bytes of RAM for unpacking one (chosen)."""

MAGIC = b"MIPL"
_CHECKED = struct.Struct("!II")
_HEAD = len(MAGIC) + _CHECKED.size
_MEMORY = struct.Struct("!I")
_TEXT = re.compile(rb"[!-~]{1,64}\Z")  # ATI prints it: nothing that forges lines


@dataclass(frozen=True, slots=True)
class Package:
    """What a package says of itself. `memory`: bytes that unpacking takes."""

    model: str
    version: str
    memory: int = 0


def pack(package: Package, size: int = 0) -> bytes:
    """A package of `size` bytes, or more if it cannot be so short. ValueError for a text or a
    number that does not fit."""
    if not 0 <= package.memory < 2**32:
        raise ValueError(f"{package.memory} bytes of RAM are not 0 to {2**32 - 1}")
    if not 0 <= size <= SIZE_LIMIT:
        raise ValueError(f"{size} bytes are not 0 to {SIZE_LIMIT}")
    body = _MEMORY.pack(package.memory)
    for text in (package.model, package.version):
        raw = text.encode("utf-8")
        if not _TEXT.match(raw):
            raise ValueError(f"'{text}' is not 1 to 64 printable ASCII characters without blanks")
        body += bytes([len(raw)]) + raw
    body += bytes(max(0, size - len(MAGIC) - _CHECKED.size - len(body)))
    return MAGIC + _CHECKED.pack(len(body), zlib.crc32(body)) + body


def unpack(delivered: bytes) -> Package | Result:
    """What was delivered, or why it is of no use: what it is, whether it is whole, whether it
    fits, in this order."""
    if not delivered.startswith(MAGIC):
        return Result.PACKAGE_TYPE
    body = delivered[_HEAD:]
    checked = _CHECKED.pack(len(body), zlib.crc32(body))
    if delivered[len(MAGIC) : _HEAD] != checked:
        return Result.INTEGRITY
    package = _read(body)
    if package is None:
        return Result.PACKAGE_TYPE
    return package if package.memory <= MEMORY_LIMIT else Result.NO_MEMORY


def _read(body: bytes) -> Package | None:
    """The fields of a body; None for what nobody would have packed."""
    if len(body) < _MEMORY.size:
        return None
    (memory,) = _MEMORY.unpack_from(body)
    model, rest = _text(body[_MEMORY.size :])
    version, _ = _text(rest)
    return None if model is None or version is None else Package(model, version, memory)


def _text(body: bytes) -> tuple[str | None, bytes]:
    """The text that `body` begins with, None if it is none; and what follows it."""
    length = body[0] if body else 0
    raw = body[1 : 1 + length]
    fits = len(raw) == length and _TEXT.match(raw)
    return raw.decode("ascii") if fits else None, body[1 + length :]
