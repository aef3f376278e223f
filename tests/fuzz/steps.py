"""A run of bytes read as a script: what happens, one step after another. Any bytes are one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

HEAD = 4  # bytes before the data of a step: its kind, its number, how many they are
STEP_LIMIT = 400  # steps of one script; what stands behind them is not looked at


@dataclass(frozen=True, slots=True)
class Step:
    """`kind` and `number` choose from whatever there is to choose from; `data` is bytes for it."""

    kind: int
    number: int = 0
    data: bytes = b""

    def of(self, choices: Sequence[T]) -> T:
        """What `number` chooses; `rest` is left of it."""
        return choices[self.number % len(choices)]

    def rest(self, choices: Sequence[object]) -> int:
        return self.number // len(choices)


def read(script: bytes) -> Iterator[Step]:
    """The steps of a script; missing bytes at its end are zeros."""
    at = 0
    for _ in range(STEP_LIMIT):
        if at >= len(script):
            return
        kind, high, low, length = script[at : at + HEAD].ljust(HEAD, b"\0")
        at += HEAD
        yield Step(kind, high << 8 | low, script[at : at + length])
        at += length


def write(*steps: Step) -> bytes:
    """The script of these steps."""
    return b"".join(
        bytes((step.kind, step.number >> 8, step.number & 0xFF, len(step.data))) + step.data
        for step in steps
    )


class Choices:
    """Decisions read off the data of a step, one after another; behind its end all are 0."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, below: int) -> int:
        width = 1 if below <= 256 else 2
        taken = self._data[self._at : self._at + width]
        self._at += width
        return int.from_bytes(taken, "big") % below

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.number(len(choices))]

    def all_left(self) -> bytes:
        left = self._data[self._at :]
        self._at = len(self._data)
        return left


def damaged(data: bytes, damage: bytes) -> bytes:
    """`data` with an edit for every three bytes of `damage`: where, what kind, which byte."""
    edited = bytearray(data)
    for at in range(0, len(damage) - 2, 3):
        place, kind, value = damage[at : at + 3]
        place %= len(edited) + 1
        match kind % 4:
            case 0:
                edited[place : place + 1] = bytes((value,))
            case 1:
                edited.insert(place, value)
            case 2:
                del edited[place : place + 1 + value % 8]
            case _:
                edited[place:place] = edited[: value % 32]
    return bytes(edited)
