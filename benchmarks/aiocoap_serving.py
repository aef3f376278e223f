"""aiocoap's own server, as it comes: with every transport that it has here."""

import asyncio
import socket
from typing import Any

from aiocoap import Context

ATTEMPTS = 20


async def serve(site: Any) -> None:
    """Print the port, then answer until killed."""
    print(await _listen(site), flush=True)
    await asyncio.Event().wait()


async def _listen(site: Any) -> int:
    """On a port that is free for UDP, and perhaps for TCP, which aiocoap takes as well."""
    for _ in range(ATTEMPTS):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        try:
            await Context.create_server_context(site, bind=("127.0.0.1", port))
        except OSError:
            continue
        return port
    raise OSError(f"{ATTEMPTS} ports were not free")
