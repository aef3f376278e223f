"""A log that differs from the module: where, beside what, what explains it, and the test of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.cli import main
from emulator.replay import matching as matching_room
from emulator.replay.running import Wish, replay_file
from emulator.replay.showing import as_text

Log = Callable[..., Path]

# manual 3.1, 3.3, 3.6, 3.9, 5.1, with blanks as the manual has them
LOGIN = (
    'AT+MIPLCREATEEX="183.230.40.40:5683",0',
    "+MIPLCREATEEX: 0",
    "OK",
    'AT+MIPLADDOBJ=0,3200,1,"1",0,1',
    "OK",
    "AT+MIPLOPEN=0,3000,30",
    "OK",
    "+MIPLEVENT: 0,6",
    "+MIPLOBSERVE: 0,39121,1,3200,0,-1",
)
REPORT = (
    'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147',
    "OK",
    "+MIPLEVENT: 0,26,147",
)
READ = (
    "+MIPLREAD: 0,18172,3200,0,-1",
    'AT+MIPLREADRSP=0,18172,1,3200,0,5750,1,4,"abcd",0,0',
    "OK",
)
PLAIN = Wish(model="MN316", dialect="manual", explain=False)


def _first(file: Path, wish: Wish = PLAIN) -> tuple[str, int, str | None, str | None] | None:
    first = replay_file(file, wish).matching.first
    if first is None:
        return None
    return first.kind, first.line, None if first.entry is None else first.entry.text, first.ours


def test_what_the_module_says_too_is_the_same(log: Log) -> None:
    assert _first(log(*LOGIN, *REPORT, *READ)) is None


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (
            (REPORT[0], "OK", "+MIPLEVENT: 0,25,147"),
            ("module", 12, "+MIPLEVENT: 0,25,147", "+MIPLEVENT: 0,26,147"),
        ),
        (
            (REPORT[0], "+CIS ERROR: 652"),
            ("result", 11, "+CIS ERROR: 652", "OK"),
        ),
        (
            (*REPORT[:2], "+MIPLEVENT:0,26,147"),
            ("spelling", 12, "+MIPLEVENT:0,26,147", "+MIPLEVENT: 0,26,147"),
        ),
        ((*REPORT, "+MIPLNSMI: 0,1,7"), ("missing", 13, "+MIPLNSMI: 0,1,7", None)),
        ((REPORT[0], REPORT[2], "OK"), ("order", 12, "OK", "OK")),
        (("ATE1", "OK", "AT+CGATT?", "OK"), ("extra", 12, None, "+CGATT: 1")),
    ],
)
def test_the_first_difference(
    log: Log, wrong: tuple[str, ...], expected: tuple[str, int, str | None, str | None]
) -> None:
    assert _first(log(*LOGIN, *wrong, *READ)) == expected


def test_it_is_shown_side_by_side_with_what_stands_around_it(log: Log) -> None:
    file = log(*LOGIN, REPORT[0], "OK", "+MIPLEVENT: 0,25,147")
    shown = "\n".join(as_text(replay_file(file, PLAIN), every=False))
    assert f"{file}:12: the module says something else" in shown
    assert "        11  < OK      " in shown
    assert ">>    12  < +MIPLEVENT: 0,25,147      " in shown
    assert shown.count("< +MIPLEVENT: 0,26,147") == 1


def test_an_event_may_come_later_than_that_of_the_module(log: Log) -> None:
    """The network of the log took its time; the host went on meanwhile."""
    asked = ("AT+CGATT?", "+CGATT: 1", "OK")
    assert _first(log(*LOGIN, *REPORT[:2], *asked, REPORT[2])) is None


def test_who_and_where_a_module_is_does_not_count(log: Log) -> None:
    """The answers to 27.007 5.1–5.4, 8.5; the IMEI of the log is taken for our module's."""
    lines = ("ATI", "Other", "Revision 7", "OK", "AT+CGSN=1", "+CGSN: 861234567890123", "OK")
    signal = ("AT+CSQ", "+CSQ: 3,0", "OK", "AT+CGMR", "V9", "OK")
    assert _first(log(*lines, *signal, *LOGIN, *REPORT)) is None


def test_a_login_that_was_refused_is_refused_again(log: Log) -> None:
    """Manual 3.6: event 7; the second OPEN is well."""
    assert _first(log(*LOGIN[:7], "+MIPLEVENT: 0,7", *LOGIN[5:], *REPORT)) is None


def test_a_bootstrap_that_was_refused_is_refused_again(log: Log) -> None:
    create = 'AT+MIPLCREATEEX="183.230.40.40:5683",1'
    assert _first(log(create, *LOGIN[1:7], "+MIPLEVENT: 0,3")) is None


def test_an_update_of_who_was_forgotten(log: Log) -> None:
    """Decision 25: 4.04 is event 31, and the session is over."""
    update = ("AT+MIPLUPDATE=0,3000,0", "OK", "+MIPLEVENT: 0,31")
    assert _first(log(*LOGIN, *update, REPORT[0], "+CIS ERROR: 602")) is None


