"""GET → 2.05 over UDP on loopback: the same client for all, and servers in processes of their own.

The modem is registered with the very socket that asks afterwards: it answers nobody else.
"""

import os
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from statistics import median
from threading import Thread
from typing import Literal

from benchmarks.processes import MODEM, compiled, python, server
from benchmarks.rounds import Figure, interleave

ECHO, AIOCOAP = "bare asyncio echo", "aiocoap's server"

BATCH = 100  # answers, as in udp_client.c
SENT_BACK, CONTENT = 1, 69  # the code of the GET itself, 2.05

LOG_IN = (
    b'AT+MIPLCREATEEX="127.0.0.1:5683",0\rAT+MIPLADDOBJ=0,3200,1,"1",0,0\rAT+MIPLOPEN=0,86400,30\r'
)

Language = Literal["C", "Python"]  # of the client
Served = Callable[[socket.socket], AbstractContextManager[None]]


def rates(language: Language, rounds: int, count: int, window: int) -> tuple[Figure, ...]:
    """Answers a second with `window` GETs under way: the median batch of `count` in each round.

    The client in C leaves a server the most of the machine; the one in Python, an asyncio protocol,
    is what servers are mostly asked with. All servers stay up, so that rounds can be short.
    """
    subjects: dict[str, tuple[Served, int]] = {
        ECHO: (partial(_reference, "udp_echo"), SENT_BACK),
        AIOCOAP: (partial(_reference, "aiocoap_server"), CONTENT),
        "modem, silent (module_read_urc off)": (partial(_modem, "off"), CONTENT),
        "modem, a +MIPLREAD line for each": (partial(_modem, "on"), CONTENT),
    }
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        name = "udp_client"
        client = python(name) if language == "Python" else [compiled(name, folder)]

        def ready(served: Served, code: int) -> Callable[[], float]:
            own = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            own.bind(("127.0.0.1", 0))
            stack.enter_context(served(own))
            mids = iter(range(0, 65536, count))
            _batches(client, own, next(mids), count, window, code)  # to warm up
            return lambda: (
                BATCH * 1e9 / median(_batches(client, own, next(mids), count, window, code))
            )

        measures = {name: ready(*subject) for name, subject in subjects.items()}
        return interleave(measures, rounds, "GETs/s")


def _batches(client: list[str], own: socket.socket, *numbers: int) -> list[int]:
    """What the client prints: first message id, count, window and code are its arguments."""
    arguments = map(str, (own.fileno(), *numbers))
    done = subprocess.run(
        [*client, *arguments],
        check=True,
        capture_output=True,
        text=True,
        pass_fds=(own.fileno(),),
    )
    return [int(line) for line in done.stdout.split()]


@contextmanager
def _reference(name: str, own: socket.socket) -> Iterator[None]:
    with server(python(name)) as port:
        own.connect(("127.0.0.1", int(port)))
        yield


@contextmanager
def _modem(telling: str, own: socket.socket) -> Iterator[None]:
    host, port = own.getsockname()
    options = ["--platform", f"{host}:{port}", "--quirk", f"module_read_urc={telling}"]
    with _host() as attach, server([*MODEM, *options]) as device:
        os.write(attach(device), LOG_IN)
        _register(own)
        yield


@contextmanager
def _host() -> Iterator[Callable[[str], int]]:
    """Opens a device and takes all that it prints, until its modem is gone."""
    opened: list[int] = []
    readers: list[Thread] = []

    def attach(device: str) -> int:
        opened.append(os.open(device, os.O_RDWR | os.O_NOCTTY))
        readers.append(Thread(target=_read_on, args=opened))
        readers[0].start()
        return opened[0]

    try:
        yield attach
    finally:
        for reader in readers:
            reader.join()
        for device in opened:
            os.close(device)


def _read_on(device: int) -> None:
    try:
        while os.read(device, 65536):
            pass
    except OSError:
        return  # EIO: nobody holds the other end any more


def _register(own: socket.socket) -> None:
    """2.01 with the location /rd/1 to the Register that comes, and from now on no other peer."""
    register, modem = own.recvfrom(2048)
    token = register[4 : 4 + (register[0] & 15)]
    own.connect(modem)
    own.send(bytes((0x60 | len(token), 0x41)) + register[2:4] + token + b"\x82rd\x011")
