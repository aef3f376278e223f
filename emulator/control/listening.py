"""The serving end of the control channel."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from emulator.control import sockets
from emulator.control.protocol import LINE_LIMIT, ControlError, error_line
from emulator.control.verbs import Controlled, answer

CONNECTION_LIMIT = 16  # at a time; one more is hung up on


class ControlChannel:
    """`async with ControlChannel(modems):`; OSError if nobody can listen."""

    def __init__(self, modems: Sequence[Controlled], place: Path | None = None) -> None:
        self._modems, self._place = modems, place or sockets.folder()
        self._connections: set[asyncio.Transport] = set()

    async def __aenter__(self) -> "ControlChannel":
        listener, self.path = sockets.listen(self._place)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(
            lambda: _Connection(self._modems, self._connections), sock=listener
        )
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.path.unlink(missing_ok=True)
        self._server.close()
        for transport in tuple(self._connections):
            transport.abort()
        await self._server.wait_closed()


class _Connection(asyncio.Protocol):
    """Answers line by line. A line that does not end within LINE_LIMIT ends the connection."""

    def __init__(self, modems: Sequence[Controlled], connections: set[asyncio.Transport]) -> None:
        self._modems, self._connections = modems, connections
        self._unfinished = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if len(self._connections) >= CONNECTION_LIMIT:
            transport.abort()
            return
        self._connections.add(transport)

    def connection_lost(self, reason: Exception | None) -> None:
        self._connections.discard(self._transport)

    def pause_writing(self) -> None:
        """Who asks without reading the answers has no use for them."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        for line in lines:
            self._transport.write(answer(line, self._modems))
        if len(self._unfinished) > LINE_LIMIT:
            self._unfinished = b""
            error = ControlError("bad-request", f"a line has at most {LINE_LIMIT} bytes")
            self._transport.write(error_line(error))
            self._transport.close()
