"""What becomes of bytes that faults have struck."""

import re
from collections.abc import Callable, Sequence

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
    inserted (at places of the bytes as they were), then it is split, and repeated or dropped.
    `frame` puts line ends around an unsolicited line."""
    for each in struck:
        data = _spoiled(data, each)
    data, cuts = _with_insertions(data, struck, frame)
    copies = 1
    for each in struck:
        match each.fault.what:
            case Drop():
                return []
            case Split() as split:
                cuts |= dict.fromkeys(_places(split, len(data)), split.pause)
            case Duplicate(number):
                copies = min(copies * number, COPIES_LIMIT)
            case _:
                pass
    pieces = _cut(data, cuts)
    last = pieces[-1][0]
    return [(n * last + at, piece) for n in range(copies) for at, piece in pieces]


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


def _with_insertions(
    data: bytes, struck: Sequence[Planted], frame: Callable[[str], bytes]
) -> tuple[bytes, dict[int, float]]:
    """The bytes with the lines in them, and where there is a pause."""
    insertions = [each.fault.what for each in struck if isinstance(each.fault.what, Insert)]
    placed = sorted(((_place(each, data), each) for each in insertions), key=lambda pair: pair[0])
    built, cuts, position = b"", dict[int, float](), 0
    for at, insert in placed:
        built += data[position:at]
        position = at
        for line in insert.lines:
            if insert.pause and built:
                cuts[len(built)] = insert.pause
            built += encoded(line) if insert.raw else frame(line)
        if insert.pause:
            cuts[len(built)] = insert.pause
    return built + data[position:], cuts


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


def _places(split: Split, length: int) -> Sequence[int]:
    places = range(1, length) if split.each else split.offsets
    return [at for at in places if at < length]


def _cut(data: bytes, cuts: dict[int, float]) -> Pieces:
    pieces: Pieces = []
    begun, at = 0, 0.0
    for place in sorted(cuts):
        pieces.append((at, data[begun:place]))
        begun, at = place, at + cuts[place]
    return [*pieces, (at, data[begun:])]
