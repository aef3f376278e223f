"""GET → 2.05 over UDP on loopback: the same client for all, and servers in processes of their own.

The modem is registered with the very socket that asks afterwards: it answers nobody else.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from itertools import count
from statistics import median
from threading import Thread
from typing import Literal

from benchmarks.processes import MODEM, compiled, python, running, server
from benchmarks.rounds import Figure, interleave
from benchmarks.size import Size

ECHO, AIOCOAP, LIBCOAP = "bare asyncio echo", "aiocoap's server", "libcoap's coap-server"
SILENT = "modem, silent (module_read_urc off)"

BATCH = 100  # answers, as in udp_client.c
IDS = 65536
SENT_BACK, CONTENT = 1, 69  # the code of the GET itself, 2.05

LOG_IN = (
    b'AT+MIPLCREATEEX="127.0.0.1:5683",0\rAT+MIPLADDOBJ=0,3200,1,"1",0,0\rAT+MIPLOPEN=0,86400,30\r'
)

Language = Literal["C", "Python"]  # of the client
WAYS: tuple[tuple[Language, int], ...] = (("C", 1), ("C", 32), ("Python", 32))
Served = Callable[[socket.socket], AbstractContextManager[object]]


def rates(language: Language, window: int, size: Size) -> tuple[Figure, ...]:
    """Answers a second with `window` GETs under way: the median batch of each round.

    The client in C leaves a server the most of the machine; the one in Python, an asyncio protocol,
    is what servers are mostly asked with. All servers stay up, so that rounds can be short.
    """
    subjects: dict[str, tuple[Served, int]] = {
        ECHO: (partial(_reference, "udp_echo"), SENT_BACK),
        AIOCOAP: (partial(_reference, "aiocoap_server"), CONTENT),
        SILENT: (partial(modem, "off", MODEM), CONTENT),
        "modem, a +MIPLREAD line for each": (partial(modem, "on", MODEM), CONTENT),
    }
    if shutil.which("coap-server-notls"):
        subjects[LIBCOAP] = _libcoap, CONTENT
    with ExitStack() as stack:
        client = client_in(language, stack)
        exchanges = size.exchanges // 2

        def ready(served: Served, code: int) -> Callable[[], float]:
            own = stack.enter_context(bound())
            stack.enter_context(served(own))
            turns = count()

            def rate() -> float:
                first = next(turns) * exchanges % (IDS - exchanges)
                return BATCH * 1e9 / median(ask(client, own, first, exchanges, window, code))

            rate()  # to warm up
            return rate

        measures = {name: ready(*subject) for name, subject in subjects.items()}
        return interleave(measures, 2 * size.rounds, "GETs/s")


def client_in(language: Language, stack: ExitStack) -> list[str]:
    """The command of the client in this language."""
    if language == "Python":
        return python("udp_client")
    return [compiled("udp_client", stack.enter_context(tempfile.TemporaryDirectory()))]


def bound() -> socket.socket:
    """A socket to ask with."""
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.bind(("127.0.0.1", 0))
    return own


def ask(client: list[str], own: socket.socket, *numbers: int) -> list[int]:
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
def _libcoap(own: socket.socket) -> Iterator[None]:
    """Its example server, which keeps what was put."""
    with bound() as free:
        port = free.getsockname()[1]
    command = ["coap-server-notls", "-A", "127.0.0.1", "-p", str(port), "-d", "8", "-v", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        own.connect(("127.0.0.1", port))
        _put(own)
        yield
    finally:
        process.terminate()
        process.wait()


def _put(own: socket.socket) -> None:
    """CON PUT of /3/0/0, again and again until the server is up"""
    own.settimeout(0.1)
    for _ in range(50):
        try:
            own.send(b"\x40\x03\xff\xff\xb13\x010\x010\xffCMIOT")
            own.recv(2048)
            break
        except OSError:
            time.sleep(0.1)
    own.settimeout(None)


@contextmanager
def modem(telling: str, command: list[str], own: socket.socket) -> Iterator[int]:
    """The modem that `command` starts, logged in at `own`; `telling`: module_read_urc. The id of
    its process."""
    host, port = own.getsockname()
    options = ["--platform", f"{host}:{port}", "--quirk", f"module_read_urc={telling}"]
    with _host() as attach, running([*command, *options]) as (device, pid):
        os.write(attach(device), LOG_IN)
        register(own)
        yield pid


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


def register(own: socket.socket) -> None:
    """2.01 with the location /rd/1 to the Register that comes, and from now on no other peer."""
    request, modem = own.recvfrom(2048)
    token = request[4 : 4 + (request[0] & 15)]
    own.connect(modem)
    own.send(bytes((0x60 | len(token), 0x41)) + request[2:4] + token + b"\x82rd\x011")
