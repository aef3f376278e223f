"""Values that must not be seen, hidden wherever they stand and however they are spelt.

Lengths stay, so that what carried them still decodes.
"""

import base64
from dataclasses import dataclass

HIDDEN = b"*"
VISIBLE = 3
"""Characters of a value that comes in pieces which may be seen: after so many it is recognized."""

SHORTEST = 6  # a shorter value would be found where it is none; its own places hide it


@dataclass(frozen=True, slots=True)
class Needle:
    """What is looked for, and what stands in its place: as many bytes."""

    spelt: bytes
    shown: bytes


class Masks:
    """The values of one recording, each with its spellings: as it is, as hexadecimal in both cases,
    in base64, and a number also as the integer that TLV has."""

    def __init__(self, *values: str) -> None:
        self._known: set[bytes] = set()
        self._needles: list[Needle] = []
        for value in values:
            self.add(value.encode())

    def add(self, value: bytes) -> None:
        """Hide this one too from now on."""
        if len(value) < SHORTEST or value in self._known:
            return
        self._known.add(value)
        self._needles += _needles(value)

    @property
    def reach(self) -> int:
        """How many bytes before a piece matter to it."""
        return max((len(each.spelt) for each in self._needles), default=2) - 1

    def hide(self, data: bytes, before: bytes = b"") -> bytes:
        """`data` without the values, also those that begin in `before`, which it follows, or may
        go on in what follows it."""
        whole = before + data
        shown = bytearray(whole)
        for needle in self._needles:
            if needle.spelt[: VISIBLE + 1] in whole:
                _hide(needle, whole, shown)
        return bytes(shown[len(before) :])


def _hide(needle: Needle, whole: bytes, shown: bytearray) -> None:
    spelt, size = needle.spelt, len(needle.spelt)
    at = whole.find(spelt)
    while at >= 0:
        shown[at : at + size] = needle.shown
        at = whole.find(spelt, at + 1)
    for count in range(size - 1, VISIBLE, -1):
        if whole.endswith(spelt[:count]):
            shown[len(whole) - count :] = needle.shown[:count]
            return


def _needles(value: bytes) -> list[Needle]:
    stars = HIDDEN * len(value)
    pairs = HIDDEN.hex().encode() * len(value)
    found = [Needle(value, stars)]
    for digits in {value.hex().encode(), value.hex().upper().encode()}:
        found.append(Needle(digits, pairs))
    for offset in range(3):
        core = _in_base64(value, offset)
        found.append(Needle(core, b"A" * len(core)))
    if value.isdigit() and len(value) > 9:  # shorter ones do not take the long integer
        integer = int(value).to_bytes(8, "big") if int(value) < 1 << 63 else value
        found.append(Needle(integer, HIDDEN * len(integer)))
    return found


def _in_base64(value: bytes, offset: int) -> bytes:
    """The characters that stand for `value` alone where so many bytes precede it in their group of
    three, and any follow."""
    text = base64.b64encode(bytes(offset) + value)
    return text[-(-offset * 8 // 6) : (offset + len(value)) * 8 // 6]
