"""How a run went on, as SVG: modems, rates, times, and what went wrong, one above the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from emulator.fleet.axes import clock, moments, ticks
from emulator.fleet.samples import Sample, rate
from emulator.fleet.summary import Result, failures, lines

WIDTH, HEIGHT = 900, 150
LEFT, RIGHT, TOP, GAP, BOTTOM = 70, 170, 60, 46, 12
LINE: Final = 17
"""Height of a line of text."""
COLOURS: Final = ("#1b6ca8", "#d1495b", "#3a7d44")
WIDTHS: Final = (4.0, 1.5, 1.5)
"""Of the curves of a panel: the first is seen below one that runs on it."""
WRONG: Final = "#b00020"
FAILURES_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Curve:
    """None is a gap. `last`: its last value stands beside its name."""

    name: str
    values: Sequence[float | None]
    last: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """`whole`: its values are counts."""

    title: str
    curves: tuple[Curve, ...]
    whole: bool = False


def plot(result: Result) -> str:
    """The whole document."""
    samples = result.samples
    panels = tuple(_panels(samples))
    wrong = [f"failed: {text}" for _, text in failures(result)]
    if len(wrong) > FAILURES_SHOWN:
        wrong = [*wrong[: FAILURES_SHOWN - 1], f"and {len(wrong) - FAILURES_SHOWN + 1} more"]
    top = TOP + LINE * len(wrong)
    height = top + len(panels) * (HEIGHT + GAP) + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        *_headline(result, wrong),
    ]
    end = samples[-1].at if samples else 1.0
    times = [sample.at for sample in samples]
    for number, panel in enumerate(panels):
        parts += _drawn(panel, times, end, top + number * (HEIGHT + GAP) + 16)
    return "\n".join([*parts, "</svg>", ""])


def _headline(result: Result, wrong: Sequence[str]) -> Iterator[str]:
    first, second, *_ = lines(result)
    title = f"{result.fleet.title or 'fleet'}: {first}"
    yield f'<text x="{LEFT}" y="20" font-weight="bold">{escape(title)}</text>'
    yield f'<text x="{LEFT}" y="{20 + LINE}">{escape(second)}</text>'
    for number, text in enumerate(wrong, 2):
        yield f'<text x="{LEFT}" y="{20 + LINE * number}" fill="{WRONG}">{escape(text)}</text>'


def _panels(samples: Sequence[Sample]) -> Iterator[Panel]:
    def of(read: Callable[[Sample], float | None]) -> list[float | None]:
        return [read(sample) for sample in samples]

    yield Panel(
        "modems",
        (Curve("switched on", of(lambda s: s.begun)), Curve("logged in", of(lambda s: s.ready))),
        whole=True,
    )
    sent, arrived = rate(samples, "sent"), rate(samples, "arrived")
    yield Panel(
        "reports a second",
        (Curve("sent", [None, *sent]), Curve("arrived", [None, *arrived])),
    )
    yield Panel(
        "from sending to confirmation (event 26), ms",
        (
            Curve("median", of(lambda s: s.confirm_p50 and s.confirm_p50 * 1000)),
            Curve("99 %", of(lambda s: s.confirm_p99 and s.confirm_p99 * 1000)),
        ),
    )
    yield Panel(
        "gone wrong, in all",
        (
            Curve("lost", of(lambda s: s.lost), last=True),
            Curve("late", of(lambda s: s.late), last=True),
            Curve("errors", of(lambda s: s.errors), last=True),
        ),
        whole=True,
    )


def _drawn(panel: Panel, times: Sequence[float], end: float, top: int) -> Iterator[str]:
    values = [v for curve in panel.curves for v in curve.values if v is not None]
    marks = ticks(max([*values, 0.0]), whole=panel.whole)
    right, bottom = WIDTH - RIGHT, top + HEIGHT
    yield f'<text x="{LEFT}" y="{top - 9}" font-weight="bold">{escape(panel.title)}</text>'
    yield from _grid(marks, end, top)
    for number, curve in enumerate(panel.curves):
        colour, width = COLOURS[number], WIDTHS[number]
        opacity = ' opacity="0.45"' if width > 2 else ""
        points = [
            None if v is None else (_across(t, end), bottom - v / marks[-1] * HEIGHT)
            for t, v in zip(times, curve.values, strict=False)
        ]
        yield (
            f'<path d="{_path(points)}" fill="none" stroke="{colour}" stroke-width="{width}"'
            f'{opacity} stroke-linejoin="round"/>'
        )
        x, y = right + 10, top + 14 + 18 * number
        yield f'<path d="M{x} {y - 4}h16" stroke="{colour}" stroke-width="{width}"{opacity}/>'
        yield f'<text x="{x + 22}" y="{y}">{escape(_named(curve))}</text>'


def _named(curve: Curve) -> str:
    return f"{curve.name}: {curve.values[-1]:.0f}" if curve.last and curve.values else curve.name


def _grid(marks: Sequence[float], end: float, top: int) -> Iterator[str]:
    right, bottom = WIDTH - RIGHT, top + HEIGHT
    for mark in marks:
        y = bottom - mark / marks[-1] * HEIGHT
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{mark:g}</text>'
    for moment in moments(end):
        x = _across(moment, end)
        yield f'<path d="M{x:.1f} {bottom}v4" stroke="#999"/>'
        yield f'<text x="{x:.0f}" y="{bottom + 16}" text-anchor="middle">{clock(moment)}</text>'


def _across(seconds: float, end: float) -> float:
    return LEFT + seconds / end * (WIDTH - RIGHT - LEFT)


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """Straight lines from point to point; a gap between, and a short one where nothing is beside a
    point, so that it is seen."""
    parts = ["M0 0"]
    for before, point in pairwise([None, *points]):
        if point is not None:
            x, y = point
            parts.append(f"M{x:.1f} {y:.1f}h0.5" if before is None else f"L{x:.1f} {y:.1f}")
    return "".join(parts)
