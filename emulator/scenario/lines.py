"""Bytes of host and module as lines."""

import re
from typing import Final

LINE_LIMIT: Final = 8192
"""Bytes of one line; a longer one is taken in pieces."""

_ENDS = re.compile(rb"[\r\n]+")


class Lines:
    """Bytes as they pass, cut into lines."""

    def __init__(self) -> None:
        self._data = b""

    def take(self, data: bytes) -> list[str]:
        """The lines that have ended, without empty ones."""
        *lines, self._data = _ENDS.split(self._data + data)
        if len(self._data) > LINE_LIMIT:
            lines, self._data = [*lines, self._data], b""
        return [line.decode("utf-8", "backslashreplace") for line in lines if line]
