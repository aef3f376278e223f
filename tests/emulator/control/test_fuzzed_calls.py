"""The modems' calls with what schemathesis makes of /openapi.json: no 5xx, answers as described."""

import asyncio
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from emulator.cloud.platforms import Platforms
from emulator.control.http import ROUTES, mount_of
from emulator.modem import Modem
from tests.emulator.cloud.test_fuzzed_calls import CHECKS

pytestmark = pytest.mark.asyncio(loop_factories=["real"])


async def test_no_call_to_a_modem_ends_in_5xx(
    modem: Modem, require_peer: Callable[[str, str | None], None], tmp_path: Path
) -> None:
    missing = "schemathesis is not installed: MIPL_EXTRAS=http ./mipl setup"
    require_peer("schemathesis", None if find_spec("schemathesis") else missing)
    config = tmp_path / "schemathesis.toml"
    config.write_text('[parameters]\nmodem = "0"\n')
    async with Platforms([], further=(mount_of([modem]),)) as platforms:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", f"{platforms.http_url}/openapi.json", "--checks", CHECKS),
            *("--generation-deterministic", "--no-color", "--max-examples", "3"),
            *("--phases", "fuzzing"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()[-3000:]
    assert f"Tested: {len(ROUTES)}" in told.decode()
