"""A program of the npm registry in a process of its own, spoken to in lines of JSON.

Nothing of it is part of this repository: it is installed by npm, and only ever run.
"""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Queue
from typing import Any

from tests.interop.peers.driver import PATIENCE

FOLDER = Path(__file__).parent.parent / "node"


def missing(package: str) -> str | None:
    """What keeps the programs of this `package` from being run here; None: nothing."""
    if shutil.which("node") is None:
        return "there is no node"
    if not (FOLDER / "node_modules" / package).is_dir():
        return f"{package} is not installed; in tests/interop/node: npm ci"
    return None


class NodeProcess:
    """`script` of the folder `node`. `heard` gets its events, in the thread that reads them."""

    def __init__(self, script: str, heard: Callable[[dict[str, Any]], None]) -> None:
        self._heard = heard
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._count = 0
        self._listening: Queue[int | None] = Queue()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by stop)
        self._process = subprocess.Popen(
            ["node", "--no-warnings", script],
            cwd=FOLDER,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._thread = threading.Thread(target=self._read, name=script)
        self._thread.start()

    def port(self) -> int:
        """Where it listens on 127.0.0.1, once it does; 0 of a device, once it is there."""
        port = self._listening.get(timeout=PATIENCE)
        assert port is not None, self._complaint()
        return port

    def ask(self, do: str, **arguments: Any) -> Future[dict[str, Any]]:
        """Its answer; never done if it never gives one."""
        self._count += 1
        answer = self._waiting[self._count] = Future()
        line = json.dumps({"id": self._count, "do": do, **arguments})
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()
        return answer

    def stop(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            self._thread.join()
            self._process.stdout.close()
            complaint = self._complaint()
            self._errors.close()
        assert self._process.returncode == 0, complaint

    def _complaint(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = json.loads(line)
            if message.get("event") == "listening":
                self._listening.put(message["port"])
            elif "event" in message:
                self._heard(message)
            else:
                self._waiting.pop(message["id"]).set_result(message)
        self._listening.put(None)
