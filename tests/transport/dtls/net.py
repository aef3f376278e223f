"""Links and listeners over DTLS on loopback, for tests."""

from collections.abc import Collection
from typing import Any

from tests.transport.dtls.pairs import KEYS, PSK, Kind
from transport.dtls.link import DtlsLink, open_dtls
from transport.dtls.listener import DtlsListener, listen_dtls
from transport.dtls.session import DtlsSettings, Psk
from transport.link import Address, Link, LinkOpener, Listener


class Net:
    """Opens them for one kind of ends, and closes them when the test is over."""

    def __init__(self, kind: Kind, **settings: Any) -> None:
        self.near = DtlsSettings((kind.suite,), kind.client, **settings)
        self.far = DtlsSettings((kind.suite,), kind.server, **settings)
        self._ends: list[Link | Listener] = []

    async def listener(
        self, receiver: Any, at: Address = ("127.0.0.1", 0), **options: Any
    ) -> DtlsListener:
        listener = await listen_dtls(at, receiver, KEYS.get, self.far, **options)
        self._ends.append(listener)
        return listener

    async def link(
        self, remote: Address, receiver: Any, psk: Psk = PSK, **options: Any
    ) -> DtlsLink:
        link = await open_dtls(remote, receiver, psk, self.near, **options)
        self._ends.append(link)
        return link

    def __enter__(self) -> "Net":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        for end in self._ends:
            end.close()


class Wire:
    """A road below DTLS that loses the datagrams of these numbers, counted from 1, both ways."""

    def __init__(self, opener: LinkOpener, lose: Collection[int]) -> None:
        self.lost: list[bytes] = []
        self._opener, self._lose, self._count = opener, lose, 0

    async def open_link(self, remote: Address, receiver: Any, *, tap: Any = None) -> "_WireLink":
        inner = await self._opener(remote, _WireReceiver(self, receiver), tap=tap)
        return _WireLink(self, inner)

    def passes(self, data: bytes) -> bool:
        self._count += 1
        if self._count not in self._lose:
            return True
        self.lost.append(data)
        return False


class _WireLink:
    def __init__(self, wire: Wire, inner: Link) -> None:
        self._wire, self._inner = wire, inner
        self.rebind, self.close = inner.rebind, inner.close

    @property
    def local(self) -> Address:
        return self._inner.local

    @property
    def remote(self) -> Address:
        return self._inner.remote

    def send(self, data: bytes) -> None:
        if self._wire.passes(data):
            self._inner.send(data)


class _WireReceiver:
    def __init__(self, wire: Wire, receiver: Any) -> None:
        self._wire, self._receiver = wire, receiver
        self.send_failed, self.link_lost = receiver.send_failed, receiver.link_lost

    def datagram_received(self, data: bytes) -> None:
        if self._wire.passes(data):
            self._receiver.datagram_received(data)
