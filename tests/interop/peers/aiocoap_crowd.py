"""An LwM2M server of many devices on aiocoap's Context, in a process of its own.

`python -m tests.interop.peers.aiocoap_crowd` prints HOST:PORT. Each device that registers is
observed at /3200/0. When stdin ends, it prints how many different reports it has got and from how
many devices, as JSON, and ends.
"""

import asyncio
import itertools
import json
import sys
from typing import Any

import aiocoap
from aiocoap import Code, Message, resource

from tests.interop.peers.aiocoap_server import reserved_port

TLV = 11542


class Crowd(resource.Resource):  # type: ignore[misc]
    """/rd and what is below it (LwM2M 1.0 8.2.3), for as many devices as there come."""

    def __init__(self) -> None:
        super().__init__()
        self.context: Any = None
        self.reports: dict[str, set[bytes]] = {}
        self._numbers = itertools.count(1)
        self._watches: set[asyncio.Task[None]] = set()

    async def render_delete(self, request: Any) -> Any:
        return Message(code=Code.DELETED)

    async def render_post(self, request: Any) -> Any:
        if request.opt.uri_path != ("rd",):
            return Message(code=Code.CHANGED)
        query = dict(each.partition("=")[::2] for each in request.opt.uri_query)
        watch = asyncio.create_task(self._observe(query["ep"], request.remote))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)
        return Message(code=Code.CREATED, location_path=("rd", str(next(self._numbers))))

    async def _observe(self, endpoint: str, remote: Any) -> None:
        message = Message(code=Code.GET, uri_path=("3200", "0"), observe=0, accept=TLV)
        message.remote = remote
        request = self.context.request(message)
        await request.response
        async for notification in request.observation:
            self.reports.setdefault(endpoint, set()).add(notification.payload)

    def stop(self) -> None:
        for watch in list(self._watches):
            watch.cancel()


async def main() -> None:
    crowd = Crowd()
    with reserved_port() as (host, port):
        crowd.context = await aiocoap.Context.create_server_context(
            crowd, bind=(host, port), transports=["simplesocketserver"]
        )
    print(f"{host}:{port}", flush=True)
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, over.set)
    await over.wait()
    loop.remove_reader(sys.stdin)
    crowd.stop()
    counts = [len(each) for each in crowd.reports.values()]
    print(json.dumps({"reports": sum(counts), "devices": len(counts)}), flush=True)
    await crowd.context.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
