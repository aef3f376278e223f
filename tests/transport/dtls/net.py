"""Links and listeners over DTLS on loopback, for tests."""

import asyncio
from typing import Any

from tests.transport.dtls.pairs import KEYS, PSK, Kind
from transport.dtls.link import DtlsLink, open_dtls
from transport.dtls.listener import DtlsListener, listen_dtls
from transport.dtls.session import DtlsSettings, Psk
from transport.link import Address, Link, Listener


class Net:
    """Opens them for one kind of ends, and closes them when the test is over."""

    def __init__(self, kind: Kind, **settings: Any) -> None:
        self._near = DtlsSettings((kind.suite,), kind.client, **settings)
        self._far = DtlsSettings((kind.suite,), kind.server, **settings)
        self._ends: list[Link | Listener] = []

    async def listener(
        self, receiver: Any, at: Address = ("127.0.0.1", 0), **options: Any
    ) -> DtlsListener:
        listener = await listen_dtls(at, receiver, KEYS.get, self._far, **options)
        self._ends.append(listener)
        return listener

    async def link(
        self, remote: Address, receiver: Any, psk: Psk = PSK, **options: Any
    ) -> DtlsLink:
        link = await open_dtls(remote, receiver, psk, self._near, **options)
        self._ends.append(link)
        return link

    def close(self) -> None:
        for end in self._ends:
            end.close()


class Wire:
    """A listener below DTLS through which a test sees, loses and repeats datagrams.

    As `opener` it opens links; `lose` numbers, from 1, the datagrams of both ways to be lost.
    """

    def __init__(self, opener: Any, lose: int = 0) -> None:
        self.datagrams: list[bytes] = []
        self.lost: list[bytes] = []
        self._opener, self._lose = opener, lose

    async def open_link(self, remote: Address, receiver: Any, *, tap: Any = None) -> "_WireLink":
        inner = await self._opener(remote, _WireReceiver(self, receiver), tap=tap)
        return _WireLink(self, inner)

    def passes(self, data: bytes) -> bool:
        self.datagrams.append(data)
        if len(self.datagrams) != self._lose:
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


async def turn(times: int = 20) -> None:
    """Let the loop run what is ready."""
    for _ in range(times):
        await asyncio.sleep(0)
