"""AT+MIPLNOTIFY: what is held, what is sent, how, and what comes of it (manual 3.9)."""

from collections.abc import Callable
from typing import Any

import pytest

ACK, RST = 2, 3
NON_CONTENT = 0x50

NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0'
TLV_5750 = "e4167674657374"


def _ready(desk: Callable[..., Any], **settings: Any) -> Any:
    table = desk(**settings)
    table.log_in()
    table.observed()
    return table


def test_without_an_ackid_the_notification_is_non_and_nothing_follows(desk: Any) -> None:
    """Decision 42; manual 3.9 note 6."""
    table = _ready(desk)
    assert table.at(NOTIFY) == "OK"
    (sent,) = table.sent
    assert (sent.kind, sent.code, sent.payload.hex()) == (1, 0x45, TLV_5750)
    assert table.wait(300) == ""


def test_with_an_ackid_it_is_con_and_its_ack_is_event_26(desk: Any) -> None:
    """Manual 3.9 note 6, its example, 3.20 event 26; decision 42."""
    table = _ready(desk)
    assert table.at(NOTIFY + ",147") == "OK"
    assert table.sent[0].kind == 0
    assert table.reply(0) == "+MIPLEVENT: 0,26,147"


def test_a_lost_con_is_silent_and_sent_again_at_t_3t_7t_15t(desk: Any) -> None:
    """Decisions 28, 42."""
    table = _ready(desk)
    assert table.at(NOTIFY + ",147") == "OK"
    start, times = table.now, []
    for _ in range(70):
        before = len(table.sent)
        assert table.wait(1) == ""
        times += [table.now - start] * (len(table.sent) - before)
    assert times == [2, 6, 14, 30]


@pytest.mark.parametrize(("value", "line"), [("ackid", "147"), ("observe mid", "500")])
def test_event_25_tells_a_loss_where_firmware_has_it(desk: Any, value: str, line: str) -> None:
    """Quirk event_25, MB 8."""
    table = _ready(desk, quirks={"event_25": value})
    table.at(NOTIFY + ",147")
    assert table.wait(70) == f"+MIPLEVENT: 0,25,{line}"


def test_flags_1_and_2_hold_and_0_sends_all_of_the_same_instance(desk: Any) -> None:
    """Manual 3.9 notes 1 and 2; twice the same resource: the later value (decision 40)."""
    table = _ready(desk)
    assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,"-12",9,1') == "OK"
    assert table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,-13,9,2") == "OK"
    assert table.sent == []
    assert table.at(NOTIFY) == "OK"
    assert [s.payload.hex() for s in table.sent] == ["e1157df3" + TLV_5750]


@pytest.mark.parametrize("flag", ["0x200", "0x400", "0X400", "512"])
def test_the_release_flags_send(desk: Any, flag: str) -> None:
    """Manual 3.9 note 3; decision 4: hex flags in either case."""
    table = _ready(desk)
    assert table.at(NOTIFY[:-1] + flag) == "OK"
    assert len(table.sent) == 1


@pytest.mark.parametrize(
    ("value", "answer", "later"),
    [
        ("653", "+CIS ERROR: 653", ""),
        ("100", "+CIS ERROR: 100", ""),
        ("ok", "OK", ""),
        ("ok+event25", "OK", "+MIPLEVENT: 0,25,147"),
    ],
)
def test_a_resource_that_nobody_observes(desk: Any, value: str, answer: str, later: str) -> None:
    """Decision 43; quirk notify_unobserved, MB 2.11."""
    table = desk(quirks={"notify_unobserved": value})
    table.log_in()
    assert table.at(NOTIFY + ",147") == answer
    assert table.wait(1) == later


def test_the_narrowest_observation_that_covers_all_values_carries_them(desk: Any) -> None:
    """Decision 42; text/plain on a resource path (decision 44)."""
    table = _ready(desk)
    table.observed("/3200/0/5750", 501)
    assert table.at(NOTIFY) == "OK"
    assert (table.sent[0].token.hex(), table.sent[0].payload) == ("01f5", b"test")
    table.sent.clear()
    table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,-12,1,1")
    assert table.at(NOTIFY) == "OK"
    assert (table.sent[0].token.hex(), table.sent[0].payload.hex()) == (
        "01f4",
        "e1157df4" + TLV_5750,
    )


