"""The configuration of AT+MIPLCREATE=: a blob of bytes, in one piece or in several (manual 3.1).

The manual leaves it to a tool; its layout is that of the public clients (MB 2.1). Numbers are
big-endian, there is no checksum. Whatever does not fit is 601 (decision 13).
"""

import re
from dataclasses import replace
from enum import IntEnum
from typing import Literal

from emulator.at.results import Failed, Fault
from emulator.instance import DEFAULT_HOST, FLAG_BOOTSTRAP, Target, parse_target

BLOB_LIMIT = 1024
"""Bytes of a configuration (chosen). The longest that anybody wrote has 83; one with a host name,
an auth code and all access point fields at their longest stays below."""

Layout = Literal["auto", "new"]

_BOOTSTRAP, _DTLS = 0x80, 0x40
_OLD_BOOTSTRAP = 1
_SETTINGS = re.compile(r'(?:AuthCode:([^;"\0-\x1f]*);)?(?:PSK:([^;"\0-\x1f]*);)?')


class _Item(IntEnum):
    """The low four bits of an item's first byte; nobody looks at the others."""

    INIT = 1
    NET = 2
    SYS = 3


class _Reader:
    """Takes bytes from the front; 601 where there are not enough."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise Failed(Fault.SYNTAX)
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def text(self) -> str:
        """Two bytes of length, then as many characters."""
        return self.take(self.number(2)).decode("latin-1")

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def end(self) -> None:
        """Nothing may be left."""
        if self.left:
            raise Failed(Fault.SYNTAX)


def parse_blob(blob: bytes, layout: Layout = "auto") -> Target:
    """What a configuration asks to connect to; 601 for anything else."""
    reader = _Reader(blob)
    first = reader.number(1)
    version, count = first >> 4, first & 0x0F
    if version == 0 or reader.number(2) != len(blob):
        raise Failed(Fault.SYNTAX)
    targets = [target for _ in range(count) if (target := _item(reader, layout)) is not None]
    reader.end()
    if len(targets) != 1:
        raise Failed(Fault.SYNTAX)
    return targets[0]


def _item(reader: _Reader, layout: Layout) -> Target | None:
    kind, size = reader.number(1) & 0x0F, reader.number(2)
    if size < 3:
        raise Failed(Fault.SYNTAX)
    content = reader.take(size - 3)
    match kind:
        case _Item.INIT:
            _Reader(content).end()
            return None
        case _Item.NET:
            return _net(content, layout)
        case _Item.SYS:
            _sys(content)
            return None
    raise Failed(Fault.SYNTAX)


def _net(content: bytes, layout: Layout) -> Target:
    """The layout that takes the item to its last byte; where both do, the new one."""
    try:
        return _new_net(content)
    except Failed:
        if layout == "new":
            raise
    return _old_net(content)


def _new_net(content: bytes) -> Target:
    reader = _Reader(content)
    _skip_link(reader)
    flags = reader.number(1)
    _skip_access_point(reader)
    host, settings = reader.text(), reader.text()
    reader.end()
    found = _SETTINGS.fullmatch(settings)
    if found is None:
        raise Failed(Fault.SYNTAX)
    target = _target(host, bool(flags & _BOOTSTRAP), found)
    return replace(target, secure=target.secure or bool(flags & _DTLS))


def _old_net(content: bytes) -> Target:
    """No byte of flags: bootstrap is the nibble above the length of the host (MB 2.1), or goes
    without saying for OneNET's own bootstrap server, as in the blob that MT has built in: nothing
    else answers there. User data that is no `AuthCode:…;PSK:…;` means nothing here."""
    reader = _Reader(content)
    _skip_link(reader)
    _skip_access_point(reader)
    nibble, length = divmod(reader.number(2), 0x1000)
    host = reader.take(length).decode("latin-1")
    settings = reader.text()
    reader.end()
    if nibble not in (0, _OLD_BOOTSTRAP):
        raise Failed(Fault.SYNTAX)
    bootstrap = nibble == _OLD_BOOTSTRAP or host.partition(":")[0] == DEFAULT_HOST
    return _target(host, bootstrap, _SETTINGS.fullmatch(settings))


def _target(host: str, bootstrap: bool, settings: re.Match[str] | None) -> Target:
    auth_code, psk = settings.groups("") if settings is not None else ("", "")
    return parse_target(host, FLAG_BOOTSTRAP if bootstrap else 0, auth_code, psk, "", 0)


def _skip_link(reader: _Reader) -> None:
    """MTU, link type and band type."""
    reader.take(3)


def _skip_access_point(reader: _Reader) -> None:
    """APN, user name, password."""
    for _ in range(3):
        reader.text()


def _sys(content: bytes) -> None:
    """Log flags, size of its buffer, user data; the new parsers want a byte before the last."""
    for reserved in (0, 1):
        reader = _Reader(content)
        reader.take(3 + reserved)
        if reader.left >= 2 and reader.number(2) == reader.left:
            return
    raise Failed(Fault.SYNTAX)


class Fragments:
    """The pieces of a configuration that have come so far (MB 2.1: XY).

    `<index>` falls by one to 0, where `<flag>` is 0 and all pieces together must be `<totalsize>`.
    What does not go on from the piece before begins anew (chosen): another `<totalsize>`, an
    `<index>` that has been, a piece that is all of it. Other commands between pieces do not
    matter, creating an instance forgets them, and so does any error.
    """

    __slots__ = ("_total", "_last", "_blob")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._total = 0
        self._last = -1
        self._blob = b""

    def add(self, piece: bytes, total: int, index: int, size: int, flag: int) -> bytes | None:
        """The configuration once it is complete, None before; 601 for a piece that does not fit."""
        try:
            blob = self._with(piece, total, index, size, flag)
        except Failed:
            self.clear()
            raise
        if index == 0:
            self.clear()
            return blob
        self._total, self._last, self._blob = total, index, blob
        return None

    def _with(self, piece: bytes, total: int, index: int, size: int, flag: int) -> bytes:
        if not _counts(size, piece) or (flag == 0) != (index == 0):
            raise Failed(Fault.SYNTAX)
        blob = piece if self._begins(piece, total, index) else self._blob + piece
        if len(blob) > min(total, BLOB_LIMIT) or (index == 0 and not _counts(total, blob)):
            raise Failed(Fault.SYNTAX)
        return blob

    def _begins(self, piece: bytes, total: int, index: int) -> bool:
        if total != self._total or index >= self._last or (index == 0 and _counts(total, piece)):
            return True
        if index != self._last - 1:
            raise Failed(Fault.SYNTAX)
        return False


def _counts(size: int, data: bytes) -> bool:
    """Hosts count bytes; the manual's "by ASCII" can be read as hex digits (decision 13)."""
    return size in (len(data), 2 * len(data))
