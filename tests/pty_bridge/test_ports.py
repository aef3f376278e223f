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
from pty_bridge.ports import PortSpec, open_port, parse_spec
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


@pytest.mark.parametrize(
    ("text", "spec", "spelt"),
    [
        ("pty:", PortSpec("pty"), "pty:"),
        ("pty:/a:b", PortSpec("pty", "/a:b"), "pty:/a:b"),
        ("tcp:0.0.0.0:2000", PortSpec("tcp", host="0.0.0.0", number=2000), "tcp:0.0.0.0:2000"),
        ("tcp::2000", PortSpec("tcp", host="127.0.0.1", number=2000), "tcp:127.0.0.1:2000"),
        ("tcp:2000", PortSpec("tcp", host="127.0.0.1", number=2000), "tcp:127.0.0.1:2000"),
        ("rfc2217:[::1]:0", PortSpec("rfc2217", host="::1"), "rfc2217:[::1]:0"),
        ("serial:/dev/a", PortSpec("serial", "/dev/a", number=115200), "serial:/dev/a,115200"),
        ("serial:/d,a,9600", PortSpec("serial", "/d,a", number=9600), "serial:/d,a,9600"),
    ],
)
async def test_specs_are_read_and_spelt(text: str, spec: PortSpec, spelt: str) -> None:
    assert parse_spec(text) == spec
    assert str(spec) == spelt


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tcp:", "'' in 'tcp:' is no port; write a number"),
        ("tcp:localhost", "'localhost' in 'tcp:localhost' is no port"),
        ("tcp:h:70000", "'70000' in 'tcp:h:70000' is no port"),
        ("tcp:::1:2000", "has no brackets; write [::1]"),
        ("serial:", "'serial:' names no serial end; write 'pty:'"),
        ("serial:/dev/a,fast", "'fast' in 'serial:/dev/a,fast' is no rate"),
        ("serial:/dev/a,0", "'0' in 'serial:/dev/a,0' is no rate"),
    ],
)
async def test_a_bad_spec_is_told_with_the_mend(text: str, said: str) -> None:
    with pytest.raises(PortError) as failure:
        parse_spec(text)
    assert said in str(failure.value)


async def test_the_ends_of_several_modems_are_counted_up() -> None:
    assert str(parse_spec("pty:/tmp/m").counted(2)) == "pty:/tmp/m2"
    assert str(parse_spec("tcp:h:2000").counted(2)) == "tcp:h:2002"
    assert str(parse_spec("tcp:h:0").counted(2)) == "tcp:h:0"
    assert str(parse_spec("pty:").counted(2)) == "pty:"
    with pytest.raises(PortError, match="65536"):
        parse_spec("tcp:h:65535").counted(1)
    with pytest.raises(PortError, match="is one device; leave --count out"):
        parse_spec("serial:/dev/a").counted(1)


async def test_a_scheme_is_imported_when_it_is_asked_for() -> None:
    code = "import sys, pty_bridge.ports; print(*(m for m in sys.modules if 'pty_bridge' in m))"
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=ROOT, stdout=subprocess.PIPE
    )
    out, _ = await program.communicate()
    assert out.split() == [b"pty_bridge", b"pty_bridge.port", b"pty_bridge.ports"]
