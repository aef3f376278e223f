"""DTLS: handshakes, records beside plain datagrams, and memory, of each library and suite.

Both ends are in one process, over loopback or in memory.
"""

import asyncio
import time
from collections.abc import Callable, Iterator

from benchmarks.memory import resident
from benchmarks.rounds import Figure, interleave
from benchmarks.size import Size
from transport.dtls.choice import client_session, server_sessions
from transport.dtls.dtlssocket_library import is_installed
from transport.dtls.link import open_dtls
from transport.dtls.listener import listen_dtls
from transport.dtls.session import BackEndName, DtlsSettings, Psk, Session, State, Suite
from transport.link import Address, Link, Listener
from transport.udp import listen_udp, open_udp

PLAIN = "plain UDP"
CBC = "openssl, CBC_SHA256"
CBC_BOTH = f"{CBC}, both ends"
PSK = Psk(b"869975030000461", b"0123456789abcdef")
KEYS = {PSK.identity: PSK.key}
NOTIFY = bytes(40)  # as long as a notification of one short string
WARM = 20  # sessions that are there before counting begins
LOOPBACK = ("127.0.0.1", 0)


def _kinds() -> Iterator[tuple[str, DtlsSettings]]:
    kinds: list[tuple[BackEndName, Suite]] = [
        ("openssl", Suite.CBC_SHA256),
        ("openssl", Suite.CCM_8),
        ("dtlssocket", Suite.CCM_8),
    ]
    for back_end, suite in kinds:
        if back_end == "openssl" or is_installed():
            yield f"{back_end}, {suite.name}", DtlsSettings((suite,), back_end)


def handshakes(size: Size) -> tuple[Figure, ...]:
    """Full handshakes a second, both ends in one process, in memory."""
    count = size.exchanges // 20

    def measured(settings: DtlsSettings) -> Callable[[], float]:
        def rate() -> float:
            start = time.perf_counter()
            for _ in range(count):
                for end in _connected(settings):
                    end.close()
            return count / (time.perf_counter() - start)

        return rate

    subjects = {name: measured(each) for name, each in _kinds()}
    return interleave(subjects, size.rounds, "handshakes/s")


def records(size: Size) -> tuple[Figure, ...]:
    """Notifications and answers of 40 bytes a second, one at a time, by links over loopback."""
    count = size.exchanges // 4
    with asyncio.Runner() as runner:
        roads = {PLAIN: runner.run(_road(None))}
        roads |= {name: runner.run(_road(each)) for name, each in _kinds()}
        subjects = {
            name: lambda road=road: runner.run(road.rate(count)) for name, road in roads.items()
        }
        figures = interleave(subjects, size.rounds, "round trips/s")
        for road in roads.values():
            road.close()
    return figures


def sessions(size: Size) -> tuple[Figure, ...]:
    """KiB of resident memory of an open session, client and server together."""
    found = [(name, _kib_per_session(each, size.crowd // 5)) for name, each in _kinds()]
    return tuple(Figure(f"{name}, both ends", "KiB", (size,)) for name, size in found)


def _kib_per_session(settings: DtlsSettings, count: int) -> float:
    kept = [_connected(settings) for _ in range(WARM)]
    before = resident()
    kept += [_connected(settings) for _ in range(count)]
    size = (resident() - before) / count / 1024
    for ends in kept:
        for end in ends:
            end.close(notify=False)
    return size


def _connected(settings: DtlsSettings) -> tuple[Session, Session]:
    client = client_session(PSK, settings)
    server = server_sessions(KEYS.get, settings)(("127.0.0.1", id(client)), bytes(32))
    while client.state is not State.OPEN:
        for source, target in ((client, server), (server, client)):
            for datagram in source.outgoing():
                target.receive(datagram)
    return client, server


async def _road(settings: DtlsSettings | None) -> "_Road":
    road = _Road()
    if settings is None:
        road.listener = await listen_udp(LOOPBACK, road.arrived)
        road.link = await open_udp(road.listener.address, road)
    else:
        road.listener = await listen_dtls(LOOPBACK, road.arrived, KEYS.get, settings)
        road.link = await open_dtls(road.listener.address, road, PSK, settings)
    return road


class _Road:
    """A link and the listener at its end, which answers everything."""

    link: Link
    listener: Listener

    async def rate(self, count: int) -> float:
        self._left, self._done = count, asyncio.get_running_loop().create_future()
        start = time.perf_counter()
        self.link.send(NOTIFY)
        await self._done
        return count / (time.perf_counter() - start)

    def close(self) -> None:
        self.link.close()
        self.listener.close()

    def arrived(self, data: bytes, source: Address) -> None:
        self.listener.send(data, source)

    def datagram_received(self, data: bytes) -> None:
        self._left -= 1
        if self._left:
            self.link.send(NOTIFY)
        else:
            self._done.set_result(None)

    def send_failed(self, reason: str) -> None:
        raise OSError(reason)

    def link_lost(self, reason: str) -> None:
        raise OSError(reason)
