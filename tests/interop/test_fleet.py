"""A fleet at a server of somebody else, which counts what it gets by itself."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.interop.peers import node_process
from tests.interop.peers.driver import PATIENCE

FLEET = """schema: 1
seed: 7
ramp: 50
lasts: 2s
processes: 1
groups:
  - modems: 5
    imei: "869975030000000"
    report: {every: 500ms, late: 20s, confirm: off}
"""


def test_all_that_a_fleet_sends_has_come_by_the_count_of_lwm2m_node_lib(
    tmp_path: Path, require_peer: Callable[[str, str | None], None]
) -> None:
    """Notifications are NON, for that library acknowledges none (SV 2.2): nobody but itself can
    tell what has come."""
    require_peer("node", node_process.missing("lwm2m-node-lib"))
    file, pipe = tmp_path / "fleet.yaml", subprocess.PIPE
    file.write_text(FLEET)
    script = ["node", "--no-warnings", "lwm2m_node_crowd.js"]
    with subprocess.Popen(
        script, cwd=node_process.FOLDER, stdin=pipe, stdout=pipe, text=True
    ) as server:
        assert server.stdin is not None and server.stdout is not None
        try:
            port = json.loads(server.stdout.readline())["port"]
            options = ("--json", "--platform", f"127.0.0.1:{port}")
            command = [sys.executable, "-m", "emulator", "fleet", str(file), *options]
            done = subprocess.run(command, capture_output=True, text=True, timeout=4 * PATIENCE)
            server.stdin.close()
            counted = json.loads(server.stdout.readline())
        finally:
            server.kill()
    summary = json.loads(done.stdout)
    books = summary["books"]
    assert (done.returncode, summary["modems"]["logged_in"]) == (0, 5), done.stderr
    assert books["unknown"] == books["sent"] > 5
    assert counted == {"reports": books["sent"], "devices": 5}
