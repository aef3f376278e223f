"""The lint on a modem, from Python and by `mipl run`, and its listings."""

import asyncio
import json
import logging
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import serial

from emulator.cli import main
from emulator.journal import Journal, Record
from emulator.lint import sheet
from emulator.lint.finding import SHOWN
from emulator.lint.lint import FINDING_LIMIT
from emulator.lint.rules import RULES, LintSettings
from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from tests.emulator.lint.talk import Talk
from transport.link import Address

virtual = pytest.mark.asyncio(loop_factories=["virtual"])
PAGE = Path(__file__).parents[3] / "docs" / "host-lint.md"
PATIENCE = 20.0
STRICT = ModemSettings(strict=True, seed=1, lint=LintSettings())


async def _nowhere(link: OpenLink) -> Address:
    raise OSError("no such host")


async def _watched(settings: ModemSettings, *written: bytes) -> tuple[Modem, list[Record]]:
    """A modem that has got these writes, one after the other, and is off again."""
    records: list[Record] = []
    async with Modem(SerialEnd("memory:"), _nowhere, settings, sinks=(records.append,)) as modem:
        assert isinstance(modem.port, MemoryPort)
        modem.port.host.open()
        for data in written:
            modem.data_received(data)
    return modem, records


@virtual
async def test_findings_are_on_the_modem_and_in_the_journal() -> None:
    modem, records = await _watched(STRICT, b"AT+CEREG =1\r", b"At\r")
    assert [f.rule.name for f in modem.findings] == ["blanks", "prefix"]
    assert [(f.number, f.count, f.line) for f in modem.findings] == [
        (1, 1, "AT+CEREG =1"),
        (2, 1, "At"),
    ]
    told = [record for record in records if record.kind == "lint"]
    assert told[0].text == (
        "blanks [decision 4; HF 18]: Blanks stand around = or at the end of a command. AT+CEREG =1"
    )
    assert records[told[0].cause - 1].data == b"AT+CEREG =1\r"
    assert [record.number for record in records] == list(range(1, len(records) + 1))


@virtual
async def test_each_kind_is_told_once_with_the_mend(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "mipl.lint"):
        modem, _ = await _watched(STRICT, b"At\r", b"At\r", b"At\r")
    assert modem.lint is not None
    assert modem.lint.counts == {"prefix": 3}
    assert len(caplog.messages) == 1
    assert "prefix [manual 2.1]" in caplog.messages[0]
    assert "Begin every line with AT or at" in caplog.messages[0]


@virtual
async def test_without_it_nothing_watches() -> None:
    modem, records = await _watched(replace(STRICT, lint=None), b"At\r")
    assert (modem.lint, modem.findings) == (None, ())
    assert all(record.kind != "lint" for record in records)


def test_what_is_left_undone_is_told_at_the_end() -> None:
    talk = Talk()
    assert talk.play("& login\n< +MIPLREAD: 0,77,3200,0,5750\n~ 5.1") == []
    talk.lint.finish(talk.now)
    assert [finding.rule.name for finding in talk.found] == ["unanswered"]


@virtual
async def test_a_switch_that_is_changed_meanwhile_counts() -> None:
    async with Modem(SerialEnd("memory:"), _nowhere, STRICT) as modem:
        modem.set_quirk("boot_ms", 60_000)
        modem.reset()
        modem.data_received(b"ATI\r")
        assert [f.rule.name for f in modem.findings] == ["command-while-booting"]


