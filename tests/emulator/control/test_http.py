"""The verbs over HTTP and WebSocket on loopback, with a modem and without platforms."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from emulator.cloud.platforms import Platforms
from emulator.cloud.service import Cloud
from emulator.control.following import FOLLOWER_LIMIT, WAITING_LIMIT, Follower
from emulator.control.http import ROUTES, mount_of
from emulator.journal import Kind
from emulator.modem import Modem
from emulator.web.fields import from_json

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

Call = Callable[..., Any]
IMEI = "869975030000461"


@pytest_asyncio.fixture
async def url(modem: Modem) -> AsyncIterator[str]:
    """As with --platform: there are modems alone."""
    async with Platforms([], further=(mount_of([modem]),)) as platforms:
        yield platforms.http_url


@pytest_asyncio.fixture
async def http(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(url) as http:
        yield http


@pytest.fixture
def call(http: aiohttp.ClientSession) -> Call:
    async def call(method: str, path: str, body: Any = None, **query: Any) -> Any:
        """HTTP status, and the data or the error."""
        async with http.request(method, path, params=query, json=body) as response:
            told = await response.json()
            return response.status, told.get("data", told.get("error"))

    return call


async def test_a_modem_is_called_by_number_imei_or_device(modem: Modem, call: Call) -> None:
    row = {
        "number": 0,
        "devices": ["memory:"],
        "model": "MN316",
        "imei": IMEI,
        "on": True,
        "phase": "none",
    }
    assert await call("GET", "/modems") == (200, {"modems": [row]})
    for name in ("0", IMEI, "memory:", "memory%3A"):
        assert (await call("GET", f"/modems/{name}"))[1]["imei"] == IMEI
    for name in ("1", "869975030000462", "memory", "%2Fdev%2Fpts%2F9", "9" * 4000):
        status, error = await call("GET", f"/modems/{name}")
        assert (status, error["kind"]) == (404, "unknown modem")
        assert "; the only one is 0" in error["message"]


async def test_each_verb_has_its_call(modem: Modem, call: Call) -> None:
    assert await call("PUT", "/modems/0/power", {"on": False}) == (200, {"on": False})
    assert await call("POST", "/modems/0/reset") == (
        409,
        {"kind": "not now", "message": "the modem is switched off"},
    )
    assert await call("PUT", "/modems/0/power", {"on": True}) == (200, {"on": True})
    assert await call("POST", "/modems/0/reset") == (200, {"on": True})
    status, data = await call("PATCH", "/modems/0/quirks", {"mipl_colon": "none"})
    assert (status, data["quirks"][0]["value"]) == (200, "none")
    assert modem.quirks.mipl_colon == "none"
    status, data = await call("DELETE", "/modems/0/quirks")
    assert (status, [row["name"] for row in data["quirks"]]) == (200, ["mipl_colon"])
    assert len((await call("GET", "/modems/0/quirks"))[1]["quirks"]) > 70
    network = {"coverage": "off", "signal": "", "operator": "46001", "denied": "off"}
    body = {"coverage": "off", "operator": 46001}
    assert await call("PATCH", "/modems/0/network", body) == (200, network)
    assert await call("GET", "/modems/0/network") == (200, network)
    assert await call("GET", "/modems/0/time-scale") == (200, {"scale": 1.0})
    assert await call("PUT", "/modems/0/time-scale", {"scale": 2}) == (
        409,
        {
            "kind": "not now",
            "message": "the event loop has the computer's clock, which has no scale",
        },
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "message"),
    [
        ("PUT", "power", {"on": "yes"}, "on", "on: neither true nor false"),
        ("PUT", "power", {"off": True}, "off", "off: unknown; there is on"),
        ("PUT", "power", None, "body", "body: not JSON"),
        ("PATCH", "quirks", {"mipl_colan": "none"}, "mipl_colan", "did you mean 'mipl_colon'?"),
        (
            "PATCH",
            "quirks",
            {"mipl_colon": "tab"},
            "mipl_colon",
            "may be: blank, blank+comma, none",
        ),
        ("PATCH", "quirks", [], "body", "body: not an object"),
        ("PATCH", "network", {"singal": 3}, "singal", "did you mean signal?"),
        ("PUT", "time-scale", {"scale": -1}, "scale", "not a number from 0.001 to 10000"),
        ("GET", "events?after=x", None, "after", "not a number from 0"),
        ("GET", "events?kinds=serial_on", None, "kinds", "did you mean 'serial_in'?"),
        ("GET", "events?kind=reset", None, "kind", "unknown; did you mean 'kinds'?"),
        ("GET", "?full=1", None, "full", "full: unknown"),
    ],
)
async def test_a_wrong_input_is_named(
    call: Call, method: str, path: str, body: Any, field: str, message: str
) -> None:
    path = f"/modems/0{'' if path.startswith('?') else '/'}{path}"
    status, error = await call(method, path, body)
    assert (status, error["field"]) == (400, field)
    assert message in error["message"]


async def test_what_nobody_answers_is_said_in_the_same_envelope(call: Call) -> None:
    status, error = await call("GET", "/modems/0/quirk")
    assert (status, error["kind"]) == (404, "not served")
    status, error = await call("DELETE", "/modems/0/network")
    assert (status, error["kind"]) == (405, "not served")
    status, error = await call("PATCH", "/modems/0/quirks", {"hex_case": "x" * (1 << 16)})
    assert (status, error["message"]) == (413, "body: more than 65536 bytes")


async def test_the_description_and_the_page_have_the_calls(
    http: aiohttp.ClientSession, modem: Modem
) -> None:
    description = await (await http.get("/openapi.json")).json()
    described = {
        (path, method.upper()) for path, each in description["paths"].items() for method in each
    }
    assert described == {(route.call.path, route.call.method) for route in ROUTES}
    page = await (await http.get("/")).text()
    assert "<h1>Modems</h1>" in page
    assert IMEI in page
    assert "/modems/{modem}/power" in page


async def test_modems_and_platforms_share_one_address(modem: Modem) -> None:
    async with (
        Platforms([Cloud("onenet", seed=1)], further=(mount_of([modem]),)) as platforms,
        aiohttp.ClientSession(platforms.http_url) as http,
    ):
        for path in ("/modems", "/platforms", "/devices"):
            assert (await http.get(path)).status == 200
        told = await (await http.get("/modems/7")).json()
        assert told["error"]["kind"] == "unknown modem"


async def test_answers_are_what_the_table_declares(call: Call) -> None:
    for route in ROUTES:
        if route.call.method == "GET":
            status, data = await call("GET", route.call.path.replace("{modem}", "0"))
            assert status == 200
            assert route.call.answer is not None
            from_json(route.call.answer, data, "data")


# Events


async def _next(socket: aiohttp.ClientWebSocketResponse) -> Any:
    return json.loads(await asyncio.wait_for(socket.receive_str(), 20))


def _note(modem: Modem, *kinds: Kind) -> None:
    for kind in kinds:
        modem.journal.record(1.5, kind)


async def test_events_are_given_in_pages(modem: Modem, call: Call) -> None:
    _note(modem, "reset", "reboot", "reset", "reboot")
    _, first = await call("GET", "/modems/0/events", limit=2)
    assert first == {
        "events": [
            {"number": 1, "cause": 0, "time": 1.5, "kind": "reset"},
            {"number": 2, "cause": 0, "time": 1.5, "kind": "reboot"},
        ],
        "missed": 0,
        "next": 2,
    }
    _, rest = await call("GET", "/modems/0/events", after=2, kinds="reboot")
    assert [each["number"] for each in rest["events"]] == [4]
    assert "next" not in rest


async def test_events_are_streamed_from_now_on(modem: Modem, http: aiohttp.ClientSession) -> None:
    modem.reset()
    async with http.ws_connect("/modems/0/events") as socket:
        modem.switch(on=False)
        event = await _next(socket)
        assert (event["kind"], event["text"]) == ("power", "off")
        await socket.send_str("what is sent is not looked at")
        modem.switch(on=True)
        assert [(await _next(socket))["kind"] for _ in range(2)] == ["power", "reboot"]
    await _settled(lambda: not _followers(modem))


async def test_events_are_streamed_from_a_number_on_and_by_kind(
    modem: Modem, http: aiohttp.ClientSession
) -> None:
    _note(modem, "reset", "reboot", "reset", "bug")
    async with http.ws_connect("/modems/0/events?after=1&kinds=reset,power") as socket:
        _note(modem, "bug", "power")
        seen = [await _next(socket) for _ in range(2)]
    assert [(each["number"], each["kind"]) for each in seen] == [(3, "reset"), (6, "power")]


async def test_what_is_kept_no_more_is_counted(modem: Modem, http: aiohttp.ClientSession) -> None:
    """Of 4200 records the journal keeps 4096, of which 1024 wait for one reader."""
    crowd: list[Kind] = ["bug"] * 4200
    _note(modem, *crowd)
    async with http.ws_connect("/modems/0/events?after=0") as socket:
        assert await _next(socket) == {"missed": 3176}
        assert (await _next(socket))["number"] == 3177


async def test_a_slow_reader_is_told_how_many_it_missed(modem: Modem, url: str, call: Call) -> None:
    """One who does not read at all fills the buffers of the system first."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 12)
    writer.write(
        b"GET /modems/0/events HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    text, records = "x" * 4000, 0
    (follower,) = _followers(modem)
    while len(follower._waiting) < 200 or follower._missed < 5:
        for _ in range(100):
            modem.journal.record(0.0, "bug", text=text)
        records += 100
        await asyncio.sleep(0)
        assert records < 20000, "nothing ever has to wait"
    assert len(follower._waiting) <= WAITING_LIMIT
    seen, missed = b"", 0
    modem.journal.record(0.0, "bug", text="the last")
    while b"the last" not in seen:
        seen = seen[-100000:] + await asyncio.wait_for(reader.read(1 << 16), 20)
        if (at := seen.find(b'{"missed": ')) >= 0:
            missed += int(seen[at:].split(b"}")[0].split(b": ")[1])
            seen = seen[at + 12 :]
    assert missed > 0
    writer.close()
    await _settled(lambda: not _followers(modem))


async def test_a_reader_who_never_reads_does_not_hold_up_the_end(modem: Modem) -> None:
    async with Platforms([], further=(mount_of([modem]),)) as platforms:
        host, _, port = platforms.http_url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 12)
        writer.write(
            b"GET /modems/0/events HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        for _ in range(40):
            for _ in range(100):
                modem.journal.record(0.0, "bug", text="x" * 4000)
            await asyncio.sleep(0)
    assert not _followers(modem)
    writer.close()


async def test_readers_are_bounded(modem: Modem, http: aiohttp.ClientSession) -> None:
    sockets = [await http.ws_connect("/modems/0/events") for _ in range(FOLLOWER_LIMIT)]
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await http.ws_connect("/modems/0/events")
    assert caught.value.status == 429
    for socket in sockets:
        await socket.close()


async def test_pages_of_other_sites_may_not_follow(
    modem: Modem, http: aiohttp.ClientSession
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await http.ws_connect("/modems/0/events", headers={"Origin": "https://example.com"})
    assert caught.value.status == 403
    assert not _followers(modem)


async def test_a_wrong_field_refuses_the_websocket(http: aiohttp.ClientSession) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await http.ws_connect("/modems/0/events?kinds=serial")
    assert caught.value.status == 400


async def test_secrets_are_hidden_from_who_follows(
    modem: Modem, http: aiohttp.ClientSession, call: Call
) -> None:
    line = b'AT+MIPLCREATEEX="192.0.2.1:5684",0,"12345678","abcd1234"\r'
    async with http.ws_connect("/modems/0/events?kinds=serial_in,command") as socket:
        modem.data_received(line)
        told = [json.dumps(await _next(socket)) for _ in range(2)]
    told.append(json.dumps(await call("GET", "/modems/0/events")))
    for text in told:
        assert "AT+MIPLCREATEEX" in text
        assert "abcd1234" not in text
        assert "12345678" not in text


def _followers(modem: Modem) -> list[Follower]:
    return [sink for sink in modem.journal.sinks if isinstance(sink, Follower)]


async def _settled(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.001)
