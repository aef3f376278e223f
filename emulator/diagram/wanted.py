"""Which rows are shown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from emulator.diagram.row import Path, Row
from emulator.journal import KINDS

KIN_LIMIT: Final = 4096  # records and message ids that what comes later is looked for

DISORDER_S: Final = 60.0  # a record may say what began earlier, as a handshake did
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "at": ("serial_in", "serial_out"),
    "lwm2m": ("datagram_in", "datagram_out", "datagram_unheard"),
    "dtls": ("ciphertext_in", "ciphertext_out"),
    "links": ("open_link", "link_up", "link_lost", "send_failed"),
    "state": (
        *("host_opened", "reset", "power", "reboot", "address", "network", "receiver", "login"),
        *("quirk", "time_scale"),
    ),
    "notes": ("fault", "lint", "bug"),
}
"""Names for several kinds of record."""


class FilterError(Exception):
    """No such filter; the text names the nearest that there is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Times in seconds since the start; empty `kinds` and `paths` are all; `mids` likewise. What
    belongs to a row that is wanted for its path or message id is wanted, too: its answer, and
    what it brought about."""

    start: float = 0.0
    end: float = float("inf")
    kinds: frozenset[str] = frozenset()
    paths: tuple[Path, ...] = ()
    mids: frozenset[int] = frozenset()

    def has(self, row: Row) -> bool:
        """Whether it is of the right time and kind."""
        in_time = self.start <= row.time <= self.end
        return in_time and (not self.kinds or row.kind in self.kinds)

    @property
    def quiet(self) -> bool:
        """Whether kinds that only repeat others are left out: none of them is asked for."""
        return not self.kinds & {"echo_out", "command", "session_secret", *GROUPS["dtls"]}


def kinds_named(names: Iterable[str]) -> frozenset[str]:
    """Kinds of record by their names, or those of groups. FilterError."""
    found: set[str] = set()
    for name in names:
        if name not in GROUPS and name not in KINDS:
            near = get_close_matches(name, [*GROUPS, *KINDS], 1)
            hint = f"did you mean '{near[0]}'?" if near else f"groups of kinds: {', '.join(GROUPS)}"
            raise FilterError(f"there is no kind '{name}'; {hint}")
        found.update(GROUPS.get(name, (name,)))
    return frozenset(found)


def path_named(text: str) -> Path:
    """`/3200/0/5750`, `3200/0` or `3200`. FilterError."""
    parts = text.strip("/").split("/")
    if not all(each.isdecimal() and each.isascii() for each in parts) or len(parts) > 3:
        raise FilterError(f"'{text}' is no path; write /3200/0/5750, /3200/0 or /3200")
    return tuple(map(int, parts))


def wanted_rows(rows: Iterable[Row], wanted: Wanted) -> Iterator[Row]:
    """Those of them that are wanted."""
    kin = _Kin(wanted)
    for row in rows:
        if row.time > wanted.end + DISORDER_S:
            return
        if kin.has(row) and wanted.has(row):
            yield row


class _Kin:
    """Rows of one path or message id, and those that follow from them."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._numbers: dict[int, None] = {}
        self._mids: dict[int, None] = {}

    def has(self, row: Row) -> bool:
        """To be asked for every row, in order."""
        if not (self._wanted.paths or self._wanted.mids):
            return True
        if not (self._is_named(row) or self._follows(row)):
            return False
        if row.number:
            _keep(self._numbers, row.number)
        if row.mid is not None:
            _keep(self._mids, row.mid)
        return True

    def _is_named(self, row: Row) -> bool:
        wanted = self._wanted
        return row.mid in wanted.mids or any(_meet(row.path, path) for path in wanted.paths)

    def _follows(self, row: Row) -> bool:
        if row.path and self._wanted.paths:
            return False  # it is about another
        has_mid = bool(self._wanted.paths) and row.mid is not None and row.mid in self._mids
        return row.link in self._numbers or has_mid


def _meet(one: Path, other: Path) -> bool:
    """Whether one is within the other."""
    size = min(len(one), len(other))
    return size > 0 and one[:size] == other[:size]


def _keep(found: dict[int, None], value: int) -> None:
    found.pop(value, None)
    found[value] = None
    while len(found) > KIN_LIMIT:
        del found[next(iter(found))]
