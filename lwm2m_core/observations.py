"""What the server observes, and the fate of the notifications sent for it (RFC 7641)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lwm2m_core.block_option import LARGEST
from lwm2m_core.nothing import NOTHING
from lwm2m_core.paths import Path

OBSERVATION_LIMIT = 64
"""More than a module's ten-odd objects need; one observation takes under 1 KiB."""

UNACKNOWLEDGED_LIMIT = 8
"""CON notifications that may be in flight at a time (decision 42)."""

NOTIFICATION_MEMORY = 64
"""Notifications to which a RST is still matched; NON ones are never settled otherwise."""

_LAST_NUMBER = 0xFFFFFF
"""The Observe option is 24 bits wide (RFC 7641 2)."""


@dataclass(frozen=True, slots=True)
class Observation:
    """`mid`, `accept` and `block_size` are those of the request that established it."""

    path: Path
    token: bytes
    mid: int
    accept: int | None
    block_size: int = LARGEST
    """Bytes of a notification's payload; the rest is fetched (RFC 7959 2.6)."""


class Observations:
    """One server's observations, at most one per path and one per token."""

    __slots__ = ("_by_path", "_sent", "_in_flight", "_number")

    def __init__(self, last_number: int = 0) -> None:
        self._by_path: dict[Path, Observation] = NOTHING
        self._sent: dict[int, Observation] = NOTHING
        self._in_flight: dict[int, None] = NOTHING  # an empty set would take 200 bytes
        self._number = last_number

    def __len__(self) -> int:
        return len(self._by_path)

    def __iter__(self) -> Iterator[Observation]:
        return iter(tuple(self._by_path.values()))

    @property
    def unacknowledged(self) -> int:
        """CON notifications still waiting for their ACK."""
        return len(self._in_flight)

    def by_path(self, path: Path) -> Observation | None:
        """The observation of exactly this path."""
        return self._by_path.get(path)

    def covering(self, paths: Iterable[Path]) -> Observation | None:
        """The narrowest observation under which all of `paths` may be notified (decision 42)."""
        wanted = tuple(paths)
        fitting = [o for o in self._by_path.values() if all(map(o.path.covers, wanted))]
        if len(fitting) == 1 and wanted:
            return fitting[0]
        return max(fitting, key=lambda o: o.path.depth, default=None) if wanted else None

    def has_room_for(self, path: Path) -> bool:
        """Whether an observation of `path` would stay within OBSERVATION_LIMIT."""
        return path in self._by_path or len(self._by_path) < OBSERVATION_LIMIT

    def add(self, observation: Observation) -> None:
        """Begin it, in place of one of the same path or, as a token names only one, token."""
        for other in self:
            if other.token == observation.token or other.path == observation.path:
                del self._by_path[other.path]
        if not self._by_path:
            self._by_path = {}
        self._by_path[observation.path] = observation

    def cancel(self, path: Path) -> Observation | None:
        """End the observation of exactly this path (GET with Observe 1)."""
        return self._by_path.pop(path, None) if self._by_path else None

    def next_number(self) -> int:
        """The next Observe value: at least 1, and rising in all observations alike (SV 4.3)."""
        self._number = self._number % _LAST_NUMBER + 1
        return self._number

    def sent(self, mid: int, observation: Observation, *, confirmable: bool) -> None:
        """Remember that `mid` is a notification, so that its fate can be told."""
        if not self._sent:
            self._sent = {}
        self._sent.pop(mid, None)
        self._sent[mid] = observation
        if len(self._sent) > NOTIFICATION_MEMORY:
            settled = next(m for m in self._sent if m not in self._in_flight)
            del self._sent[settled]
        if confirmable:
            if not self._in_flight:
                self._in_flight = {}
            self._in_flight[mid] = None

    def settled(self, mid: int) -> bool:
        """A CON message was acknowledged or given up; whether it was a notification in flight."""
        found = mid in self._in_flight
        if found:
            del self._in_flight[mid]
        return found

    def rejected(self, mid: int) -> tuple[bool, Observation | None]:
        """RST to `mid`: whether it was a notification, and the observation that ended by it.

        An observation that was renewed under another token since is not meant (RFC 7641 4.2).
        """
        self.settled(mid)
        if mid not in self._sent:
            return False, None
        observation = self._sent.pop(mid)
        now = self._by_path.get(observation.path)
        if now is None or now.token != observation.token:
            return True, None
        return True, self.cancel(now.path)
