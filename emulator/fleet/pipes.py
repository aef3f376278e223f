"""One end of a pipe between processes, in an event loop."""

import asyncio
from collections.abc import Callable
from multiprocessing.connection import Connection

from emulator.fleet.messages import Message


class PipeEnd:
    """`heard` is called with every message, `gone` when the other end is closed or its process has
    died. Messages are whole or not at all, because the kernel keeps what a dead process wrote."""

    def __init__(
        self,
        connection: "Connection[Message, Message]",
        heard: Callable[[Message], None],
        gone: Callable[[], None],
    ) -> None:
        self._connection, self._heard, self._gone = connection, heard, gone
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection.fileno(), self._readable)

    def send(self, message: Message) -> None:
        """To a process that has died: nothing."""
        if self._connection.closed:
            return
        try:
            self._connection.send(message)
        except OSError:
            return

    def close(self) -> None:
        if not self._connection.closed:
            self._loop.remove_reader(self._connection.fileno())
            self._connection.close()

    def _readable(self) -> None:
        try:
            message = self._connection.recv()
        except (EOFError, OSError):
            self.close()
            self._gone()
            return
        self._heard(message)
