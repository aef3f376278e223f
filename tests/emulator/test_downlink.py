"""Requests of the platform: printed, waited for, answered, forgotten (decisions 29–37)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import coap

GET, POST, PUT, DELETE = 1, 2, 3, 4
OBSERVE, FORMAT, QUERY, ACCEPT = 6, 12, 15, 17
TLV, LINKS = b"\x2d\x16", b"\x28"
DECLARE = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0'


def _ready(desk: Callable[..., Any], **settings: Any) -> Any:
    table = desk(**settings)
    table.log_in()
    table.observed()
    assert table.at(DECLARE) == "OK"
    table.sent.clear()
    return table


def _code(table: Any) -> str:
    last = table.sent[-1]
    return f"{last.code >> 5}.{last.code & 31:02d}"


def test_nothing_goes_out_before_the_mcu_answers_then_one_piggybacked_ack(desk: Any) -> None:
    """Decision 31."""
    table = _ready(desk)
    assert table.ask(GET, 700, "/3200/0/5750") == "+MIPLREAD: 0,700,3200,0,5750"
    table.wait(10)
    assert table.sent == []
    assert table.at('AT+MIPLREADRSP=0,700,1,3200,0,5750,1,4,"abcd",0,0') == "OK"
    (sent,) = table.sent
    assert (sent.kind, sent.mid, sent.token.hex(), sent.payload) == (2, 700, "02bc", b"abcd")


def test_an_early_ack_where_the_quirk_wants_one(desk: Any) -> None:
    """Quirk empty_ack_after_s, SV 2.3: an empty ACK, then a separate CON."""
    table = _ready(desk, quirks={"empty_ack_after_s": 0.2})
    table.ask(GET, 700, "/3200/0/5750")
    assert [sent.data.hex() for sent in table.sent] == ["600002bc"]
    table.at('AT+MIPLREADRSP=0,700,1,3200,0,5750,1,4,"abcd",0,0')
    assert (table.sent[1].kind, table.sent[1].token.hex()) == (0, "02bc")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/3200", "+MIPLREAD: 0,700,3200,-1,-1"),
        ("/3200/0", "+MIPLREAD: 0,700,3200,0,-1"),
        ("/3200/0/5750", "+MIPLREAD: 0,700,3200,0,5750"),
    ],
)
def test_missing_ids_are_minus_one(desk: Any, path: str, line: str) -> None:
    """Manual 3.10 note 1; decision 29."""
    assert _ready(desk).ask(GET, 700, path) == line


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (1, "2.05"),
        (2, "2.05"),
        (11, "4.00"),
        (12, "4.01"),
        (13, "4.04"),
        (14, "4.05"),
        (15, "4.06"),
    ],
)
def test_results_of_a_read(desk: Any, result: int, code: str) -> None:
    """Manual 3.11; decision 37."""
    table = _ready(desk)
    table.ask(GET, 700, "/3200/0/5750")
    value = ',3200,0,5750,1,4,"abcd",0,0' if result < 11 else ""
    assert table.at(f"AT+MIPLREADRSP=0,700,{result}{value}") == "OK"
    assert _code(table) == code


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (1, "2.04"),
        (2, "2.04"),
        (11, "4.00"),
        (12, "4.01"),
        (13, "4.04"),
        (14, "4.05"),
        (15, "4.06"),
    ],
)
@pytest.mark.parametrize("command", ["WRITE", "EXECUTE"])
def test_results_of_write_and_execute(desk: Any, command: str, result: int, code: str) -> None:
    """Manual 3.13 note 2, 3.15 note 2; decision 37."""
    table = _ready(desk)
    table.ask(PUT if command == "WRITE" else POST, 700, "/3200/0/5750", payload=b"x")
    assert table.at(f"AT+MIPL{command}RSP=0,700,{result}") == "OK"
    assert _code(table) == code


@pytest.mark.parametrize(
    "line",
    [
        "AT+MIPLREADRSP=0,700,1",
        "AT+MIPLREADRSP=0,700,3",
        "AT+MIPLREADRSP=0,700,1,3200,0,5750,1,4",
        'AT+MIPLREADRSP=0,700,1,3200,0,5750,7,4,"abcd",0,0',
        "AT+MIPLWRITERSP=0,700,3",
        "AT+MIPLWRITERSP=0,700",
        "AT+MIPLEXECUTERSP=0,65536,2",
    ],
)
def test_malformed_answers_are_601(desk: Any, line: str) -> None:
    """Decisions 8, 37."""
    assert _ready(desk).at(line) == "+CIS ERROR: 601"


@pytest.mark.parametrize(
    ("value", "answer", "later"),
    [
        ("653", "+CIS ERROR: 653", ""),
        ("601", "+CIS ERROR: 601", ""),
        ("ok", "OK", ""),
        ("ok+event20", "OK", "+MIPLEVENT: 0,20,999"),
    ],
)
def test_an_answer_to_nothing(desk: Any, value: str, answer: str, later: str) -> None:
    """Manual 3.13 note 1; decision 32; quirk late_rsp, MB 2.8, 5.11."""
    table = _ready(desk, quirks={"late_rsp": value})
    assert table.at("AT+MIPLWRITERSP=0,999,2") == answer
    assert table.wait(1) == later
    assert table.sent == []


def test_an_answer_of_another_kind_is_653(desk: Any) -> None:
    table = _ready(desk)
    table.ask(GET, 700, "/3200/0/5750")
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLREADRSP=0,700,11") == "OK"


def test_a_second_answer_within_247_s_is_ok_and_sends_nothing(desk: Any) -> None:
    """Decision 31."""
    table = _ready(desk)
    table.ask(PUT, 700, "/3200/0/5750", payload=b"x")
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "OK"
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "OK"
    assert len(table.sent) == 1
    table.wait(250)
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "+CIS ERROR: 653"


def test_a_repeated_request_prints_again_and_after_the_answer_gets_it_again(desk: Any) -> None:
    """Decision 31; quirk duplicate_urc, MB 2.8 (ME3616 log)."""
    for value, repeated in (("on", "+MIPLREAD: 0,700,3200,0,5750"), ("off", "")):
        table = _ready(desk, quirks={"duplicate_urc": value})
        table.ask(GET, 700, "/3200/0/5750")
        assert table.ask(GET, 700, "/3200/0/5750") == repeated
        table.at("AT+MIPLREADRSP=0,700,13")
        assert table.ask(GET, 700, "/3200/0/5750") == ""
        assert table.sent[0].data == table.sent[1].data


def test_a_request_that_the_mcu_does_not_answer_is_forgotten(desk: Any) -> None:
    """Manual 3.11 note 4; decision 32: nothing is sent, a repeat not printed or answered."""
    table = _ready(desk)
    table.ask(PUT, 700, "/3200/0/5750", payload=b"x")
    table.wait(28)
    assert (
        table.ask(PUT, 700, "/3200/0/5750", payload=b"x") == "+MIPLWRITE: 0,700,3200,0,5750,1,1,x,0"
    )
    table.wait(2)
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "+CIS ERROR: 653"
    assert table.ask(PUT, 700, "/3200/0/5750", payload=b"x") == ""
    assert table.sent == []


def test_a_forgotten_request_may_be_told_to_the_platform(desk: Any) -> None:
    """Quirks mcu_answer_timeout_s (MB 2.3) and after_timeout."""
    table = _ready(desk, quirks={"mcu_answer_timeout_s": 20, "after_timeout": "5.00"})
    table.ask(PUT, 700, "/3200/0/5750", payload=b"x")
    table.wait(18.5)
    assert table.sent == []
    table.wait(1)
    assert _code(table) == "5.00"


def test_only_the_newest_request_may_be_answerable(desk: Any) -> None:
    """Quirk rsp_only_last, MB 5.10 (RDA)."""
    table = _ready(desk, quirks={"rsp_only_last": "on"})
    table.ask(GET, 700, "/3200/0/5750")
    table.ask(GET, 701, "/3200/0/5750")
    assert table.at("AT+MIPLREADRSP=0,700,11") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLREADRSP=0,701,11") == "OK"


def test_values_outside_the_read_are_653_and_it_stays_open(desk: Any) -> None:
    """Decisions 40, 43."""
    table = _ready(desk)
    table.ask(GET, 700, "/3200/0/5750")
    assert table.at('AT+MIPLREADRSP=0,700,1,3200,0,5751,1,1,"x",0,0') == "+CIS ERROR: 653"
    assert table.at('AT+MIPLREADRSP=0,700,1,3200,0,5750,1,1,"x",0,0') == "OK"
    assert table.sent[-1].payload == b"x"


def test_an_answer_over_1000_bytes_is_100_and_the_read_stays_open(desk: Any) -> None:
    """Manual 3.11 note 3; decision 43."""
    table = _ready(desk)
    table.ask(GET, 700, "/3200/0/5750")
    big = 'AT+MIPLREADRSP=0,700,1,3200,0,5750,1,4,"' + "x" * 1001 + '",0,0'
    assert table.at(big) == "+CIS ERROR: 100"
    assert table.at(big.replace("xx", "x", 1)) == "OK"
    assert len(table.sent[-1].payload) == 1000


def test_an_object_read_wraps_each_instance(desk: Any) -> None:
    """Decision 40: TLV object instances 0 and 2 (LwM2M 1.0 6.4.3)."""
    table = desk()
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLADDOBJ=0,3200,3,"101",0,0')
    table.at("AT+MIPLOPEN=0,300,30")
    table.reply(0x41, (8, b"rd"), (8, b"1"))
    assert table.ask(GET, 700, "/3200") == "+MIPLREAD: 0,700,3200,-1,-1"
    table.at('AT+MIPLREADRSP=0,700,1,3200,0,5750,1,1,"a",1,1')
    table.at('AT+MIPLREADRSP=0,700,1,3200,2,5750,1,1,"b",0,0')
    assert table.sent[-1].payload.hex() == "0400e11676610402e1167662"


@pytest.mark.parametrize(
    ("accept", "code", "payload"),
    [
        (b"", "2.05", b"x"),
        (TLV, "2.05", b"\xe1\x16\x76x"),
        (b"\x06\x06", "2.05", b"\xe1\x16\x76x"),
        (b"\x3c", "4.06", b""),
    ],
)
def test_accept_is_honoured_or_refused(desk: Any, accept: bytes, code: str, payload: bytes) -> None:
    """Decision 44; conformance 9."""
    table = _ready(desk)
    line = table.ask(GET, 700, "/3200/0/5750", (ACCEPT, accept))
    if code == "2.05":
        assert line == "+MIPLREAD: 0,700,3200,0,5750"
        table.at('AT+MIPLREADRSP=0,700,1,3200,0,5750,1,1,"x",0,0')
    assert (_code(table), table.sent[-1].payload) == (code, payload)


def test_a_refusal_may_carry_a_value(desk: Any) -> None:
    """Manual 3.11, syntax: the value is optional whatever the result; decision 37."""
    table = _ready(desk)
    table.ask(GET, 700, "/3200/0/5750")
    assert table.at('AT+MIPLREADRSP=0,700,13,3200,0,5750,1,1,"x",0,1') == "OK"
    assert (_code(table), table.sent[-1].payload) == ("4.04", b"")


@pytest.mark.parametrize(
    ("quirk", "value", "line"),
    [
        ("read_fields", 6, "+MIPLREAD: 0,700,3200,0,5750,0"),
        ("mipl_colon", "none", "+MIPLREAD:0,700,3200,0,5750"),
        ("mipl_colon", "blank+comma", "+MIPLREAD: 0, 700, 3200, 0, 5750"),
    ],
)
def test_spellings_of_read(desk: Any, quirk: str, value: object, line: str) -> None:
    """Manual 2.2, 3.10, 5.1; HF 2; MB 6.1."""
    table = desk(quirks={quirk: value})
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    table.at("AT+MIPLOPEN=0,300,30")
    table.reply(0x41, (8, b"rd"), (8, b"1"))
    assert table.ask(GET, 700, "/3200/0/5750") == line


SEVERAL = bytes.fromhex("e1157c01e4167674657374")  # 5500 = 01, 5750 = "test"


@pytest.mark.parametrize(
    ("quirk", "value", "lines"),
    [
        (
            "write_fields",
            9,
            "+MIPLWRITE: 0,700,3200,0,5500,6,2,01,1|+MIPLWRITE: 0,700,3200,0,5750,1,4,test,0",
        ),
        (
            "write_fields",
            10,
            "+MIPLWRITE: 0,700,3200,0,5500,6,2,01,1,0|+MIPLWRITE: 0,700,3200,0,5750,1,4,test,0,0",
        ),
        (
            "write_order",
            "descending",
            "+MIPLWRITE: 0,700,3200,0,5750,1,4,test,1|+MIPLWRITE: 0,700,3200,0,5500,6,2,01,0",
        ),
    ],
)
def test_a_write_of_several_resources(desk: Any, quirk: str, value: object, lines: str) -> None:
    """Manual 3.12 notes 1, 2 and 3, 4.3 note 5; decision 34; MB 6.2."""
    table = _ready(desk, quirks={quirk: value})
    assert table.ask(POST, 700, "/3200/0", (FORMAT, TLV), payload=SEVERAL) == lines
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "OK"
    assert _code(table) == "2.04"


@pytest.mark.parametrize(
    ("style", "payload", "line"),
    [
        ("quoted", b"test", '5750,4,"test"'),
        ("quoted", b"", "5750"),
        ("quoted-empty", b"", '5750,0,""'),
        ("unquoted", b"test", "5750,4,test"),
        ("unquoted", b"", "5750"),
        ("unquoted+0", b"abcd", "5750,4,abcd,0"),
        ("quoted", b"a\r\nb", '5750,8,"610D0A62"'),
    ],
)
def test_the_arguments_of_execute(desk: Any, style: str, payload: bytes, line: str) -> None:
    """Manual 3.14, 3.15, 5.1; decisions 12, 35; MB 6.3."""
    table = _ready(desk, quirks={"exec_style": style})
    assert (
        table.ask(POST, 700, "/3200/0/5750", payload=payload)
        == f"+MIPLEXECUTE: 0,700,3200,0,{line}"
    )


def test_bytes_that_do_not_fit_a_declared_type_are_4_00_without_a_line(desk: Any) -> None:
    """Decision 34."""
    table = _ready(desk)
    table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,-12,0,0")
    assert table.ask(PUT, 700, "/3200/0/5501", (FORMAT, b""), payload=b"abc") == ""
    assert _code(table) == "4.00"


@pytest.mark.parametrize(
    ("path", "code", "wanted"),
    [
        ("/3201/0/1", GET, "4.04"),
        ("/3200/1", GET, "4.04"),
        ("/3200/0", DELETE, "4.05"),
        ("/3200", POST, "4.05"),
        ("/0/0", GET, "4.01"),
        ("/3/0/0", POST, "4.05"),
        ("/3/0/0", PUT, "4.05"),
        ("/3/0/99", GET, "4.04"),
        ("/3/0/99", PUT, "4.04"),
    ],
)
def test_what_the_module_refuses_by_itself(desk: Any, path: str, code: int, wanted: str) -> None:
    """Conformance 6, 7, 9; decision 33."""
    table = _ready(desk)
    assert table.ask(code, 700, path, (FORMAT, b""), payload=b"1") == ""
    assert _code(table) == wanted


def test_the_codes_of_the_cis_kit(desk: Any) -> None:
    """Quirk cis_codes, MB 2.8: also of the module's own objects, and nothing is printed."""
    for value, codes in (("off", "4.05 4.05 4.05 4.01 4.04"), ("on", "4.00 4.04 4.04 4.04 4.04")):
        table = _ready(desk, quirks={"cis_codes": value})
        seen: list[str] = []
        for code, path in (
            (POST, "/3200"),
            (DELETE, "/3200/0"),
            (DELETE, "/3/0"),
            (GET, "/0/0"),
            (GET, "/9/0"),
        ):
            assert table.ask(code, 700 + len(seen), path) == ""
            seen.append(_code(table))
        assert " ".join(seen) == codes


