"""What of a transcript is shown of a collision: from before it up to what was judged."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from emulator.explore.account import Said, mid_of
from emulator.explore.sheet import answer_of


class Moment(Protocol):
    """An entry of a transcript; as a text it has no secrets."""

    @property
    def at(self) -> float: ...
    @property
    def kind(self) -> str: ...
    @property
    def said(self) -> str | bytes: ...


BEFORE: Final = 10  # lines before the collision, and before what was judged
BEHIND: Final = 10  # lines behind the collision
AFTER: Final = 3  # lines behind what was judged, and behind an answer
ROOM: Final = 120  # lines that are shown, unless what must not be left out has more
TURN: Final = 40  # lines from a request to the answer that are never left out, the first
UNHEARD: Final = 2  # commands behind a request by which a host has answered it, or never does
MARK: Final = "   <== this"
PLACED: Final = "   <== placed"
WAITED: Final = "   <== waited for"


def excerpt(
    entries: Sequence[Moment],
    struck: float | None,
    judged: Said | None = None,
    asked: Sequence[str] = (),
    awaited: Sequence[str] = (),
    placed: Sequence[str] = (),
) -> tuple[str, ...]:
    """As lines. `struck`: when the collision came, None for the end alone; `judged`: the line by
    which the host was judged, None if that never came: then up to the end; `asked`: requests that
    have collided; `awaited`: lines for which the host waits although they came; `placed`: lines
    that the module would not have printed there."""
    if struck is None:
        return tuple(map(str, entries[-ROOM:]))
    place = next((n for n, each in enumerate(entries) if each.at >= struck), len(entries))
    start, end, this = max(0, place - BEFORE), len(entries), -1
    if judged is not None and (this := _place(entries, judged)) >= 0:
        start, end = min(start, max(0, this - BEFORE)), min(end, this + 1 + AFTER)
    last = this if this >= 0 else end
    needed = {*range(place - BEFORE, place + BEHIND + 1), *range(last - BEFORE, end)}
    for text in asked:
        needed.update(_turn(entries, text))
    marks = {this: MARK}
    for text in awaited:
        came = max((n for n, e in enumerate(entries) if _is_of_module(e, text)), default=-1)
        start = min(start, max(0, came - AFTER)) if came >= 0 else start
        needed.update(range(came - AFTER, came + AFTER + 1))
        marks[came] = WAITED
    for text in placed:
        there = (n for n, e in enumerate(entries) if n >= place and _is_of_module(e, text))
        marks.setdefault(next(there, -1), PLACED)
    return tuple(_lines(entries, _shown(needed, start, end), marks))


def _turn(entries: Sequence[Moment], text: str) -> range:
    """From a request to the host's answer, or to where that should have been."""
    begin = next((n for n, each in enumerate(entries) if _is_of_module(each, text)), None)
    if begin is None:
        return range(0)
    mid, commands, end = mid_of(text), 0, begin
    for number in range(begin, min(begin + TURN, len(entries))):
        end, entry = number, entries[number]
        if entry.kind == "host >" and isinstance(entry.said, str):
            commands += 1
            if answer_of(entry.said) == mid or commands == UNHEARD:
                break
    return range(begin, end + 1 + AFTER)


def _shown(needed: Iterable[int], start: int, end: int) -> list[int]:
    """The numbers of the lines: those that are needed, and of the others the first and the last."""
    shown = {number for number in needed if start <= number < end}
    others = [number for number in range(start, end) if number not in shown]
    spare = max(0, ROOM - len(shown))
    head = (spare + 1) // 2
    left = others if len(others) > spare else []
    left = left[head : len(left) - (spare - head)]
    return sorted(set(range(start, end)) - set(left))


def _is_of_module(moment: Moment, text: str) -> bool:
    return moment.kind == "host <" and moment.said == text


def _lines(
    entries: Sequence[Moment], shown: Iterable[int], marks: Mapping[int, str]
) -> Iterator[str]:
    before: int | None = None
    for number in shown:
        if before is not None and number > before + 1:
            yield f"          … {number - before - 1} lines …"
        yield f"{entries[number]}{marks.get(number, '')}"
        before = number


def _place(entries: Sequence[Moment], judged: Said) -> int:
    """The number of the line; -1 if it is not there."""
    kind = "host >" if judged.is_of_host else "host <"
    there = [n for n, e in enumerate(entries) if e.kind == kind and e.said == judged.text]
    return min(there, key=lambda n: abs(entries[n].at - judged.at), default=-1)
