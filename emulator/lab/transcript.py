"""Everything that happened in a lab, in one order: AT lines, datagrams, output, events."""

from collections import deque
from typing import Literal, NamedTuple

from emulator.narration import describe
from emulator.secrecy import redact

ENTRIES_LIMIT = 20_000
ENTRIES_BYTES = 8 << 20
"""What is kept of it, the latest; what is not is counted."""

TAIL = 25  # lines of it in the text of an error

Kind = Literal["host >", "host <", "cloud >", "cloud <", "unheard", "output", "cloud", "note"]


class Entry(NamedTuple):
    """`at`: seconds of the lab's clock. `source`: the name of a modem or a host, empty where there
    is only one. `said`: a line, or the bytes of a datagram."""

    at: float
    source: str
    kind: Kind
    said: str | bytes

    def __str__(self) -> str:
        words = describe(self.said) if isinstance(self.said, bytes) else _printable(self.said)
        source = self.source and f"{self.source} "
        return f"{self.at:9.3f} {source}{self.kind:<7} {words}"


class Transcript:
    """Written in the loop's thread. Its text has no PSK and no auth code."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self.dropped = 0

    def add(self, at: float, source: str, kind: Kind, said: str | bytes) -> None:
        self._entries.append(Entry(at, source, kind, said))
        self._bytes += len(said)
        while len(self._entries) > ENTRIES_LIMIT or self._bytes > ENTRIES_BYTES:
            self._bytes -= len(self._entries.popleft().said)
            self.dropped += 1

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is kept, oldest first, with its secrets."""
        return tuple(self._entries)

    def lines(self, last: int | None = None) -> list[str]:
        """Its last lines, or all."""
        entries = list(self._entries)
        shown = entries if last is None else entries[-last:] if last else []
        left_out = self.dropped + len(entries) - len(shown)
        head = [f"… {left_out} earlier lines"] if left_out else []
        return head + [str(entry) for entry in shown]

    def tail(self) -> str:
        """What stands below the text of an error."""
        lines = self.lines(TAIL)
        return "\n".join(["", "the last that happened:", *lines]) if lines else ""


def _printable(line: str) -> str:
    return redact("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line))
