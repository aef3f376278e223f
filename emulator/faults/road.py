"""The way of all that passes: it goes on now, later, in pieces, or not at all."""

from collections.abc import Callable, Sequence

from emulator.at.channel import Written
from emulator.at.writer import encoded
from emulator.faults.held import Held
from emulator.faults.planted import Occasion, Planted
from emulator.faults.shapes import Pieces, delay, inserted, shaped
from emulator.faults.things import HostBytes, Passing, Thing, data_of, with_data
from emulator.faults.whats import PATIENCE_S, Insert, Merge, Reorder
from emulator.outputs import OpenLink


def _pieces(thing: Passing, struck: Sequence[Planted], frame: Callable[[str], bytes]) -> Pieces:
    return [(0.0, b"")] if isinstance(thing, OpenLink) else shaped(data_of(thing), struck, frame)


def _has_rest(planted: Planted) -> bool:
    return isinstance(planted.fault.what, Insert) and bool(planted.fault.what.rest)


class Road:
    """What is held back goes to `held`; `frame` puts line ends around an unsolicited line."""

    def __init__(self, held: Held[Thing], frame: Callable[[str], bytes]) -> None:
        self._held, self._frame = held, frame
        self.clear()

    def clear(self) -> None:
        """Nothing waits for what comes next any more."""
        self._joins: dict[type, tuple[int, bool]] = {}  # what waits for more bytes; whether bare
        self._busy: dict[type, float] = {}  # until when pieces follow each other
        self._rest: int | None = None  # how a line goes on, and since when it could
        self._begun = 0.0
        self._behind: list[int] = []  # unsolicited lines that wait for it

    def adds(self, planted: Planted) -> int:
        """How many bytes it inserts."""
        what = planted.fault.what
        return sum(map(len, inserted(what, self._frame))) if isinstance(what, Insert) else 0

    def takes(self, planted: Planted, thing: Passing) -> bool:
        """Whether there is a place for what this fault would hold back."""
        match planted.fault.what:
            case Merge():
                waiting, _ = self._joins.get(type(thing), (None, False))
                return not self._held.has(waiting) and self._held.has_room
            case Reorder():
                return not self._held.has(planted.holds) and self._held.has_room
            case Insert(rest=rest) if rest:
                return not self._held.has(self._rest) and self._held.has_room
            case _:
                return self._held.has_room

    def passes(self, thing: Passing, struck: Sequence[Planted], now: float) -> list[Passing]:
        """What goes on now; the rest is held back or lost."""
        pieces = _pieces(thing, struck, self._frame)
        if not pieces:
            return []
        holding = next((p for p in struck if isinstance(p.fault.what, Merge | Reorder)), None)
        if holding is not None:
            whole = with_data(thing, b"".join(piece for _, piece in pieces))
            self._hold(holding, whole, now)
            return []
        pieces[0] = (0.0, self._joined(thing, pieces[0][1]))
        rest, behind = self._resumed(thing)
        pieces[0] = (0.0, rest + pieces[0][1])
        begins, wait = max(now, self._busy.get(type(thing), now)), delay(struck)
        if pieces[-1][0]:
            self._busy[type(thing)] = begins + pieces[-1][0]
        going = [
            (with_data(thing, piece), begins + at + wait)
            for at, piece in pieces
            if piece or not data_of(thing)
        ]
        ends = begins + pieces[-1][0] + wait
        passed = [self._goes(each, at, now) for each, at in going]
        passed += [self._goes(each, ends, now) for each in behind]
        self._breaks_off(thing, struck, ends)
        return [each for each in passed if each is not None]

    def _breaks_off(self, thing: Passing, struck: Sequence[Planted], ends: float) -> None:
        """How a line goes on that ends in its midst waits; `ends`: when its first part is there."""
        what = next((p.fault.what for p in struck if _has_rest(p)), None)
        if isinstance(what, Insert) and isinstance(thing, Written):
            rest = Written("unsolicited", encoded(what.rest), thing.cause)
            self._rest, self._begun = self._held.put(ends + what.wait, rest), ends
            self._busy[Written] = ends + what.wait

    def _resumed(self, thing: Passing) -> tuple[bytes, list[Passing]]:
        """What an echo or answer brings with it: how a line goes on, and what waits behind that."""
        if not isinstance(thing, Written) or thing.kind == "unsolicited":
            return b"", []
        if not self._held.has(self._rest):
            self._behind.clear()
            return b"", []
        rest, *behind = (self._held.take(number) for number in (self._rest, *self._behind))
        self._behind.clear()
        self._busy[Written] = self._begun
        assert isinstance(rest, Written)
        return rest.data, [each for each in behind if isinstance(each, Written)]

    def overtaken(self, occasion: Occasion, planted: Sequence[Planted]) -> list[Passing]:
        """What has waited for a thing like this one to pass."""
        freed = []
        for each in planted:
            if each.holds is not None and each.fault.where in occasion.places:
                thing = self._held.take(each.holds)
                each.holds = None
                if thing is not None:
                    freed.append(thing)
        return [thing for thing in freed if isinstance(thing, Passing)]

    def _hold(self, planted: Planted, thing: Passing, now: float) -> None:
        number = self._held.put(now + PATIENCE_S, thing)
        match planted.fault.what:
            case Merge(bare):
                self._joins[type(thing)] = number, bool(bare)
            case _:
                planted.holds = number

    def _goes(self, thing: Passing, at: float, now: float) -> Passing | None:
        """The thing if it goes now; what cannot be held back any more does."""
        if at <= now or not self._held.has_room:
            return thing
        number = self._held.put(at, thing)
        if isinstance(thing, Written) and self._held.has(self._rest):
            self._behind.append(number)
        return None

    def _joined(self, thing: Passing, data: bytes) -> bytes:
        """The bytes of a thing behind those that waited for it."""
        number, bare = self._joins.pop(type(thing), (None, False))
        first = self._held.take(number)
        if not isinstance(first, Written | HostBytes):
            return data
        if bare:
            return first.data.rstrip(b"\r\n") + data.lstrip(b"\r\n")
        return first.data + data