def test_over_1000_bytes_is_100_and_what_was_held_is_dropped(desk: Any) -> None:
    """Manual 3.9 note 5; decision 43. TLV of 990 letters is 995 bytes, with 5501 over.

    Manual 6 code 100.
    """
    table = _ready(desk)
    held = "AT+MIPLNOTIFY=0,0,3200,0,5501,2,20," + "AB" * 10 + ",1,1"
    assert table.at(held) == "OK"
    big = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"' + "x" * 990 + '",0,0'
    assert table.at(big) == "+CIS ERROR: 100"
    assert table.sent == []
    assert table.at(big) == "OK"
    assert len(table.sent[0].payload) == 995


@pytest.mark.parametrize(("value", "payload"), [("on", TLV_5750), ("off", "e1157df4" + TLV_5750)])
def test_an_error_while_packing_drops_what_is_held(desk: Any, value: str, payload: str) -> None:
    """Quirk packing_error_clears, MB 2.11 (CM-H2)."""
    table = _ready(desk, quirks={"packing_error_clears": value})
    table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,-12,1,1")
    assert table.at('AT+MIPLNOTIFY=0,0,3300,0,5700,1,4,"x",0,0') == "+CIS ERROR: 653"
    assert table.at(NOTIFY) == "OK"
    assert table.sent[0].payload.hex() == payload


def test_a_syntax_error_keeps_what_is_held(desk: Any) -> None:
    """Decisions 10, packing_error_clears: 601 does not."""
    table = _ready(desk)
    table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,-12,1,1")
    assert table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,abc,1,1") == "+CIS ERROR: 601"
    assert table.at(NOTIFY) == "OK"
    assert table.sent[0].payload.hex() == "e1157df4" + TLV_5750


def test_eight_con_notifications_may_be_unacknowledged_the_next_is_652(desk: Any) -> None:
    """Manual 6 code 652; decision 42."""
    table = _ready(desk)
    for ackid in range(8):
        assert table.at(f"{NOTIFY},{ackid}") == "OK"
    assert table.at(f"{NOTIFY},8") == "+CIS ERROR: 652"
    assert table.at(NOTIFY) == "OK", "NON is not counted"
    table.sent.pop()
    assert table.reply(0) == "+MIPLEVENT: 0,26,7"
    assert table.at(f"{NOTIFY},8") == "OK"


def test_the_mid_may_be_that_of_a_cis_observation(desk: Any) -> None:
    """Manual 3.9: the `<mid>` of +MIPLOBSERVE; 32 bits with observe_mid=cis32 (MB 3; HF 4, D17)."""
    table = desk(quirks={"observe_mid": "cis32"})
    table.log_in()
    assert table.ask(1, 22900, "/3200/0", (6, b"")) == "+MIPLOBSERVE: 0,88436,1,3200,0,-1"
    assert table.at('AT+MIPLNOTIFY=0,88436,3200,0,5750,1,4,"test",0,0') == "OK"
    assert table.sent[-1].token == b"\x59\x74"
    assert table.at('AT+MIPLNOTIFY=0,4294967296,3200,0,5750,1,4,"test",0,0') == "+CIS ERROR: 601"


def test_a_repeated_ackid_goes_out_under_a_fresh_message_id(desk: Any) -> None:
    """Decision 42: hosts repeat them (HF 22)."""
    table = _ready(desk)
    for _ in range(2):
        assert table.at(NOTIFY + ",1") == "OK"
        assert table.reply(0) == "+MIPLEVENT: 0,26,1"
    assert table.sent[0].mid != table.sent[1].mid


def test_ackid_as_mid_puts_the_ackid_on_the_wire(desk: Any) -> None:
    """Quirk ackid_as_mid, manual 3.9 note 8."""
    table = _ready(desk, quirks={"ackid_as_mid": "ackid"})
    assert table.at(NOTIFY + ",147") == "OK"
    assert table.sent[0].mid == 147


@pytest.mark.parametrize(("value", "kind"), [("CON", 0), ("ACK", 2), ("NON/CON", 1)])
def test_the_type_of_a_notification(desk: Any, value: str, kind: int) -> None:
    """Quirk notify_type, MB 2.11."""
    table = _ready(desk, quirks={"notify_type": value})
    assert table.at(NOTIFY) == "OK"
    assert table.sent[0].kind == kind