@pytest.mark.parametrize(("value", "line"), [("off", "+MIPLREAD: 0,700,3200,0,-1"), ("on", "")])
def test_a_request_before_the_registration_is_answered(desk: Any, value: str, line: str) -> None:
    """Conformance 9; quirk cis_codes, MB 2.8: any request while not registered is ignored."""
    table = desk(quirks={"cis_codes": value})
    assert table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0').endswith("OK")
    assert table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0') == "OK"
    assert table.at("AT+MIPLOPEN=0,300,30") == "OK"
    register = table.sent[0]
    for _ in range(2):
        assert table.ask(GET, 700, "/3200/0") == line
    table.ask(GET, 701, "/0/0")
    answers = [sent for sent in table.sent if sent.mid in (700, 701)]
    assert len(answers) == (1 if value == "off" else 0), "4.01"
    table.lines()
    table.platform(coap(2, 0x41, register.mid, register.token, ((8, b"rd"), (8, b"1"))))
    assert table.ask(GET, 702, "/3200/0") == "+MIPLREAD: 0,702,3200,0,-1"


def test_3_0_is_read_from_the_module_and_told(desk: Any) -> None:
    """Decision 33; manual 5.1; quirk module_read_urc."""
    for value, line in (("on", "+MIPLREAD: 0,700,3,0,-1"), ("off", "")):
        table = _ready(desk, quirks={"module_read_urc": value})
        assert table.ask(GET, 700, "/3/0", (ACCEPT, TLV)) == line
        assert _code(table) == "2.05"
        assert table.at("AT+MIPLREADRSP=0,700,11") == "OK", "it is answered already"


