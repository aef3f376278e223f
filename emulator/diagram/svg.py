"""A picture as SVG: no scripts, no fonts of its own, for light and dark pages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from emulator.diagram import layout
from emulator.diagram.layout import Link, Pause, Picture, Placed, Stretch
from emulator.diagram.row import LANES, TITLES, Row, printable
from emulator.diagram.text import title
from emulator.diagram.widths import cut, width
from emulator.recording.lines import Head

ROW_LIMIT: Final = 1000  # rows of one picture: some 26000 pixels

_LIGHT: Final = {
    "paper": "fill:#ffffff",
    "said": "fill:#1f2328",
    "dim": "fill:#59636e",
    "lane": "stroke:#8c959f",
    "at": "stroke:#0550ae;fill:#0550ae",
    "net": "stroke:#1a7f37;fill:#1a7f37",
    "bad": "stroke:#cf222e;fill:#cf222e",
    "head": "fill:#eaeef2;stroke:#8c959f",
    "live": "fill:#aceebb;stroke:#1a7f37",
    "state": "fill:#8250df",
    "cause": "stroke:#bf8700",
    "tip": "fill:#bf8700",
    "fault": "fill:#ffebe9;stroke:#cf222e",
    "lint": "fill:#fff8c5;stroke:#bf8700",
}
_DARK: Final = {
    "paper": "fill:#0d1117",
    "said": "fill:#e6edf3",
    "dim": "fill:#9198a1",
    "lane": "stroke:#6e7681",
    "at": "stroke:#79c0ff;fill:#79c0ff",
    "net": "stroke:#56d364;fill:#56d364",
    "bad": "stroke:#ff7b72;fill:#ff7b72",
    "head": "fill:#21262d;stroke:#6e7681",
    "live": "fill:#0f5323;stroke:#56d364",
    "state": "fill:#bc8cff",
    "cause": "stroke:#e3b341",
    "tip": "fill:#e3b341",
    "fault": "fill:#4a1a1f;stroke:#ff7b72",
    "lint": "fill:#3b2e00;stroke:#e3b341",
}
_PLAIN: Final = (
    "text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
    "white-space:pre}"
    ".lane,.cause{fill:none}.cause{stroke-width:1.2;opacity:.8}.lost{stroke-dasharray:5 3}"
    ".asleep{stroke-dasharray:2 4}.big{font-weight:bold}"
)
_NOTES: Final = {"lint": "lint"}  # the box of a note, by its kind; else that of a fault


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as text; `left_out` rows had no room, the `last` that is shown was at that time."""

    text: str
    rows: int
    left_out: int
    last: float


def svg(head: Head, rows: Iterable[Row], limit: int = ROW_LIMIT) -> Drawing:
    """The first rows as a picture."""
    shown: list[Row] = []
    left_out = 0
    for row in rows:
        if len(shown) < limit:
            shown.append(row)
        else:
            left_out += 1
    drawn = layout.picture(shown)
    last = shown[-1].time if shown else 0.0
    text = "\n".join(_document(head, drawn, left_out, last)) + "\n"
    return Drawing(text, len(shown), left_out, last)


def _document(head: Head, drawn: Picture, left_out: int, last: float) -> Iterator[str]:
    size = f"{drawn.width:.0f}", f"{drawn.height:.0f}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="0 0 {size[0]} {size[1]}" role="img" aria-labelledby="title desc">'
    )
    model = escape(printable(head.model))
    yield f'<title id="title">Sequence diagram: MCU, module {model}, platform</title>'
    first = drawn.rows[0].row.time if drawn.rows else 0.0
    yield (
        f'<desc id="desc">{len(drawn.rows)} rows from {first:.3f} s to {last:.3f} s. '
        f"{escape(title(head))}.</desc>"
    )
    yield f"<style>{_PLAIN}{_rules(_LIGHT)}"
    yield f"@media (prefers-color-scheme:dark){{{_rules(_DARK)}}}</style>"
    yield f'<rect class="paper" width="{size[0]}" height="{size[1]}"/>'
    yield _text(20, 24, _fitted(title(head), drawn.width - 40), "dim")
    yield from _lanes(drawn)
    yield from map(_pause, drawn.pauses, [drawn] * len(drawn.pauses))
    yield from (_link(link, drawn.lanes.module) for link in drawn.links)
    for placed in drawn.rows:
        yield from _row(placed, drawn)
    if left_out:
        more = f"{left_out} more rows are not shown; the last one here was at {last:.3f} s"
        yield _text(20, drawn.height - 8, more, "said big")
    yield "</svg>"


def _rules(colours: dict[str, str]) -> str:
    return "".join(f".{name}{{{rule}}}" for name, rule in colours.items())


def _fitted(text: str, room: float) -> str:
    return cut(text, int(room / layout.CHARACTER))


def _text(x: float, y: float, text: str, classes: str, anchor: str = "start") -> str:
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{classes}"{at}>{escape(text)}</text>'


def _line(x: float, y: float, to_x: float, to_y: float, classes: str) -> str:
    ends = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"'
    return f'<line {ends} class="{classes}"/>'


# lanes


