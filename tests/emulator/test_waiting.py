"""What the module leaves to the MCU, and what it forgets (decisions 30–32; quirk auto_answer)."""

from collections.abc import Callable
from typing import Any

import pytest

GET, POST, PUT = 1, 2, 3
OBSERVE, FORMAT, QUERY, ACCEPT = 6, 12, 15, 17
LINKS = b"\x28"
DECLARE = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0'

REQUESTS = {
    "observe": (GET, "/3200/0", (OBSERVE, b""), "+MIPLOBSERVE: 0,700,1,3200,0,-1"),
    "cancel": (GET, "/3200/0", (OBSERVE, b"\x01"), "+MIPLOBSERVE: 0,700,0,3200,0,-1"),
    "discover": (GET, "/3200", (ACCEPT, LINKS), "+MIPLDISCOVER: 0,700,3200"),
    "attributes": (
        PUT,
        "/3200/0",
        (QUERY, b"pmin=5"),
        '+MIPLPARAMETER: 0,700,3200,0,-1,6,"pmin=5"',
    ),
}
ANSWERS = {
    "observe": "AT+MIPLOBSERVERSP=0,700,{}",
    "cancel": "AT+MIPLOBSERVERSP=0,700,{}",
    "discover": 'AT+MIPLDISCOVERRSP=0,700,{},9,"5750;5501"',
    "attributes": "AT+MIPLPARAMETERRSP=0,700,{}",
}


def _module(desk: Callable[..., Any], auto_answer: str, **quirks: object) -> Any:
    table = desk(quirks={"auto_answer": auto_answer, **quirks})
    table.log_in()
    table.sent.clear()
    return table


def _ask(table: Any, kind: str) -> str:
    code, path, option, _ = REQUESTS[kind]
    lines: str = table.ask(code, 700, path, option)
    return lines


def _answered(table: Any) -> str:
    """Code and payload of the one piggybacked answer to message 700 with token 02bc."""
    (sent,) = table.sent
    assert (sent.kind, sent.mid, sent.token.hex()) == (2, 700, "02bc")
    return f"{sent.code >> 5}.{sent.code & 31:02d} {sent.payload.decode()}".strip()


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize(
    ("auto_answer", "left_to_the_mcu"),
    [
        ("observe+discover+attributes", ()),
        ("observe", ("discover", "attributes")),
        ("discover", ("observe", "cancel", "attributes")),
        ("attributes", ("observe", "cancel", "discover")),
        ("observe+attributes", ("discover",)),
        ("none", ("observe", "cancel", "discover", "attributes")),
    ],
)
def test_what_is_named_is_answered_at_once_the_rest_waits(
    desk: Any, auto_answer: str, left_to_the_mcu: tuple[str, ...], kind: str
) -> None:
    """MB 2.8: CMIOT's modules answer all three themselves, CIS firmware none."""
    table = _module(desk, auto_answer)
    assert _ask(table, kind) == REQUESTS[kind][3]
    assert len(table.sent) == (0 if kind in left_to_the_mcu else 1)


@pytest.mark.parametrize(
    ("kind", "result", "answer"),
    [
        ("observe", 1, "2.05"),
        ("observe", 2, "2.05"),
        ("observe", 11, "4.00"),
        ("observe", 12, "4.01"),
        ("observe", 13, "4.04"),
        ("observe", 14, "4.05"),
        ("observe", 15, "4.06"),
        ("cancel", 1, "2.05"),
        ("cancel", 13, "4.04"),
        ("discover", 1, "2.05 </3200>,</3200/0>,</3200/0/5501>,</3200/0/5750>"),
        ("discover", 2, "2.05 </3200>,</3200/0>,</3200/0/5501>,</3200/0/5750>"),
        ("discover", 12, "4.01"),
        ("discover", 14, "4.05"),
        ("attributes", 1, "2.04"),
        ("attributes", 2, "2.04"),
        ("attributes", 11, "4.00"),
        ("attributes", 15, "4.06"),
    ],
)
def test_the_mcu_answers_with_its_result(desk: Any, kind: str, result: int, answer: str) -> None:
    """Results by decision 37; the resource list by decision 16."""
    table = _module(desk, "none")
    _ask(table, kind)
    assert table.at(ANSWERS[kind].format(result)) == "OK"
    assert _answered(table) == answer


@pytest.mark.parametrize("kind", REQUESTS)
def test_an_answer_of_the_mcu_is_given_once(desk: Any, kind: str) -> None:
    """Decisions 31, 37: the second is `OK` and sends nothing; result 3 is none."""
    table = _module(desk, "none")
    _ask(table, kind)
    assert table.at(ANSWERS[kind].format(3)) == "+CIS ERROR: 601"
    assert table.at(ANSWERS[kind].format(11)) == "OK"
    assert table.at(ANSWERS[kind].format(11)) == "OK"
    assert _answered(table) == "4.00"


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize(
    ("late_rsp", "answer", "later"),
    [
        ("653", "+CIS ERROR: 653", ""),
        ("601", "+CIS ERROR: 601", ""),
        ("ok", "OK", ""),
        ("ok+event20", "OK", "+MIPLEVENT: 0,20,700"),
    ],
)
def test_an_mcu_that_is_too_late(
    desk: Any, kind: str, late_rsp: str, answer: str, later: str
) -> None:
    """Decision 32; quirk late_rsp. Nothing is sent, and a repeated request prints nothing."""
    table = _module(desk, "none", late_rsp=late_rsp)
    _ask(table, kind)
    assert table.wait(31) == ""
    assert table.at(ANSWERS[kind].format(1)) == answer
    assert table.wait(1) == later
    assert _ask(table, kind) == ""
    assert table.sent == []


