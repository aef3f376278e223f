"""What docs/python.md shows does what it says."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_platform_and_modem_in_virtual_time() -> None:
    blocks = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text("utf-8"), re.DOTALL
    )
    (shown,) = [block for block in blocks if "VirtualLoop" in block]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", shown],
        capture_output=True,
        text=True,
        timeout=20,
        cwd=ROOT,
    )
    assert (done.stdout, done.stderr) == ("/3200/0/5750 = 'efgh'\n", "")
