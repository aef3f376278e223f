"""The serving end of the control channel."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from emulator.control import sockets
from emulator.control.controlled import Controlled
from emulator.control.protocol import LINE_LIMIT, ControlError, error_line
from emulator.control.verbs import Answer, answer
from emulator.web.routes import Texts

CONNECTION_LIMIT = 16  # at a time; one more is hung up on


class ControlChannel:
    """`async with ControlChannel(modems):`; OSError if nobody can listen."""

    def __init__(self, modems: Sequence[Controlled], place: Path | None = None) -> None:
        self._modems, self._place = modems, place or sockets.folder()
        self._connections: set[_Connection] = set()

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
        streams = [found for each in self._connections if (found := each.hang_up()) is not None]
        await asyncio.gather(*streams, return_exceptions=True)
        await self._server.wait_closed()


class _Connection(asyncio.Protocol):
    """Answers line by line. A line that does not end within LINE_LIMIT ends the connection. Behind
    a verb that streams nothing more is read."""

    def __init__(self, modems: Sequence[Controlled], connections: "set[_Connection]") -> None:
        self._modems, self._connections = modems, connections
        self._unfinished = b""
        self._streaming: asyncio.Task[None] | None = None
        self._has_room = asyncio.Event()
        self._has_room.set()

    def hang_up(self) -> "asyncio.Task[None] | None":
        """The stream that is still to end."""
        self._transport.abort()
        if self._streaming is not None:
            self._streaming.cancel()
        return self._streaming

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if len(self._connections) >= CONNECTION_LIMIT:
            transport.abort()
            return
        self._connections.add(self)

    def connection_lost(self, reason: Exception | None) -> None:
        self._connections.discard(self)
        if self._streaming is not None:
            self._streaming.cancel()

    def pause_writing(self) -> None:
        """Who asks without reading the answers has no use for them; a stream waits."""
        self._has_room.clear()
        if self._streaming is None:
            self._transport.abort()

    def resume_writing(self) -> None:
        self._has_room.set()

    def data_received(self, data: bytes) -> None:
        if self._streaming is not None:
            return
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        for line in lines:
            self._say(answer(line, self._modems))
            if self._streaming is not None:
                return
        if len(self._unfinished) > LINE_LIMIT:
            self._unfinished = b""
            error = ControlError("bad-request", f"a line has at most {LINE_LIMIT} bytes")
            self._transport.write(error_line(error))
            self._transport.close()

    def _say(self, said: Answer) -> None:
        self._transport.write(said.line)
        if said.texts is not None:
            texts = said.texts
            self._streaming = asyncio.create_task(self._stream(texts), name="control stream")
            self._streaming.add_done_callback(lambda _: texts.close())

    async def _stream(self, texts: Texts) -> None:
        async for text in texts:
            self._transport.write(text.encode() + b"\n")
            await self._has_room.wait()