def _lanes(drawn: Picture) -> Iterator[str]:
    top, bottom = layout.TOP - 12, drawn.height - layout.BOTTOM + 6
    for lane in ("mcu", "platform"):
        x = drawn.lanes.x(lane)
        yield _line(x, top, x, bottom, "lane")
    for stretch in drawn.stretches:
        yield from _stretch(stretch, drawn.lanes.module)
    for x, name in ((layout.TIME_X, "time"), (layout.NUMBER_X, "no."), (layout.LINK_X, "from")):
        yield _text(x, top - 9, name, "dim", "end")
    for lane in LANES:
        for y in (top - 26, bottom):
            yield from _name(TITLES[lane], drawn.lanes.x(lane), y)


def _name(name: str, x: float, y: float) -> Iterator[str]:
    size = width(name) * layout.CHARACTER + 20
    yield (
        f'<rect x="{x - size / 2:.1f}" y="{y:.1f}" width="{size:.1f}" height="26" rx="4" '
        'class="head"/>'
    )
    yield _text(x, y + 17, name, "said big", "middle")


def _stretch(stretch: Stretch, x: float) -> Iterator[str]:
    match stretch.life:
        case "off":
            return
        case "registered":
            size = stretch.end - stretch.start
            yield (
                f'<rect x="{x - 4:.1f}" y="{stretch.start:.1f}" width="8" height="{size:.1f}" '
                'class="live"/>'
            )
        case life:
            classes = "lane asleep" if life == "asleep" else "lane"
            yield _line(x, stretch.start, x, stretch.end, classes)


# rows


def _row(placed: Placed, drawn: Picture) -> Iterator[str]:
    row = placed.row
    name = f' id="r{row.number}"' if row.number else ""
    yield f"<g{name}>"
    yield f"<title>{escape(row.worded)}</title>"
    yield from _numbers(placed)
    if row.is_arrow:
        yield from _arrow(placed, drawn.lanes)
    elif layout.is_note(row):
        yield from _note(placed, drawn.lanes)
    else:
        yield _diamond(drawn.lanes.x(row.source), placed.line - 4)
    yield _text(placed.x, placed.top + _down(row), placed.text, _tone(row), placed.anchor)
    yield "</g>"


def _down(row: Row) -> float:
    return layout.TEXT_DOWN if row.is_arrow else layout.ARROW_DOWN


def _tone(row: Row) -> str:
    return "said" if row.is_arrow or layout.is_note(row) else "dim"


def _numbers(placed: Placed) -> Iterator[str]:
    row, y = placed.row, placed.top + layout.ARROW_DOWN
    if not row.number:
        return
    yield _text(layout.TIME_X, y, f"{row.time:.3f}", "dim", "end")
    yield _text(layout.NUMBER_X, y, str(row.number), "said", "end")
    if row.link:
        link = _text(layout.LINK_X, y, str(row.link), "dim", "end")
        yield f'<a href="#r{row.link}">{link}</a>'


def _arrow(placed: Placed, lanes: layout.Lanes) -> Iterator[str]:
    row, y = placed.row, placed.line
    start, end = lanes.x(row.source), lanes.x(row.target)
    way = 1 if end > start else -1
    colour = "bad" if row.fate else "at" if "mcu" in (row.source, row.target) else "net"
    if row.fate:
        end -= way * 24
        yield _line(start, y, end, y, f"{colour} lost")
        yield _line(end - 4, y - 4, end + 4, y + 4, colour)
        yield _line(end - 4, y + 4, end + 4, y - 4, colour)
        return
    end -= way * (4 if row.target == "module" and row.life == "registered" else 0.5)
    yield _line(start, y, end - way * 6, y, colour)
    tip = f"{end:.1f},{y:.1f} {end - way * 8:.1f},{y - 4:.1f} {end - way * 8:.1f},{y + 4:.1f}"
    yield f'<polygon points="{tip}" class="{colour}"/>'


def _note(placed: Placed, lanes: layout.Lanes) -> Iterator[str]:
    """A box, which begins at the lane that it is about."""
    x, size = lanes.mcu + layout.SIDE, lanes.platform - lanes.mcu - 2 * layout.SIDE
    kind = _NOTES.get(placed.row.kind, "fault")
    yield (
        f'<rect x="{x:.1f}" y="{placed.top + 3:.1f}" width="{size:.1f}" height="21" rx="4" '
        f'class="{kind}"/>'
    )


def _diamond(x: float, y: float) -> str:
    points = f"{x:.1f},{y - 5:.1f} {x + 5:.1f},{y:.1f} {x:.1f},{y + 5:.1f} {x - 5:.1f},{y:.1f}"
    return f'<polygon points="{points}" class="state"/>'


def _link(link: Link, x: float) -> str:
    bend = x + link.bulge * 4 / 3
    return (
        f'<path d="M{x:.1f} {link.start:.1f}C{bend:.1f} {link.start:.1f} {bend:.1f} '
        f'{link.end:.1f} {x:.1f} {link.end:.1f}" class="cause"/>'
        f'<circle cx="{x:.1f}" cy="{link.end:.1f}" r="3" class="tip"/>'
    )


def _pause(pause: Pause, drawn: Picture) -> str:
    y = pause.top + layout.PAUSE / 2
    text = _text(layout.TIME_X, y + 4, f"({pause.seconds:.1f} s)", "dim", "end")
    line = _line(drawn.lanes.mcu - 8, y, drawn.lanes.platform + 8, y, "lane asleep")
    return text + line
