"""The platforms' HTTP server. The only file that imports aiohttp.

What the calls are is told by the tables in api/: OneNET's own at the root, where a platform of that
name runs, and ours for every platform below /platforms. /openapi.json describes both.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Self

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from emulator.addresses import spelt
from emulator.cloud.api import onenet, rest
from emulator.cloud.api.fields import FieldError, Json
from emulator.cloud.api.onenet_calls import PLATFORM
from emulator.cloud.api.openapi import describe
from emulator.cloud.api.page import page
from emulator.cloud.api.routes import Api, Route
from emulator.cloud.errors import CloudError
from emulator.cloud.service import Cloud
from lwm2m_core.errors import EngineError

SHUTDOWN_PATIENCE: Final = 1.0
"""Seconds for calls under way to be answered when the server stops."""

_compact: Final = partial(json.dumps, separators=(",", ":"))
"""As the manual prints answers (5.2)."""

log = logging.getLogger("mipl.cloud.http")

Answering = Callable[[web.Request], Awaitable[web.Response]]


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
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_PATIENCE)

    @classmethod
    async def start(cls, clouds: Mapping[str, Cloud], host: str, port: int) -> Self:
        """Serve platforms by their names. OSError if the port is taken; 0 stands for a free one."""
        api = cls(clouds)
        await api._runner.setup()
        try:
            await web.TCPSite(api._runner, host, port).start()
        except OSError:
            await api.close()
            raise
        bound = api._runner.addresses[0]
        api.url = f"http://{spelt((bound[0], bound[1]))}"
        return api

    async def close(self) -> None:
        await self._runner.cleanup()

    def _answering(self, api: Api, route: Route) -> Answering:
        async def answer(request: web.Request) -> web.Response:
            body = await request.read()
            if len(body) > api.body_limit:
                raise web.HTTPRequestEntityTooLarge(api.body_limit, len(body))
            given = route.call.read(request.match_info, request.query.items(), body)
            return _json(api.success(await route.handle(self._clouds, given)))

        return answer

    def _api_of(self, path: str) -> Api:
        """Whose envelope a request gets."""
        return rest.API if path.startswith(rest.ROOT) else self._apis[0]

    async def _describe(self, request: web.Request) -> web.Response:
        return _json(self._description)

    async def _page(self, request: web.Request) -> web.Response:
        sections = tuple(api.section for api in self._apis)
        devices = {name: cloud.devices for name, cloud in self._clouds.items()}
        return web.Response(text=page(devices, sections), content_type="text/html")


def in_envelope(api_of: Callable[[str], Api]) -> Middleware:
    """Every answer is an envelope, also where we have a bug."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        api = api_of(request.path)
        try:
            return await handler(request)
        except web.HTTPRequestEntityTooLarge as error:
            return _unserved(api, error.status, f"body: more than {api.body_limit} bytes")
        except web.HTTPException as error:
            detail = f"{request.method} {request.path[:200]}: {error.reason}"
            return _unserved(api, error.status, detail, error.headers.getall("Allow", ()))
        except Exception as error:
            if not isinstance(error, (CloudError, EngineError, FieldError)):
                log.exception("%s %s", request.method, request.path)
                return _unserved(api, 500, "see the log")
            failure = api.failure(error)
            return _json(failure.envelope, status=failure.status)

    return answer


def _unserved(api: Api, status: int, detail: str, allowed: Iterable[str] = ()) -> web.Response:
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    return _json(api.unserved(status, detail), status=status, headers=headers)


def _json(data: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(data, status=status, headers=headers, dumps=_compact)


def _version() -> str:
    try:
        return version("mipl-emulator")
    except PackageNotFoundError:
        return "0"
