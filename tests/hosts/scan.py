"""As much of C's sscanf as drivers use: literals, blanks, %d, %hhu, %s and %[^…]."""

import re

_PIECE = re.compile(r"%(?:(?P<width>\d+)?(?P<kind>hh?u|d|s|\[\^(?P<end>.)\]))|(?P<blank>\s+)")


def scan(form: str, text: str) -> list[int | str]:
    """What the conversions of `form` give, up to the first that does not fit (C17 7.21.6.2)."""
    found: list[int | str] = []
    at = read = 0
    for piece in _PIECE.finditer(form):
        literal = form[read : piece.start()]
        if not text.startswith(literal, at):
            return found
        at, read = at + len(literal), piece.end()
        match = re.compile(_pattern(piece)).match(text, at)
        if match is None:
            return found
        at = match.end()
        if piece["blank"] is None:
            number = piece["kind"] in ("d", "hhu", "hu")
            found.append(int(match[1]) if number else match[1])
    return found


def conversions(form: str) -> int:
    """How many values `form` gives where all of it fits."""
    return sum(piece["blank"] is None for piece in _PIECE.finditer(form))


def _pattern(piece: re.Match[str]) -> str:
    width = piece["width"] or ""
    most = f"{{1,{width}}}" if width else "+"
    if piece["blank"] is not None:
        return r"\s*"  # none will do, too
    if piece["end"] is not None:
        return f"([^{re.escape(piece['end'])}]{most})"
    return rf"\s*(\S{most})" if piece["kind"] == "s" else r"\s*([+-]?\d+)"
