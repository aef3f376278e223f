"""One peer: the CoAP endpoint that talks to it, our requests there, and the link under it."""

from collections.abc import Callable

from lwm2m_core.accounts import Account
from lwm2m_core.backlog import Backlog
from lwm2m_core.client_outputs import CloseLink, LinkOutput, OpenLink, Role, Send
from lwm2m_core.endpoint import Datagram, Endpoint
from lwm2m_core.transfers import Transfers


class Peer:
    """Owns the link generations of one session: what comes from an older one is not ours.
    `generation`: the last one."""

    __slots__ = (
        "endpoint", "transfers", "_account", "_role", "generation", "_emit", "_link", "is_up",
        "_backlog",
    )  # fmt: skip

    def __init__(
        self,
        account: Account,
        role: Role,
        endpoint: Endpoint,
        generation: int,
        emit: Callable[[LinkOutput], None],
    ) -> None:
        self.endpoint = endpoint
        self.transfers = Transfers(endpoint)
        self._account = account
        self._role: Role = role
        self.generation = generation
        self._emit = emit
        self._link: int | None = None
        self.is_up = False
        self._backlog: Backlog | None = None  # of a link that is up

    @property
    def backlog(self) -> Backlog:
        """What waits for the next link."""
        self._backlog = self._backlog or Backlog()
        return self._backlog

    @property
    def is_secure(self) -> bool:
        return self._account.secure

    def connect(self) -> None:
        """Ask for a link of a new generation; a former one is closed first."""
        self.disconnect()
        self.generation += 1
        self._link = self.generation
        self._emit(OpenLink(self._link, self._account, self._role))

    def disconnect(self) -> None:
        """Close the link, if there is one. What the backlog holds waits for the next."""
        if self._link is not None:
            self._emit(CloseLink(self._link))
        self._link, self.is_up = None, False

    def is_current(self, link: int) -> bool:
        return link == self._link

    def link_up(self) -> None:
        self.is_up = True
        if self._backlog is not None:
            while (data := self._backlog.take()) is not None:
                self.send(data)
            self._backlog = None

    def link_lost(self) -> None:
        """The link died by itself: there is nothing left to close, and nothing waits for it."""
        self._link, self.is_up = None, False
        self._backlog = None

    def send(self, data: bytes) -> None:
        """Send at once, or as soon as there is a link; without one, another is asked for."""
        if self.is_up and self._link is not None:
            self._emit(Send(self._link, data))
            return
        self.backlog.add(data)
        if self._link is None:
            self.connect()

    def flush(self) -> None:
        """Send what the endpoint has ready. Only while it can have nothing but datagrams."""
        for output in self.endpoint.outputs():
            assert isinstance(output, Datagram)
            self.send(output.data)
