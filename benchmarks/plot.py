"""The cost of one modem, as there are more of them: a picture as SVG, drawn by hand."""

from collections.abc import Iterable, Mapping
from html import escape
from math import ceil, log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 300, 60, 20, 50, 45
COLOURS = ("#1f77b4", "#d62728", "#2ca02c")
STEPS = (1, 2, 2.5, 5, 10, 20)  # of the scale
LINES = 5  # across, at most

Curve = Mapping[int, float]  # modems -> how much


def plot(title: str, units: str, curves: Mapping[str, Curve]) -> str:
    """A document with one line for each curve: modems on a logarithmic scale, costs from 0 on in
    `units`, which stand at the side."""
    most = max(max(curve.values()) for curve in curves.values())
    numbers = sorted({number for curve in curves.values() for number in curve})
    step = _step(most)
    top = step * ceil(most / step)
    frame = _Frame(numbers[0], numbers[-1], top)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="18" font-size="14">{escape(title)}</text>',
        f'<text transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2:.0f}) rotate(-90)" '
        f'text-anchor="middle">{escape(units)}</text>',
        *_grid(frame, numbers, step),
    ]
    for place, (name, curve) in enumerate(curves.items()):
        parts += _line(frame, name, curve, place)
    return "\n".join([*parts, "</svg>", ""])


class _Frame:
    """Where a point is on the paper."""

    def __init__(self, first: int, last: int, top: float) -> None:
        self.top = top
        self._first, self._decades = log10(first), (log10(last) - log10(first)) or 1.0

    def x(self, number: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (log10(number) - self._first) / self._decades

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top


def _step(most: float) -> float:
    power = 10.0 ** (ceil(log10(most)) - 2) if most > 0 else 1.0
    return next(power * each for each in STEPS if most / (power * each) <= LINES)


def _grid(frame: _Frame, numbers: Iterable[int], step: float) -> list[str]:
    lines: list[str] = []
    for index in range(round(frame.top / step) + 1):
        y = frame.y(index * step)
        lines += [
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{index * step:g}</text>',
        ]
    for number in numbers:
        x, y = frame.x(number), HEIGHT - BOTTOM + 18
        lines.append(f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{number}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    lines.append(
        f'<text x="{middle:.0f}" y="{HEIGHT - 8}" text-anchor="middle">modems in one process</text>'
    )
    return lines


def _line(frame: _Frame, name: str, curve: Curve, place: int) -> list[str]:
    colour = COLOURS[place % len(COLOURS)]
    points = [(frame.x(number), frame.y(value)) for number, value in sorted(curve.items())]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return [
        f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points),
        f'<text x="{LEFT + 180 * place}" y="38" fill="{colour}">{escape(name)}</text>',
    ]
