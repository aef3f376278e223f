"""What becomes of bytes that faults have struck."""

import re
from collections.abc import Callable, Sequence
from itertools import accumulate

from emulator.at.writer import encoded
from emulator.faults.planted import Planted
from emulator.faults.whats import (
    COPIES_LIMIT,
    Corrupt,
    Delay,
    Drop,
    Duplicate,
    Insert,
    Response,
    Split,
)

Pieces = list[tuple[float, bytes]]
"""Each piece, and how many seconds behind the first it comes; none where all is lost. An empty one
is where what follows may come."""

_FINAL = re.compile(rb"\r\n(?:OK|ERROR|\+C(?:IS|ME) ERROR: ?[0-9]+)\r\n|[04]\r")
"""The final result of a reply, whatever ATV and AT+CMEE say (V.250 5.7.1)."""


def shaped(data: bytes, struck: Sequence[Planted], frame: Callable[[str], bytes]) -> Pieces:
    """`data` with all that has struck it but delays. First its bytes are corrupted, then lines
    inserted (at places of the bytes as they were) and cuts made (at places of what the faults
    before have made of them), and it is repeated or dropped. `frame` puts line ends around an
    unsolicited line."""
    for each in struck:
        data = _spoiled(data, each)
    build, copies = _Build(data), 1
    for each in struck:
        match each.fault.what:
            case Drop():
                return []
            case Insert() as insert:
                build.insert(insert, frame)
            case Split() as split:
                build.split(split)
            case Duplicate(number):
                copies = min(copies * number, COPIES_LIMIT)
            case _:
                pass
    pieces = _cut(build.data, build.cuts)
    last = pieces[-1][0]
    return [(n * last + at, piece) for n in range(copies) for at, piece in pieces]


def inserted(insert: Insert, frame: Callable[[str], bytes]) -> list[bytes]:
    """Its lines as they stand in what they strike."""
    return [encoded(line) if insert.raw else frame(line) for line in insert.lines]


def delay(struck: Sequence[Planted]) -> float:
    """How many seconds later it comes than it would."""
    whats = [each.fault.what for each in struck]
    return sum(what.seconds for what in whats if isinstance(what, Delay))


def _spoiled(data: bytes, planted: Planted) -> bytes:
    match planted.fault.what:
        case Corrupt(bits, text, at):
            wrong = bytearray(data)
            if text:
                new = encoded(text)[: len(data) - at]
                wrong[at : at + len(new)] = new
                return bytes(wrong)
            for _ in range(min(bits, 8 * len(data))):
                bit = planted.chance.randrange(8 * len(data))
                wrong[bit // 8] ^= 1 << bit % 8
            return bytes(wrong)
        case Response(code) if len(data) > 1:
            return data[:1] + bytes([int(code[0]) << 5 | int(code[2:])]) + data[2:]
        case _:
            return data


class _Build:
    """Bytes while faults change them one after the other. `cuts`: behind how many of the bytes
    there is a pause, and its seconds."""

    def __init__(self, data: bytes) -> None:
        self._before, self.data = data, data
        self._added: list[tuple[int, int]] = []  # place in the bytes as they were, how many
        self.cuts: dict[int, float] = {}

    def insert(self, insert: Insert, frame: Callable[[str], bytes]) -> None:
        """Behind what stands at this place already."""
        place = _place(insert, self._before)
        at = place + sum(length for other, length in self._added if other <= place)
        lines = inserted(insert, frame)
        more = sum(map(len, lines))
        self.data = self.data[:at] + b"".join(lines) + self.data[at:]
        self.cuts = {cut + more if cut > at else cut: pause for cut, pause in self.cuts.items()}
        self._added.append((place, more))
        ends = accumulate(map(len, lines), initial=at)
        if insert.pause:
            self.cuts |= {end: insert.pause for end in ends if end}

    def split(self, split: Split) -> None:
        places = range(1, len(self.data)) if split.each else split.offsets
        self.cuts |= {at: split.pause for at in places if at < len(self.data)}


def _place(insert: Insert, data: bytes) -> int:
    if insert.at is not None:
        return insert.at
    match insert.place:
        case "before":
            return 0
        case "after":
            return len(data)
        case _:
            finals = list(_FINAL.finditer(data))
            return finals[-1].start() if finals else len(data)


def _cut(data: bytes, cuts: dict[int, float]) -> Pieces:
    pieces: Pieces = []
    begun, at = 0, 0.0
    for place in sorted(cuts):
        pieces.append((at, data[begun:place]))
        begun, at = place, at + cuts[place]
    return [*pieces, (at, data[begun:])]