@pytest.mark.parametrize(("value", "times"), [("on", []), ("off", [2, 6, 14, 30])])
def test_a_con_notification_may_go_out_only_once(desk: Any, value: str, times: list[float]) -> None:
    """Quirk con_notify_once, MB 2.11 (MT). That it is lost is known after one T (decision 28)."""
    table = _ready(desk, quirks={"con_notify_once": value, "event_25": "ackid"})
    table.at(NOTIFY + ",147")
    start, seen, lost = table.now, [], ""
    for _ in range(70):
        before = len(table.sent)
        told = table.wait(1)
        lost += f"{told} at {table.now - start}" if told else ""
        seen += [table.now - start] * (len(table.sent) - before)
    assert (seen, lost) == (times, f"+MIPLEVENT: 0,25,147 at {2 if value == 'on' else 62}.0")


def test_mid_zero_may_be_refused(desk: Any) -> None:
    """Quirk notify_mid_zero, MB 2.11."""
    table = _ready(desk, quirks={"notify_mid_zero": "601"})
    assert table.at(NOTIFY) == "+CIS ERROR: 601"
    assert table.at(NOTIFY.replace("=0,0,", "=0,1,")) == "OK"


@pytest.mark.parametrize(
    ("type_", "length", "value", "answer"),
    [
        (1, 4, '"test"', "OK"),
        (1, 5, '"test"', "+CIS ERROR: 601"),
        (2, 4, "ABCD", "OK"),
        (2, 2, "ABCD", "+CIS ERROR: 601"),
        (3, 4, "12", "OK"),
        (3, 3, "-12", "+CIS ERROR: 601"),
        (4, 8, "1.5", "OK"),
        (4, 3, "1.5", "+CIS ERROR: 601"),
        (5, 1, "1", "OK"),
        (5, 4, "1", "+CIS ERROR: 601"),
    ],
)
def test_a_strict_length_check(desk: Any, type_: int, length: int, value: str, answer: str) -> None:
    """Quirk len_check, MB 5.9; off, any <len> is fine (decision 4)."""
    line = f"AT+MIPLNOTIFY=0,0,3200,0,5750,{type_},{length},{value},0,0"
    assert _ready(desk, quirks={"len_check": "strict"}).at(line) == answer
    assert _ready(desk).at(line) == "OK"


def test_before_open_a_notify_declares_or_is_refused(desk: Any) -> None:
    """Manual 3.5 note 3; decision 17; quirk notify_before_open."""
    for value, answer in (("declare", "OK"), ("602", "+CIS ERROR: 602")):
        table = desk(quirks={"notify_before_open": value})
        table.at("AT+MIPLCREATE")
        table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
        assert table.at(NOTIFY) == answer


def test_declared_counts_may_limit_resources(desk: Any) -> None:
    """Quirk count_limit, MB 2.9: only as many resources as <atts> and <acts> say."""
    table = desk(quirks={"count_limit": "on"})
    table.at("AT+MIPLCREATE")
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",1,0')
    assert table.at(NOTIFY) == "OK"
    assert table.at(NOTIFY) == "OK"
    assert table.at(NOTIFY.replace("5750", "5751")) == "+CIS ERROR: 653"


@pytest.mark.parametrize(
    ("value", "payload"),
    [
        ("smallest", "e4157d42480000"),
        (4, "e4157d42480000"),
        (8, "e8157d084049000000000000"),
    ],
)
def test_the_width_of_a_float(desk: Any, value: object, payload: str) -> None:
    """Quirk float_tlv, MB 2.9: 50.0 fits four bytes exactly."""
    table = _ready(desk, quirks={"float_tlv": value})
    table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,4,4,50.0,0,0")
    assert table.sent[0].payload.hex() == payload


@pytest.mark.parametrize(("value", "option"), [(11542, "2d16"), (1542, "0606")])
def test_the_content_format_of_tlv(desk: Any, value: int, option: str) -> None:
    """Quirk tlv_content_format, MB 2.9: option 12, two bytes long, behind Observe (6)."""
    table = _ready(desk, quirks={"tlv_content_format": value})
    table.at(NOTIFY)
    assert f"62{option}ff" in table.sent[0].data.hex()


