"""All placements for one host, in the order in which they are tried."""

from collections.abc import Callable, Iterator, Sequence

from emulator.explore.beside_own import beside_own
from emulator.explore.bytewise import bytewise
from emulator.explore.calming import calm_lines, rereads
from emulator.explore.chained import chained
from emulator.explore.crowds import crowds
from emulator.explore.ground import Ground
from emulator.explore.held import held
from emulator.explore.lines import FEW, REQUESTS, USUAL, Printed, Printer
from emulator.explore.pairs import pairs
from emulator.explore.pieces import pieces
from emulator.explore.placement import Placement
from emulator.explore.repeated import repeated
from emulator.explore.rewritten import rewritten
from emulator.explore.sheet import Exchange, Neighbours, Sheet
from emulator.explore.undeclared import as_printed

SINGLE = (
    *("before", "after", "apart-before", "apart-after"),
    *("between", "apart-between", "bare-before", "bare-after"),
)
MOVED = ("joined", "together", "overtaking", "swapped")


def usual_kinds(sheet: Sheet) -> tuple[str, ...]:
    """The kinds of lines that are placed unless others are chosen."""
    return (*USUAL, *FEW, *(kind for kind in REQUESTS if kind in sheet.asked))


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
        self._sheet = sheet
        few = FEW if tuple(kinds) == usual_kinds(sheet) else ()
        many = [kind for kind in kinds if kind not in few]
        self._ground = Ground(sheet, printer, many, positions, every, few)

    def placements(self) -> tuple[Placement, ...]:
        """Every one, those of simple and likely positions first."""
        ground = self._ground
        found = [*self._singles(), *self._moved(), *self._neighbours(), *beside_own(ground)]
        found += [
            *self._echoes(),
            *pairs(ground),
            *pieces(ground),
            *bytewise(ground),
            *crowds(ground),
            *self._splits(),
        ]
        found += [*rereads(ground), *rewritten(ground), *held(ground), *repeated(ground)]
        found += chained(ground)
        wanted = [e for e in as_printed(ground, found) if e.position in ground.positions]
        wanted.sort(key=_turn)
        return tuple(wanted)

    def calm(self, placements: Sequence[Placement]) -> list[Placement]:
        """The lines of these where nothing collides."""
        return calm_lines(self._ground, placements)

    def _singles(self) -> Iterator[Placement]:
        ground = self._ground
        for position in SINGLE:
            for exchange in self._sheet.exchanges:
                if position.endswith("between") and not exchange.has_data:
                    continue
                if position.startswith("bare") and not exchange.is_framed:
                    continue
                for kind in ground.kinds_at(exchange):
                    yield ground.place(exchange, position, (kind,))

    def _moved(self) -> Iterator[Placement]:
        for position in ("joined", "overtaking"):
            for exchange in self._sheet.exchanges:
                if exchange.follows:
                    yield self._ground.place(exchange, position, ())

    def _neighbours(self) -> Iterator[Placement]:
        for position in ("together", "swapped"):
            for each in self._sheet.neighbours:
                yield _of_own(self._sheet, position, each)

    def _echoes(self) -> Iterator[Placement]:
        ground = self._ground
        for position in ("before-echo", "behind-echo"):
            for exchange in self._sheet.exchanges:
                if ground.echo(exchange)[0]:
                    for kind in ground.kinds_at(exchange):
                        yield ground.place(exchange, position, (kind,))
        for kind in ground.kinds:
            echoed = [each for each in ground.possible(kind) if ground.echo(each)[0]]
            yield from ground.spread(
                "in-echo", kind, echoed, lambda each: len(ground.echo(each)[1])
            )

    def _splits(self) -> Iterator[Placement]:
        ground = self._ground
        for position in ("split-after", "split-before"):
            for kind in ground.kinds:
                length = len(ground.print(kind).text) + 4  # CR LF on both sides
                yield from ground.spread(position, kind, ground.possible(kind), _always(length))


def _of_own(sheet: Sheet, position: str, each: Neighbours) -> Placement:
    exchange = sheet.exchanges[max(each.replies - 1, 0)]
    lines = tuple(Printed(kind, text) for kind, text in (each.first, each.second))
    return Placement(exchange, position, lines, each.name, each.nth)


def _turn(placed: Placement) -> tuple[bool, float, bool]:
    """The module's own lines come early, as they matter to every host; what takes long comes
    late."""
    is_plain = placed.position in MOVED or len(placed.lines) <= 1
    is_harsh = placed.rank == "harsh" and placed.position not in MOVED
    return is_harsh, placed.pause, not is_plain


def _always(length: int) -> Callable[[Exchange], int]:
    return lambda each: length
