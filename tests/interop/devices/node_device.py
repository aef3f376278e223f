"""The clients of the npm registry, each in a process of its own that speaks lines of JSON."""

from concurrent.futures import Future
from typing import Any

from tests.interop.devices.driver import (
    EXECUTABLES,
    INSTANCES,
    VALUES,
    Answer,
    Records,
    Told,
    Traits,
)
from tests.interop.peers.node_process import NodeProcess
from transport.link import Address

NODE_LIB = Traits(speaks_tlv=False, tells_codes=False)
"""lwm2m-node-lib 1.4.0: resources only, as text without Content-Format; it listens at a new port
after each Update, and notifies from the old one."""

COAP_NODE = Traits(
    registers=("/3/0", "/4/0", "/19/0", "/19/1", "/3200/0"),
    takes_posts=False,
    takes_arguments=False,
)
"""coap-node 0.2.5, with the coap of the others: TLV, at every level."""


class NodeDevice:
    """`script` of the folder `node`, which says how it is spoken to."""

    def __init__(self, script: str, traits: Traits) -> None:
        self.traits = traits
        self.records = Records()
        self._script = script

    def start(self) -> None:
        self._process = NodeProcess(self._script, self._heard)
        self._process.port()  # it listens nowhere yet, but it is there

    def stop(self) -> None:
        self._process.stop()

    def register(self, server: Address, endpoint: str, lifetime: int) -> Future[Answer]:
        return self._begin("register", server, endpoint, lifetime)

    def bootstrap(self, server: Address, endpoint: str, lifetime: int) -> Future[Answer]:
        """coap-node alone: what is written leads it to where it registers by itself."""
        return self._begin("bootstrap", server, endpoint, lifetime)

    def _begin(self, do: str, server: Address, endpoint: str, lifetime: int) -> Future[Answer]:
        return self._ask(
            do,
            port=server[1],
            endpoint=endpoint,
            lifetime=lifetime,
            instances=INSTANCES,
            values=dict(VALUES),
            executables=EXECUTABLES,
        )

    def update(self, lifetime: int) -> Future[Answer]:
        return self._ask("update", lifetime=lifetime)

    def deregister(self) -> Future[Answer]:
        return self._ask("deregister")

    def report(self, path: str, value: str) -> Future[None]:
        done: Future[None] = Future()
        asked = self._process.ask("report", path=path, value=value)
        asked.add_done_callback(lambda _: done.set_result(None))
        return done

    def _ask(self, do: str, **arguments: Any) -> Future[Answer]:
        wanted: Future[Answer] = Future()

        def came(answer: Future[dict[str, Any]]) -> None:
            message = answer.result()
            wanted.set_result(Answer(message["code"], message["payload"]))

        self._process.ask(do, **arguments).add_done_callback(came)
        return wanted

    def _heard(self, message: dict[str, Any]) -> None:
        told = Told(message["path"], message["payload"].encode())
        queue = {"written": self.records.written, "executed": self.records.executed}
        queue[message["event"]].put(told)
