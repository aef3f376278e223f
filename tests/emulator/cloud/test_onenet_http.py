"""OneNET's calls over HTTP: manual 5.2 as it is printed, and OneNET's documents."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from emulator.cloud.service import Cloud
from transport.udp import open_udp

Device = Any  # conftest.py's
Call = Callable[..., Any]

IMEI = "869975030000461"
TARGET = {"imei": IMEI, "obj_id": "3200", "obj_inst_id": "0"}
RESOURCE = {**TARGET, "res_id": "5750"}
SUCC = {"errno": 0, "error": "succ"}

# manual 5.2, Content-Length: 225 there counts CRLF
CREATE = b"""{
"title":"test000",
"desc":"some description",
"tags": ["china","mobile"],
"protocol":"LWM2M",
"auth_info": {"869975030000461":"1064826326459"},
"obsv":true,
"psk":"1234abcd"
}"""


def notify(device: Device, mid: int, text: bytes) -> None:
    """NON 2.05 with the token of the Observe of /3200/0, Observe 2, TLV of 5750 (RFC 7641 3.2)."""
    token = device.heard[1][4:8]
    head = b"\x54\x45" + mid.to_bytes(2, "big") + token + b"\x61\x02\x62\x2d\x16"
    device.link.send(head + b"\xff" + bytes((0xE0 | len(text),)) + b"\x16\x76" + text)


@pytest.mark.asyncio
async def test_5_2_create_device_word_for_word(cloud: Cloud) -> None:
    """manual 5.2"""
    async with aiohttp.ClientSession() as http:
        answer = await http.post(f"{cloud.http_url}/devices", data=CREATE)
        assert (
            await answer.text()
            == '{"errno":0,"data":{"device_id":"516072121","psk":"1234abcd"},"error":"succ"}'
        )
        url = f"{cloud.http_url}/nbiot/device/accpsk?imei=869975030000461"
        answer = await http.post(url, data=b'{\n"key":"abcdefge"\n}')
        assert await answer.text() == '{"errno":0,"error":"succ"}'
    (declared,) = cloud.declared
    assert (declared.imsi, declared.bootstrap_psk, declared.psk) == (
        "1064826326459",
        b"1234abcd",
        b"abcdefge",
    )


@pytest.mark.asyncio
async def test_a_created_device_is_listed_found_and_deleted(cloud: Cloud, call: Call) -> None:
    await call("POST", "/devices", data=CREATE)
    _, envelope = await call("POST", "/devices", data=CREATE)
    assert envelope == {
        "errno": 5108,
        "error": f"invalid parameter: auth_info: {IMEI} is there already",
    }
    _, envelope = await call("GET", "/devices")
    (row,) = envelope["data"]["devices"]
    assert len(row.pop("create_time")) == len("2019-04-24 14:54:29")
    assert row == {
        "id": "516072121",
        "title": "test000",
        "desc": "some description",
        "tags": ["china", "mobile"],
        "protocol": "LwM2M",
        "online": False,
        "auth_info": {IMEI: "1064826326459"},
    }
    for name in ("516072121", IMEI):
        _, envelope = await call("GET", f"/devices/{name}")
        assert envelope["data"]["obsv"] is True
        assert envelope["data"]["rg_id"] == IMEI
        assert "1234abcd" not in str(envelope)
    _, envelope = await call("GET", "/devices/getbyimei", {"imei": IMEI})
    assert envelope["data"]["id"] == "516072121"
    _, envelope = await call("GET", "/nbiot/device/accpsk", {"imei": IMEI})
    assert envelope == {"errno": 1, "error": f"auth failed: no key of {IMEI}"}
    await call("POST", "/nbiot/device/accpsk", {"imei": IMEI}, b'{"key":"abcdefge"}')
    _, envelope = await call("GET", "/nbiot/device/accpsk", {"imei": IMEI})
    assert envelope == {**SUCC, "data": {"psk": "abcdefge"}}
    # known, but not there
    _, envelope = await call("GET", "/nbiot", RESOURCE)
    assert envelope["errno"] == 2001
    assert await call("DELETE", "/devices/516072121") == (200, SUCC)
    assert cloud.declared == ()
    _, envelope = await call("DELETE", "/devices/516072121")
    assert envelope == {"errno": 1, "error": "auth failed: no device '516072121'"}


@pytest.mark.asyncio
async def test_a_key_is_welcome_from_devices_that_nobody_declared_unless_strict(
    cloud: Cloud, call: Call
) -> None:
    key = b'{"key":"abcdefge"}'
    assert await call("POST", "/nbiot/device/accpsk", {"imei": "1"}, key) == (200, SUCC)
    await call("PATCH", "/platforms/onenet/switches", data=b'{"strict_devices":"on"}')
    _, envelope = await call("POST", "/nbiot/device/accpsk", {"imei": "2"}, key)
    assert envelope["errno"] == 1


@pytest.mark.asyncio
async def test_a_deleted_device_hears_of_it_at_its_next_update(
    cloud: Cloud, online: Device, call: Call
) -> None:
    assert await call("DELETE", f"/devices/{IMEI}") == (200, SUCC)
    online.link.send(b"\x40\x02\x12\x34" + online.location)
    while online.heard[-1][2:4] != b"\x12\x34":
        await call("GET", "/devices")
    assert online.heard[-1] == b"\x60\x84\x12\x34"  # 4.04: event 31


@pytest.mark.asyncio
async def test_decision_49_observe_with_conditions_and_cancel(online: Device, call: Call) -> None:
    query = {**RESOURCE, "cancel": "false", "pmin": "5", "pmax": "30"}
    assert await call("POST", "/nbiot/observe", query) == (200, SUCC)
    assert [asked for asked, _ in online.asked[-2:]] == [
        b"PUT /3200/0/5750",
        b"GET observe /3200/0/5750",
    ]
    assert b"\x46pmin=5\x07pmax=30" in online.heard[-2]
    online.answers[b"GET observe /3200/0/5750"] = b"\x45"
    assert await call("POST", "/nbiot/observe", {**RESOURCE, "cancel": "true"}) == (200, SUCC)
    assert b"\x61\x01" in online.heard[-1]  # Observe 1, with the same token
    assert online.heard[-1][4:8] == online.heard[-2][4:8]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("more", "detail"),
    [
        ({"pmin": "30", "pmax": "5"}, "pmax: less than pmin"),
        ({"lt": "10", "gt": "5"}, "lt: lt + 2 * st is not less than gt"),
        ({"lt": "1", "gt": "5", "st": "2"}, "lt: lt + 2 * st is not less than gt"),
        ({"pmin": "x"}, "pmin: not a number from 0 to 2147483648"),
        ({"gt": "1e5"}, "gt: not a decimal number"),
    ],
)
async def test_onenet_conditions_that_cannot_be(
    online: Device, call: Call, more: dict[str, str], detail: str
) -> None:
    asked = len(online.asked)
    _, envelope = await call("POST", "/nbiot/observe", {**RESOURCE, **more})
    assert envelope == {"errno": 5108, "error": f"invalid parameter: {detail}"}
    _, envelope = await call("POST", "/nbiot/observe", {**TARGET, "gt": "5"})
    assert envelope == {"errno": 5108, "error": "invalid parameter: gt: without res_id"}
    assert len(online.asked) == asked


@pytest.mark.asyncio
async def test_discover_and_the_resource_list(online: Device, call: Call) -> None:
    known = {"obj_id": 3200, "instances": [{"inst_id": 0, "resources": [5750]}]}
    _, envelope = await call("GET", "/nbiot/resources", {"imei": IMEI})
    assert envelope["data"] == {"total_count": 1, "item": [known]}
    _, envelope = await call("GET", "/nbiot/resources", {"imei": IMEI, "obj_id": "3201"})
    assert envelope["data"] == {"total_count": 0, "item": []}
    asked = len(online.asked)
    _, envelope = await call("GET", "/nbiot/discover", {"imei": IMEI, "obj_id": "3200"})
    assert envelope == {**SUCC, "data": [{"obj_inst_id": 0, "res_id": [5750]}]}
    assert [each for each, _ in online.asked[asked:]] == [b"GET discover /3200"]


@pytest.mark.asyncio
async def test_data_points_and_streams(cloud: Cloud, online: Device, call: Call) -> None:
    for mid, text in ((7, b"abcd"), (8, b"efgh")):
        notify(online, mid, text)
        await cloud.notified(IMEI)
    _, envelope = await call("GET", f"/devices/{IMEI}/datapoints", {"limit": "5"})
    (stream,) = envelope["data"]["datastreams"]
    assert stream["id"] == "3200_0_5750"
    assert [point["value"] for point in stream["datapoints"]] == ["efgh", "abcd"]
    _, envelope = await call("GET", f"/devices/{IMEI}/datastreams")
    assert [row["current_value"] for row in envelope["data"]] == ["efgh"]
    _, envelope = await call("GET", f"/devices/{IMEI}/datastreams/3200_0_5750")
    assert envelope["data"]["id"] == "3200_0_5750"
    _, envelope = await call("GET", f"/devices/{IMEI}/datastreams/3200_0_1")
    assert envelope["errno"] == 5108
    _, envelope = await call("GET", "/devices/datapoints", {"devIds": IMEI})
    (device,) = envelope["data"]["devices"]
    assert device["datastreams"][0]["value"] == "efgh"
    _, envelope = await call("GET", "/devices/status", {"devIds": IMEI})
    assert envelope["data"] == {
        "total_count": 1,
        "devices": [{"id": IMEI, "title": IMEI, "online": True}],
    }


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("item", "detail"),
    [
        ('{"val":1,"res_id":1},{"val":1,"res_id":1}', "data[1].res_id: twice"),
        ('{"res_id":1,"val":9223372036854775808}', "data[0].val: no resource can hold it"),
        ('{"res_id":1,"val":"abc","type":1}', "data[0].val: not hexadecimal"),
        ('{"res_id":1,"val":"x","type":2}', "data[0].val: not a time in seconds"),
    ],
)
async def test_values_that_cannot_be_written(
    online: Device, call: Call, item: str, detail: str
) -> None:
    body = f'{{"data":[{item}]}}'.encode()
    _, envelope = await call("POST", "/nbiot", {**TARGET, "mode": "2"}, body)
    assert envelope == {"errno": 5108, "error": f"invalid parameter: {detail}"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("item", "tlv"),
    [
        # LwM2M 1.0 6.4.3: C1 one byte, C2 two, E4 and id 5750 = 16 76
        ('"res_id":1,"val":true', b"\xc1\x01\x01"),
        ('"res_id":1,"val":-5', b"\xc1\x01\xfb"),
        ('"res_id":1,"val":"0aFF","type":1', b"\xc2\x01\x0a\xff"),  # OneNET: opaque as hexadecimal
        ('"res_id":1,"val":1600000000,"type":2', b"\xc4\x01\x5f\x5e\x10\x00"),
        ('"res_id":1,"val":24.5', b"\xc4\x01\x41\xc4\x00\x00"),
        ('"res_id":5750,"val":"abcd"', b"\xe4\x16\x76abcd"),
    ],
)
async def test_values_by_json_type_and_type(
    online: Device, call: Call, item: str, tlv: bytes
) -> None:
    body = f'{{"data":[{{{item}}}]}}'.encode()
    assert await call("POST", "/nbiot", {**TARGET, "mode": "2"}, body) == (200, SUCC)
    assert online.asked[-1] == (b"POST /3200/0", tlv)


@pytest.mark.asyncio
async def test_5_2_obsv_false_leaves_the_device_unobserved(
    cloud: Cloud, device: Device, register: Callable[..., bytes], call: Call
) -> None:
    await call("POST", "/devices", data=CREATE.replace(b"true", b"false"))
    device.link = await open_udp(cloud.server_address, device)
    device.link.send(register(b"lt=3000"))
    await cloud.ready(IMEI)
    assert [asked for asked, _ in device.asked] == [b"GET discover /3200", b"GET /3/0"]
    # an Update with another instance: Content-Format 40 (RFC 6690)
    device.link.send(b"\x40\x02\x10\x00" + device.location + b"\x11\x28\xff</3200/0>,</3201/0>")
    await cloud.happened(cloud.events()[-1].number, IMEI)
    await cloud.ready(IMEI)
    assert [asked for asked, _ in device.asked[2:]] == [b"GET discover /3201"]
    device.link.close()


@pytest.mark.asyncio
async def test_onenets_calls_are_only_there_where_it_runs() -> None:
    async with Cloud("ctwing", http=True) as cloud, aiohttp.ClientSession() as http:
        answer = await http.get(f"{cloud.http_url}/devices")
        assert answer.status == 404
        message = "GET /devices: Not Found"
        assert await answer.json() == {"error": {"kind": "not served", "message": message}}
