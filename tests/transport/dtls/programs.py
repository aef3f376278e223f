"""Programs of others that speak DTLS, each in a process of its own."""

import asyncio
import re
import shutil
import socket
from types import TracebackType

import pytest

PATIENCE = 20.0  # seconds; gnutls takes one to start when it logs all it does
HOST = "127.0.0.1"


def missing(*names: str) -> str | None:
    """What is not installed of these and of `stdbuf`; None: nothing."""
    lacking = [name for name in (*names, "stdbuf") if shutil.which(name) is None]
    return f"there is no {', no '.join(lacking)}" if lacking else None


def free_ports() -> int:
    """A port that is free, with the next one: libcoap's servers take both."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
        ):
            one.bind((HOST, 0))
            port: int = one.getsockname()[1]
            try:
                two.bind((HOST, port + 1))
            except OSError:
                continue
            return port


class Program:
    """`async with Program("openssl", …) as program:`; killed at the end. `said`: all its output."""

    def __init__(self, *command: str) -> None:
        self._command = command
        self.said = ""
        self._heard = asyncio.Event()

    async def __aenter__(self) -> "Program":
        self._process = await asyncio.create_subprocess_exec(
            *("stdbuf", "-oL", *self._command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while data := await self._process.stdout.read(1 << 16):
            self.said += data.decode("latin-1")  # every byte a character
            self._heard.set()

    def type(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode("latin-1"))

    async def says(self, pattern: str) -> str:
        """The first group of the pattern, once it is in the output."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (found := re.search(pattern, self.said)) is None:
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            pytest.fail(f"{self._command} did not say {pattern!r}:\n{self.said[-4000:]}")
        return found[1] if found.groups() else found[0]
