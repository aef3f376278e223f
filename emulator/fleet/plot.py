"""How a run went on, as SVG: modems, rates, times, and what went wrong, one above the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from emulator.fleet.samples import Sample, rate
from emulator.fleet.summary import Result, lines

WIDTH, HEIGHT = 900, 150
LEFT, RIGHT, TOP, GAP = 70, 150, 56, 46
COLOURS: Final = ("#1b6ca8", "#d1495b", "#3a7d44", "#8d6a9f")


@dataclass(frozen=True, slots=True)
class Curve:
    """None is a gap."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    curves: tuple[Curve, ...]


def plot(result: Result) -> str:
    """The whole document."""
    samples = result.samples
    panels = tuple(_panels(samples))
    height = TOP + len(panels) * (HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        *_headline(result),
    ]
    end = samples[-1].at if samples else 1.0
    times = [sample.at for sample in samples]
    for number, panel in enumerate(panels):
        parts += _drawn(panel, times, end, TOP + number * (HEIGHT + GAP) + 16)
    return "\n".join([*parts, "</svg>", ""])


def _headline(result: Result) -> Iterator[str]:
    first, second, *_ = lines(result)
    for y, text in ((20, f"{result.fleet.title or 'fleet'}: {first}"), (38, second)):
        yield f'<text x="{LEFT}" y="{y}">{escape(text)}</text>'


def _panels(samples: Sequence[Sample]) -> Iterator[Panel]:
    def of(read: Callable[[Sample], float | None]) -> list[float | None]:
        return [read(sample) for sample in samples]

    yield Panel(
        "modems",
        (Curve("switched on", of(lambda s: s.begun)), Curve("logged in", of(lambda s: s.ready))),
    )
    sent, arrived = rate(samples, "sent"), rate(samples, "arrived")
    yield Panel(
        "reports a second",
        (Curve("sent", [None, *sent]), Curve("arrived", [None, *arrived])),
    )
    yield Panel(
        "event 26, ms",
        (
            Curve("median", of(lambda s: s.confirm_p50 and s.confirm_p50 * 1000)),
            Curve("99 %", of(lambda s: s.confirm_p99 and s.confirm_p99 * 1000)),
        ),
    )
    yield Panel(
        "in all",
        (
            Curve("lost", of(lambda s: s.lost)),
            Curve("late", of(lambda s: s.late)),
            Curve("errors", of(lambda s: s.errors)),
        ),
    )


def _drawn(panel: Panel, times: Sequence[float], end: float, top: int) -> Iterator[str]:
    values = [v for curve in panel.curves for v in curve.values if v is not None]
    most = max([*values, 0.0]) or 1.0
    right, bottom = WIDTH - RIGHT, top + HEIGHT
    yield f'<text x="{LEFT}" y="{top - 6}" font-weight="bold">{escape(panel.title)}</text>'
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * HEIGHT
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share * most:.4g}</text>'
        x = LEFT + share * (right - LEFT)
        yield f'<text x="{x:.0f}" y="{bottom + 15}" text-anchor="middle">{share * end:.0f} s</text>'
    for number, curve in enumerate(panel.curves):
        colour = COLOURS[number]
        points = [
            None if v is None else (LEFT + t / end * (right - LEFT), bottom - v / most * HEIGHT)
            for t, v in zip(times, curve.values, strict=False)
        ]
        yield f'<path d="{_path(points)}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        y = top + 14 + 18 * number
        yield f'<text x="{right + 10}" y="{y}" fill="{colour}">{escape(curve.name)}</text>'


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """Straight lines from point to point; after a gap, a new beginning."""
    parts, pen = ["M0 0"], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        parts.append(f"{pen}{point[0]:.1f} {point[1]:.1f}")
        pen = "L"
    return "".join(parts)
