"""What the fixtures do, and what they say when something fails."""

import re
import socket
import sys
from pathlib import Path

import pytest

import pytest_mipl
from tests.plugin.conftest import Project

PASSING = """
import asyncio
import sys

import pytest

LOGIN = (
    'AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1',
    'AT+MIPLADDOBJ=0,3200,1,"1",0,0',
    "AT+MIPLOPEN=0,3000,30",
)


def log_in(modem):
    for line in LOGIN:
        modem.command(line)
    modem.expect("+MIPLEVENT: 0,6")


def test_nothing_is_imported_before_a_fixture_is_used():
    assert not {"emulator", "aiocoap"} & set(sys.modules)


def test_synchronous(modem, cloud, host):
    log_in(modem)
    assert cloud.read("/3/0/1") == "MN316"
    host.start("sh -c 'echo x >{port}'")
    assert host.wait() == 0


def test_asynchronous(modem, cloud):
    async def main():
        await asyncio.to_thread(log_in, modem)
        return await asyncio.to_thread(cloud.read, "/3/0/1")

    assert asyncio.run(main()) == "MN316"


@pytest.mark.mipl(model="M5311", quirks={"boot_ms": 0}, network={"signal": 5}, seed=7)
class TestMarks:
    @pytest.mark.mipl(dialect="manual", quirks={"echo_at_boot": "on"})
    def test_are_added_up(self, modem, mipl_lab):
        settings = modem.settings
        assert (settings.model, settings.dialect, mipl_lab.seed) == ("M5311", "manual", 7)
        assert settings.quirks == {"urc_gap_ms": 50, "boot_ms": 0, "echo_at_boot": "on"}
        assert modem.conditions.signal == 5

    def test_may_be_overridden(self, make_modem):
        assert make_modem(model="MN318").settings.model == "MN318"
"""

ASYNCIO = """
import asyncio
import pytest
from test_passing import log_in


@pytest.mark.asyncio
async def test_asynchronous(modem, cloud):
    await asyncio.to_thread(log_in, modem)
    assert await asyncio.to_thread(cloud.read, "/3/0/1") == "MN316"
"""

FAILING = """
import time
import pytest


def test_a_wait(modem):
    modem.command("AT")
    modem.expect("+MIPLEVENT: 0,6", timeout=0.01)


def test_a_crash(modem, host):
    host.start("sh -c 'echo last words; kill -SEGV $$'")
    modem.expect("+MIPLEVENT: 0,6")


def test_an_unseen_crash(modem, host):
    host.start("sh -c 'exit 7'")
    while host.is_running:
        time.sleep(0.001)


def test_a_hang(modem, host):
    host.start("sleep 1006")
    host.wait(timeout=0.01)


def test_a_flood(modem, host):
    host.start("sh -c 'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done'", output_limit=9999)
    modem.expect("+MIPLEVENT: 0,6")


def test_a_program_that_is_not_there(modem, host):
    host.start("build/firmware")


@pytest.mark.mipl(modle="MN318")
def test_a_mark(modem):
    pass


@pytest.mark.mipl("M5311")
def test_a_mark_without_a_name(modem):
    pass


@pytest.mark.mipl(model="MN31")
def test_a_model(modem):
    pass


@pytest.mark.mipl(serial="tcp:127.0.0.1:PORT")
def test_a_taken_port(modem):
    pass


def test_a_command(modem):
    modem.command('AT+MIPLCREATEEX="nbiotbt.heclouds.com:5684",1,,"1234abcd",1,1,1,1')
"""

NO_ASYNCIO = """
import sys, pytest

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("pytest_asyncio"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hidden())
sys.exit(pytest.main(["-p", "no:asyncio", *sys.argv[1:]]))
"""


def test_without_pytest_asyncio(project: Project) -> None:
    project.write({"test_passing.py": PASSING})
    done = project.run(
        *("-W", "error", "-p", "no:cacheprovider", "--strict-markers", "--strict-config"),
        *("--mipl-timing", "fast", "--mipl-quirk", "urc_gap_ms=50"),
        start=("-c", NO_ASYNCIO),
    )
    assert (done.code, set(done.results.values())) == (0, {"passed"}), done.output
    assert len(done.results) == 5


