"""A serial line that a host program reaches over TCP: one client at a time, come and go as it may.

A second client is refused: its connection is closed at once, without a byte, because a byte would
look like the module's. A client that has gone is noticed before the next one is refused. Nothing is
read from a client that has shut down its sending half: it has hung up.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Protocol

from pty_bridge.news import News
from pty_bridge.outgoing import Buffer, Outgoing
from pty_bridge.port import (
    Dropped,
    LineSettings,
    ModuleSide,
    PortError,
    PortReceiver,
    PortTap,
)

READ_SIZE = 65536
READS = 16  # as much as a system keeps for us of one client, by default
SEND_BUFFER = 16384  # of the system, about what a pty holds: what waits there is stale already
SILENT_S, PROBES = 30, 3  # a peer that has vanished without a word is found out by keep-alive

log = logging.getLogger("mipl.port")


class TalkError(Exception):
    """The client does not speak what it should; it is hung up on."""


class Talk(Protocol):
    """What the bytes of one connection mean."""

    def heard(self, data: bytes) -> Iterator[bytes | LineSettings]:
        """What the client wrote and set up, in order; TalkError if it makes no sense."""

    def said(self, data: bytes) -> bytes:
        """The module's output as it travels."""

    def show(self, side: ModuleSide) -> None:
        """Tell the client."""


class Plain:
    """Bytes are bytes, and there is nothing else."""

    def heard(self, data: bytes) -> Iterator[bytes | LineSettings]:
        yield data

    def said(self, data: bytes) -> bytes:
        return data

    def show(self, side: ModuleSide) -> None:
        """Nobody would see it."""


Send = Callable[[bytes], None]


class TcpPort:
    """Listens at `address` in the running event loop. `name`: `tcp:HOST:PORT`, the port as it is.

    `talk`: makes what is spoken on a connection, given a way to send on it what is no output.
    PortError if nobody can listen there.
    """

    def __init__(
        self,
        receiver: PortReceiver,
        address: tuple[str, int],
        *,
        tap: PortTap | None = None,
        scheme: str = "tcp",
        talk: Callable[[Send], Talk] = lambda send: Plain(),
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._receiver, self._tap, self._talk = receiver, tap, talk
        self._listener = _listening(address)
        self.name = f"{scheme}:{_spelt(self._listener)}"
        self.dropped = Dropped()
        self._client: _Client | None = None
        self._news = News(self._loop)
        self._side = ModuleSide()
        self._open = self._reading = True
        self._handing_over = False
        self._loop.add_reader(self._listener, self._accept)

    def write(self, data: bytes) -> None:
        if not self._open or not data:
            return
        if not self._handing_over:
            self._catch_up()
        client = self._client
        if client is None:
            self.dropped.absent += len(data)
        elif not client.out.put(client.talk.said(data)):
            self.dropped.full += len(data)
        elif self._tap is not None:
            self._tap("out", data)

    def pause(self) -> None:
        if self._open and self._reading:
            self._reading = False
            self._loop.remove_reader(self._listener)  # nobody can tell whether there is room
            if self._client is not None:
                self._loop.remove_reader(self._client.socket)

    def resume(self) -> None:
        if self._open and not self._reading:
            self._reading = True
            self._loop.add_reader(self._listener, self._accept)
            if self._client is not None:
                self._loop.add_reader(self._client.socket, self._readable)

    def show(self, side: ModuleSide) -> None:
        self._side = side
        if self._client is not None:
            self._client.talk.show(side)

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        if self._client is not None:
            self._part(self._client)
        self._news.forget()
        if not self._loop.is_closed():
            self._loop.remove_reader(self._listener)
        self._listener.close()

    # who is there

    def _catch_up(self) -> None:
        """A client that has left makes room for the next one, who may be waiting already."""
        if self._client is not None and self._client.has_gone():
            self._part(self._client)
        if self._client is None:
            self._accept()

    def _accept(self) -> None:
        try:
            connection, peer = self._listener.accept()
        except OSError:  # BlockingIOError, or the client has changed its mind
            return
        self._hear_out()
        if self._client is not None:
            log.warning("%s: refused %s: another client is connected", self.name, peer)
            connection.close()
            return
        _prepare(connection)
        self._client = _Client(self._loop, connection, self._talk)
        self._client.talk.show(self._side)
        if self._reading:
            self._loop.add_reader(connection, self._readable)
        self._news.add(self._receiver.opened)

    def _hear_out(self) -> None:
        """What a client wrote before it left comes before its end."""
        client = self._client
        for _ in range(READS):
            if client is not None and self._client is client:
                self._readable()

    def _part(self, client: "_Client") -> None:
        self._client = None
        self.dropped.absent += client.close()
        self._news.add(self._receiver.closed)

    # in

    def _readable(self) -> None:
        client = self._client
        assert client is not None
        try:
            data = client.socket.recv(READ_SIZE)
        except BlockingIOError:
            return
        except OSError:  # reset
            data = b""
        if not data:
            self._part(client)
            return
        self._news.tell()
        self._handing_over = True
        try:
            for piece in client.talk.heard(data):
                self._hand_over(piece)
        except TalkError as error:
            log.warning("%s: hung up on the client: %s", self.name, error)
            if self._client is client:
                self._part(client)
        finally:
            self._handing_over = False

    def _hand_over(self, piece: bytes | LineSettings) -> None:
        if not self._open:
            return
        if isinstance(piece, LineSettings):
            self._receiver.line_settings(piece)
            return
        if self._tap is not None:
            self._tap("in", piece)
        self._receiver.data_received(piece)


class _Client:
    """One connection."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        connection: socket.socket,
        talk: Callable[[Send], Talk],
    ) -> None:
        self._loop, self.socket = loop, connection
        self.out = Outgoing(loop, connection.fileno(), self._push)
        self.talk = talk(self._send)

    def has_gone(self) -> bool:
        """Whether its end of the connection is what is to be read next."""
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> int:
        """How many bytes it will never see."""
        unsent = self.out.drop()
        if not self._loop.is_closed():
            self._loop.remove_reader(self.socket)
        self.socket.close()
        return unsent

    def _send(self, data: bytes) -> None:
        self.out.put(data)  # what does not fit is lost with the output around it

    def _push(self, data: Buffer) -> int:
        try:
            return self.socket.send(data)
        except BlockingIOError:
            raise
        except OSError:  # it has gone, which reading will tell
            return len(data)


def _prepare(connection: socket.socket) -> None:
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", SILENT_S),
        ("TCP_KEEPINTVL", SILENT_S),
        ("TCP_KEEPCNT", PROBES),
    ):
        if hasattr(socket, name):  # macOS calls the first one otherwise
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _listening(address: tuple[str, int]) -> socket.socket:
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server(address, family=family, backlog=4)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise PortError(
            f"nobody can listen at {host}:{port}: {reason}",
            "stop the program that does, or choose another port (0: a free one)",
        ) from None
    listener.setblocking(False)
    return listener


def _spelt(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
