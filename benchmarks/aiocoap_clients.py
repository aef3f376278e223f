"""The reference with CoAP: as many of aiocoap's clients, each sends a Register and gets 2.01.

    python -m benchmarks.aiocoap_clients PORT COUNT

Prints the seconds from the first to the last. The transport is the quickest of its own that leaves
each client a socket: one socket for all would be one device.
"""

import asyncio
import sys
import time

from aiocoap import CREATED, POST, Context, Message

FIRST_IMEI = 869975030000000


async def register(context: Context, number: int, port: int) -> None:
    message = Message(
        code=POST,
        uri=f"coap://127.0.0.1:{port}/rd?ep={FIRST_IMEI + number}&lt=86400",
        payload=b"</3200/0>",
    )
    message.opt.content_format = 40
    answer = await context.request(message).response
    assert answer.code == CREATED


async def main(port: int, count: int) -> None:
    contexts = [await Context.create_client_context(transports=["simple6"]) for _ in range(count)]
    start = time.perf_counter()
    await asyncio.gather(
        *(register(context, number, port) for number, context in enumerate(contexts))
    )
    print(time.perf_counter() - start, flush=True)
    await asyncio.gather(*(context.shutdown() for context in contexts))


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
