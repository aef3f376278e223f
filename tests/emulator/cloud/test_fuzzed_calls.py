"""Every call with what schemathesis makes of /openapi.json: no 5xx, and answers as described.

It runs in a process of its own and makes the same calls each time. docs/development.md has the
command for more.
"""

import asyncio
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from emulator.cloud.service import Cloud

Device = Any  # conftest.py's

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance"
)
ENDS = ("delete", "forget", "onenet_delete_device", "switch")  # after these nobody is there

# So that calls get as far as the device.
REACHES = """
[parameters]
platform = "onenet"
device = "869975030000461"
device_id = "869975030000461"
imei = "869975030000461"
path = "/3200/0"
obj_id = 3200
obj_inst_id = 0
wait = 0
"""


@pytest.fixture
def schemathesis(require_peer: Callable[[str, str | None], None]) -> Callable[..., Any]:
    missing = "schemathesis is not installed: MIPL_EXTRAS=http ./mipl setup"
    require_peer("schemathesis", None if find_spec("schemathesis") else missing)

    async def run(cloud: Cloud, where: Path, *words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", *words),
            *("run", f"{cloud.http_url}/openapi.json", "--checks", CHECKS),
            *("--generation-deterministic", "--no-color", "--max-examples", "10"),
            *("--phases", "fuzzing" if words else "coverage"),
            *(word for name in ENDS if words for word in ("--exclude-operation-id", name)),
            cwd=where,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await process.communicate()
        assert process.returncode == 0, told.decode()[-3000:]
        return told.decode()

    return run


@pytest.mark.asyncio
async def test_no_call_ends_in_5xx(
    cloud: Cloud, schemathesis: Callable[..., Any], tmp_path: Path
) -> None:
    told = await schemathesis(cloud, tmp_path)
    assert "Tested: 35" in told


@pytest.mark.asyncio
async def test_no_call_to_a_device_ends_in_5xx(
    cloud: Cloud, online: Device, schemathesis: Callable[..., Any], tmp_path: Path
) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(REACHES)
    asked = len(online.asked)
    told = await schemathesis(cloud, tmp_path, "--config-file", str(config))
    assert "Tested: 31" in told
    assert len(online.asked) > asked + 20