def test_observe_is_answered_with_the_last_value_or_none(desk: Any) -> None:
    """Decision 30; quirk observe_payload, MB 2.10."""
    for value, payload in (("last", b"test"), ("none", b"")):
        table = _ready(desk, quirks={"observe_payload": value})
        assert table.ask(GET, 701, "/3200/0/5750", (OBSERVE, b"")) == (
            "+MIPLOBSERVE: 0,701,1,3200,0,5750"
        )
        assert table.sent[-1].payload == payload


@pytest.mark.parametrize(
    ("accept", "content_format"),
    [((), "622d16"), (((ACCEPT, b"\x06\x06"),), "620606"), (((ACCEPT, b""),), "60")],
)
def test_an_observe_of_nothing_known_yet_gets_the_format_that_it_accepts(
    desk: Any, accept: tuple[tuple[int, bytes], ...], content_format: str
) -> None:
    """Decisions 30 and 44; RFC 7252 5.10.4. RFC 7641 4.2: notifications keep the first format.

    The answer: ACK, 2.05, Observe 1, Content-Format, which is 6 after Observe (RFC 7252 3.1).
    """
    table = desk()
    table.log_in()
    table.ask(GET, 701, "/3200/0/5750", (OBSERVE, b""), *accept)
    assert table.sent[-1].data.hex() == "624502bd02bd" + "6101" + content_format


