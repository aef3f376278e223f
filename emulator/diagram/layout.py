"""Where everything of a picture stands, in pixels: rows from top to bottom, lanes beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from emulator.diagram.row import PAUSE_S, Lane, Life, Row
from emulator.diagram.widths import cut, shortened, width

CHARACTER: Final = 7.3  # of one cell of the font, at most
TIME_X, NUMBER_X, LINK_X = 70.0, 112.0, 154.0  # right ends of the columns
MCU_X: Final = 186.0
ROW: Final = 26.0
PAUSE: Final = 22.0
TOP: Final = 82.0  # above the first row: a line and the names of the lanes
BOTTOM: Final = 62.0
RIGHT: Final = 64.0  # beyond the platform's lane
SIDE: Final = 14.0  # free beside a lane
LINKS: Final = 40.0  # free to the right of the module's lane, for what links rows
NARROWEST, WIDEST = 250.0, 470.0  # between two lanes

TEXT_DOWN, ARROW_DOWN = 12.0, 18.0  # from the top of a row

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Lanes:
    mcu: float
    module: float
    platform: float

    def x(self, lane: Lane) -> float:
        return {"mcu": self.mcu, "module": self.module, "platform": self.platform}[lane]


@dataclass(frozen=True, slots=True)
class Placed:
    """A row at `top`; its text, shortened to what has room, at `x`."""

    row: Row
    top: float
    text: str
    x: float
    anchor: Anchor

    @property
    def line(self) -> float:
        """How far down its arrow or mark is."""
        return self.top + ARROW_DOWN

    @property
    def span(self) -> tuple[float, float]:
        """From where to where the text goes, at most."""
        size = width(self.text) * CHARACTER
        left = {"start": self.x, "middle": self.x - size / 2, "end": self.x - size}[self.anchor]
        return left, left + size


@dataclass(frozen=True, slots=True)
class Pause:
    top: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Link:
    """From the row that brought another about to that one, at the module's lane."""

    start: float
    end: float
    bulge: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """The module's lane from one height to another."""

    life: Life
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Picture:
    lanes: Lanes
    rows: tuple[Placed, ...]
    pauses: tuple[Pause, ...]
    links: tuple[Link, ...]
    stretches: tuple[Stretch, ...]
    width: float
    height: float


def picture(rows: Sequence[Row]) -> Picture:
    """All rows in their places; they may be none."""
    lanes = _lanes(rows)
    placed, pauses, y = [], [], TOP
    before: Row | None = None
    for row in rows:
        if before is not None and row.time - before.time >= PAUSE_S:
            pauses.append(Pause(y, row.time - before.time))
            y += PAUSE
        placed.append(_placed(row, y, lanes))
        y += ROW
        before = row
    return Picture(
        lanes,
        tuple(placed),
        tuple(pauses),
        tuple(_links(placed)),
        tuple(_stretches(placed, y)),
        lanes.platform + RIGHT,
        y + BOTTOM,
    )


def is_note(row: Row) -> bool:
    """Whether it stands in a box across the lanes."""
    return row.kind in ("fault", "lint", "bug") and not row.is_arrow


def _lanes(rows: Sequence[Row]) -> Lanes:
    left = right = 0
    for row in rows:
        cells = width(row.worded)
        if row.is_arrow and "mcu" in (row.source, row.target):
            left = max(left, cells)
        elif not is_note(row):
            right = max(right, cells)
    module = MCU_X + _clamped(left * CHARACTER + 2 * SIDE)
    return Lanes(MCU_X, module, module + _clamped(right * CHARACTER + SIDE + LINKS))


def _clamped(size: float) -> float:
    return min(max(size, NARROWEST), WIDEST)


def _placed(row: Row, top: float, lanes: Lanes) -> Placed:
    if is_note(row):
        room = lanes.platform - lanes.mcu - 4 * SIDE
        return Placed(row, top, _cut(row, room), lanes.mcu + 2 * SIDE, "start")
    if row.is_arrow:
        start, end = lanes.mcu + SIDE, lanes.module - SIDE
        if "platform" in (row.source, row.target):
            start, end = lanes.module + LINKS, lanes.platform - SIDE
        text = shortened(row.worded, int((end - start) / CHARACTER))
        return Placed(row, top, text, (start + end) / 2, "middle")
    start, room = lanes.module + LINKS, lanes.platform - lanes.module - LINKS - SIDE
    if row.source == "platform":
        return Placed(row, top, _cut(row, room), lanes.platform - SIDE, "end")
    return Placed(row, top, _cut(row, room), start, "start")


def _cut(row: Row, room: float) -> str:
    return cut(row.worded, int(room / CHARACTER))


def _links(placed: Sequence[Placed]) -> Iterator[Link]:
    """From a datagram to the AT line that it brought about, and from an AT line to a datagram."""
    found = {each.row.number: each for each in placed if each.row.number}
    for each in placed:
        cause = found.get(each.row.link)
        if cause is None or not (each.row.is_arrow and cause.row.is_arrow):
            continue
        if _is_serial(cause.row) != _is_serial(each.row):
            bulge = min(LINKS - 6, 8 + (each.line - cause.line) / ROW * 2.5)
            yield Link(cause.line, each.line, bulge)


def _is_serial(row: Row) -> bool:
    return "mcu" in (row.source, row.target)


def _stretches(placed: Sequence[Placed], end: float) -> Iterator[Stretch]:
    life: Life = "on"
    start = TOP - 12
    for each in placed:
        if each.row.life != life:
            yield Stretch(life, start, each.line)
            life, start = each.row.life, each.line
    yield Stretch(life, start, end + 6)
