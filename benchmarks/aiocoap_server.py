"""The reference with CoAP: aiocoap's own server, as it comes, with one resource at /3/0/0."""

import asyncio
import socket
from typing import Any

from aiocoap import Context, Message, resource


class Manufacturer(resource.Resource):  # type: ignore[misc]
    async def render_get(self, request: Any) -> Any:
        return Message(payload=b"CMIOT")


async def serve() -> None:
    """Print the port, then answer until killed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    site = resource.Site()
    site.add_resource(["3", "0", "0"], Manufacturer())
    await Context.create_server_context(site, bind=("127.0.0.1", port))
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
