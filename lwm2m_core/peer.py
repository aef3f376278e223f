"""One peer: the CoAP endpoint that talks to it, our requests there, and the link under it."""

from collections.abc import Callable, Iterator

from lwm2m_core.accounts import Account
from lwm2m_core.backlog import Backlog
from lwm2m_core.client_outputs import CloseLink, LinkOutput, OpenLink, Role, Send
from lwm2m_core.endpoint import Datagram, Endpoint
from lwm2m_core.transfers import Transfers


class Peer:
    """Owns the link generations of one session: what comes from an older one is not ours."""

    __slots__ = (
        "endpoint", "transfers", "_account", "_role", "_generations", "_emit", "_link", "is_up",
        "backlog",
    )  # fmt: skip

    def __init__(
        self,
        account: Account,
        role: Role,
        endpoint: Endpoint,
        generations: Iterator[int],
        emit: Callable[[LinkOutput], None],
    ) -> None:
        self.endpoint = endpoint
        self.transfers = Transfers(endpoint)
        self._account = account
        self._role: Role = role
        self._generations = generations
        self._emit = emit
        self._link: int | None = None
        self.is_up = False
        self.backlog = Backlog()

    @property
    def is_secure(self) -> bool:
        return self._account.secure

    def connect(self) -> None:
        """Ask for a link of a new generation; a former one is closed first."""
        self.disconnect()
        self._link = next(self._generations)
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
        while (data := self.backlog.take()) is not None:
            self.send(data)

    def link_lost(self) -> None:
        """The link died by itself: there is nothing left to close, and nothing waits for it."""
        self._link, self.is_up = None, False
        self.backlog.clear()

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
