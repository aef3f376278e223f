"""Rows as lines of text: a column for each lane, what is said to the right of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from emulator.diagram.row import LANES, PAUSE_S, TITLES, Lane, Life, Row, printable
from emulator.diagram.widths import cut, shortened
from emulator.recording.lines import Head

NARROWEST: Final = 60  # columns
GAP: Final = 7  # cells between two lanes
_TEXT_LEAST: Final = 20

_COLOURS: Final = {
    "serial_in": "36",
    "serial_out": "36",
    "datagram_in": "32",
    "datagram_out": "32",
    "datagram_unheard": "33",
    "fault": "31",
    "bug": "31",
    "lint": "33",
    "link_lost": "31",
    "send_failed": "31",
}
_DIM: Final = "2"


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What a diagram is drawn with, one cell each."""

    lives: dict[Life, str]
    line: str
    lost: str
    right: str
    left: str
    from_left: str
    from_right: str
    cross: str
    mark: str
    note: str
    pause: str
    ellipsis: str


DRAWN: Final = Glyphs(
    {"on": "│", "registered": "┃", "asleep": "┊", "off": " "},
    *("─", "╌", ">", "<", "├", "┤", "×", "◆", "!", "┊", "…"),
)
ASCII: Final = Glyphs(
    {"on": "|", "registered": "#", "asleep": ":", "off": " "},
    *("-", ".", ">", "<", "|", "|", "x", "o", "!", ":", "..."),
)


@dataclass(frozen=True, slots=True)
class Look:
    """`columns`: cells of a line, 0 for as many as it takes; `digits`: of a record's number."""

    columns: int = 100
    glyphs: Glyphs = DRAWN
    colours: bool = False
    digits: int = 4


def title(head: Head) -> str:
    """What was recorded, in one line."""
    parts = [head.model, f"dialect {head.dialect}", head.program]
    if head.start is not None:
        parts.append(f"started {head.start}")
    if head.seed is not None:
        parts.append(f"seed {head.seed}")
    parts += [f"{name}={value}" for name, value in (*head.quirks.items(), *head.network.items())]
    parts += [f"fault '{fault}'" for fault in head.faults]
    if head.scenario is not None:
        parts.append(f"scenario {head.scenario}")
    parts.append("secrets hidden" if head.redacted else "with its secrets")
    return printable(", ".join(map(str, parts)))


def lines(rows: Iterable[Row], look: Look) -> Iterator[str]:
    """The column titles, then a line for every row; one more for a pause before it."""
    yield _titles(look)
    before: Row | None = None
    for row in rows:
        if before is not None and row.time - before.time >= PAUSE_S:
            yield _pause(row.time - before.time, before, look)
        yield _line(row, before, look)
        before = row


def _titles(look: Look) -> str:
    lanes = ""
    for at, lane in enumerate(LANES):
        start = 3 + at * (GAP + 1) - len(TITLES[lane]) // 2
        lanes = lanes.ljust(start) + TITLES[lane]
    digits = look.digits
    return f"{'time':>9} {'no.':>{digits}} {'from':>{digits + 1}}{lanes}"


def _line(row: Row, before: Row | None, look: Look) -> str:
    number = str(row.number) if row.number else ""
    link = f"{row.link}" if row.link and row.number else ""
    left = f"{row.time:9.3f} {number:>{look.digits}} {link:>{look.digits}}"
    lanes = _arrow(row, look) if row.is_arrow else _mark(row, before, look)
    text = _in_ascii(row.worded) if look.glyphs is ASCII else row.worded
    room = look.columns - len(left) - len(lanes) - 5
    if look.columns:
        shorten = shortened if row.is_arrow else cut
        text = shorten(text, max(room, _TEXT_LEAST), look.glyphs.ellipsis)
    if look.colours:
        left = f"\x1b[{_DIM}m{left}\x1b[0m"
        text = _coloured(text, row)
    return f"{left}   {lanes}  {text}".rstrip()


def _coloured(text: str, row: Row) -> str:
    colour = "31" if row.fate else _COLOURS.get(row.kind, _DIM)
    return f"\x1b[{colour}m{text}\x1b[0m"


def _arrow(row: Row, look: Look) -> str:
    glyphs = look.glyphs
    lives = dict.fromkeys(LANES, glyphs.lives["on"]) | {"module": glyphs.lives[row.life]}
    is_right = LANES.index(row.source) < LANES.index(row.target)
    stroke = glyphs.lost if row.fate else glyphs.line
    tip = glyphs.cross if row.fate else (glyphs.right if is_right else glyphs.left)
    shaft = stroke * (GAP - 1) + tip if is_right else tip + stroke * (GAP - 1)
    if row.source != "module":
        lives[row.source] = glyphs.from_left if is_right else glyphs.from_right
    elif row.life == "on":
        lives["module"] = glyphs.from_left if is_right else glyphs.from_right
    first = shaft if "mcu" in (row.source, row.target) else " " * GAP
    second = shaft if "platform" in (row.source, row.target) else " " * GAP
    return lives["mcu"] + first + lives["module"] + second + lives["platform"]


def _mark(row: Row, before: Row | None, look: Look) -> str:
    glyphs = look.glyphs
    cells: dict[Lane, str] = dict.fromkeys(LANES, glyphs.lives["on"])
    cells["module"] = glyphs.lives[row.life]
    cells[row.source] = glyphs.note if row.kind in ("fault", "lint", "bug") else glyphs.mark
    return (" " * GAP).join(cells[lane] for lane in LANES)


def _pause(seconds: float, before: Row, look: Look) -> str:
    lanes = (" " * GAP).join(look.glyphs.pause for _ in LANES)
    text = f"({seconds:.1f} s)"
    return f"{'':9} {'':{look.digits}} {'':{look.digits}}   {lanes}  {text}"


def _in_ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")
