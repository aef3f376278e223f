"""How wide a text is on a terminal, and how it is shortened."""

from unicodedata import combining, east_asian_width

_TAIL = 3  # one part in so many of a shortened text is its end


def width(text: str) -> int:
    """Cells: two for Chinese characters and the like, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def padded(text: str, cells: int) -> str:
    return text + " " * (cells - width(text))


def shortened(text: str, cells: int, mark: str = "…") -> str:
    """The text with its middle left out, so that it has no more cells; its beginning says what it
    is, its end has the last parameters of a command and the message id of a datagram."""
    if width(text) <= cells:
        return text
    room = max(0, cells - width(mark))
    tail = _fitting(text[::-1], room // _TAIL)[::-1]
    return _fitting(text, room - width(tail)) + mark + tail


def cut(text: str, cells: int, mark: str = "…") -> str:
    """The text with its end left out, so that it has no more cells."""
    if width(text) <= cells:
        return text
    return _fitting(text, max(0, cells - width(mark))) + mark


def _fitting(text: str, cells: int) -> str:
    """As much of the beginning as has room."""
    used = 0
    for at, character in enumerate(text):
        used += _cells(character)
        if used > cells:
            return text[:at]
    return text


def _cells(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
