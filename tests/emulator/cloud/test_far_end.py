"""A device that we did not write: aiocoap, over real UDP on loopback, is the LwM2M client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiocoap
import aiocoap.resource
import pytest
import pytest_asyncio

from emulator.cloud.errors import Refused
from emulator.cloud.service import Cloud

IMEI = "869975030000461"
TLV = 11542
ABCD = b"\xe4\x16\x76abcd"


class Instance(aiocoap.resource.ObservableResource):  # type: ignore[misc]  # aiocoap is not typed for us
    """3200/0, which keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.body = ABCD
        self.written: list[tuple[str, int | None, bytes]] = []

    async def render_get(self, request: aiocoap.Message) -> aiocoap.Message:
        answer = aiocoap.Message(payload=self.body)
        answer.opt.content_format = TLV
        return answer

    async def render_post(self, request: aiocoap.Message) -> aiocoap.Message:
        self.written.append((str(request.code), request.opt.content_format, request.payload))
        self.body = request.payload
        return aiocoap.Message(code=aiocoap.CHANGED)

    render_put = render_post

    def report(self, body: bytes) -> None:
        self.body = body
        self.updated_state()


class Text(aiocoap.resource.Resource):  # type: ignore[misc]  # aiocoap is not typed for us
    """3200/0/5750: read as text, executed with arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.arguments: list[bytes] = []

    async def render_get(self, request: aiocoap.Message) -> aiocoap.Message:
        answer = aiocoap.Message(payload=b"abcd")
        answer.opt.content_format = 0
        return answer

    async def render_post(self, request: aiocoap.Message) -> aiocoap.Message:
        self.arguments.append(request.payload)
        return aiocoap.Message(code=aiocoap.CHANGED)


class ObjectList(aiocoap.resource.Resource):  # type: ignore[misc]  # aiocoap is not typed for us
    async def render_get(self, request: aiocoap.Message) -> aiocoap.Message:
        answer = aiocoap.Message(payload=b"</3200>,</3200/0>,</3200/0/5750>")
        answer.opt.content_format = 40
        return answer


class FarEnd:
    def __init__(self) -> None:
        self.instance, self.text = Instance(), Text()
        site = aiocoap.resource.Site()
        site.add_resource(["3200"], ObjectList())
        site.add_resource(["3200", "0"], self.instance)
        site.add_resource(["3200", "0", "5750"], self.text)
        self.site = site
        self.context: aiocoap.Context

    async def request(self, cloud: Cloud, code: Any, path: str, payload: bytes = b"") -> Any:
        host, port = cloud.server_address
        request = aiocoap.Message(code=code, uri=f"coap://{host}:{port}{path}", payload=payload)
        if payload:
            request.opt.content_format = 40
        return await self.context.request(request).response


@pytest_asyncio.fixture
async def far_end() -> AsyncIterator[FarEnd]:
    end = FarEnd()
    end.context = await aiocoap.Context.create_server_context(
        end.site, bind=("127.0.0.1", 0), transports=["simplesocketserver"]
    )
    yield end
    await end.context.shutdown()


@pytest.mark.asyncio
async def test_it_registers_is_asked_reports_and_leaves(far_end: FarEnd) -> None:
    async with Cloud() as cloud:
        created = await far_end.request(
            cloud,
            aiocoap.POST,
            f"/rd?ep={IMEI}&lt=3000&lwm2m=1.0&b=U",
            b'</>;rt="oma.lwm2m",</3200/0>',
        )
        assert created.code == aiocoap.CREATED
        location = "/" + "/".join(created.opt.location_path)
        await cloud.ready(IMEI)

        assert await cloud.read(IMEI, "/3200/0/5750") == "abcd"
        await cloud.write(IMEI, "/3200/0/5750", "efgh")
        assert far_end.instance.written == [("POST", TLV, b"\xe4\x16\x76efgh")]
        await cloud.execute(IMEI, "/3200/0/5750", "ping")
        assert far_end.text.arguments == [b"ping"]
        links = await cloud.discover(IMEI, "/3200")
        assert [link.target for link in links] == ["/3200", "/3200/0", "/3200/0/5750"]
        with pytest.raises(Refused):
            await cloud.read_all(IMEI, "/3/0")

        far_end.instance.report(b"\xe4\x16\x76ijkl")
        assert (await cloud.notified(IMEI, "/3200/0/5750")).value == "ijkl"

        updated = await far_end.request(cloud, aiocoap.POST, f"{location}?lt=60")
        assert updated.code == aiocoap.CHANGED
        deleted = await far_end.request(cloud, aiocoap.DELETE, location)
        assert deleted.code == aiocoap.DELETED
        assert [device.online for device in cloud.devices] == [False]


@pytest.mark.asyncio
async def test_many_devices_at_once(far_end: FarEnd) -> None:
    ends = [far_end]
    async with Cloud() as cloud:
        try:
            for _ in range(4):
                end = FarEnd()
                end.context = await aiocoap.Context.create_server_context(
                    end.site, bind=("127.0.0.1", 0), transports=["simplesocketserver"]
                )
                ends.append(end)
            await asyncio.gather(
                *(
                    end.request(cloud, aiocoap.POST, f"/rd?ep=device-{n}", b"</3200/0>")
                    for n, end in enumerate(ends)
                )
            )
            for number in range(5):
                await cloud.ready(f"device-{number}")
                assert await cloud.read(f"device-{number}", "/3200/0/5750") == "abcd"
        finally:
            for end in ends[1:]:
                await end.context.shutdown()