def test_the_network_was_not_there_at_first(log: Log) -> None:
    searching = ("AT+CEREG?", "+CEREG: 0,2", "OK", "AT+CEREG?", "+CEREG: 0,1", "OK")
    assert _first(log(*searching, *LOGIN, *REPORT)) is None


def test_all_that_a_platform_asks_is_asked_again(log: Log) -> None:
    """Manual 3.10–3.18: values of each type, several of one Write, attributes, no Observe more."""
    declared = (
        'AT+MIPLDISCOVERRSP=0,3200,1,19,"5500;5501;5750;5900"',
        "OK",
        "AT+MIPLNOTIFY=0,0,3200,0,5500,5,1,0,0,1",
        "OK",
        "AT+MIPLNOTIFY=0,0,3200,0,5501,3,1,0,0,1",
        "OK",
        "AT+MIPLNOTIFY=0,0,3200,0,5900,4,1,0,0,1",
        "OK",
        *REPORT,
    )
    asked = (
        "+MIPLWRITE: 0,7,3200,0,5500,5,1,1,1",
        "+MIPLWRITE: 0,7,3200,0,5501,3,3,-12,2",
        '+MIPLWRITE: 0,7,3200,0,5750,1,4,a,"b,0',
        "AT+MIPLWRITERSP=0,7,2",
        "OK",
        "+MIPLWRITE: 0,8,3200,0,5900,4,4,1.25,0",
        "AT+MIPLWRITERSP=0,8,2",
        "OK",
        '+MIPLPARAMETER: 0,9,3200,0,-1,14,"pmin=5;pmax=60"',
        "+MIPLEXECUTE: 0,10,3200,0,5505",
        "AT+MIPLEXECUTERSP=0,10,2",
        "OK",
        "+MIPLDISCOVER: 0,11,3200",
        "+MIPLOBSERVE: 0,12,0,3200,0,-1",
    )
    assert _first(log(*LOGIN, *declared, *asked)) is None


@pytest.mark.parametrize("number", [1, 3])
def test_the_platform_is_the_one_of_the_log(log: Log, number: int) -> None:
    """Manual 5.3, 5.6: what goes to object 19 passes as it is, and the module answers."""
    type_ = {1: 2, 3: 6}[number]
    lines = (
        'AT+MIPLCREATEEX="221.229.214.202:5683",0',
        "+MIPLCREATEEX: 0",
        "OK",
        f'AT+MIPLCFG="platform",0,{number}',
        "OK",
        'AT+MIPLADDOBJ=0,19,2,"11",0,0',
        "OK",
        "AT+MIPLOPEN=0,3000,30",
        "OK",
        "+MIPLEVENT: 0,6",
        "+MIPLOBSERVE: 0,1,1,19,0,0",
        f"+MIPLWRITE: 0,2,19,1,0,{type_},8,34353637,0",
    )
    assert _first(log(*lines)) is None


def test_an_answer_that_was_not_the_last_line_of_a_log_that_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "cut.txt"
    file.write_text("\n".join((*LOGIN, REPORT[0], "OK", "+MIPLEVENT: 0,2")), encoding="utf-8")
    assert _first(file) is None


def test_a_log_that_begins_in_a_session_says_so(log: Log) -> None:
    outcome = replay_file(log(*REPORT), PLAIN)
    assert not outcome.is_same
    assert "line 1: the log begins in a session" in outcome.notes[1]


