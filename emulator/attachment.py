"""Finding a network and being registered in it (27.007 10.1.22)."""

from enum import IntEnum
from functools import lru_cache
from sys import intern
from typing import Protocol

from emulator.conditions import Conditions
from emulator.in_force import InForce

ADDRESSES = 200  # of one network, given in turn (chosen)


class Stat(IntEnum):
    """`<stat>` of +CEREG."""

    OFF = 0
    HOME = 1
    SEARCHING = 2
    DENIED = 3
    ROAMING = 5


REGISTERED = (Stat.HOME, Stat.ROAMING)


@lru_cache(ADDRESSES)
def _address(base: str, last: int) -> str:
    return f"{base}.{last}"


@lru_cache(ADDRESSES)
def _parted(address: str) -> tuple[str, int]:
    base, _, last = address.rpartition(".")
    return base, int(last)


class Owner(Protocol):
    """The network as the module sees it."""

    def registration_changed(self, now: float) -> None:
        """`stat` is another."""


class Attachment:
    """One module's place in the network. `first`: the address it is given first; after a detach it
    is given the next.

    `wanted`: the host has the radio on and wants to be attached.
    """

    __slots__ = (
        "conditions", "wanted", "stat", "_last", "_given", "_holds", "due", "_home", "_in_force",
        "_owner", "_base",
    )  # fmt: skip

    def __init__(
        self,
        home: str,
        first: str,
        in_force: InForce,
        conditions: Conditions,
        owner: Owner,
    ) -> None:
        self.conditions = conditions
        self.wanted = True
        self.stat = Stat.OFF
        self._home, self._in_force, self._owner = intern(home), in_force, owner
        self._base, self._last = _parted(first)
        self._given = 0
        self._holds = False  # an address, until it is given back by a detach
        self.due: float | None = None

    @property
    def _search_s(self) -> float:
        """How long a search takes where there is a network."""
        return self._in_force.quirks.search_ms / 1000

    @property
    def is_registered(self) -> bool:
        return self.stat in REGISTERED

    @property
    def address(self) -> str:
        """The one that it has, or had last."""
        return _address(self._base, (self._last - 1 + max(self._given - 1, 0)) % ADDRESSES + 1)

    @property
    def operator(self) -> str:
        """Country and network code of the network that is there."""
        return self.conditions.operator or self._home

    def begin(self, now: float) -> None:
        """The module has been on for a while: it is where it wants to be."""
        self.review(now)
        if self.due is not None:
            self.due = now
            self.handle_timeout(now)

    def restart(self, at: float, *, wanted: bool) -> None:
        """The module boots until then. Nobody is told."""
        self.wanted, self._holds, self.due = wanted, False, None
        self.stat = Stat.SEARCHING if wanted else Stat.OFF
        if wanted and self.conditions.coverage:
            self.due = at + self._search_s

    def surround(self, conditions: Conditions, now: float) -> None:
        self.conditions = conditions
        if self.stat is Stat.DENIED and not conditions.denied:
            self._become(Stat.SEARCHING, now)
        self.review(now)

    def detach(self, now: float) -> None:
        """Whatever is wanted, it is out, and the address is given back."""
        self.due = None
        self._holds = False
        self._become(Stat.OFF, now)

    def review(self, now: float) -> None:
        """What is wanted or what is there has changed."""
        if not self.wanted:
            self.detach(now)
        elif not self.conditions.coverage:
            self.due = None
            self._become(Stat.SEARCHING, now)
        elif self.is_registered:
            self._become(self._answer(), now)
        elif self.due is None and self.stat is not Stat.DENIED:
            self._search(now)

    def _search(self, now: float) -> None:
        search_s = self._search_s
        self.due = now + search_s
        if search_s > 0:
            self._become(Stat.SEARCHING, now)
        self.handle_timeout(now)

    def handle_timeout(self, now: float) -> None:
        """The search is over."""
        if self.due is None or self.due > now:
            return
        found, self.due = self.due, None
        if self._answer() in REGISTERED and not self._holds:
            self._holds = True
            self._given += 1
        self._become(self._answer(), found)

    def _answer(self) -> Stat:
        """Of the network that is there."""
        if self.conditions.denied:
            return Stat.DENIED
        return Stat.HOME if self.operator == self._home else Stat.ROAMING

    def _become(self, stat: Stat, now: float) -> None:
        if stat is not self.stat:
            self.stat = stat
            self._owner.registration_changed(now)
