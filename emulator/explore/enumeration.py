"""All placements for one host, in the order in which they are tried."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from emulator.explore.lines import FIRST_MID, KINDS, MID_LIMIT, REQUESTS, USUAL, Printed, Printer
from emulator.explore.placement import POSITIONS, Placement, name_of
from emulator.explore.sheet import Exchange, Sheet
from emulator.faults.names import is_named

SINGLE = (
    *("before", "after", "apart-before", "apart-after"),
    *("between", "bare-before", "bare-after"),
)
PAIRED = ("before", "after", "apart-after", "around")


def usual_kinds(sheet: Sheet) -> tuple[str, ...]:
    """The kinds of lines that are placed unless others are chosen."""
    return (*USUAL, *(kind for kind in REQUESTS if kind in sheet.asked))


@dataclass(frozen=True, slots=True)
class Enumeration:
    """`placements` in their order. `left_out`: how many more there would be with `every`."""

    placements: tuple[Placement, ...]
    left_out: int = 0


@dataclass(slots=True)
class _Spots:
    """Where the faults find each exchange."""

    sheet: Sheet

    def mids(self) -> Iterator[int]:
        """Those that the platform does not use."""
        return (mid for mid in range(FIRST_MID, MID_LIMIT) if mid not in self.sheet.mids)

    def nth(self, exchange: Exchange) -> tuple[str, int]:
        """Its name, and which of the answers that have this name it is."""
        name = name_of(exchange.text)
        before = self.sheet.exchanges[: exchange.number]
        return name, 1 + sum(not name or is_named(each.text, name) for each in before)

    def echo(self, exchange: Exchange) -> tuple[int, bytes]:
        """Which of the echoes that have its name has it, and that piece; 0 if none has."""
        name = name_of(exchange.text)
        nth = sum(self._named(each, name) for each in self.sheet.exchanges[: exchange.number])
        for piece in exchange.echo:
            nth += 1
            if not name or is_named(piece.decode("latin-1").strip(), name):
                return nth, piece
            nth -= 1
        return 0, b""

    @staticmethod
    def _named(exchange: Exchange, name: str) -> int:
        texts = (piece.decode("latin-1").strip() for piece in exchange.echo)
        return sum(not name or is_named(text, name) for text in texts)


class Enumerator:
    """`kinds` of lines by name, `positions` likewise."""

    def __init__(
        self,
        sheet: Sheet,
        printer: Printer,
        kinds: Sequence[str],
        positions: Sequence[str],
        every: bool = False,
    ) -> None:
        self._sheet, self._printer, self._kinds = sheet, printer, tuple(kinds)
        self._positions, self._every = frozenset(positions), every
        self._spots = _Spots(sheet)
        self._left_out = 0

    def placements(self) -> Enumeration:
        """Every one, those of simple and likely positions first."""
        found = [*self._singles(), *self._moved(), *self._swapped()]
        found += [*self._pairs(), *self._echoes(), *self._splits()]
        wanted = [each for each in found if each.position in self._positions]
        wanted.sort(key=lambda each: (each.rank == "harsh", len(each.lines) > 1))
        return Enumeration(tuple(wanted), self._left_out)

    # which lines may stand at which command

    def _possible(self, kind: str) -> list[Exchange]:
        """The commands at which a module may print it: a request not from the last one before the
        host leaves on, because a host that leaves need not answer."""
        if KINDS[kind].phase == "always":
            return list(self._sheet.exchanges)
        there = [each for each in self._sheet.exchanges if each.is_registered]
        if not KINDS[kind].answer:
            return there
        return [
            each
            for each, following in zip(there, there[1:], strict=False)
            if not following.leaves and not each.leaves
        ]

    def _kinds_at(self, exchange: Exchange) -> list[str]:
        return [kind for kind in self._kinds if exchange in self._possible(kind)]

    def _print(self, kind: str, mid: int) -> Printed:
        asked = self._sheet.asked.get(kind)
        return self._printer.again(kind, asked, mid) if asked else self._printer.line(kind, mid)

    # the placements

    def _place(
        self, exchange: Exchange, position: str, kinds: Sequence[str], at: int = 0
    ) -> Placement:
        name, nth = self._spots.nth(exchange)
        echo_nth, _ = self._spots.echo(exchange)
        lines = tuple(map(self._print, kinds, self._spots.mids()))
        return Placement(exchange, position, lines, name, nth, at, echo_nth)

    def _singles(self) -> Iterator[Placement]:
        for position in SINGLE:
            for exchange in self._sheet.exchanges:
                if position == "between" and not exchange.has_data:
                    continue
                if position.startswith("bare") and not exchange.is_framed:
                    continue
                for kind in self._kinds_at(exchange):
                    yield self._place(exchange, position, (kind,))

    def _moved(self) -> Iterator[Placement]:
        for position in ("joined", "overtaking"):
            for exchange in self._sheet.exchanges:
                if exchange.follows:
                    yield self._place(exchange, position, ())

    def _swapped(self) -> Iterator[Placement]:
        for each in self._sheet.neighbours:
            exchange = self._sheet.exchanges[max(each.replies - 1, 0)]
            lines = tuple(Printed(kind, text) for kind, text in (each.first, each.second))
            yield Placement(exchange, "swapped", lines, each.name, each.nth, each.nth)

    def _pairs(self) -> Iterator[Placement]:
        for position in PAIRED:
            for exchange in self._sheet.exchanges:
                kinds = self._kinds_at(exchange)
                for kind in kinds:
                    yield self._place(exchange, position, (kind, kind))
                    if kind != kinds[0]:
                        yield self._place(exchange, position, (kinds[0], kind))

    def _echoes(self) -> Iterator[Placement]:
        for position in ("before-echo", "behind-echo"):
            for exchange in self._sheet.exchanges:
                if self._spots.echo(exchange)[0]:
                    for kind in self._kinds_at(exchange):
                        yield self._place(exchange, position, (kind,))
        for kind in self._kinds:
            echoed = [each for each in self._possible(kind) if self._spots.echo(each)[0]]
            yield from self._spread(
                "in-echo", kind, echoed, lambda each: len(self._spots.echo(each)[1])
            )

    def _splits(self) -> Iterator[Placement]:
        for position in ("split-after", "split-before"):
            for kind in self._kinds:
                length = len(self._print(kind, FIRST_MID).text) + 4  # CR LF on both sides
                possible = self._possible(kind)
                yield from self._spread(position, kind, possible, _always(length))

    def _spread(
        self,
        position: str,
        kind: str,
        exchanges: Sequence[Exchange],
        length: Callable[[Exchange], int],
    ) -> Iterator[Placement]:
        """Every byte with every command; or each byte with one, every command in its turn."""
        if position not in self._positions:
            return
        places = [(each, at) for each in exchanges for at in range(1, length(each))]
        if self._every:
            chosen = places
        else:
            turn = {each.number: place for place, each in enumerate(exchanges)}
            chosen = [(e, at) for e, at in places if at % len(exchanges) == turn[e.number]]
            self._left_out += len(places) - len(chosen)
        for each, at in chosen:
            yield self._place(each, position, (kind,), at)


def _always(length: int) -> Callable[[Exchange], int]:
    return lambda each: length


def ranked(harsh: bool) -> tuple[str, ...]:
    """The positions of a search."""
    return tuple(name for name, each in POSITIONS.items() if harsh or each.rank == "real")
