"""Message ids of a log as names, the same wherever they come again: `{m1}`, `{m2}`, …"""

from emulator.replay.binding import begins_session, in_answers, in_requests, mid_of


class Names:
    """Takes lines in their order. `before`, `behind`: what stands around a name."""

    def __init__(self, before: str, behind: str | None = None) -> None:
        self._around = before, before if behind is None else behind
        self._names: dict[str, str] = {}
        self._lines: dict[str, str] = {}
        self._count = 0

    def of_module(self, line: str) -> str:
        """A line of the module; an id that comes in another request is another one."""
        mid = mid_of(line)
        if mid is None:
            return line
        if self._lines.get(mid) != line:
            self._count += 1
            self._names[mid], self._lines[mid] = f"m{self._count}".join(self._around), line
        return in_requests(line, lambda _: self._names[mid])

    def of_host(self, line: str) -> str:
        """A command; an id that no request of this session had stays."""
        if begins_session(line):
            self._names.clear()
            self._lines.clear()
        return in_answers(line, lambda mid: self._names.get(mid, mid))
