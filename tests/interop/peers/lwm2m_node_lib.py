"""npm's lwm2m-node-lib 1.4.0 as the server (SV 2.2): text on resources, CON never acknowledged."""

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


class NodeLibServer:
    def __init__(self) -> None:
        self.manners = Manners(level="resource", form="text", acknowledges=False)
        self.records = Records()

    def start(self) -> None:
        self._process = NodeProcess("lwm2m_node_lib.js", self._heard)
        self.address: Address = ("127.0.0.1", self._process.port())

    def stop(self) -> None:
        self._process.stop()

    def registered(self) -> list[str]:
        endpoints: list[str] = self._process.ask("list").result(PATIENCE)["list"]
        return endpoints

    def discover(self, path: str) -> Future[Answer]:
        return self._ask("discover", path)

    def read(self, path: str) -> Future[Answer]:
        return self._ask("read", path)

    def observe(self, path: str) -> Future[Answer]:
        return self._ask("observe", path)

    def write(self, path: str, value: str) -> Future[Answer]:
        return self._ask("write", path, value=value)

    def execute(self, path: str, arguments: str) -> Future[Answer]:
        return self._ask("execute", path, value=arguments)

    def write_attributes(self, path: str, attributes: dict[str, int | float]) -> Future[Answer]:
        return self._ask("attributes", path, attributes=attributes)

    def _ask(self, do: str, path: str, **arguments: Any) -> Future[Answer]:
        wanted: Future[Answer] = Future()

        def came(answer: Future[dict[str, Any]]) -> None:
            message = answer.result()
            wanted.set_result(Answer(message["code"], message["payload"].encode()))

        asked = self._process.ask(do, path=path.strip("/").split("/"), **arguments)
        asked.add_done_callback(came)
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
