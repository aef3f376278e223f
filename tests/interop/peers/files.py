"""CoAP servers of others that offer one file, `/new`, in blocks."""

import re
import subprocess
from queue import Queue
from typing import Any

import aiocoap
from aiocoap import resource

from tests.bench import LoopThread
from tests.interop.peers.aiocoap_server import reserved_port
from tests.interop.peers.driver import PATIENCE
from tests.interop.peers.libcoap_log import Logged
from tests.interop.peers.libcoap_program import CLIENT, FILES, Program, serve
from transport.link import Address

UPLOAD_BLOCK = 1024  # bytes of a block in which the file gets to libcoap's server


class AiocoapFiles:
    """aiocoap's own Context, which cuts the file as it is asked to."""

    def __init__(self, file: bytes) -> None:
        self._file = file
        self._context: Any = None

    def start(self) -> None:
        self._thread = LoopThread("files")
        self.address: Address = self._thread.submit(self._open()).result(PATIENCE)

    async def _open(self) -> Address:
        site = resource.Site()
        site.add_resource(["new"], _File(self._file))
        with reserved_port() as address:
            self._context = await aiocoap.Context.create_server_context(
                site, bind=address, transports=["simplesocketserver"]
            )
        return address

    def stop(self) -> None:
        try:
            if self._context is not None:
                self._thread.submit(self._context.shutdown()).result(PATIENCE)
        finally:
            self._thread.close()


class _File(resource.Resource):  # type: ignore[misc]
    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content

    async def render_get(self, request: Any) -> Any:
        return aiocoap.Message(payload=self._content)


class LibcoapFiles:
    """libcoap's example server. `lost`: which of its answers get lost on the way, by their numbers
    from 1, as in `2,5-7`. `asked`: the message ids of the requests that it has got."""

    def __init__(self, file: bytes, lost: str = "") -> None:
        self._file = file
        self._lost = lost
        self.asked: Queue[int] = Queue()
        self._program: Program | None = None

    def start(self) -> None:
        def said(message: Logged) -> None:
            if not message.sent and message.code == "GET":
                self.asked.put(message.mid)

        self._program, self.address = serve([FILES, "-d", "1", *self._losses()], said)
        host, port = self.address
        self._upload(f"coap://{host}:{port}/new")

    def _losses(self) -> list[str]:
        """The file has to get there first: those answers are counted, too."""
        before = -(-len(self._file) // UPLOAD_BLOCK)
        moved = re.sub(r"\d+", lambda number: str(int(number[0]) + before), self._lost)
        return ["-l", moved] if moved else []

    def _upload(self, uri: str) -> None:
        command = [CLIENT, "-m", "put", "-t", "42", "-b", str(UPLOAD_BLOCK), "-f", "-", uri]
        subprocess.run(command, input=self._file, timeout=PATIENCE, check=True)

    def stop(self) -> None:
        """At once; it may be dead already."""
        program, self._program = self._program, None
        if program is not None:
            program.stop()
