"""Notes of the manual that ask for a test of their own."""

from typing import Any

import pytest

GET, POST, PUT = 1, 2, 3
FORBIDDEN, BAD_REQUEST, CHANGED, CONTENT = 0x83, 0x80, 0x44, 0x45
OBSERVE, QUERY = 6, 15
ACCEPTED = ((8, b"rd"), (8, b"1"))
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,{rest}'


def _ready(desk: Any) -> Any:
    table = desk()
    table.log_in()
    table.observed()
    return table


@pytest.mark.parametrize("platform", [1, 2, 3, 10])
def test_only_onenet_can_be_asked_for_the_login(desk: Any, platform: int) -> None:
    """Manual 3.6 note 7, 6 code 651; decision 24."""
    table = desk()
    table.at('AT+MIPLCREATEEX="h",0')
    table.at(f'AT+MIPLCFG="platform",0,{platform}')
    table.at("AT+MIPLOPEN=0,300,30")
    assert table.reply(0x41, *ACCEPTED) == "+MIPLEVENT: 0,6"
    assert table.at("AT+MIPLOPEN?") == "+CIS ERROR: 651"


def test_an_ackid_counts_only_on_the_line_that_sends(desk: Any) -> None:
    """Manual 3.9 note 7."""
    table = _ready(desk)
    assert table.at(NOTIFY.format(rest="1,7")) == "OK"
    assert table.at(NOTIFY.format(rest="0")) == "OK"
    (sent,) = table.sent
    assert sent.kind == 1  # NON
    assert table.at(NOTIFY.format(rest="2,7")) == "OK"
    assert table.at(NOTIFY.format(rest="0,8")) == "OK"
    assert table.reply(0) == "+MIPLEVENT: 0,26,8"


# On a resource path: octet-stream 42 (612a behind Observe) and text/plain 0 (60).
@pytest.mark.parametrize(
    ("type_", "hex_", "tail"),
    [(2, "E309", "612aff" + "e309"), (6, "74657374", "60ff" + "74657374")],
)
def test_hex_digits_of_a_report_become_bytes_or_a_string(
    desk: Any, type_: int, hex_: str, tail: str
) -> None:
    """Manual 3.9 footnotes 1 and 2; decision 41."""
    table = _ready(desk)
    table.observed("/3200/0/5750", 501)
    assert table.at(f"AT+MIPLNOTIFY=0,0,3200,0,5750,{type_},8,{hex_},0,0") == "OK"
    assert table.sent[0].data.hex().endswith(tail)


# Content-Format is the first option of the answer: c12a is 42, c0 is 0.
@pytest.mark.parametrize(
    ("type_", "hex_", "tail"),
    [(2, "E309", "c12aff" + "e309"), (6, "74657374", "c0ff" + "74657374")],
)
def test_hex_digits_of_an_answer_become_bytes_or_a_string(
    desk: Any, type_: int, hex_: str, tail: str
) -> None:
    """Manual 3.11 footnotes 5 and 6; decision 41."""
    table = _ready(desk)
    table.ask(GET, 700, "/3200/0/5750")
    line = f"AT+MIPLREADRSP=0,700,1,3200,0,5750,{type_},8,{hex_},0,0"
    assert table.at(line) == "OK"
    assert table.sent[0].data.hex().endswith(tail)


@pytest.mark.parametrize(
    ("method", "answer"),
    [(GET, "AT+MIPLREADRSP=0,{},11"), (POST, "AT+MIPLEXECUTERSP=0,{},2")],
)
def test_an_answer_must_have_the_mid_of_its_request(desk: Any, method: int, answer: str) -> None:
    """Manual 3.11 note 1, 3.15 note 1."""
    table = _ready(desk)
    table.ask(method, 700, "/3200/0/5750")
    assert table.at(answer.format(701)) == "+CIS ERROR: 653"
    assert table.sent == []
    assert table.at(answer.format(700)) == "OK"
    assert table.sent[0].mid == 700


def test_parameters_and_observe_come_together_and_are_answered_by_the_module(desk: Any) -> None:
    """Manual 3.16 notes 2 and 7, 3.18 note 2."""
    table = _ready(desk)
    assert table.ask(PUT, 700, "/3200/0/5750", (QUERY, b"pmin=1")) == (
        '+MIPLPARAMETER: 0,700,3200,0,5750,6,"pmin=1"'
    )
    line = table.ask(GET, 701, "/3200/0/5750", (OBSERVE, b""))
    assert line == "+MIPLOBSERVE: 0,701,1,3200,0,5750"
    assert [(sent.mid, sent.code) for sent in table.sent] == [(700, CHANGED), (701, CONTENT)]