@pytest.mark.parametrize(
    ("content", "type_", "text", "option", "payload"),
    [
        (0, 1, '"test"', "60", b"test"),
        (0, 4, "50.8", "60", b"50.8"),
        (2, 2, "E309", "612a", b"\xe3\x09"),
        (1, 1, '"</1>"', "6128", b"</1>"),
        (3, 1, '"test"', "622d16", bytes.fromhex(TLV_5750)),
    ],
)
def test_content_type_chooses_the_encoding(
    desk: Any, content: int, type_: int, text: str, option: str, payload: bytes
) -> None:
    """Manual 3.9, <contentType>; decision 44."""
    table = _ready(desk)
    assert table.at(f"AT+MIPLNOTIFY=0,0,3200,0,5750,{type_},4,{text},0,0,7,{content}") == "OK"
    assert table.sent[0].data.hex().endswith(option + "ff" + payload.hex())


def test_only_tlv_is_put_together_from_several_lines(desk: Any) -> None:
    """Manual 3.9, footnote 4, 6 code 651; decision 44."""
    table = _ready(desk)
    assert table.at(NOTIFY[:-1] + "1,7,0") == "+CIS ERROR: 651"
    table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,-12,1,1")
    assert table.at(NOTIFY + ",7,0") == "+CIS ERROR: 651"


@pytest.mark.parametrize(
    ("tail", "answer", "kind"),
    [
        ("0", "OK", 1),
        ("0,147", "OK", 0),
        ("0,0", "OK", 1),
        ("0,0,0x200", "OK", 1),
        ("0,0,1", "OK", 1),
        ("0,,2", "OK", 1),
        ("0,147,0x400", "OK", 0),
        ("0,147,2", "OK", 0),
        ("0,147,0", "OK", 0),
        ("0,147,0x200", "+CIS ERROR: 601", None),
        ("0,147,1", "+CIS ERROR: 601", None),
        ("0,0,3", "+CIS ERROR: 601", None),
        ("0x200", "+CIS ERROR: 601", None),
        ("0x400", "+CIS ERROR: 601", None),
        ("1,0,0x200", "OK", None),
    ],
)
def test_the_release_may_be_the_12th_parameter(
    desk: Any, tail: str, answer: str, kind: int | None
) -> None:
    """Quirk rai_param, MB 5.9, 2.11: 0x200, 0x400 (XY) or 1, 2 (BC260Y, EC); ackid 0 is none, and
    with another one a release after sending is an error. Flag 1 holds, whatever is behind it."""
    table = _ready(desk, quirks={"rai_param": "12th"})
    assert table.at(NOTIFY[:-1] + tail) == answer
    assert [sent.kind for sent in table.sent] == ([] if kind is None else [kind])


def test_a_model_without_release_refuses_it_in_either_place(desk: Any) -> None:
    """Decisions, section 7; the 12th parameter of the manual is the content type."""
    table = _ready(desk, model="ML305A", quirks={"rai_param": "12th"})
    assert table.at(NOTIFY + ",0,0x200") == "+CIS ERROR: 601"
    assert table.at(NOTIFY + ",0,0") == "OK"
    table = _ready(desk, quirks={"rai_param": "flag"})
    assert table.at(NOTIFY + ",0,0x200") == "+CIS ERROR: 601"


@pytest.mark.parametrize(
    ("value", "fields"),
    [("flag", "[,(0-65535)[,(0,1,2,3,4)]]"), ("12th", "[,(0-65535)[,(0,1,2,512,1024)]]")],
)
def test_the_test_form_tells_what_the_12th_parameter_is(desk: Any, value: str, fields: str) -> None:
    assert desk(quirks={"rai_param": value}).at("AT+MIPLNOTIFY=?").endswith(f"{fields}|OK")


def test_a_reset_ends_the_observation(desk: Any) -> None:
    """Decision 30: flag 0 with the message id of the rejected notification; then 653."""
    table = _ready(desk)
    table.at(NOTIFY)
    mid = table.sent[0].mid
    assert table.platform(bytes([0x70, 0, mid >> 8, mid & 255])) == (
        f"+MIPLOBSERVE: 0,{mid},0,3200,0,-1"
    )
    assert table.at(NOTIFY) == "+CIS ERROR: 653"
