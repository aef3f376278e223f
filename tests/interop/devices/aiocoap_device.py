"""An LwM2M client on aiocoap's own Context: a site of resources that it observes by itself."""

from concurrent.futures import Future
from typing import Any

import aiocoap
from aiocoap import Code, Message, resource

from tests.bench import LoopThread
from tests.interop.devices.driver import (
    EXECUTABLES,
    INSTANCES,
    VALUES,
    Answer,
    Records,
    Told,
    Traits,
)
from tests.interop.peers.aiocoap_server import reserved_port
from tests.interop.peers.bodies import tlv
from tests.interop.peers.driver import PATIENCE
from transport.link import Address

TEXT, LINK, OPAQUE, TLV = 0, 40, 42, 11542


class AiocoapDevice:
    """Answers resources as text, those of object 19 as octet-stream, and instances in TLV."""

    def __init__(self) -> None:
        self.traits = Traits()
        self.records = Records()
        self._context: Any = None
        self._server = self._location = ""
        self._tree = {path: _Resource(path, value, self) for path, value in VALUES.items()}
        self._instances = {path: _Instance(path, self) for path in INSTANCES}

    def start(self) -> None:
        self._thread = LoopThread("aiocoap device")
        self._thread.submit(self._open()).result(PATIENCE)

    async def _open(self) -> None:
        site = resource.Site()
        for path, each in {**self._tree, **self._instances}.items():
            site.add_resource(path.split("/")[1:], each)
        for path in EXECUTABLES:
            site.add_resource(path.split("/")[1:], _Executable(path, self.records))
        with reserved_port() as address:
            self._context = await aiocoap.Context.create_server_context(
                site, bind=address, transports=["simplesocketserver"]
            )

    def stop(self) -> None:
        try:
            if self._context is not None:
                self._thread.submit(self._context.shutdown()).result(PATIENCE)
        finally:
            self._thread.close()

    def register(self, server: Address, endpoint: str, lifetime: int) -> Future[Answer]:
        self._server = f"coap://{server[0]}:{server[1]}"
        links = ",".join(f"<{path}>" for path in INSTANCES)
        query = f"/rd?ep={endpoint}&lt={lifetime}&lwm2m=1.0&b=U"
        return self._thread.submit(self._register(query, links.encode()))

    async def _register(self, query: str, links: bytes) -> Answer:
        created = await self._ask(Code.POST, query, links)
        self._location = "/" + "/".join(created.opt.location_path)
        return Answer(created.code.dotted, self._location)

    def update(self, lifetime: int) -> Future[Answer]:
        return self._thread.submit(self._at_location(Code.POST, f"?lt={lifetime}"))

    def deregister(self) -> Future[Answer]:
        return self._thread.submit(self._at_location(Code.DELETE))

    async def _at_location(self, code: Code, query: str = "") -> Answer:
        answer = await self._ask(code, self._location + query)
        return Answer(answer.code.dotted, self._location)

    async def _ask(self, code: Code, path: str, links: bytes = b"") -> Any:
        request = Message(code=code, uri=self._server + path, payload=links)
        if links:
            request.opt.content_format = LINK
        return await self._context.request(request).response

    def report(self, path: str, value: str) -> Future[None]:
        async def become() -> None:
            self.become(path, value.encode())

        return self._thread.submit(become())

    # for its resources

    def become(self, path: str, value: bytes) -> None:
        self._tree[path].value = value
        for each in (self._tree[path], self._instances[path.rpartition("/")[0]]):
            each.updated_state()

    def written(self, path: str, payload: bytes) -> Any:
        self.records.written.put(Told(path, payload))
        self.become(path, payload)
        return Message(code=Code.CHANGED)

    def written_in_tlv(self, payload: bytes) -> Any:
        """Resource 5750 with a value of four bytes (LwM2M 1.0 6.4.3)."""
        assert payload[:3] == b"\xe4\x16\x76", payload
        return self.written("/3200/0/5750", payload[3:])

    def content(self, instance: str) -> bytes:
        """TLV of its resources (LwM2M 1.0 6.4.3)."""
        own = (path for path in self._tree if path.startswith(f"{instance}/"))
        return b"".join(tlv(int(path.split("/")[3]), self._tree[path].value) for path in own)

    def links(self, instance: str) -> bytes:
        own = [path for path in (*VALUES, *EXECUTABLES) if path.startswith(f"{instance}/")]
        return ",".join(f"<{path}>" for path in (instance, *own)).encode()


def _content(payload: bytes, content_format: int) -> Any:
    answer = Message(payload=payload)
    answer.opt.content_format = content_format
    return answer


class _Resource(resource.ObservableResource):  # type: ignore[misc]  # aiocoap is not typed for us
    def __init__(self, path: str, value: str, device: AiocoapDevice) -> None:
        super().__init__()
        self.value = value.encode()
        self._path, self._device = path, device
        self._format = OPAQUE if path.startswith("/19/") else TEXT

    async def render_get(self, request: Any) -> Any:
        return _content(self.value, self._format)

    async def render_put(self, request: Any) -> Any:
        if request.opt.content_format == TLV:
            return self._device.written_in_tlv(request.payload)
        assert request.opt.content_format == self._format
        return self._device.written(self._path, request.payload)


class _Instance(resource.ObservableResource):  # type: ignore[misc]  # aiocoap is not typed for us
    def __init__(self, path: str, device: AiocoapDevice) -> None:
        super().__init__()
        self._path, self._device = path, device

    async def render_get(self, request: Any) -> Any:
        if request.opt.accept == LINK:
            return _content(self._device.links(self._path), LINK)
        return _content(self._device.content(self._path), TLV)

    async def render_post(self, request: Any) -> Any:
        assert request.opt.content_format == TLV
        return self._device.written_in_tlv(request.payload)


class _Executable(resource.Resource):  # type: ignore[misc]  # aiocoap is not typed for us
    def __init__(self, path: str, records: Records) -> None:
        super().__init__()
        self._path, self._records = path, records

    async def render_post(self, request: Any) -> Any:
        self._records.executed.put(Told(self._path, request.payload))
        return Message(code=Code.CHANGED)
