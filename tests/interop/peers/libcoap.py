"""libcoap 4.3.1 as the server: coap-rd takes the registrations, coap-client does the rest.

libcoap has no LwM2M server. Its resource directory answers Register as LwM2M wants it (LwM2M 1.0
8.2.3); an Update is 4.05 to it, 4.04 if it does not know the registration; and it falls over a
DELETE of one that it has.
"""

import itertools
import re
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path

from tests.interop.peers.bodies import tlv
from tests.interop.peers.driver import (
    PATIENCE,
    Answer,
    Manners,
    Notification,
    Records,
    Registration,
)
from tests.interop.peers.libcoap_log import Logged
from tests.interop.peers.libcoap_program import CLIENT, DIRECTORY, LOG, Program, serve
from tests.interop.peers.relay import Relay
from transport.link import Address

LINK, TLV = 40, 11542
OBSERVING = "600"  # seconds, longer than any test


class LibcoapServer:
    """Reads and observes object instances, asking for TLV; writes TLV."""

    def __init__(self) -> None:
        self.manners = Manners(
            level="instance",
            form="tlv",
            tells_formats=True,
            instances="tlv",
            takes_updates=False,
            survives_delete=False,
        )
        self.records = Records()
        self._locations: dict[str, Registration] = {}
        self._programs: list[Program] = []
        self._count = itertools.count(1)

    def start(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._relay = Relay()
        self.address = self._relay.front
        self._run_directory()

    def stop(self) -> None:
        with ExitStack() as stack:
            stack.callback(self._folder.cleanup)
            stack.callback(self._relay.close)
            for program in self._programs:
                stack.callback(program.stop)

    # the directory

    def _run_directory(self) -> None:
        asked: dict[int, Logged] = {}

        def said(message: Logged) -> None:
            if message.sent:
                self._answered(asked[message.mid], message)
            else:
                asked[message.mid] = message

        self._directory, self._relay.directory = serve([DIRECTORY], said)
        self._programs.append(self._directory)

    def _answered(self, request: Logged, answer: Logged) -> None:
        """What the directory has made of a request of the module."""
        path = "/".join(request.all("Uri-Path"))
        query = dict(each.partition("=")[::2] for each in request.all("Uri-Query"))
        objects = request.payload.decode()
        match request.code, answer.code:
            case "POST", "2.01":
                new = Registration(query["ep"], int(query["lt"]), objects)
                self._locations["/".join(answer.all("Location-Path"))] = new
                self.records.registered.put(new)
            case "POST", "4.05":
                old = self._locations[path]
                lifetime = int(query.get("lt", old.lifetime))
                self.records.updated.put(Registration(old.endpoint, lifetime, objects))
            case "DELETE", "2.02":
                self.records.gone.put(self._locations[path].endpoint)

    def registered(self) -> list[str]:
        """By the list of the directory itself."""
        assert self._relay.directory is not None
        answer = self._ask("get", "/.well-known/core", at=self._relay.directory).result(PATIENCE)
        listed: list[str] = re.findall(r"</(rd/[^>]+)>", answer.payload.decode())
        return [self._locations[each].endpoint for each in listed]

    def forget(self) -> None:
        self._directory.stop()
        self._programs.remove(self._directory)
        self._run_directory()

    # the client

    def discover(self, path: str) -> Future[Answer]:
        return self._ask("get", path, accept=LINK)

    def read(self, path: str) -> Future[Answer]:
        return self._ask("get", path, accept=TLV)

    def write(self, path: str, value: str) -> Future[Answer]:
        instance, _, number = path.rpartition("/")
        payload = tlv(int(number), value.encode())
        return self._ask("post", instance, payload=payload, content_format=TLV)

    def execute(self, path: str, arguments: str) -> Future[Answer]:
        return self._ask("post", path, payload=arguments.encode())

    def write_attributes(self, path: str, attributes: dict[str, str]) -> Future[Answer]:
        query = "&".join(f"{name}={value}" for name, value in attributes.items())
        return self._ask("put", f"{path}?{query}")

    def request(
        self,
        method: str,
        path: str,
        *,
        payload: bytes = b"",
        content_format: int | None = None,
        accept: int | None = None,
        confirmable: bool = True,
        block: int | None = None,
    ) -> Future[Answer]:
        options = ([] if confirmable else ["-N"]) + (["-b", str(block)] if block else [])
        return self._ask(
            method.lower(),
            path,
            *options,
            payload=payload,
            content_format=content_format,
            accept=accept,
        )

    def observe(self, path: str) -> Future[Answer]:
        wanted: Future[Answer] = Future()

        def said(line: Logged | str) -> None:
            if isinstance(line, str) or line.sent or not line.is_response:
                return
            answer = Answer(line.code, line.payload, line.content_format)
            if wanted.done():
                heard = Notification(path, answer.payload, answer.content_format)
                self.records.notified.put(heard)
            else:
                wanted.set_result(answer)

        self._observing = self._run(
            ["-s", OBSERVING, "-o", "/dev/null", "-A", str(TLV), self._uri(path)], said
        )
        return wanted

    def cancel(self, path: str) -> None:
        """Interrupted, coap-client sends Observe 1 in a NON, and does not wait for an answer."""
        self._observing.interrupt()

    def ping(self) -> Future[str]:
        """An empty CON, after a second in which nothing happens; the type of what comes back. Only
        for a path that is observed, as coap-client would end before."""
        wanted: Future[str] = Future()

        def said(line: Logged | str) -> None:
            if isinstance(line, str) or line.sent or line.code != "0.00" or wanted.done():
                return
            wanted.set_result(line.type)

        self._run(["-K", "1", "-s", OBSERVING, "-o", "/dev/null", self._uri("/3/0")], said)
        return wanted

    def _ask(
        self,
        method: str,
        path: str,
        *options: str,
        payload: bytes = b"",
        content_format: int | None = None,
        accept: int | None = None,
        at: Address | None = None,
    ) -> Future[Answer]:
        wanted: Future[Answer] = Future()
        body = Path(self._folder.name, str(next(self._count)))
        last: list[Logged] = []

        def said(line: Logged | str) -> None:
            if isinstance(line, Logged) and not line.sent and line.is_response:
                last[:] = [line]

        def ended() -> None:
            if last and not wanted.done():
                content = body.read_bytes() if body.exists() else b""
                wanted.set_result(Answer(last[0].code, content, last[0].content_format))

        command = ["-m", method, "-o", str(body), *options]
        command += [] if accept is None else ["-A", str(accept)]
        command += [] if content_format is None else ["-t", str(content_format)]
        command += ["-f", "-"] if payload else []
        self._run([*command, self._uri(path, at)], said, ended, payload)
        return wanted

    def _run(
        self,
        arguments: list[str],
        said: Callable[[Logged | str], None],
        ended: Callable[[], None] = lambda: None,
        stdin: bytes = b"",
    ) -> Program:
        """Each with a token of its own: all of them are one server to the module."""
        token = f"{next(self._count):04}000"
        program = Program([CLIENT, *LOG, "-T", token, *arguments], said, ended, stdin)
        self._programs.append(program)
        return program

    def _uri(self, path: str, at: Address | None = None) -> str:
        host, port = at or self._relay.back
        return f"coap://{host}:{port}{path}"
