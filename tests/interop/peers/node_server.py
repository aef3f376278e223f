"""The servers of the npm registry, each in a process of its own that speaks lines of JSON."""

from concurrent.futures import Future
from typing import Any

from tests.interop.peers.driver import (
    PATIENCE,
    Answer,
    Manners,
    Notification,
    Records,
    Registration,
)
from tests.interop.peers.node_process import NodeProcess
from transport.link import Address

NODE_LIB = Manners(level="resource", form="text", acknowledges=False, steps=("st",), cancels=None)
"""lwm2m-node-lib 1.4.0 (SV 2.2): text on resources, CON never acknowledged."""

SHEPHERD = Manners(
    level="resource",
    form="text",
    steps=("stp",),
    instances="values",
    argument="'{}'",
    reads_first=True,
    patient=False,
    keeps_lists=False,
)
"""coap-shepherd 0.2.11 (SV 2.2): TLV on resources, decoded by itself; ACK_TIMEOUT 0.25 s."""


class NodeServer:
    """`script` of the folder `node`, which says how it is spoken to."""

    def __init__(self, script: str, manners: Manners) -> None:
        self.manners = manners
        self.records = Records()
        self._script = script

    def start(self) -> None:
        self._process = NodeProcess(self._script, self._heard)
        self.address: Address = ("127.0.0.1", self._process.port())

    def stop(self) -> None:
        self._process.stop()

    def registered(self) -> list[str]:
        endpoints: list[str] = self._process.ask("list").result(PATIENCE)["list"]
        return endpoints

    def forget(self) -> None:
        self._process.ask("forget").result(PATIENCE)

    def discover(self, path: str) -> Future[Answer]:
        return self._ask("discover", path)

    def read(self, path: str) -> Future[Answer]:
        return self._ask("read", path)

    def observe(self, path: str) -> Future[Answer]:
        return self._ask("observe", path)

    def cancel(self, path: str) -> None:
        self._ask("cancel", path)

    def write(self, path: str, value: str) -> Future[Answer]:
        return self._ask("write", path, value=value)

    def write_instance(self, path: str, values: dict[int, str | float]) -> Future[Answer]:
        """coap-shepherd alone."""
        return self._ask("write", path, value=values)

    def execute(self, path: str, arguments: str) -> Future[Answer]:
        return self._ask("execute", path, value=arguments)

    def write_attributes(self, path: str, attributes: dict[str, str]) -> Future[Answer]:
        return self._ask("attributes", path, attributes=attributes)

    def _ask(self, do: str, path: str, **arguments: Any) -> Future[Answer]:
        wanted: Future[Answer] = Future()

        def came(answer: Future[dict[str, Any]]) -> None:
            message = answer.result()
            wanted.set_result(Answer(message["code"], message["payload"].encode()))

        self._process.ask(do, path=path, **arguments).add_done_callback(came)
        return wanted

    def _heard(self, message: dict[str, Any]) -> None:
        match message:
            case {"event": "registered"}:
                self.records.registered.put(_registration(message))
            case {"event": "updated"}:
                self.records.updated.put(_registration(message))
            case {"event": "gone", "endpoint": endpoint}:
                self.records.gone.put(endpoint)
            case {"event": "notified", "path": path, "payload": payload}:
                self.records.notified.put(Notification(path, payload.encode()))


def _registration(message: dict[str, Any]) -> Registration:
    return Registration(message["endpoint"], message["lifetime"], message["objects"])
