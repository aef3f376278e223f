"""The reference with CoAP: aiocoap's own server, as it comes, with one resource at /3/0/0."""

import asyncio
from typing import Any

from aiocoap import Message, resource

from benchmarks.aiocoap_serving import serve


class Manufacturer(resource.Resource):  # type: ignore[misc]
    async def render_get(self, request: Any) -> Any:
        return Message(payload=b"CMIOT")


if __name__ == "__main__":
    site = resource.Site()
    site.add_resource(["3", "0", "0"], Manufacturer())
    asyncio.run(serve(site))
