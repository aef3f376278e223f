"""The reference with CoAP: aiocoap's own server, as it comes, with a trivial directory at /rd."""

import asyncio
from typing import Any

from aiocoap import CREATED, Message, resource

from benchmarks.aiocoap_serving import serve


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


if __name__ == "__main__":
    site = resource.Site()
    site.add_resource(["rd"], Directory())
    asyncio.run(serve(site))
