"""The links of the firmware: the engine's own numbers of them, made unique for the shell."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol


@lru_cache
def link_text(number: int) -> str:
    """What records of the journal call a link."""
    return f"link {number}"


class LinkUser(Protocol):
    """Who talks over links: the client, and the update that fetches a package."""

    @property
    def is_awake(self) -> bool:
        """Whether its receiver is on."""

    def link_up(self, link: int, now: float) -> None: ...

    def link_lost(self, link: int, reason: str, now: float) -> None: ...

    def send_failed(self, link: int, now: float) -> None: ...

    def datagram_received(self, link: int, data: bytes, now: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Route:
    """A link of the firmware: whose it is, the user's own number for it, and its generation."""

    user: LinkUser
    link: int
    generation: int


class Links:
    """Each link has a generation, which is never used for another one. There are never more than
    three at a time."""

    __slots__ = ("_routes", "_generation")

    def __init__(self) -> None:
        self._routes: tuple[Route, ...] = ()
        self._generation = 0

    def open(self, user: LinkUser, link: int) -> int:
        """The generation of a link that is to be opened."""
        self._generation += 1
        self._routes += (Route(user, link, self._generation),)
        return self._generation

    def find(self, generation: int) -> Route | None:
        """Where a datagram of this link belongs; None if the link is gone."""
        for route in self._routes:
            if route.generation == generation:
                return route
        return None

    def numbers(self) -> list[int]:
        """The generations of all links that there are."""
        return [route.generation for route in self._routes]

    def drop(self, generation: int) -> Route | None:
        """The link has ended."""
        found = self.find(generation)
        self._routes = tuple(route for route in self._routes if route is not found)
        return found

    def number_of(self, user: LinkUser, link: int) -> int | None:
        """The generation of a user's link."""
        for route in self._routes:
            if route.user is user and route.link == link:
                return route.generation
        return None
