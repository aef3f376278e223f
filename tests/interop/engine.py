"""The engine by itself on a socket of loopback, without a modem around it."""

import socket
import time
from collections.abc import Callable
from typing import Any

from lwm2m_core.client import Client
from lwm2m_core.client_outputs import CloseLink, OpenLink, Send
from lwm2m_core.download import Download
from tests.interop.peers.driver import PATIENCE


class Wire:
    """Carries out what concerns the link; what else the engine tells goes to `owner`."""

    def __init__(self, engine: Client | Download, owner: Callable[[Any], None]) -> None:
        self._engine = engine
        self._owner = owner
        self._socket: socket.socket | None = None

    def run_until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._drain(done):
            now = time.monotonic()
            assert now < deadline, "it took too long"
            assert self._socket is not None, "the link is closed"
            due = self._engine.deadline() or deadline
            self._socket.settimeout(min(max(due - now, 0.0), 0.05))
            try:
                self._engine.datagram_received(1, self._socket.recv(2048), time.monotonic())
            except (TimeoutError, BlockingIOError):
                self._engine.handle_timeout(time.monotonic())

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _drain(self, done: Callable[[], bool]) -> bool:
        while not done() and (outputs := self._engine.outputs()):
            for output in outputs:
                self._carry_out(output)
        return done()

    def _carry_out(self, output: Any) -> None:
        match output:
            case OpenLink(link, account):
                assert account.host == "127.0.0.1"
                self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                self._socket.connect((account.host, account.port))
                self._engine.link_up(link, time.monotonic())
            case Send(data=data):
                assert self._socket is not None
                self._socket.send(data)
            case CloseLink():
                self.close()
            case _:
                self._owner(output)
