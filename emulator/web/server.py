"""The HTTP server. Only this file and envelopes.py import aiohttp.

What the calls are is told by the tables of the APIs that are mounted: OneNET's own at the root,
ours for every platform below /platforms, those for modems below /modems. /openapi.json describes
all of them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, Self
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, web

from emulator.addresses import spelt
from emulator.web.calls import Given
from emulator.web.envelopes import Connection, in_envelope, in_json
from emulator.web.openapi import describe
from emulator.web.page import page
from emulator.web.routes import Api, Mount, Route, Texts

SHUTDOWN_PATIENCE: Final = 1.0
"""Seconds for calls under way to be answered when the server stops."""

URL_LIMIT: Final = 1 << 17
"""Bytes of a request line, and of a header: a list of 1000 device ids fits (chosen)."""

HEARD_LIMIT: Final = 4096
"""Bytes of a message that a reader of a stream may send; nobody looks into it."""

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


_SILENT: Final = logging.getLogger("mipl.http.access")
_SILENT.setLevel(logging.CRITICAL)


class _Stream:
    """One reader of a stream; `over` when nothing is left of it."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._request, self._socket, self.over = request, socket, asyncio.Event()

    async def say_goodbye(self) -> None:
        with suppress(asyncio.CancelledError):
            await self._socket.close(code=WSCloseCode.GOING_AWAY, message=b"the server ends")

    def abort(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()


class HttpApi:
    """The running server; `url` has no slash at the end. Of paths that no API's root fits, the
    first of `mounts` answers."""

    def __init__(self, mounts: Sequence[Mount[Any]]) -> None:
        self._mounts = mounts
        self._description = describe((each.api.section for each in mounts), _version())
        self.url = ""
        app = web.Application(
            client_max_size=max(each.api.body_limit for each in mounts),
            middlewares=[in_envelope(self._api_of)],
        )
        for each in mounts:
            for route in each.api.routes:
                app.router.add_route(
                    route.call.method, route.call.path, self._answering(each, route)
                )
        app.router.add_route("GET", "/openapi.json", self._describe)
        app.router.add_route("GET", "/", self._page)
        self._runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_PATIENCE)
        self._listener: asyncio.Server | None = None
        self._streams: set[_Stream] = set()

    @classmethod
    async def start(cls, mounts: Sequence[Mount[Any]], host: str, port: int) -> Self:
        """Serve these APIs. OSError if the port is taken; 0 stands for a free one."""
        api = cls(mounts)
        await api._runner.setup()
        try:
            loop = asyncio.get_running_loop()
            api._listener = await loop.create_server(api._connection, host, port)
        except OSError:
            await api.close()
            raise
        bound = api._listener.sockets[0].getsockname()
        api.url = f"http://{spelt((bound[0], bound[1]))}"
        return api

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        await self._end_streams()
        await self._runner.cleanup()

    async def _end_streams(self) -> None:
        """A reader that does not read does not hear of it, either."""
        if not self._streams:
            return
        streams = tuple(self._streams)
        ends = [asyncio.create_task(each.say_goodbye()) for each in streams]
        await asyncio.wait(ends, timeout=SHUTDOWN_PATIENCE)
        for task in ends:
            task.cancel()
        for each in streams:
            each.abort()
        await asyncio.gather(*ends, *(each.over.wait() for each in streams))

    def _connection(self) -> Connection:
        """aiohttp's, but for what it says to bytes that are no HTTP."""
        assert self._runner.server is not None
        return Connection(
            self._runner.server,
            loop=asyncio.get_running_loop(),
            access_log=_SILENT,
            max_line_size=URL_LIMIT,
            max_field_size=URL_LIMIT,
        )

    def _answering(self, mount: Mount[Any], route: Route[Any]) -> Answering:
        api = mount.api

        async def answer(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            if len(body) > api.body_limit:
                raise web.HTTPRequestEntityTooLarge(api.body_limit, len(body))
            given = route.call.read(request.match_info, request.query.items(), body)
            if route.stream is not None and web.WebSocketResponse().can_prepare(request):
                return await self._stream(request, mount, route, given)
            return in_json(api.success(await route.handle(mount.subject, given)))

        return answer

    async def _stream(
        self, request: web.Request, mount: Mount[Any], route: Route[Any], given: Given
    ) -> web.StreamResponse:
        """Texts over a WebSocket. What is sent to us is read and left alone."""
        _refuse_foreign_pages(request)
        assert route.stream is not None
        socket = web.WebSocketResponse(max_msg_size=HEARD_LIMIT)
        with closing(route.stream(mount.subject, given)) as texts:
            await socket.prepare(request)
            stream = _Stream(request, socket)
            self._streams.add(stream)
            sending = asyncio.create_task(_send_all(texts, socket))
            try:
                async for _ in socket:
                    pass
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
                self._streams.discard(stream)
                stream.over.set()
        return socket

    def _api_of(self, path: str) -> Api[Any]:
        """Whose envelope a request gets."""
        fits = [each.api for each in self._mounts if path.startswith(each.api.root)]
        return max(fits, key=lambda api: len(api.root), default=self._mounts[0].api)

    async def _describe(self, request: web.Request) -> web.Response:
        return in_json(self._description)

    async def _page(self, request: web.Request) -> web.Response:
        sections = tuple(each.api.section for each in self._mounts)
        listings = [found for each in self._mounts for found in each.listings(each.subject)]
        return web.Response(text=page(listings, sections), content_type="text/html")


async def _send_all(texts: Texts, socket: web.WebSocketResponse) -> None:
    """Each waits until the reader has room; an end of the texts is one of the socket."""
    async for text in texts:
        await socket.send_str(text)
    await socket.close()


def _refuse_foreign_pages(request: web.Request) -> None:
    """A browser asks nobody before it connects a page of any site to a socket on loopback."""
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(reason=f"a page of {origin[:100]!r} may not follow events")


def _version() -> str:
    try:
        return version("mipl-emulator")
    except PackageNotFoundError:
        return "0"
