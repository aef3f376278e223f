"""What passes between those who talk over links and the network."""

from collections.abc import Callable

from emulator.instance import Platform
from emulator.links import Links, LinkUser, Route
from emulator.network import Network
from emulator.outputs import CloseLink, OpenLink, Output, RebindLink, SendDatagram
from lwm2m_core import client_outputs as engine


class Traffic:
    """The links of one module and what becomes of datagrams on them. `put` takes the outputs."""

    __slots__ = ("links", "_network", "_put")

    def __init__(self, network: Network, put: Callable[[Output], None]) -> None:
        self.links = Links()
        self._network, self._put = network, put

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

    def rebind(self, cause: int) -> None:
        """The module has another address: what its links were known by is gone."""
        for link in self.links.numbers():
            self._put(RebindLink(link, cause))

    def carry(
        self, user: LinkUser, output: engine.LinkOutput, platform: Platform, now: float, cause: int
    ) -> None:
        """What somebody wants of his link; without a network nothing leaves."""
        match output:
            case engine.Send(link, data):
                through = self.links.number_of(user, link)
                if through is not None and self._network.online:
                    self._network.sent(now)
                    self._put(SendDatagram(through, data, cause))
            case engine.OpenLink(link, account, role):
                number = self.links.open(user, link)
                self._put(OpenLink(number, account, role, platform, cause))
            case engine.CloseLink(link):
                ended = self.links.number_of(user, link)
                if ended is not None:
                    self.links.drop(ended)
                    self._put(CloseLink(ended, cause))