def test_an_observe_of_nothing_known_yet_gets_the_tlv_number_of_the_firmware(desk: Any) -> None:
    """Quirk tlv_content_format, MB 2.9: 1542, as the notifications will have."""
    table = desk(quirks={"tlv_content_format": 1542})
    table.log_in()
    table.ask(GET, 701, "/3200/0", (OBSERVE, b""))
    assert table.sent[-1].data.hex() == "624502bd02bd" + "6101" + "620606"


def test_the_observe_mid_may_have_32_bits(desk: Any) -> None:
    """Quirk observe_mid, MB 3: n * 65536 + message id."""
    table = desk(quirks={"observe_mid": "cis32"})
    table.log_in()
    assert table.ask(GET, 22900, "/3200/0", (OBSERVE, b"")) == "+MIPLOBSERVE: 0,88436,1,3200,0,-1"


def test_observe_1_cancels_and_prints_flag_0(desk: Any) -> None:
    """Decision 30; manual 3.18."""
    table = _ready(desk)
    assert table.ask(GET, 702, "/3200/0", (OBSERVE, b"\x01")) == "+MIPLOBSERVE: 0,702,0,3200,0,-1"
    assert table.at(DECLARE) == "+CIS ERROR: 653"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("stp", "pmin=18;pmax=90;lt=0.0;gt=60.0;stp=2.0"),  # manual 3.17, its <len> is 38
        ("st", "pmin=18;pmax=90;lt=0.0;gt=60.0;st=2.0"),
    ],
)
def test_write_attributes_are_answered_and_told(desk: Any, value: str, text: str) -> None:
    """Manual 3.16 notes 1 and 7, 3.17; decision 35; quirk step_name."""
    table = _ready(desk, quirks={"step_name": value})
    query = [(QUERY, item) for item in (b"pmin=18", b"pmax=90", b"lt=0", b"gt=60.0", b"st=2")]
    assert table.ask(PUT, 18174, "/3200/0/5750", *query) == (
        f'+MIPLPARAMETER: 0,18174,3200,0,5750,{len(text)},"{text}"'
    )
    assert _code(table) == "2.04"


