"""The HTTP calls of the manual's 5.1, as OneNET has them. The only file that imports aiohttp.

GET  /nbiot?imei=&obj_id=[&obj_inst_id=[&res_id=]]          Read
POST /nbiot?imei=&obj_id=&obj_inst_id=&mode=                Write
POST /nbiot/execute?imei=&obj_id=&obj_inst_id=&res_id=      Execute
GET  /devices                                               who is online

Each but the last takes `timeout`. An api-key header is welcome and not looked at. What concerns
the device or the parameters is answered with HTTP status 200 and an error number, as OneNET does.
"""

import logging
from collections.abc import Mapping
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from emulator.addresses import spelt
from emulator.cloud.errors import CloudError
from emulator.cloud.onenet_api import (
    BODY_LIMIT,
    ApiError,
    arguments_of,
    as_api_error,
    check_size,
    device_list,
    failure,
    imei_of,
    instances,
    path_of,
    replaces,
    success,
    timeout_of,
    values_of,
)
from emulator.cloud.operations import wire
from emulator.cloud.requests import write_of
from emulator.cloud.service import Cloud

SHUTDOWN_PATIENCE = 1.0
"""Seconds for calls under way to be answered when the server stops."""

log = logging.getLogger("mipl.cloud.http")


class HttpApi:
    """The running server; `url` has no slash at the end."""

    def __init__(self, clouds: Mapping[str, Cloud]) -> None:
        self._cloud = clouds.get("onenet") or next(iter(clouds.values()))
        self.url = ""
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[in_envelope])
        app.router.add_get("/nbiot", self._read)
        app.router.add_post("/nbiot", self._write)
        app.router.add_post("/nbiot/execute", self._execute)
        app.router.add_get("/devices", self._devices)
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

    async def _read(self, request: web.Request) -> web.Response:
        query = request.query
        points = await self._cloud.read_all(
            imei_of(query), path_of(query), timeout=timeout_of(query)
        )
        return web.json_response(success(instances(points)))

    async def _write(self, request: web.Request) -> web.Response:
        query = request.query
        path, replace, timeout = path_of(query, 2), replaces(query), timeout_of(query)
        imei = imei_of(query)
        values = values_of(await request.read(), path)
        operation = write_of(self._cloud.manner, path, values, replace=replace)
        check_size(len(wire(operation).payload), "data")
        await self._cloud.ask(imei, operation, timeout=timeout)
        return web.json_response(success())

    async def _execute(self, request: web.Request) -> web.Response:
        query = request.query
        imei, path, timeout = imei_of(query), path_of(query, 3), timeout_of(query)
        arguments = arguments_of(await request.read())
        await self._cloud.execute(imei, path, arguments, timeout=timeout)
        return web.json_response(success())

    async def _devices(self, request: web.Request) -> web.Response:
        return web.json_response(success(device_list(self._cloud.devices)))


@web.middleware
async def in_envelope(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer is an envelope, also where we have a bug."""
    try:
        return await handler(request)
    except ApiError as error:
        return web.json_response(failure(error.errno, error.detail))
    except CloudError as error:
        known = as_api_error(error)
        return web.json_response(failure(known.errno, known.detail))
    except web.HTTPRequestEntityTooLarge as error:
        detail = f"body: more than {BODY_LIMIT} bytes"
        return web.json_response(failure(5006, detail), status=error.status)
    except web.HTTPException as error:
        detail = f"{request.method} {request.path}: {error.reason}"
        return web.json_response(failure(5108, detail), status=error.status)
    except Exception:
        log.exception("%s %s", request.method, request.path)
        return web.json_response(failure(7, "see the log"), status=500)