def test_with_pytest_asyncio_and_xdist(project: Project) -> None:
    project.write({"test_passing.py": PASSING, "test_asyncio.py": ASYNCIO})
    (project.folder / "pytest.ini").write_text(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
        "mipl_timing = fast\nmipl_quirk = urc_gap_ms=50\n"
    )
    done = project.run("-n", "2", "-k", "asynchronous or Marks")
    assert (done.code, set(done.results.values())) == (0, {"passed"}), done.output
    assert len(done.results) == 4 - 1  # two of one name


def test_what_failures_tell(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        failing = FAILING.replace("PORT", str(taken.getsockname()[1]))
        project.write({"test_failing.py": failing})
        done = project.run(
            *("-p", "no:asyncio", "--import-mode=importlib", "--mipl-timing=fast"),
            *("--mipl-artifacts=kept", "--mipl-seed=5"),
        )
    expected = {
        "test_a_wait": (r"failed", r"not within 0.01 s: \+MIPLEVENT: 0,6 from the module"),
        "test_a_crash": ("failed", "the host sh has crashed, or was killed: signal 11, SIGSEGV"),
        "test_an_unseen_crash": ("error", "the host sh has ended with exit code 7"),
        "test_a_hang": ("failed", "the host sleep hangs: it has not ended within 0.01 s"),
        "test_a_flood": ("failed", "the host sh floods: it has written more than 9999 bytes"),
        "test_a_program_that_is_not_there": ("failed", "build/firmware cannot be run in .*built?"),
        "test_a_mark": ("error", "a mark mipl has no 'modle'; did you mean model?"),
        "test_a_mark_without_a_name": ("error", "as mipl.model='M5311'., and not 'M5311' alone"),
        "test_a_model": ("error", "there is no model 'MN31'; did you mean MN319?"),
        "test_a_taken_port": ("error", "127.0.0.1:.* Address already in use"),
        "test_a_command": ("failed", r'CREATEEX="nbiotbt.heclouds.com:5684",1,\*\*\*: \+CIS ERROR'),
    }
    assert done.results == {name: result for name, (result, _) in expected.items()}, done.output
    for name, (_, text) in expected.items():
        assert re.search(text, done.told[name]), done.told[name]
    assert "INTERNALERROR" not in done.output
    assert "seed 5: --mipl-seed 5" in done.output
    look_at_what_is_kept(project.folder / "kept", done.output)


def look_at_what_is_kept(kept: Path, output: str) -> None:
    """A PSK stands in none of it."""
    crash, command = (kept / f"test_failing.py_test_a_{name}" for name in ("crash", "command"))
    assert (crash / "host.txt").read_text() == "last words\n"
    transcript = (crash / "transcript.txt").read_text().splitlines()
    assert transcript[:2] == [
        "test_failing.py::test_a_crash",
        "seed 5: --mipl-seed 5 makes the same choices again",
    ]
    assert [line.split(maxsplit=1)[1] for line in transcript[-2:]] == [
        "output  last words",
        "note    sh has crashed, or was killed: signal 11, SIGSEGV",
    ]
    written = (command / "transcript.txt").read_text()
    assert "host <  +CIS ERROR" in written and "1234abcd" not in written
    assert f"kept: {crash}/transcript.txt {crash}/host.txt\n" in output
    assert f"kept: {command}/transcript.txt {command}/modem\n" in output
    journal = (command / "modem" / "journal.jsonl").read_text()
    assert '"seed": 5' in journal and '"kind": "command"' in journal and "1234abcd" not in journal
    assert (command / "modem" / "recording.pcapng").read_bytes()[:4] == b"\x0a\x0d\x0d\x0a"


CLASHING = """
import sys
import emulator

def test_their_own():
    assert emulator.WHOSE == "theirs"

def test_ours(modem):
    pass

def test_their_host(host):
    assert host == "theirs"

def test_nothing_of_ours_is_loaded():
    assert "emulator.lab" not in sys.modules
"""


@pytest.mark.parametrize("package", ["emulator/__init__.py", "emulator.py"])
def test_a_package_of_the_same_name(project: Project, package: str) -> None:
    """Only the test that uses a fixture of ours fails, with both places and the mend."""
    infra = "import pytest\n\n@pytest.fixture\ndef host():\n    return 'theirs'\n"
    project.write({package: "WHOSE = 'theirs'", "test_clash.py": CLASHING})
    project.write({"testinfra/plugin.py": infra})
    done = project.run("-p", "no:asyncio", "-p", "testinfra.plugin", "-W", "error")
    assert done.results == {
        "test_their_own": "passed",
        "test_ours": "error",
        "test_their_host": "passed",
        "test_nothing_of_ours_is_loaded": "passed",
    }, done.output
    theirs = project.folder / package.removesuffix("/__init__.py")
    ours = Path(pytest_mipl.__file__).parent / "emulator"
    assert (
        f"mipl-emulator: the package `emulator` at {theirs} hides the one of mipl-emulator at "
        f"{ours}; rename yours, or keep its folder out of sys.path"
    ) in done.output


def test_a_missing_library(project: Project) -> None:
    library = "import sys; sys.modules['aiocoap'] = None"
    project.write({"conftest.py": library, "test_ours.py": "def test(modem): pass"})
    done = project.run("-p", "no:asyncio")
    assert done.results == {"test": "error"}
    assert re.search(
        "mipl-emulator: it cannot be imported: .*aiocoap.*; install it again", done.output
    )


def test_a_system_without_pseudo_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(
        pytest.fail.Exception, match="which Windows has not; run the tests in WSL 2"
    ):
        pytest_mipl._check_packages()


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("seed=x", "mipl_seed 'x' is not a whole number from 0 on"),
        ("time-scale=0", "mipl_time_scale '0' is not a number above 0"),
        ("quirk=echo_at_bot=on", "did you mean 'echo_at_boot'?"),
        ("network=covrage=off", "did you mean coverage?"),
        ("platform=onnet", "did you mean onenet?"),
        ("model=MN31", "did you mean MN319?"),
        ("fault=comand: drop", "'comand' is no place"),
        ("lint=yes", "lint of the options --mipl-…: 'yes'; there are off, warn, error"),
    ],
)
def test_an_option_that_cannot_be(option: str, text: str) -> None:
    """Without another process: what the options of a run say is read in one place."""
    from emulator.lab.errors import for_people
    from emulator.lab.wishes import try_options

    name, _, value = option.partition("=")
    plural = {"quirk": "quirks", "fault": "faults"}.get(name, name.replace("-", "_"))
    with pytest.raises(Exception, match=re.escape(text)) as raised:
        try_options({plural: [value] if name in ("quirk", "network", "fault") else value})
    assert isinstance(raised.value, Exception) and for_people(raised.value)


OWN = "def test_a(): pass\ndef test_b(modem): pass\ndef test_c(modem): pass\n"


@pytest.mark.parametrize("words", [(), ("-n", "2")])
def test_an_option_that_cannot_be_is_told_once(project: Project, words: tuple[str, ...]) -> None:
    """And not by each test: exit code 4 is bad usage (docs/ci.md)."""
    project.write({"test_own.py": OWN})
    done = project.run("-p", "no:asyncio", "--mipl-model=MN31", *words)
    assert done.code == 4, done.output
    told = "mipl-emulator: there is no model 'MN31'; did you mean MN319?"
    assert done.output.count("MN319") == done.output.count(told) == 1, done.output


def test_options_are_nothing_to_tests_that_have_no_module(project: Project) -> None:
    project.write({"test_own.py": "def test_a(): pass"})
    assert project.run("-p", "no:asyncio", "--mipl-model=MN31").code == 0