def test_the_wrong_line_becomes_a_test_that_fails_and_its_correction_one_that_passes(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = log(*LOGIN, REPORT[0], "OK", "+MIPLEVENT: 0,26,148", *READ)
    test, scenario = tmp_path / "test.txt", tmp_path / "test.yaml"
    made = ["--make-test", str(test), "--make-scenario", str(scenario)]
    assert main(["replay", str(file), "--no-explain", *made]) == 1
    assert f"{file}:12: the module says something else" in capsys.readouterr().out

    assert main(["replay", str(test)]) == 1
    assert main(["play", str(scenario)]) == 1
    assert "+MIPLEVENT: 0,26,148" in capsys.readouterr().out

    for each in (test, scenario):
        text = each.read_text(encoding="utf-8")
        each.write_text(text.replace("0,26,148", "0,26,147"), encoding="utf-8")
    assert main(["replay", str(test)]) == 0
    assert main(["check", str(scenario)]) == 0
    assert main(["play", str(scenario)]) == 0


def test_an_instance_that_is_made_anew_was_lost_by_a_power_cut(log: Log) -> None:
    """Decisions 9, 13: a second CREATEEX would be 653."""
    assert _first(log(*LOGIN, *REPORT, *LOGIN, *REPORT)) is None
    refused = (LOGIN[0], "+CIS ERROR: 653")
    assert _first(log(*LOGIN, *refused, *REPORT)) is None


def test_message_ids_may_come_again_in_another_session(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ("AT+MIPLCLOSE=0", "OK", "+MIPLEVENT: 0,15", *LOGIN[5:], *REPORT, *READ)
    test, scenario = tmp_path / "test.txt", tmp_path / "test.yaml"
    made = ["--make-test", str(test), "--make-scenario", str(scenario)]
    assert main(["replay", str(log(*LOGIN, *REPORT, *READ, *again)), *made]) == 0
    assert main(["replay", str(test)]) == 0
    assert main(["play", str(scenario)]) == 0
    assert "{m4}" in test.read_text(encoding="utf-8")


def test_a_scenario_has_a_late_event_where_our_module_says_it(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("AT+CGATT?", "+CGATT: 1", "OK")
    file, scenario = log(*LOGIN, *REPORT[:2], *asked, REPORT[2], *READ), tmp_path / "late.yaml"
    assert main(["replay", str(file), "--make-scenario", str(scenario)]) == 0
    dialogue = scenario.read_text(encoding="utf-8").partition("dialogue:")[2]
    assert 0 < dialogue.index("0,26,147") < dialogue.index("AT+CGATT?")
    assert main(["play", str(scenario)]) == 0


def test_a_scenario_leaves_open_whether_the_platform_asks_before_or_behind_an_event(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The platform asks and acknowledges at once: here the module tells the event first."""
    asked = "+MIPLDISCOVER: 0,9,3200"
    file, scenario = log(*LOGIN, *REPORT[:2], asked, REPORT[2], *READ), tmp_path / "open.yaml"
    assert main(["replay", str(file), "--make-scenario", str(scenario)]) == 0
    assert (
        "  - unordered:\n"
        '      - "+MIPLDISCOVER: 0,{m2},3200"\n'
        '      - "+MIPLEVENT: 0,26,147"\n'
        '  - module: "+MIPLREAD: 0,{m3},3200,0,-1"\n'
    ) in scenario.read_text(encoding="utf-8")
    assert main(["check", str(scenario)]) == 0
    assert main(["play", str(scenario)]) == 0


def test_dtls(log: Log) -> None:
    """Manual 4.6, 5.2: the local platform takes any key."""
    create = 'AT+MIPLCREATEEX="183.230.40.40:5684",0,,"1234abcd"'
    assert _first(log(create, *LOGIN[1:], *REPORT, *READ)) is None


def test_what_the_host_fetches_is_asked_when_the_module_says_that_it_waits(log: Log) -> None:
    """Manual 4.2, 4.3, 4.11: mode 1."""
    asked = (
        "AT+MIPLNMI=0,1,0",
        "OK",
        "+MIPLNMI: 0",
        "AT+MIPLMGR=0",
        "+MIPLEXECUTE: 0,5,3200,0,5505",
        "OK",
        "AT+MIPLEXECUTERSP=0,5,2",
        "OK",
        "+MIPLNMI: 0",
        "AT+MIPLMGR=0",
        "+MIPLREAD: 0,6,3200,0,-1",
        "OK",
    )
    assert _first(log(*LOGIN, *asked)) is None


LINES = (
    *(*LOGIN, *REPORT, *READ, "+MIPLWRITE: 0,7,3200,0,5501,3,3,x,2", "+MIPLWRITE: 0,8,3200,0"),
    *("+MIPLOBSERVE: 0,12,0,70000,0,-1", "AT+NRB", "REBOOTING", "+MIPLNMI: 0", "AT+MIPLMGR=0"),
    *("AT+MIPLUPDATE=0,30,1", "+MIPLEVENT: 0,31", "+CEREG: 0,2", "AT+CEREG?", "AT+CFUN=0"),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_any_lines_are_played_to_their_end(tmp_path: Path, lines: list[str]) -> None:
    file = tmp_path / "any.txt"
    file.write_text("\n".join((*LOGIN, *lines)) + "\n", encoding="utf-8")
    matching = replay_file(file, PLAIN).matching
    missed = sum(found.kind == "missing" for found in matching.found)
    said = sum(not line.startswith("AT") for line in (*LOGIN, *lines))
    assert matching.compared + missed == said


def test_the_module_says_more_than_is_kept(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching_room, "PENDING_LIMIT", 2)
    outcome = replay_file(log(*LOGIN, *["AT+CGATT?"] * 9), PLAIN)
    assert outcome.matching.dropped == 16  # nine answers of two lines each
    assert "16 lines of the module were not compared: the log has none of them" in outcome.notes


def test_what_no_platform_can_ask_is_not_in_the_scenario(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, scenario = log(*LOGIN, "+MIPLEXECUTE: 0,10,3200,-1,-1"), tmp_path / "odd.yaml"
    made = ["--no-explain", "--make-scenario", str(scenario)]
    assert main(["replay", str(file), *made]) == 1
    assert main(["check", str(scenario)]) == 0
    assert "execute" not in scenario.read_text(encoding="utf-8")
