"""The platforms' HTTP server. Only this file and envelopes.py import aiohttp.

What the calls are is told by the tables in api/: OneNET's own at the root, where a platform of that
name runs, and ours for every platform below /platforms. /openapi.json describes both.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Self

from aiohttp import web

from emulator.addresses import spelt
from emulator.cloud.api import onenet, rest
from emulator.cloud.api.onenet_calls import PLATFORM
from emulator.cloud.api.openapi import describe
from emulator.cloud.api.page import page
from emulator.cloud.api.routes import Api, Route
from emulator.cloud.envelopes import Connection, in_envelope, in_json
from emulator.cloud.service import Cloud

SHUTDOWN_PATIENCE: Final = 1.0
"""Seconds for calls under way to be answered when the server stops."""

URL_LIMIT: Final = 1 << 17
"""Bytes of a request line, and of a header: a list of 1000 device ids fits (chosen)."""

Answering = Callable[[web.Request], Awaitable[web.Response]]


_SILENT: Final = logging.getLogger("mipl.cloud.http.access")
_SILENT.setLevel(logging.CRITICAL)


class HttpApi:
    """The running server; `url` has no slash at the end."""

    def __init__(self, clouds: Mapping[str, Cloud]) -> None:
        self._clouds = clouds
        self._apis = (*((onenet.API,) if PLATFORM in clouds else ()), rest.API)
        self._description = describe((api.section for api in self._apis), _version())
        self.url = ""
        app = web.Application(
            client_max_size=max(api.body_limit for api in self._apis),
            middlewares=[in_envelope(self._api_of)],
        )
        for api in self._apis:
            for route in api.routes:
                app.router.add_route(
                    route.call.method, route.call.path, self._answering(api, route)
                )
        app.router.add_route("GET", "/openapi.json", self._describe)
        app.router.add_route("GET", "/", self._page)
        self._runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_PATIENCE)
        self._listener: asyncio.Server | None = None

    @classmethod
    async def start(cls, clouds: Mapping[str, Cloud], host: str, port: int) -> Self:
        """Serve platforms by their names. OSError if the port is taken; 0 stands for a free one."""
        api = cls(clouds)
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
        await self._runner.cleanup()

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

    def _answering(self, api: Api, route: Route) -> Answering:
        async def answer(request: web.Request) -> web.Response:
            body = await request.read()
            if len(body) > api.body_limit:
                raise web.HTTPRequestEntityTooLarge(api.body_limit, len(body))
            given = route.call.read(request.match_info, request.query.items(), body)
            return in_json(api.success(await route.handle(self._clouds, given)))

        return answer

    def _api_of(self, path: str) -> Api:
        """Whose envelope a request gets."""
        return rest.API if path.startswith(rest.ROOT) else self._apis[0]

    async def _describe(self, request: web.Request) -> web.Response:
        return in_json(self._description)

    async def _page(self, request: web.Request) -> web.Response:
        sections = tuple(api.section for api in self._apis)
        devices = {name: cloud.devices for name, cloud in self._clouds.items()}
        return web.Response(text=page(devices, sections), content_type="text/html")


def _version() -> str:
    try:
        return version("mipl-emulator")
    except PackageNotFoundError:
        return "0"