def test_discoverrsp_may_name_the_message_id_of_a_discover(desk: Any) -> None:
    """Decision 16; HF 4 (D21)."""
    table = _ready(desk)
    assert table.ask(GET, 9813, "/3200", (ACCEPT, LINKS)) == "+MIPLDISCOVER: 0,9813,3200"
    assert table.at('AT+MIPLDISCOVERRSP=0,9813,1,16,"5751;30001;"') == "OK"
    assert table.at('AT+MIPLDISCOVERRSP=0,9814,1,4,"5751"') == "+CIS ERROR: 653"
    table.ask(GET, 9815, "/3200", (ACCEPT, LINKS))
    assert (
        table.sent[-1].payload == b"</3200>,</3200/0>,</3200/0/5750>,</3200/0/5751>,</3200/0/30001>"
    )


def test_more_than_64_waiting_requests_are_5_03(desk: Any) -> None:
    """Nothing grows without bound; the limit is chosen."""
    table = _ready(desk)
    for mid in range(1000, 1064):
        table.deliver(_read(mid))
    assert table.sent == []
    table.deliver(_read(1064))
    assert _code(table) == "5.03"


def _read(mid: int) -> bytes:
    """CON GET /3200/0/5750 without a token."""
    return bytes([0x40, 1, mid >> 8, mid & 255]) + b"\xb43200\x010\x045750"
