"""Serial ends written as strings."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pty_bridge.memory import MemoryPort
from pty_bridge.port import PortError
from pty_bridge.ports import open_port
from pty_bridge.pty import PtyPort

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.asyncio


async def test_a_pty(arrivals: Any) -> None:
    port = open_port("pty:", arrivals())
    assert isinstance(port, PtyPort)
    assert port.link is None
    port.close()


async def test_a_pty_with_a_link(arrivals: Any, tmp_path: Path) -> None:
    path = tmp_path / "a: b"
    port = open_port(f"pty:{path}", arrivals())
    assert os.readlink(path) == port.name
    port.close()


async def test_memory(arrivals: Any) -> None:
    module, tap = arrivals(), arrivals()
    port = open_port("memory:", module, tap=tap.put)
    assert isinstance(port, MemoryPort)
    port.host.open()
    port.host.write(b"x")
    await module.bytes(b"x")
    assert tap.items == [("in", b"x")]
    port.close()


@pytest.mark.parametrize("spec", ["", "pty", "/dev/pts/3", "tcp4:x", "memory:x", ":"])
async def test_anything_else_is_refused_with_what_can_be_written(spec: str, arrivals: Any) -> None:
    with pytest.raises(PortError) as failure:
        open_port(spec, arrivals())
    assert f"'{spec}'" in failure.value.cause
    assert "'pty:'" in failure.value.mend


async def test_a_scheme_is_imported_when_it_is_asked_for() -> None:
    code = "import sys, pty_bridge.ports; print(*(m for m in sys.modules if 'pty_bridge' in m))"
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=ROOT, stdout=subprocess.PIPE
    )
    out, _ = await program.communicate()
    assert out.split() == [b"pty_bridge", b"pty_bridge.port", b"pty_bridge.ports"]
