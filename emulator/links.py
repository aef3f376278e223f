"""The links of the firmware: the engine's own numbers of them, made unique for the shell."""

from dataclasses import dataclass

from lwm2m_core.client import Client


@dataclass(frozen=True, slots=True)
class Route:
    """A link of the firmware: the client it belongs to and that client's own number for it."""

    client: Client
    link: int


class Links:
    """Each link has a generation, which is never used for another one."""

    def __init__(self) -> None:
        self._routes: dict[int, Route] = {}
        self._generation = 0

    def open(self, client: Client, link: int) -> int:
        """The generation of a link that is to be opened."""
        self._generation += 1
        self._routes[self._generation] = Route(client, link)
        return self._generation

    def find(self, generation: int) -> Route | None:
        """Where a datagram of this link belongs; None if the link is gone."""
        return self._routes.get(generation)

    def drop(self, generation: int) -> Route | None:
        """The link has ended."""
        return self._routes.pop(generation, None)

    def number_of(self, client: Client, link: int) -> int | None:
        """The generation of a client's link. There are never more than two."""
        for number, route in self._routes.items():
            if route.client is client and route.link == link:
                return number
        return None
