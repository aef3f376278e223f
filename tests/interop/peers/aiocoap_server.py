"""An LwM2M server on aiocoap's own Context: its endpoint, its message layer, its observations.

It is as strict with a Register as the strictest servers measured (SV 2.1).
"""

import asyncio
import itertools
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import aiocoap
from aiocoap import Code, Message, Reliable, Unreliable, resource

from tests.bench import LoopThread
from tests.interop.peers.bodies import tlv
from tests.interop.peers.driver import (
    PATIENCE,
    Answer,
    Manners,
    Notification,
    Records,
    Registration,
)
from transport.link import Address

LINK, TLV = 40, 11542
VERSION = "1.0"


class AiocoapServer:
    """Reads and observes object instances, without Accept and with TLV; writes TLV."""

    def __init__(self) -> None:
        self.manners = Manners(
            level="instance", form="tlv", instances="tlv", tells_formats=True, cancels="RST"
        )
        self.records = Records()
        self._directory = _Directory(self.records)
        self._context: Any = None

    def start(self) -> None:
        self._thread = LoopThread("aiocoap")
        self.address = self._thread.submit(self._open()).result(PATIENCE)

    async def _open(self) -> Address:
        with reserved_port() as address:
            self._context = await aiocoap.Context.create_server_context(
                self._directory, bind=address, transports=["simplesocketserver"]
            )
        return address

    def stop(self) -> None:
        try:
            if self._context is not None:
                self._thread.submit(self._context.shutdown()).result(PATIENCE)
        finally:
            self._thread.close()

    def registered(self) -> list[str]:
        return [each.endpoint for each in list(self._directory.registrations.values())]

    def forget(self) -> None:
        self._directory.registrations.clear()

    def discover(self, path: str) -> Future[Answer]:
        return self._thread.submit(self._ask(Code.GET, path, accept=LINK))

    def read(self, path: str) -> Future[Answer]:
        return self._thread.submit(self._ask(Code.GET, path))

    def write(self, path: str, value: str) -> Future[Answer]:
        instance, _, number = path.rpartition("/")
        payload = tlv(int(number), value.encode())
        work = self._ask(Code.POST, instance, payload=payload, content_format=TLV)
        return self._thread.submit(work)

    def request(
        self,
        method: str,
        path: str,
        *,
        payload: bytes = b"",
        content_format: int | None = None,
        accept: int | None = None,
        confirmable: bool = True,
        block: int | None = None,
    ) -> Future[Answer]:
        """`block` stays what it is until another is given."""
        options: dict[str, Any] = {"content_format": content_format, "accept": accept}
        if block is not None:
            exponent = block.bit_length() - 5
            self._directory.remote.maximum_block_size_exp = exponent
            options |= {} if payload else {"block2": (0, False, exponent)}
        reliability = Reliable if confirmable else Unreliable
        work = self._ask(
            Code[method], path, payload=payload, transport_tuning=reliability, **options
        )
        return self._thread.submit(work)

    def serve(self, path: tuple[str, ...], body: bytes) -> None:
        """A file for whoever asks, in blocks if it is long."""
        self._directory.files[path] = body

    def execute(self, path: str, arguments: str) -> Future[Answer]:
        return self._thread.submit(self._ask(Code.POST, path, payload=arguments.encode()))

    def write_attributes(self, path: str, attributes: dict[str, str]) -> Future[Answer]:
        query = tuple(f"{name}={value}" for name, value in attributes.items())
        return self._thread.submit(self._ask(Code.PUT, path, uri_query=query))

    def observe(self, path: str, block: int | None = None) -> Future[Answer]:
        """`block`: the most bytes of a notification; the rest is fetched."""
        return self._thread.submit(self._observe(path, block))

    def cancel(self, path: str) -> None:
        self._thread.submit(self._cancel()).result(PATIENCE)

    async def _cancel(self) -> None:
        self._observation.cancel()

    async def _observe(self, path: str, block: int | None) -> Answer:
        block2 = None if block is None else (0, False, block.bit_length() - 5)
        message = self._message(Code.GET, path, observe=0, accept=TLV, block2=block2)
        request = self._context.request(message)
        self._observation = request.observation
        self._watching = asyncio.create_task(self._watch(path))
        return _answer(await request.response)

    async def _watch(self, path: str) -> None:
        async for message in self._observation:
            form = _content_format(message)
            self.records.notified.put(Notification(path, message.payload, form))

    async def _ask(self, code: Any, path: str, **options: Any) -> Answer:
        return _answer(await self._context.request(self._message(code, path, **options)).response)

    def _message(self, code: Any, path: str, **options: Any) -> Any:
        message = Message(code=code, uri_path=tuple(filter(None, path.split("/"))), **options)
        message.remote = self._directory.remote
        return message


class _Directory(resource.Resource):  # type: ignore[misc]
    """/rd and what is below it (LwM2M 1.0 8.2.3). `remote`: the device that spoke last."""

    def __init__(self, records: Records) -> None:
        super().__init__()
        self.registrations: dict[tuple[str, ...], Registration] = {}
        self.remote: Any = None
        self.files: dict[tuple[str, ...], bytes] = {}
        self._records = records
        self._numbers = itertools.count(1)

    async def render_get(self, request: Any) -> Any:
        body = self.files.get(tuple(request.opt.uri_path))
        return Message(code=Code.NOT_FOUND) if body is None else Message(payload=body)

    async def render_post(self, request: Any) -> Any:
        path = tuple(request.opt.uri_path)
        if path == ("rd",):
            return self._register(request)
        return self._update(path, request)

    def _register(self, request: Any) -> Any:
        query, objects = _query(request), request.payload.decode()
        if not {"ep", "lwm2m"} <= query.keys() or not objects or ", " in objects:
            return Message(code=Code.BAD_REQUEST)
        if query["lwm2m"] != VERSION:
            return Message(code=Code.PRECONDITION_FAILED)
        location = ("rd", str(next(self._numbers)))
        new = Registration(query["ep"], int(query.get("lt", 86400)), objects)
        self._store(location, new, request)
        self._records.registered.put(new)
        return Message(code=Code.CREATED, location_path=location)

    def _update(self, location: tuple[str, ...], request: Any) -> Any:
        old = self.registrations.get(location)
        if old is None:
            return Message(code=Code.NOT_FOUND)
        lifetime = int(_query(request).get("lt", old.lifetime))
        new = replace(old, lifetime=lifetime, objects=request.payload.decode())
        self._store(location, new, request)
        self._records.updated.put(new)
        return Message(code=Code.CHANGED)

    def _store(self, location: tuple[str, ...], new: Registration, request: Any) -> None:
        self.registrations[location] = new
        self.remote = request.remote

    async def render_delete(self, request: Any) -> Any:
        gone = self.registrations.pop(tuple(request.opt.uri_path), None)
        if gone is None:
            return Message(code=Code.NOT_FOUND)
        self._records.gone.put(gone.endpoint)
        return Message(code=Code.DELETED)


def _query(request: Any) -> dict[str, str]:
    return dict(each.partition("=")[::2] for each in request.opt.uri_query)


def _answer(message: Any) -> Answer:
    return Answer(message.code.dotted, message.payload, _content_format(message))


def _content_format(message: Any) -> int | None:
    form = message.opt.content_format
    return None if form is None else int(form)


@contextmanager
def reserved_port() -> Iterator[Address]:
    """A free port that nobody else gets meanwhile; aiocoap shares it, as it sets SO_REUSEPORT."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()
