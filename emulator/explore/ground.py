"""What all placements for one host have in common: where faults find its commands, which lines a
module may print there, and how lines are spread over commands."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from emulator.explore.lines import FIRST_MID, KINDS, MID_LIMIT, Printed, Printer
from emulator.explore.placement import PAUSE_S, Placement, name_of
from emulator.explore.sheet import Exchange, Sheet
from emulator.faults.names import is_named

Cut = tuple[str, int]  # a kind of line, and after how many of its bytes it is cut


class Ground:
    """`kinds` of lines and `positions` by name; `few`: kinds at few places; `every`: at each byte
    and command."""

    def __init__(
        self,
        sheet: Sheet,
        printer: Printer,
        kinds: Sequence[str],
        positions: Iterable[str],
        every: bool = False,
        few: Sequence[str] = (),
    ) -> None:
        self.sheet, self.printer, self.kinds = sheet, printer, tuple(kinds)
        self.positions, self.every = frozenset(positions), every
        self.few = tuple(few)

    # which lines may stand at which command

    def possible(self, kind: str) -> list[Exchange]:
        """The commands at which a module may print it: a request not from the last one before the
        host leaves on, because a host that leaves need not answer."""
        if KINDS[kind].phase == "always":
            return list(self.sheet.exchanges)
        there = [each for each in self.sheet.exchanges if each.is_registered]
        if not KINDS[kind].answer:
            return there
        return [
            each
            for each, following in zip(there, there[1:], strict=False)
            if not following.leaves and not each.leaves
        ]

    def kinds_at(self, exchange: Exchange) -> list[str]:
        return [kind for kind in self.kinds if exchange in self.possible(kind)]

    @property
    def requests(self) -> list[str]:
        """The kinds that the host has to answer."""
        return [kind for kind in self.kinds if KINDS[kind].answer]

    def print(self, kind: str, mid: int = FIRST_MID) -> Printed:
        asked = self.sheet.asked.get(kind)
        return self.printer.again(kind, asked, mid) if asked else self.printer.line(kind, mid)

    def lines(self, kinds: Iterable[str]) -> tuple[Printed, ...]:
        """One after the other, with message ids that the platform does not use."""
        mids = (mid for mid in range(FIRST_MID, MID_LIMIT) if mid not in self.sheet.mids)
        return tuple(map(self.print, kinds, mids))

    # where faults find it

    def place(
        self,
        exchange: Exchange,
        position: str,
        lines: Sequence[str | Printed],
        at: int = 0,
        pause: float = PAUSE_S,
    ) -> Placement:
        """`lines`: themselves, or their kinds."""
        printed = self.lines(each for each in lines if isinstance(each, str))
        printed += tuple(each for each in lines if isinstance(each, Printed))
        echo_nth, _ = self.echo(exchange, at if position == "in-echo" else 0)
        name, nth = self.nth(exchange, at if position == "cut-answer" else 0)
        return Placement(exchange, position, printed, name, nth, at, echo_nth, pause)

    def nth(self, exchange: Exchange, at: int = 0) -> tuple[str, int]:
        """Its name, and which of the answers that have this name, and more than `at` bytes, it
        is."""
        name = name_of(exchange.text)
        before = self.sheet.exchanges[: exchange.number]
        alike = (not name or is_named(each.text, name) for each in before if len(each.reply) > at)
        return name, 1 + sum(alike)

    def echo(self, exchange: Exchange, at: int = 0) -> tuple[int, bytes]:
        """Which of the echoes that have its name, and `at` bytes, has it, and that piece; 0 if none
        has."""
        name = name_of(exchange.text)
        before = self.sheet.exchanges[: exchange.number]
        alike = [piece for each in before for piece in each.echo if _is_echo(piece, name, at)]
        for piece in exchange.echo:
            if _is_echo(piece, name, at):
                return len(alike) + 1, piece
        return 0, b""

    # how they are spread

    def spread(
        self,
        position: str,
        kind: str,
        exchanges: Sequence[Exchange],
        length: Callable[[Exchange], int],
    ) -> Iterator[Placement]:
        """Every byte with every command; or each byte with one, every command in its turn."""
        if position not in self.positions:
            return
        places = [(each, at) for each in exchanges for at in range(1, length(each))]
        if self.every:
            chosen = places
        else:
            turn = {each.number: place for place, each in enumerate(exchanges)}
            chosen = [(e, at) for e, at in places if at % len(exchanges) == turn[e.number]]
        for each, at in chosen:
            yield self.place(each, position, (kind,), at)

    def turns(self, made: Sequence[Sequence[Placement]], offset: int = 0) -> Iterator[Placement]:
        """Of each row one placement, the next row's one place further; all with `every`."""
        for number, row in enumerate(made, offset):
            if self.every:
                yield from row
            elif row:
                yield row[number % len(row)]


def _is_echo(piece: bytes, name: str, at: int) -> bool:
    text = piece.decode("latin-1").strip()
    return (not name or is_named(text, name)) and len(piece) >= at
