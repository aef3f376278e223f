"""What passes between those who talk over links and the network."""

from collections.abc import Callable

from emulator import urc
from emulator.at.results import Line
from emulator.instance import Platform
from emulator.links import Links, LinkUser, Route
from emulator.network import Network
from emulator.outlet import Outlet
from emulator.outputs import CloseLink, OpenLink, RebindLink, SendDatagram
from lwm2m_core import client_outputs as engine

DATAGRAM_LIMIT = 1500  # bytes of CoAP in one datagram of the platform (manual 3.20, event 33)


class Traffic:
    """The links of one module and what becomes of datagrams on them. `emit` prints a line."""

    __slots__ = ("links", "_network", "_outlet", "_emit")

    def __init__(self, network: Network, outlet: Outlet, emit: Callable[[Line], None]) -> None:
        self.links = Links()
        self._network, self._outlet, self._emit = network, outlet, emit

    # from the network

    def hearing(self, link: int) -> Route | None:
        """Where a datagram of this link belongs; None where nobody can hear it."""
        route = self.links.find(link)
        if route is None or not (self._network.hears and route.user.is_awake):
            return None
        return route

    def waits(self, link: int, data: bytes, now: float) -> bool:
        """Whether a datagram is kept by the network until the module listens again (eDRX)."""
        listens = self._network.paged_at(now)
        if listens is not None:
            self._network.paging.keep(link, data, listens)
        return listens is not None

    def heard(self, route: Route, data: bytes, now: float) -> None:
        """A datagram that is too long is dropped, which event 33 tells (manual 3.20; decision
        36)."""
        self._network.heard(now)
        if len(data) > DATAGRAM_LIMIT:
            self._emit(urc.event(33))
        else:
            route.user.datagram_received(route.link, data, now)

    def page(self, now: float) -> None:
        """What the network has kept while the module did not listen (eDRX)."""
        for link, data in self._network.pages(now):
            route = self.hearing(link)
            if route is not None:
                self.heard(route, data, now)

    def link_up(self, link: int, now: float) -> None:
        route = self.links.find(link)
        if route is not None:
            route.user.link_up(route.link, now)

    def link_lost(self, link: int, reason: str, now: float) -> None:
        route = self.links.drop(link)
        if route is not None:
            route.user.link_lost(route.link, reason, now)

    def send_failed(self, link: int, now: float) -> None:
        route = self.links.find(link)
        if route is not None:
            route.user.send_failed(route.link, now)

    # to the network

    def rebind(self, cause: int) -> None:
        """The module has another address: what its links were known by is gone."""
        for link in self.links.numbers():
            self._outlet.put(RebindLink(link, cause))

    def carry(
        self, user: LinkUser, output: engine.LinkOutput, platform: Platform, now: float, cause: int
    ) -> None:
        """What somebody wants of his link; without a network nothing leaves."""
        match output:
            case engine.Send(link, data):
                through = self.links.number_of(user, link)
                if through is not None and self._network.online:
                    self._network.sent(now)
                    self._outlet.put(SendDatagram(through, data, cause))
            case engine.OpenLink(link, account, role):
                number = self.links.open(user, link)
                self._outlet.put(OpenLink(number, account, role, platform, cause))
            case engine.CloseLink(link):
                ended = self.links.number_of(user, link)
                if ended is not None:
                    self.links.drop(ended)
                    self._outlet.put(CloseLink(ended, cause))
