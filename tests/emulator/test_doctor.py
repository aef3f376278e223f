"""`mipl doctor`: each finding with its mend, exit codes, and the form for tools."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from emulator import doctor
from emulator.cli import main
from emulator.doctor import Finding

UNLIMITED = resource.RLIM_INFINITY


def findings(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"ok", "findings"}
    return {finding["name"]: finding for finding in document["findings"]}


def test_all_is_well_where_the_tests_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"ok    Python: {sys.version_info[0]}.{sys.version_info[1]}.")
    named = ("aiocoap", "aiohttp", "cryptography", "pyopenssl", "pyserial", "DTLS by OpenSSL")
    for name in (
        *named,
        "pty",
        "descriptors",
        "UDP on 127.0.0.1",
        "TCP on 127.0.0.1",
        "links",
        "control",
    ):
        assert any(line.startswith((f"ok    {name}: ", f"note  {name}: ")) for line in lines), name


def test_the_form_for_tools(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    found = findings(capsys)
    assert found["TCP on 127.0.0.1"] == {
        "name": "TCP on 127.0.0.1",
        "level": "ok",
        "text": "works",
        "mend": "",
    }


def test_a_library_that_cannot_be_loaded_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    assert main(["doctor"]) == 1
    wrong = capsys.readouterr().out.partition("wrong ")[2].splitlines()
    assert wrong[0].startswith("aiohttp: cannot be loaded (")
    assert wrong[1] == "              mend: ./mipl setup, or pip install 'aiohttp<4,>=3.10'"


def test_a_missing_dtlssocket_is_only_a_note(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from transport.dtls import dtlssocket_library

    dtlssocket_library.library.cache_clear()
    monkeypatch.setitem(sys.modules, "DTLSSocket", None)
    assert main(["doctor", "--json"]) == 0
    note = findings(capsys)["DTLS by DTLSSocket"]
    assert note["level"] == "note"
    assert note["mend"].startswith("./mipl setup builds it where gcc, autoconf, automake and")
    assert "mend" not in note["text"] and "./mipl" not in note["text"]


def test_a_folder_without_links_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """/proc takes no new folders, from nobody."""
    monkeypatch.setattr("tempfile.tempdir", "/proc")
    assert main(["doctor", "--json"]) == 1
    wrong = findings(capsys)["links"]
    assert (wrong["level"], wrong["mend"]) == ("wrong", "name another folder with --link")


def test_a_control_channel_that_cannot_be_is_a_note() -> None:
    (finding,) = doctor.control_channel(Path("/proc/mipl"))
    assert finding.level == "note"
    assert finding.mend == "see whose /proc/mipl is, and remove it"


def test_a_process_without_descriptors_left_is_told_so() -> None:
    """64 are enough for Python and its libraries, and for six modems."""
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); "
        "from emulator.cli import main; sys.exit(main(['doctor']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=20,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert "note  descriptors: 64 for one process, enough for 6 modems\n" in done.stdout
    assert "mend: have the hard limit raised (ulimit -Hn)\n" in done.stdout


@pytest.mark.parametrize(
    ("finding", "level", "mend"),
    [
        (doctor.judged_system("Linux", "6.1"), "ok", ""),
        (doctor.judged_system("Darwin", "24.0"), "note", "use --serial tcp:, or Linux"),
        (doctor.judged_system("Windows", "11"), "wrong", "use Linux, or WSL 2"),
        (doctor.judged_ptys(4096 - 64, 4096), "ok", ""),
        (
            doctor.judged_ptys(4096 - 63, 4096),
            "note",
            "as root: echo 8192 > /proc/sys/kernel/pty/max",
        ),
        (doctor.judged_descriptors(296, 296), "ok", ""),
        (doctor.judged_descriptors(UNLIMITED, UNLIMITED), "ok", ""),
        (doctor.judged_descriptors(256, 1 << 20), "note", "ulimit -n 4096"),
        (doctor.judged_descriptors(256, UNLIMITED), "note", "ulimit -n unlimited"),
        (doctor.judged_descriptors(40, 1024), "wrong", "ulimit -n 1024"),
        (
            doctor.judged_library("pyserial<3.5,>=3"),
            "wrong",
            "./mipl setup, or pip install 'pyserial<3.5,>=3'",
        ),
    ],
)
def test_judgements(finding: Finding, level: str, mend: str) -> None:
    assert (finding.level, finding.mend) == (level, mend)


@pytest.mark.parametrize(
    ("version", "requirement", "allowed"),
    [
        ("3.10", "aiohttp<4,>=3.10", True),
        ("3.9.5", "aiohttp<4,>=3.10", False),
        ("4.0", "aiohttp<4,>=3.10", False),
        ("26.4.0rc1", "pyopenssl<27,>=26", True),
        ("0.1", "anything", True),
    ],
)
def test_versions(version: str, requirement: str, allowed: bool) -> None:
    assert doctor.is_allowed(version, requirement) is allowed
