"""What docs/control.md shows does what it says: commands with their output, Python, the verbs."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from emulator.control.http import ROUTES
from emulator.control.verbs import VERBS
from emulator.quirks import register
from emulator.time_scale import SCALE_LEAST, SCALE_MOST

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "control.md").read_text("utf-8")
PATIENCE = 30.0


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The link and the HTTP address of the modem that the page speaks of."""
    link = str(tmp_path_factory.mktemp("page") / "modem0")
    process = subprocess.Popen(
        [sys.executable, "-m", "emulator", "run", "--link", link],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stderr is not None
    said = iter(process.stderr.readline, "")
    yield link, next(found[1] for line in said if (found := re.search("HTTP API at (.*)", line)))
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, error


def _commands() -> list[tuple[str, str]]:
    """Each with its output, but for the start of the modem."""
    found = []
    for block in _blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            if not command.startswith(("mipl run", "API=")):
                found.append((command, output))
    return found


@pytest.mark.skipif(which("curl") is None, reason="curl is not installed")
def test_commands_print_what_the_page_shows(running: tuple[str, str]) -> None:
    link, url = running
    commands = _commands()
    assert len(commands) >= 13
    for command, output in commands:
        words = command.replace("/tmp/modem0", link)
        script = f'mipl() {{ "{sys.executable}" -m emulator "$@"; }}; API={url}; {words}'
        done = subprocess.run(
            ["sh", "-c", script], capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT
        )
        told = f"{done.stdout.rstrip()}\n" if done.stdout else ""
        pattern = re.escape(output).replace("…", "(?:.|\n)*")
        assert re.fullmatch(pattern, told), (command, told, done.stderr)


@pytest.mark.parametrize("shown", _blocks("python"), ids=("events", "modem"))
def test_python_prints_what_its_comments_say(shown: str, running: tuple[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", shown],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=ROOT,
        env={**os.environ, "API": running[1]},
    )
    said = ", ".join(re.findall(r"print\(.*\)  # (.*)", shown))
    assert (done.stdout.replace("\n", ", ").rstrip(", "), done.stderr) == (said, "")


def test_every_verb_and_every_call_is_on_the_page() -> None:
    table = PAGE[PAGE.index("## Over HTTP") : PAGE.index("```console\n$ API")]
    for route in ROUTES:
        path = route.call.path.replace("{modem}", "0")
        assert re.search(rf"\| [^|]*{route.call.method}\b[^|]*{path}`", table), route.call
    last = PAGE[PAGE.index("The verbs:") :]
    assert [name for name in re.findall(r"`([a-z-]+)`(?: \(|,|\.)", last) if name in VERBS] == [
        *VERBS
    ]


def test_quirks_that_do_not_show_at_once_are_on_the_page() -> None:
    text = PAGE[PAGE.index("## When a quirk shows") : PAGE.index("## Over HTTP")]
    for effect in ("at the next login", "at the next boot"):
        listed = text[text.index(f"**{effect}**") :]
        listed = listed[: listed.index(".\n")]
        names = {row.name for row in register() if row.effect == effect}
        assert set(re.findall(r"`(\w+)`", listed)) == names


def test_bounds_are_those_of_the_program() -> None:
    assert f"from {SCALE_LEAST:g} to {SCALE_MOST:g} times" in PAGE
