"""The reference with CoAP: aiocoap's own server, as it comes, with a trivial directory at /rd."""

import asyncio
import socket
from typing import Any

from aiocoap import CREATED, Context, Message, resource


class Directory(resource.Resource):  # type: ignore[misc]
    """Keeps who has registered, and asks nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._registered: dict[str, tuple[Any, bytes]] = {}

    async def render_post(self, request: Any) -> Any:
        endpoint = next(query for query in request.opt.uri_query if query.startswith("ep="))
        self._registered[endpoint] = request.remote, request.payload
        answer = Message(code=CREATED)
        answer.opt.location_path = ("rd", str(len(self._registered)))
        return answer


async def serve() -> None:
    """Print the port, then answer until killed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    site = resource.Site()
    site.add_resource(["rd"], Directory())
    await Context.create_server_context(site, bind=("127.0.0.1", port))
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
