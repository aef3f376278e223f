"""The reference in Python: a bare `add_reader` on a pty that answers every carriage return."""

import asyncio
import os
import tty


async def serve() -> None:
    """Print the device path, then answer until killed."""
    master, slave = os.openpty()
    tty.setraw(slave)

    def readable() -> None:
        for _ in range(os.read(master, 4096).count(b"\r")):
            os.write(master, b"\r\nOK\r\n")

    asyncio.get_running_loop().add_reader(master, readable)
    print(os.ttyname(slave), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