@pytest.mark.parametrize("kind", REQUESTS)
def test_where_the_module_answers_an_answer_of_the_mcu_does_nothing(desk: Any, kind: str) -> None:
    """Manual 3.17, 3.19; decision 30: accepted."""
    table = _module(desk, "observe+discover+attributes")
    _ask(table, kind)
    assert table.at(ANSWERS[kind].format(11)) == "OK"
    assert len(table.sent) == 1


def test_an_observation_begins_when_the_mcu_grants_it(desk: Any) -> None:
    """RFC 7641 4.1: Observe, 1, in the answer, and the value that NOTIFY gave (decision 30)."""
    for result, answer in ((11, "+CIS ERROR: 653"), (1, "OK")):
        table = _module(desk, "none")
        _ask(table, "observe")
        assert table.at(DECLARE) == "+CIS ERROR: 653", "not granted yet"
        table.at(f"AT+MIPLOBSERVERSP=0,700,{result}")
        assert table.at(DECLARE) == answer
    assert table.sent[0].data.hex() == "624502bc02bc" + "6101" + "622d16" + "ffe4167674657374"


def test_a_repeated_observe_prints_again_with_the_same_mid_until_it_is_answered(desk: Any) -> None:
    """MB 2.8: Observe repeats reuse the same observe mid, here one of 32 bits (MB 3)."""
    table = _module(desk, "none", observe_mid="cis32")
    line = "+MIPLOBSERVE: 0,66236,1,3200,0,-1"  # 65536 + 700
    assert _ask(table, "observe") == line
    assert _ask(table, "observe") == line
    assert table.at("AT+MIPLOBSERVERSP=0,700,1") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLOBSERVERSP=0,131772,1") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLOBSERVERSP=0,66236,1") == "OK"
    assert _ask(table, "observe") == ""
    assert len(table.sent) == 2, "the same answer again"


def test_before_open_the_resource_list_still_names_an_object(desk: Any) -> None:
    """Manual 3.5; decision 16."""
    table = desk(quirks={"auto_answer": "none"})
    table.at("AT+MIPLCREATE")
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    assert table.at('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"') == "OK"
    assert table.at('AT+MIPLDISCOVERRSP=0,3201,1,4,"5750"') == "+CIS ERROR: 653"


def test_a_discover_that_waits_is_meant_before_an_object_of_the_same_number(desk: Any) -> None:
    table = _module(desk, "none")
    table.ask(GET, 3200, "/3200/0", (ACCEPT, LINKS))
    assert table.at('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"') == "OK"
    assert table.sent[0].payload == b"</3200/0>,</3200/0/5750>"


@pytest.mark.parametrize("auto_answer", ["observe+discover+attributes", "none"])
@pytest.mark.parametrize(
    ("code", "option", "line"),
    [
        (GET, (OBSERVE, b""), "+MIPLOBSERVE: 0,700,1,3,0,-1"),
        (GET, (ACCEPT, LINKS), "+MIPLDISCOVER: 0,700,3"),
        (PUT, (QUERY, b"pmin=5"), '+MIPLPARAMETER: 0,700,3,0,-1,6,"pmin=5"'),
    ],
)
def test_objects_of_the_module_are_never_left_to_the_mcu(
    desk: Any, code: int, option: tuple[int, bytes], line: str, auto_answer: str
) -> None:
    """Decision 33: an answer of the MCU is `OK` and does nothing."""
    answers = {
        OBSERVE: "AT+MIPLOBSERVERSP=0,700,1",
        ACCEPT: 'AT+MIPLDISCOVERRSP=0,700,1,4,"5750"',
        QUERY: "AT+MIPLPARAMETERRSP=0,700,2",
    }
    table = _module(desk, auto_answer)
    assert table.ask(code, 700, "/3/0", option) == line
    assert table.at(answers[option[0]]) == "OK"
    assert len(table.sent) == 1
    table.ask(GET, 701, "/3/0", (ACCEPT, LINKS))
    assert b"</3/0/0>" in table.sent[-1].payload and b"5750" not in table.sent[-1].payload


@pytest.mark.parametrize("auto_answer", ["discover", "none"])
def test_a_resource_list_for_an_object_that_is_gone_is_653(desk: Any, auto_answer: str) -> None:
    """Manual 3.4; decision 8."""
    table = _module(desk, auto_answer)
    _ask(table, "discover")
    assert table.at("AT+MIPLDELOBJ=0,3200") == "OK"
    assert table.at(ANSWERS["discover"].format(1)) == "+CIS ERROR: 653"


def test_what_is_left_to_the_mcu_does_not_go_through_the_nmi_queue(desk: Any) -> None:
    """Manual 4.2: READ, WRITE and EXECUTE are queued, all else is printed at once."""
    table = _module(desk, "none")
    table.at("AT+MIPLNMI=0,1,0")
    assert _ask(table, "discover") == REQUESTS["discover"][3]
    assert table.at("AT+MIPLMGR=0") == "OK"


def test_an_answer_of_another_kind_is_653(desk: Any) -> None:
    table = _module(desk, "none")
    _ask(table, "observe")
    assert table.at("AT+MIPLPARAMETERRSP=0,700,2") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLOBSERVERSP=0,700,1") == "OK"


def test_more_than_64_that_wait_are_5_03(desk: Any) -> None:
    """Nothing grows without bound; the limit is chosen."""
    table = _module(desk, "none", mcu_answer_timeout_s=300)
    for mid in range(1000, 1064):
        assert table.ask(GET, mid, "/3200", (ACCEPT, LINKS)) == f"+MIPLDISCOVER: 0,{mid},3200"
    assert table.sent == []
    assert _ask(table, "observe") == ""
    assert _answered(table) == "5.03"
