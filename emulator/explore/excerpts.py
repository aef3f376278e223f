"""What of a transcript is shown of a collision: from before it up to what was judged."""

from collections.abc import Sequence
from typing import Final, Protocol

from emulator.explore.account import Said


class Moment(Protocol):
    """An entry of a transcript; as a text it has no secrets."""

    @property
    def at(self) -> float: ...
    @property
    def kind(self) -> str: ...
    @property
    def said(self) -> str | bytes: ...


BEFORE: Final = 6  # lines before the collision
HEAD, TAIL = 30, 16  # lines that are shown where there are more: the first, and the last
BEHIND: Final = 3  # lines behind what was judged
MARK: Final = "   <== this"


def excerpt(
    entries: Sequence[Moment], struck: float | None, judged: Said | None = None
) -> tuple[str, ...]:
    """As lines. `struck`: when the collision came, None for the end alone; `judged`: the line by
    which the host was judged, None if that never came: then up to the end."""
    if struck is None:
        return tuple(map(str, entries[-HEAD - TAIL :]))
    place = next((n for n, each in enumerate(entries) if each.at >= struck), len(entries))
    start, end, this = max(0, place - BEFORE), len(entries), -1
    if judged is not None and (this := _place(entries, judged)) >= 0:
        start, end = min(start, max(0, this - BEFORE)), this + 1 + BEHIND
    lines = [f"{each}{MARK if n == this else ''}" for n, each in enumerate(entries[:end])][start:]
    if len(lines) <= HEAD + TAIL:
        return tuple(lines)
    left = f"          … {len(lines) - HEAD - TAIL} lines …"
    return (*lines[:HEAD], left, *lines[-TAIL:])


def _place(entries: Sequence[Moment], judged: Said) -> int:
    """The number of the line; -1 if it is not there."""
    kind = "host >" if judged.is_of_host else "host <"
    there = [n for n, e in enumerate(entries) if e.kind == kind and e.said == judged.text]
    return min(there, key=lambda n: abs(entries[n].at - judged.at), default=-1)
