"""UDP with sockets of our own in the event loop.

asyncio's datagram endpoints can only be made with `await`, and keep what does not fit without a
bound; a rebind has to be done by the time the next datagram is sent (same order as asked for).
"""

import asyncio
import contextlib
import ipaddress
import logging
import socket
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from transport.link import Address, BurstReceiver, LinkReceiver, ListenerReceiver, Tap

RECEIVE_BUFFER = 4 << 20
"""Asked for by listeners: 1000 modems that report at once overflow the default of 208 KiB."""

SO_RCVBUFFORCE = 33  # Linux asm-generic/socket.h: beyond net.core.rmem_max, for root
READS_PER_WAKE_UP = 64  # of a listener, so that a burst is not lost while others have their turn
LINK_READS_PER_WAKE_UP = 16  # of a link, whose modem has a serial port to serve as well
READ_SIZE = 65536

log = logging.getLogger("mipl.udp")


async def open_udp(remote: Address, receiver: LinkReceiver, *, tap: Tap | None = None) -> "UdpLink":
    """A link to `remote`, which must be numeric. OSError if there is no socket or no route."""
    return UdpLink(remote, receiver, tap)


async def listen_udp(
    local: Address, receiver: ListenerReceiver, *, tap: Tap | None = None
) -> "UdpListener":
    """A listener at `local`, numeric; port 0 stands for a free one. OSError if it is taken."""
    return UdpListener(local, receiver, tap)


class UdpLink:
    """A connected socket, so that the kernel tells us of ICMP errors and keeps strangers out."""

    __slots__ = (
        "remote", "_receiver", "_bursts", "_tap", "_loop", "_open", "_socket", "_last_local",
    )  # fmt: skip

    def __init__(self, remote: Address, receiver: LinkReceiver, tap: Tap | None) -> None:
        self.remote = remote
        self._receiver = receiver
        wants_bursts = _wants_bursts(type(receiver))
        self._bursts = cast(BurstReceiver, receiver) if wants_bursts else None
        self._tap = tap
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._last_local: Address | None = None
        self._connect()

    def _connect(self) -> None:
        self._socket = _new_socket(self.remote, lambda new: new.connect(self.remote), "reach")
        # By its number: for a socket asyncio asks the kernel for both of its addresses, twice
        self._loop.add_reader(self._socket.fileno(), self._readable)

    @property
    def local(self) -> Address:
        """Where it sends from, or did until it was closed."""
        if self._last_local is not None:
            return self._last_local
        host, port = self._socket.getsockname()[:2]
        return host, port

    def _disconnect(self) -> None:
        self._last_local = self.local
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def send(self, data: bytes) -> None:
        if not self._open:
            return
        try:
            try:
                self._socket.send(data)
            except ConnectionRefusedError as error:
                # The fate of an earlier datagram; this one has not been sent yet.
                self._loop.call_soon(self._fail, _reason(error))
                self._socket.send(data)
        except OSError as error:
            self._loop.call_soon(self._fail, _reason(error))
            return
        if self._tap is not None:
            self._tap("up", data, self.local, self.remote)

    def rebind(self) -> None:
        if not self._open:
            return
        old = self._socket
        try:
            self._connect()
        except OSError as error:
            self._loop.call_soon(self._lose, _reason(error))
            return
        self._loop.remove_reader(old.fileno())
        old.close()

    def close(self) -> None:
        if self._open:
            self._open = False
            self._disconnect()

    def _readable(self) -> None:
        if self._bursts is None:
            self._read()
            return
        self._bursts.burst_begins()
        try:
            self._read()
        finally:
            self._bursts.burst_ends()

    def _read(self) -> None:
        for _ in range(LINK_READS_PER_WAKE_UP):
            if not self._open:
                return
            try:
                data = self._socket.recv(READ_SIZE)
            except BlockingIOError:
                return
            except OSError as error:
                self._fail(_reason(error))
                return
            if self._tap is not None:
                self._tap("down", data, self.remote, self.local)
            self._receiver.datagram_received(data)

    def _fail(self, reason: str) -> None:
        if self._open:
            self._receiver.send_failed(reason)

    def _lose(self, reason: str) -> None:
        if self._open:
            self._receiver.link_lost(reason)


class UdpListener:
    """An unconnected socket with a large receive buffer. `unsent` counts what could not leave."""

    def __init__(self, local: Address, receiver: ListenerReceiver, tap: Tap | None) -> None:
        self.unsent = 0
        self._receiver = receiver
        self._tap = tap
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._socket = _new_socket(local, lambda new: new.bind(local), "listen on")
        _raise_receive_buffer(self._socket)
        self.address: Address = self._socket.getsockname()[:2]
        self._loop.add_reader(self._socket, self._readable)

    def send(self, data: bytes, remote: Address) -> None:
        if not self._open:
            return
        try:
            self._socket.sendto(data, remote)
        except OSError as error:
            self.unsent += 1
            log.debug("not sent to %s:%d: %s", *remote, _reason(error))
            return
        if self._tap is not None:
            self._tap("down", data, self.address, remote)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._loop.remove_reader(self._socket)
            self._socket.close()

    def _readable(self) -> None:
        for _ in range(READS_PER_WAKE_UP):
            if not self._open:
                return
            try:
                data, source = self._socket.recvfrom(READ_SIZE)
            except OSError:
                return  # nothing more, or the fate of an answer that nobody waits for
            if self._tap is not None:
                self._tap("up", data, source[:2], self.address)
            self._receiver(data, source[:2])


@lru_cache
def _wants_bursts(kind: type) -> bool:
    """By its class, for all of them: Python takes 4 µs to look at one."""
    return issubclass(kind, BurstReceiver)


@lru_cache
def _version(host: str) -> int:
    return ipaddress.ip_address(host).version


def _new_socket(
    address: Address, attach: Callable[[socket.socket], None], purpose: str
) -> socket.socket:
    host, port = address
    try:
        version = _version(host)
    except ValueError:
        raise OSError(f"'{host}' is not a numeric address") from None
    new = socket.socket(socket.AF_INET6 if version == 6 else socket.AF_INET, socket.SOCK_DGRAM)
    new.setblocking(False)
    try:
        attach(new)
    except (OSError, OverflowError) as error:
        new.close()
        number = getattr(error, "errno", None)
        raise OSError(number, f"cannot {purpose} {host}:{port}: {_reason(error)}") from None
    return new


def _raise_receive_buffer(listening: socket.socket) -> None:
    try:
        listening.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
    except OSError:  # not root, or not Linux: as much as the system allows
        with contextlib.suppress(OSError):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