@pytest.mark.parametrize(
    ("path", "query", "accepted"),
    [
        ("/3200/0/5750", "pmin=5 pmax=6", True),
        ("/3200/0/5750", "pmin=5 pmax=5", False),
        ("/3200/0/5750", "pmin=6 pmax=5", False),
        ("/3200/0/5750", "pmax=1", True),  # pmin is 0
        ("/3200/0/5750", "pmax=0", False),
        ("/3200/0/5750", "lt=1 gt=2", True),
        ("/3200/0/5750", "lt=2 gt=2", False),
        ("/3200/0/5750", "lt=3 gt=2", False),
        ("/3200/0/5750", "lt=0 gt=60 st=29.5", True),
        ("/3200/0/5750", "lt=0 gt=60 st=30", False),
        ("/3200/0", "pmin=5 pmax=6", True),
        ("/3200/0", "gt=1", False),
        ("/3200/0", "lt=1", False),
        ("/3200", "st=1", False),
    ],
)
def test_rules_of_parameters(desk: Any, path: str, query: str, accepted: bool) -> None:
    """Manual 3.16 notes 3, 4, 5 and 6; decision 35: 4.00 and no line."""
    table = _ready(desk)
    line = table.ask(PUT, 700, path, *((QUERY, item.encode()) for item in query.split()))
    assert line.startswith("+MIPLPARAMETER: 0,700,3200,") == accepted
    assert bool(line) == accepted
    assert table.sent[0].code == (CHANGED if accepted else BAD_REQUEST)


@pytest.mark.parametrize("command", ["PARAMETER", "OBSERVE"])
@pytest.mark.parametrize("result", [1, 2, 11, 12, 13, 14, 15])
def test_answers_that_are_not_needed_are_accepted_and_send_nothing(
    desk: Any, command: str, result: int
) -> None:
    """Manual 3.17 notes 1, 2 and 3, 3.19 notes 1, 2 and 3; decision 30: for any mid."""
    table = _ready(desk)
    table.ask(PUT, 700, "/3200/0/5750", (QUERY, b"pmin=1"))
    table.ask(GET, 701, "/3200/0/5750", (OBSERVE, b""))
    table.sent.clear()
    for mid in (700, 701, 999):
        assert table.at(f"AT+MIPL{command}RSP=0,{mid},{result}") == "OK"
    assert table.wait(5) == ""
    assert table.sent == []


def test_every_observation_after_a_login_is_printed(desk: Any) -> None:
    """Manual 3.18 note 1: nothing for the MCU to do."""
    table = desk()
    table.log_in(objects="3200 3300")
    table.sent.clear()
    assert table.ask(GET, 700, "/3200/0", (OBSERVE, b"")) == "+MIPLOBSERVE: 0,700,1,3200,0,-1"
    assert table.ask(GET, 701, "/3300/0", (OBSERVE, b"")) == "+MIPLOBSERVE: 0,701,1,3300,0,-1"
    assert [(sent.mid, sent.code) for sent in table.sent] == [(700, CONTENT), (701, CONTENT)]


def test_an_auth_code_that_the_platform_does_not_have_is_refused(desk: Any) -> None:
    """Manual 4.6 note 4, 3.6 note 3; HF 6: event 7."""
    table = desk()
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0,"cmiot"')
    table.at("AT+MIPLOPEN=0,300,30")
    assert b"cmiot" in table.sent[0].data
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,7"


def test_sending_is_reported_for_four_commands_alone(desk: Any) -> None:
    """Manual 4.10 note 1."""
    table = _ready(desk)
    assert table.at("AT+MIPLNMI=0,0,1") == "OK"
    assert table.at(NOTIFY.format(rest="0").replace("=0,0,", "=0,5,")) == "OK"
    assert table.wait(1) == "+MIPLNSMI: 0,1,5"
    for mid, number, method, answer in (  # 700 & 127 is 60
        (700, 60, GET, "AT+MIPLREADRSP=0,700,11"),
        (701, 61, PUT, "AT+MIPLWRITERSP=0,701,2"),
        (702, 62, POST, "AT+MIPLEXECUTERSP=0,702,2"),
    ):
        table.ask(method, mid, "/3200/0/5750", payload=b"" if method == GET else b"x")
        assert table.at(answer) == "OK"
        assert table.wait(1) == f"+MIPLNSMI: 0,1,{number}"
    assert table.at("AT+MIPLUPDATE=0,60,0") == "OK"
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert table.at("AT+MIPLOPEN?") == "OK"
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,6"
    assert table.at("AT+MIPLPARAMETERRSP=0,1,2") == "OK"
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.reply(0x42) == "+MIPLEVENT: 0,15"


def test_the_content_type_is_taken_as_each_line_has_it(desk: Any) -> None:
    """Manual 3.9 note 9: to keep to one is up to the host; decision 44."""
    table = _ready(desk)
    for content, tail in ((0, "60ff" + "74657374"), (3, "622d16ff" + "e4167674657374")):
        assert table.at(NOTIFY.format(rest=f"0,7,{content}")) == "OK"
        assert table.sent[-1].data.hex().endswith(tail)