@virtual
async def test_a_bug_of_the_lint_costs_no_command_its_result(
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = replace(STRICT, strict=False)
    records: list[Record] = []
    async with Modem(SerialEnd("memory:"), _nowhere, settings, sinks=(records.append,)) as modem:
        assert modem.lint is not None
        modem.lint.counts = None  # type: ignore[assignment]  # a bug
        modem.data_received(b"At\r")
        modem.data_received(b"AT\r")
    assert [r.data for r in records if r.kind == "serial_out"] == [b"\r\nOK\r\n"] * 2
    assert "a bug of the host lint" in caplog.text


def test_a_secret_is_in_no_finding() -> None:
    talk = Talk()
    talk.play('> AT+MIPLCREATEEX="10.0.0.1:5683",0,"geheim","abcd1234"\n< OK')
    (finding,) = talk.found
    assert finding.line == 'AT+MIPLCREATEEX="10.0.0.1:5683",0,***'
    assert "abcd1234" not in str(finding)


@pytest.mark.parametrize("port", [5683, 5684])
def test_what_a_recording_hides_is_not_missed(port: int) -> None:
    talk = Talk()
    create = f'> AT+MIPLCREATEEX="10.0.0.1:{port}",0,******************\n< OK'
    platform = '> AT+MIPLCFG="platform",0,3,2\n< OK'
    assert talk.play(f"{create}\n{platform}\n& objects\n& opened") == []


def test_a_long_line_is_shown_in_part() -> None:
    talk = Talk()
    talk.play("> aT" + "1" * 4000)
    assert len(talk.found[0].line) == SHOWN + 1


def test_findings_are_kept_up_to_a_limit_and_all_counted() -> None:
    talk = Talk()
    for _ in range(FINDING_LIMIT + 5):
        talk.play("> aT\n< OK")
    assert (len(talk.lint.findings), talk.lint.counts["prefix"]) == (1024, 1029)


def test_quiet_results_are_no_missing_ones() -> None:
    """V.250 6.2.5: after ATQ1 there are no results to wait for."""
    assert Talk().play("> ATQ1\n> AT\n> AT\n> ATI") == []


def test_a_command_that_got_no_result_shifts_no_other() -> None:
    """Quirk open_bad_param_silent, or a fault; the host gives up waiting, which is right."""
    talk = Talk()
    lost = "> AT+MIPLOPEN=0\n! command AT+MIPLOPEN=0\n~ 9\n> AT+MIPLUPDATE=0,x,0"
    assert talk.play(f"{lost}\n! command AT+MIPLUPDATE=0,x,0\n< +CIS ERROR: 601") == ["malformed"]
    assert talk.found[-1].line == "AT+MIPLUPDATE=0,x,0"


@virtual
async def test_a_command_is_early_while_the_module_is_at_the_one_before() -> None:
    slow = replace(STRICT, quirks={"reply_delay_ms": 1000})
    async with Modem(SerialEnd("memory:"), _nowhere, slow) as modem:
        modem.data_received(b"AT\r")
        modem.data_received(b"ATI\r")
        await asyncio.sleep(3)
    (finding,) = modem.findings
    assert (finding.rule.name, finding.line) == ("no-pause", "ATI")
    assert finding.detail == "AT has no result yet"


def test_one_failed_command_among_several_blames_none() -> None:
    talk = Talk()
    assert talk.play("& login\n> AT+MIPLUPDATE=0,x,0;+MIPLCLOSE=0\n< +CIS ERROR: 601") == []


# The journal: a sink that writes into it


def test_sinks_see_all_records_in_order_also_those_that_a_sink_writes() -> None:
    journal, seen = Journal(), list[int]()

    def remark(record: Record) -> None:
        if record.kind == "command":
            journal.record(record.time, "lint", record.number)

    journal.sinks = [remark, lambda record: seen.append(record.number)]
    journal.record(0.0, "command")
    journal.record(0.0, "command")
    assert seen == [1, 2, 3, 4]


def test_a_sink_that_raises_silences_nothing() -> None:
    journal, seen = Journal(), list[int]()

    def fail_once(record: Record) -> None:
        if record.number == 1:
            raise ValueError

    journal.sinks = [fail_once, lambda record: seen.append(record.number)]
    with pytest.raises(ValueError):
        journal.record(0.0, "command")
    journal.record(0.0, "command")
    assert seen == [2]


# mipl run --lint, mipl lint --rules


def _run(*words: str, write: bytes) -> tuple[int, str]:
    """Exit code and stderr of a `mipl run` whose host writes this and reads until OK."""
    program = [sys.executable, "-m", "emulator", "run", "--platform", "127.0.0.1:9", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        device = process.stdout.readline().rstrip("\n")
        with serial.serial_for_url(device, 115200, timeout=PATIENCE) as port:
            port.write(write)
            assert port.read_until(b"OK\r\n").endswith(b"OK\r\n")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
    return process.returncode, err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--lint=error",), 1, "mipl: lint: 1 findings: prefix 1"),
        (("--lint",), 0, "mipl: lint: 1 findings: prefix 1"),
        (("--lint=error", "--lint-ignore", "prefix"), 0, "mipl: lint: no findings"),
    ],
)
def test_run_sums_up_and_ends_with_1_if_it_is_an_error(
    words: tuple[str, ...], code: int, said: str
) -> None:
    returned, err = _run(*words, write=b"aT\r")
    assert (returned, err.splitlines()[-1]) == (code, said)
    assert ("prefix [manual 2.1]" in err) == ("--lint-ignore" not in words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--lint", "--lint-ignore", "late"], "there is no lint rule 'late'"),
        (["run", "--lint-only", "prefix"], "--lint-only and --lint-ignore go with --lint"),
        (["lint"], "write `mipl lint DIR` or `mipl lint --rules`"),
    ],
)
def test_bad_usage(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert (captured.out, said in captured.err) == ("", True)


def test_the_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--rules"]) == 0
    out = capsys.readouterr().out
    assert out == sheet.rules_text() + "\n"
    assert max(map(len, out.splitlines())) <= 100
    assert "late-answer  (error; manual 3.11 note 4, 5.1, 5.5)" in out


def test_the_rules_are_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--rules", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == [rule.name for rule in RULES]
    assert set(rows[0]) == {"name", "severity", "sentence", "source", "instead"}


def test_the_page_has_the_table() -> None:
    """If not: put what `python -m emulator.lint.sheet` prints into docs/host-lint.md."""
    assert sheet.rules_table() in PAGE.read_text(encoding="utf-8")
