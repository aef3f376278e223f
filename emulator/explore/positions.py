"""The positions at which lines are placed, and what is known of modules that print them there."""

from dataclasses import dataclass
from typing import Final, Literal

Rank = Literal["real", "harsh"]


@dataclass(frozen=True, slots=True)
class Position:
    """`rank`: `real` where nothing keeps a module from it: it has begun to write the line when the
    command comes, or writes it as soon as it has answered, and the host reads both at once or one
    by one. `harsh` where CMIOT's modules are not known to write a line (decision 1). `is_own`: of
    the module's own lines."""

    name: str
    rank: Rank
    about: str
    is_own: bool = False


_ALL: Final = (
    Position("before", "real", "before the answer, in one write with it"),
    Position("after", "real", "behind the answer, in one write with it"),
    Position("apart-before", "real", "before the answer, in a write of its own"),
    Position("apart-after", "real", "behind the answer, in a write of its own"),
    Position("before-echo", "real", "before the echo"),
    Position("joined", "real", "the module's own next line, in one write with the answer"),
    Position("together", "real", "two lines of the module's own, in one write", True),
    Position("cut-answer", "real", "the answer, in two writes"),
    Position("cut-own", "real", "a line of the module's own, in two writes", True),
    Position("own-before", "real", "before a line of the module's own, in one write with it", True),
    Position("own-after", "real", "behind a line of the module's own, in one write with it", True),
    Position("own-apart-after", "real", "behind a line of the module's own, 20 ms later", True),
    Position("around", "real", "one line before the answer and one behind it, in one write"),
    Position("split-before", "real", "before the answer, in two writes"),
    Position("split-after", "real", "behind the answer, in two writes"),
    Position("tail-before", "real", "before the answer, in two writes, the second with it"),
    Position("tail-after", "real", "behind the answer, in two writes, the first with it"),
    Position("half-own", "real", "half behind the module's own request, half before an answer"),
    Position("half-after", "real", "behind the answer, half of the second before the next answer"),
    Position("telling-before", "real", "before the answer, in one write with it: a value like it"),
    Position("telling-after", "real", "behind the answer, in one write with it: a value like it"),
    Position("telling-tail-before", "real", "before the answer, cut where a value like it begins"),
    Position("reread-after", "real", "behind the answer, in one write with it, then a READ"),
    Position("reread-apart", "real", "behind the answer, in a write of its own, then a READ"),
    Position("reread-cut", "real", "behind the answer, in two writes, then a READ"),
    Position("held-after", "real", "behind the answer, and the line that is waited for is late"),
    Position("held-apart-after", "real", "a moment behind the answer, the line waited for late"),
    Position("guarded-after", "real", "behind the answer, and that to the host's response late"),
    Position("withheld", "real", "a line of the module's own, late", True),
    Position("long-before", "real", "long, before the answer, in one write with it"),
    Position("long-after", "real", "long, behind the answer, in one write with it"),
    Position("bytes-answer", "real", "the answer, byte by byte"),
    Position("bytes-own", "real", "a line of the module's own, byte by byte", True),
    Position("bytes-before", "real", "before the answer, both byte by byte"),
    Position("bytes-after", "real", "behind the answer, both byte by byte"),
    Position("burst-before", "real", "many before the answer, in one write with it"),
    Position("burst-after", "real", "many behind the answer, in one write with it"),
    Position("bulk-before", "real", "many long ones before the answer, in one write with it"),
    Position("bulk-after", "real", "many long ones behind the answer, in one write with it"),
    Position(
        "rewritten-before", "real", "before the answer, two in one write with it, then a READ"
    ),
    Position("rewritten-after", "real", "behind the answer, two in one write with it, then a READ"),
    Position(
        "rewritten-around", "real", "one before the answer and one behind it, then a READ of both"
    ),
    Position("repeated-before", "real", "before each answer, in one write with it"),
    Position("repeated-after", "real", "behind each answer, in one write with it"),
    Position("meanwhile-after", "real", "behind the answer, and the line waited for 8 s late"),
    Position("chained-before", "real", "one before each answer to the response to the one before"),
    Position("chained-after", "real", "one behind each answer to the response to the one before"),
    Position("late-before", "real", "before the answer, and that 3.5 s late"),
    Position("late-after", "real", "behind the answer, and that to the host's response 3.5 s late"),
    Position("overtaking", "harsh", "the module's own next line, before the answer"),
    Position("swapped", "harsh", "two lines of the module's own, the second of them first", True),
    Position("between", "harsh", "between the data and the final result"),
    Position("apart-between", "harsh", "between data and final result, in a write of its own"),
    Position("bare-before", "harsh", "before the answer, without a line end of its own"),
    Position("bare-after", "harsh", "behind the answer, without a line end before it"),
    Position("empty-before", "harsh", "an empty line before the answer"),
    Position("empty-between", "harsh", "an empty line between the data and the final result"),
    Position("empty-after", "harsh", "an empty line behind the answer"),
    Position("behind-echo", "harsh", "between echo and answer"),
    Position("in-echo", "harsh", "inside the echo"),
    Position("longer-before", "harsh", "very long, before the answer, in one write with it"),
    Position("longer-after", "harsh", "very long, behind the answer, in one write with it"),
    Position("flood-before", "harsh", "very many before the answer, in one write with it"),
    Position("flood-after", "harsh", "very many behind the answer, in one write with it"),
)

POSITIONS: Final = {position.name: position for position in _ALL}
"""By name, the simplest first in each rank."""


def ranked(harsh: bool) -> tuple[str, ...]:
    """The positions of a search."""
    return tuple(name for name, each in POSITIONS.items() if harsh or each.rank == "real")
