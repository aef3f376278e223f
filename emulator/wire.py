"""What leaves the module, in order, and the links that its datagrams take."""

from emulator.filters import filters
from emulator.instance import Platform
from emulator.journal import Journal
from emulator.links import Links, LinkUser, Route
from emulator.network import Network
from emulator.outputs import CloseLink, OpenLink, Output, SendDatagram
from emulator.quirks import Quirks
from lwm2m_core import client_outputs as engine


class Wire:
    """Of one module. `command`: the line that was carried out last, for those who break the rules
    on purpose (`emulator.filters`)."""

    def __init__(self, quirks: Quirks, journal: Journal, network: Network) -> None:
        self.command = ""
        self.links = Links()
        self._stages = filters(quirks)
        self._journal = journal
        self._network = network
        self._outputs: list[Output] = []

    def outputs(self) -> list[Output]:
        """Drain what is to be done, in order."""
        drained, self._outputs = self._outputs, []
        return drained

    def put(self, output: Output) -> None:
        """Through the stages that may drop it, double it or change it."""
        if not self._stages:
            self._outputs.append(output)
            return
        outputs: tuple[Output, ...] = (output,)
        for stage in self._stages:
            outputs = tuple(after for before in outputs for after in stage(before, self.command))
        self._outputs.extend(outputs)

    def carry(
        self, user: LinkUser, output: engine.LinkOutput, platform: Platform, now: float, cause: int
    ) -> None:
        """What a user of links wants: a link to a server of `platform`, its end, a datagram."""
        match output:
            case engine.Send(link, data):
                through = self.links.number_of(user, link)
                if through is not None and self._network.online:
                    self._journal.record(now, "datagram_out", cause, data)
                    self.put(SendDatagram(through, data, cause))
            case engine.OpenLink(link, account, role):
                number = self.links.open(user, link)
                self._outputs.append(OpenLink(number, account, role, platform, cause))
            case engine.CloseLink(link):
                ended = self.links.number_of(user, link)
                if ended is not None:
                    self.links.drop(ended)
                    self._outputs.append(CloseLink(ended, cause))

    def hearing(self, link: int) -> Route | None:
        """Where a datagram of this link belongs; None where nobody can hear it."""
        route = self.links.find(link)
        if route is None or not (self._network.online and route.user.is_awake):
            return None
        return route
