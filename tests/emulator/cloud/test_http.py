"""The HTTP calls over real sockets on loopback: manual 5.1, with aiohttp's client."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from emulator.cloud.api import onenet, rest
from emulator.cloud.service import Cloud
from emulator.web.envelopes import in_envelope
from emulator.web.routes import Api
from transport.udp import open_udp

Device = Any  # conftest.py's
Register = Callable[..., bytes]
Call = Callable[..., Any]

IMEI = "869975030000461"
TARGET = {"imei": IMEI, "obj_id": "3200", "obj_inst_id": "0"}
RESOURCE = {**TARGET, "res_id": "5750"}


@pytest.mark.asyncio
async def test_5_1_read(online: Device, call: Call) -> None:
    assert await call("GET", "/nbiot", {"imei": IMEI, "obj_id": "3200"}) == (
        200,
        {
            "errno": 0,
            "error": "succ",
            "data": [{"obj_inst_id": 0, "res": [{"res_id": 5750, "val": "abcd"}]}],
        },
    )
    # …and is printed as +MIPLREAD: 0,32705,3200,0,-1
    assert online.asked[-1] == (b"GET /3200/0", b"")


@pytest.mark.asyncio
async def test_a_single_resource_is_read(online: Device, call: Call) -> None:
    _, envelope = await call("GET", "/nbiot", RESOURCE)
    assert envelope["data"] == [{"obj_inst_id": 0, "res": [{"res_id": 5750, "val": "abcd"}]}]
    assert online.asked[-1] == (b"GET /3200/0/5750", b"")


@pytest.mark.asyncio
async def test_5_1_write_with_the_manuals_trailing_comma(online: Device, call: Call) -> None:
    body = b'{\n"data":[{\n"val":"abcd",\n"res_id":5750}],\n}'
    query = {**TARGET, "mode": "2"}
    assert await call("POST", "/nbiot", query, body) == (200, {"errno": 0, "error": "succ"})
    assert online.asked[-1] == (b"POST /3200/0", b"\xe4\x16\x76abcd")
    query["mode"] = "1"
    await call("POST", "/nbiot", query, body)
    assert online.asked[-1] == (b"PUT /3200/0", b"\xe4\x16\x76abcd")


@pytest.mark.asyncio
async def test_5_1_execute(online: Device, call: Call) -> None:
    body = b'{\n"args":"abcd"\n}'
    assert await call("POST", "/nbiot/execute", RESOURCE, body) == (
        200,
        {"errno": 0, "error": "succ"},
    )
    assert online.asked[-1] == (b"POST /3200/0/5750", b"abcd")


@pytest.mark.asyncio
async def test_who_is_online(cloud: Cloud, online: Device, call: Call) -> None:
    row = {
        "id": IMEI,
        "title": IMEI,
        "protocol": "LwM2M",
        "online": True,
        "auth_info": {IMEI: ""},
    }
    page = {"total_count": 1, "page": 1, "per_page": 30, "devices": [row]}
    assert await call("GET", "/devices") == (200, {"errno": 0, "error": "succ", "data": page})
    cloud.forget(IMEI)
    _, envelope = await call("GET", "/devices")
    assert envelope["data"]["devices"][0]["online"] is False


@pytest.mark.asyncio
async def test_what_goes_wrong_is_said_in_the_envelope(
    cloud: Cloud, online: Device, call: Call
) -> None:
    async def error(method: str, path: str, query: Any = None, data: Any = None) -> Any:
        status, envelope = await call(method, path, query, data)
        assert set(envelope) == {"errno", "error"}
        return status, envelope["errno"], envelope["error"]

    assert await error("GET", "/nbiot") == (200, 3, "parameter required: imei: is missing")
    assert await error("GET", "/nbiot", {"imei": IMEI}) == (
        200,
        3,
        "parameter required: obj_id: is missing",
    )
    assert await error("GET", "/nbiot", {"imei": "1", "obj_id": "1"}) == (
        200,
        1,
        "auth failed: no device '1'",
    )
    assert await error("GET", "/nbiot", {**TARGET, "obj_inst_id": "9"}) == (
        200,
        5106,
        f"UNSUCESS: NOT_FOUND ({IMEI} read /3200/9: 4.04)",
    )
    assert (await error("POST", "/nbiot", {**TARGET, "mode": "2"}, b"{"))[:2] == (200, 3)
    assert (await error("POST", "/nbiot", TARGET, b"{}"))[1:] == (
        3,
        "parameter required: mode: is missing",
    )
    assert await error("GET", "/nowhere") == (
        404,
        5108,
        "invalid parameter: GET /nowhere: Not Found",
    )
    assert (await error("PUT", "/nbiot"))[:2] == (405, 5108)
    cloud.forget(IMEI)
    assert await error("GET", "/nbiot", RESOURCE) == (
        200,
        2001,
        f"device not online: {IMEI} is not registered",
    )


@pytest.mark.asyncio
async def test_an_oversized_body_is_refused(online: Device, call: Call) -> None:
    query = {**TARGET, "mode": "2"}
    asked = len(online.asked)
    status, envelope = await call("POST", "/nbiot", query, b" " * 16385)
    assert (status, envelope["errno"]) == (413, 5006)
    # as much as the body may hold, but more than 2k of values
    body = b'{"data":[{"res_id":5750,"val":"%s"}]}' % (b"a" * 2048)
    status, envelope = await call("POST", "/nbiot", query, body)
    assert (status, envelope) == (
        200,
        {"errno": 5006, "error": "system logic limit: data: 2053 bytes, at most 2048"},
    )
    assert len(online.asked) == asked


@pytest.mark.asyncio
async def test_calls_wait_for_each_other(online: Device, call: Call) -> None:
    answers = await asyncio.gather(*(call("GET", "/nbiot", RESOURCE) for _ in range(10)))
    assert {status for status, _ in answers} == {200}
    assert [asked for asked, _ in online.asked[-10:]] == [b"GET /3200/0/5750"] * 10


@pytest.mark.asyncio
async def test_a_call_under_way_is_answered_when_the_cloud_closes(
    device: Device, register: Register
) -> None:
    device.answers[b"GET /3200/0/5750"] = b""
    async with aiohttp.ClientSession() as http, Cloud(http=True) as cloud:
        device.link = await open_udp(cloud.server_address, device)
        device.link.send(register())
        await cloud.ready(IMEI)
        url = f"{cloud.http_url}/nbiot"
        calling = asyncio.ensure_future(http.get(url, params=RESOURCE))
        while device.asked[-1][0] != b"GET /3200/0/5750":
            await asyncio.sleep(0)
        await cloud.close()
        async with await calling as response:
            assert (await response.json())["errno"] == 2001
        device.link.close()


@pytest.mark.asyncio
async def test_a_port_that_is_taken_leaves_nothing_open(cloud: Cloud) -> None:
    assert cloud.http_url is not None
    port = int(cloud.http_url.rpartition(":")[2])
    with pytest.raises(OSError):
        async with Cloud(http=True, http_port=port):
            pass


@pytest.mark.asyncio
async def test_a_mistake_of_ours_is_an_envelope_too(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError("a bug")

    def always(api: Api[Any]) -> Callable[[str], Api[Any]]:
        return lambda path: api

    answers: tuple[tuple[Api[Any], Any], ...] = (
        (onenet.API, {"errno": 7, "error": "service internal error: see the log"}),
        (rest.API, {"error": {"kind": "internal", "message": "see the log"}}),
    )
    for api, answer in answers:
        app = web.Application(middlewares=[in_envelope(always(api))])
        app.router.add_get("/", broken)
        async with TestClient(TestServer(app)) as client, client.get("/") as response:
            assert (response.status, await response.json()) == (500, answer)
    assert "a bug" in caplog.text


GET = b"GET /platforms HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /nbiot?imei=1&obj_id=1&obj_inst_id=0&mode=2 HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (b"\x16\x03\x01\x00\x05\r\n\r\n", 400, b"malformed HTTP"),  # TLS
        (b"\x00" * 10000 + b"\r\n\r\n", 400, b"malformed HTTP"),
        (b"GET /" + b"a" * (1 << 18) + b" HTTP/1.1\r\n\r\n", 400, b"malformed HTTP"),
        (GET + b"X: \x00\r\n\r\n", 400, b"malformed HTTP"),
        (GET + b"Content-Length: x\r\n\r\n", 400, b"malformed HTTP"),
        (b"GET /%ff%00 HTTP/1.1\r\nHost: a\r\n\r\n", 404, b"Not Found"),
        (b"BREW /nbiot HTTP/1.1\r\nHost: a\r\n\r\n", 400, b"malformed HTTP"),
        (b"TRACE /nbiot HTTP/1.1\r\nHost: a\r\n\r\n", 405, b"Method Not Allowed"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, b"malformed"),
        (POST + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 400, b"malformed"),
    ],
)
async def test_what_is_not_http_is_answered_in_an_envelope(
    cloud: Cloud,
    call: Call,
    caplog: pytest.LogCaptureFixture,
    sent: bytes,
    status: int,
    said: bytes,
) -> None:
    assert cloud.http_url is not None
    port = int(cloud.http_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    assert length is not None
    body = await reader.readexactly(int(length[1]))
    writer.close()
    await writer.wait_closed()
    assert re.match(rb"HTTP/1.[01] %d " % status, head)
    assert body[:1] == b"{"
    assert said in body
    assert "Traceback" not in caplog.text
    assert (await call("GET", "/devices"))[0] == 200


@pytest.mark.asyncio
async def test_without_http_there_is_no_url() -> None:
    async with Cloud() as cloud:
        assert cloud.http_url is None


def test_aiohttp_is_imported_only_when_it_is_wanted() -> None:
    # the device path is printed before anything slow is imported (design 3)
    code = "import sys, emulator.cloud.service; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
