"""One of libcoap's programs, in a process of its own, and what its log tells."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from queue import Queue

from tests.interop.peers.driver import PATIENCE
from tests.interop.peers.libcoap_log import Logged, LogReader
from tests.interop.peers.relay import LOOPBACK
from transport.link import Address

CLIENT, DIRECTORY, FILES = "coap-client-notls", "coap-rd-notls", "coap-server-notls"
LOG = ["-v", "7"]  # every message
LINE_BY_LINE = ["stdbuf", "-oL"]  # it would keep the last line of its log to itself

_LISTENING = re.compile(r".* created UDP  endpoint 127\.0\.0\.1:(\d+)")


def missing() -> str | None:
    """What keeps libcoap's programs from being run here; None: nothing."""
    names = (CLIENT, DIRECTORY, FILES, LINE_BY_LINE[0])
    lacking = [name for name in names if shutil.which(name) is None]
    return f"there is no {', no '.join(lacking)} (Debian: libcoap3-bin)" if lacking else None


class Program:
    """`said` gets the lines of its log as messages, or as text where they are not about one;
    `ended` is called after the last. Both in the thread that reads them."""

    def __init__(
        self,
        command: list[str],
        said: Callable[[Logged | str], None],
        ended: Callable[[], None] = lambda: None,
        stdin: bytes = b"",
    ) -> None:
        self._said, self._ended = said, ended
        self._failure: BaseException | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by stop)
        self._process = subprocess.Popen(
            [*LINE_BY_LINE, *command],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        assert self._process.stdin is not None
        with self._process.stdin as end:
            end.write(stdin)
        self._thread = threading.Thread(target=self._read, name=command[0])
        self._thread.start()

    def interrupt(self) -> None:
        """As Ctrl-C does; it ends by itself."""
        self._process.send_signal(signal.SIGINT)

    def stop(self) -> None:
        """At once. What its log said must have been understood."""
        self._process.kill()
        self._process.wait(PATIENCE)
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.seek(0)
        complaint = self._errors.read().decode(errors="replace")
        self._errors.close()
        if self._failure is not None:
            raise AssertionError(f"{self._process.args!r}: {complaint}") from self._failure

    def _read(self) -> None:
        assert self._process.stdout is not None
        reader = LogReader()
        try:
            for line in self._process.stdout:
                text = line.decode().removesuffix("\n")
                self._said(reader.read(text) or text)
        except BaseException as failure:
            self._failure = failure
        finally:
            self._ended()


def serve(command: list[str], said: Callable[[Logged], None]) -> tuple[Program, Address]:
    """A program that serves a free port, once it does; `said` gets the messages."""
    listening: Queue[int | None] = Queue()

    def read(line: Logged | str) -> None:
        if isinstance(line, Logged):
            said(line)
        elif found := _LISTENING.fullmatch(line):
            listening.put(int(found[1]))

    program = Program(
        [*command, *LOG, "-A", LOOPBACK, "-p", "0"], read, lambda: listening.put(None)
    )
    port = listening.get(timeout=PATIENCE)
    if port is None:
        program.stop()
    assert port is not None, f"{command[0]} does not listen"
    return program, (LOOPBACK, port)
