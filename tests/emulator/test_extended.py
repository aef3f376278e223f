"""Chapter 4 of the manual, and what real modules have beyond it (decisions 11, 18, 26, 39, 45)."""

from typing import Any

import pytest

GET, POST, PUT = 1, 2, 3
CREATED, DELETED, CHANGED = 0x41, 0x42, 0x44
LOCATION = ((8, b"rd"), (8, b"1"))
IMEI, IMSI = b"869975030000461", b"460001357924680"
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0'


def _ready(desk: Any, **settings: Any) -> Any:
    table = desk(**settings)
    table.log_in()
    table.observed()
    assert table.at(NOTIFY) == "OK"
    table.sent.clear()
    return table


# 4.1


@pytest.mark.parametrize(
    ("configuration", "endpoint"),
    [
        ("", IMEI + b";" + IMSI),
        ('"platform",0,0', IMEI + b";" + IMSI),
        ('"platform",0,0,1', IMEI),
        ('"platform",0,0,2', IMEI + b";" + IMSI),
        ('"platform",0,0,3', b"urn:imei:" + IMEI),
        ('"platform",0,0,4', b"urn:imei-imsi:" + IMEI + b"-" + IMSI),
        ('"platform",0,1', IMEI),
        ('"platform",0,1,0', IMEI),
        ('"platform",0,1,3', b"urn:imei:" + IMEI),
        ('"platform",0,2', IMEI),
        ('"platform",0,3', IMEI),
        ('"platform",0,10', IMEI),
        ('"platform",0,10,"my device"', b"my device"),
        ("platform,0,10,3", b"3"),
    ],
)
def test_the_endpoint_name_follows_platform_and_pattern(
    desk: Any, configuration: str, endpoint: bytes
) -> None:
    """Manual 4.1; decision 18."""
    table = desk()
    table.at('AT+MIPLCREATEEX="h",0')
    if configuration:
        assert table.at("AT+MIPLCFG=" + configuration) == "OK"
    table.at("AT+MIPLOPEN=0,300,30")
    assert b"ep=" + endpoint in table.sent[0].data
    assert len(endpoint) != 15 or IMEI + b";" not in table.sent[0].data


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [
        ('"platform",0,1,5', "601"),
        ('"platform",0,1,"x"', "601"),
        ('"platform",0,4', "601"),
        ('"platform",0', "601"),
        ('"platform",1,0', "653"),
        ('"binding",0,3', "601"),
        ('"binding",0', "601"),
        ('"binding",0,1,1', "601"),
        ('"colour",0,1', "601"),
        ("", "601"),
    ],
)
def test_bad_configurations(desk: Any, parameters: str, answer: str) -> None:
    table = desk()
    table.at("AT+MIPLCREATE")
    assert table.at("AT+MIPLCFG=" + parameters) == f"+CIS ERROR: {answer}"


@pytest.mark.parametrize(("mode", "query"), [(0, b""), (1, b"b=U"), (2, b"b=UQ")])
def test_the_binding_goes_out_in_register_and_update(desk: Any, mode: int, query: bytes) -> None:
    """Manual 4.1; decision 18."""
    table = desk()
    table.at('AT+MIPLCREATEEX="h",0')
    assert table.at(f'AT+MIPLCFG="binding",0,{mode}') == "OK"
    table.at("AT+MIPLOPEN=0,300,30")
    table.reply(CREATED, *LOCATION)
    table.at("AT+MIPLUPDATE=0,60,0")
    for sent in table.sent:
        assert (b"b=" in sent.data) == bool(query)
        assert query in sent.data


def test_a_configuration_is_651_once_open_was_said(desk: Any) -> None:
    """Decision 18."""
    table = _ready(desk)
    assert table.at('AT+MIPLCFG="platform",0,1') == "+CIS ERROR: 651"
    assert table.at('AT+MIPLCFG="binding",0,1') == "+CIS ERROR: 651"


def test_ctwing_answers_object_19_itself_and_prints_opaque(desk: Any) -> None:
    """Manual 5.3: `+MIPLWRITE: 0,24265,19,1,0,2,8,34353637,0`, answered by the module."""
    table = desk()
    table.at('AT+MIPLCREATEEX="221.229.214.202:5683",0')
    table.at('AT+MIPLCFG="platform",0,1')
    table.at('AT+MIPLADDOBJ=0,19,2,"11",0,0')
    table.at("AT+MIPLOPEN=0,3000,30")
    table.reply(CREATED, *LOCATION)
    line = table.ask(PUT, 24265, "/19/1/0", (12, b"\x2a"), payload=b"4567")
    assert line == "+MIPLWRITE: 0,24265,19,1,0,2,8,34353637,0"
    assert (table.sent[-1].code, table.sent[-1].mid) == (CHANGED, 24265)
    assert table.at("AT+MIPLWRITERSP=0,24265,2") == "OK"


def test_huawei_answers_object_19_itself_and_prints_hex(desk: Any) -> None:
    """Manual 5.6: `+MIPLWRITE: 0,23550,19,1,0,6,8,05010203,0`."""
    table = desk()
    table.at('AT+MIPLCREATEEX="h",0')
    table.at('AT+MIPLCFG="platform",0,3')
    table.at('AT+MIPLADDOBJ=0,19,2,"11",0,0')
    table.at("AT+MIPLOPEN=0,3000,30")
    table.reply(CREATED, *LOCATION)
    line = table.ask(PUT, 23550, "/19/1/0", (12, b"\x2a"), payload=b"\x05\x01\x02\x03")
    assert line == "+MIPLWRITE: 0,23550,19,1,0,6,8,05010203,0"
    assert table.sent[-1].code == CHANGED


# 4.2 to 4.4


def test_mode_1_tells_that_something_waits_and_mgr_fetches_it(desk: Any) -> None:
    """Manual 4.2, 4.3 notes 1, 2, 3, 4 and 5, 4.11 note 1."""
    table = _ready(desk)
    assert table.at("AT+MIPLMGR=0") == "OK", "mode 0: just OK (4.3, note 3)"
    assert table.at("AT+MIPLNMI=0,1,0") == "OK"
    assert table.ask(GET, 8172, "/3200/0") == "+MIPLNMI: 0"
    assert table.at("AT+MIPLMGR=0") == "+MIPLREAD: 0,8172,3200,0,-1|OK"
    assert table.at("AT+MIPLMGR=0") == "+MIPLREAD: 0,8172,3200,0,-1|OK"
    assert table.at('AT+MIPLREADRSP=0,8172,1,3200,0,5500,5,1,"0",2,1') == "OK"
    assert table.at('AT+MIPLREADRSP=0,8172,1,3200,0,5501,3,3,"-12",1,2') == "OK"
    assert table.at('AT+MIPLREADRSP=0,8172,1,3200,0,5750,1,4,"test",0,0') == "OK"
    body = bytes.fromhex("e2157d0744e4167674657374")
    assert table.ask(POST, 8173, "/3200/0", (12, b"\x2d\x16"), payload=body) == "+MIPLNMI: 0"
    assert table.at("AT+MIPLMGR=0") == (
        "+MIPLWRITE: 0,8173,3200,0,5501,3,4,1860,1|+MIPLWRITE: 0,8173,3200,0,5750,1,4,test,0|OK"
    )
    assert table.at("AT+MIPLWRITERSP=0,8173,2") == "OK"
    assert table.at("AT+MIPLMGR=0") == "OK"
    table.at("AT+MIPLCLOSE=0")
    table.reply(DELETED)
    assert table.at("AT+MIPLMGR=0") == "+CIS ERROR: 602"


def test_mode_2_says_nothing_and_other_requests_go_straight_through(desk: Any) -> None:
    """Manual 4.2, footnote 8, note 2."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,2,0")
    assert table.ask(GET, 700, "/3200/0") == ""
    assert table.ask(GET, 701, "/3200", (17, b"\x28")) == "+MIPLDISCOVER: 0,701,3200"
    assert table.at("AT+MIPLMGR=0") == "+MIPLREAD: 0,700,3200,0,-1|OK"


def test_a_repeated_request_prints_nothing_in_modes_1_and_2(desk: Any) -> None:
    """Decision 31."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,1,0")
    assert table.ask(GET, 700, "/3200/0") == "+MIPLNMI: 0"
    assert table.ask(GET, 700, "/3200/0") == ""
    table.at("AT+MIPLMGR=0")
    assert table.ask(GET, 700, "/3200/0") == ""


def test_the_forty_first_operation_drops_the_oldest(desk: Any) -> None:
    """Manual 4.2 note 4; a dropped operation gets no answer (decision 39)."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,2,0")
    for mid in range(1000, 1041):
        table.ask(GET, mid, "/3200/0")
    assert table.at("AT+MIPLQMGR=0") == "+MIPLQMGR: 0,QUEUES=40,DROPPED=1,BUFFERS=0|OK"
    assert table.at("AT+MIPLMGR=0") == "+MIPLREAD: 0,1001,3200,0,-1|OK"
    assert table.sent == []
    assert table.ask(GET, 1000, "/3200/0") == ""
    assert table.sent == []


def test_over_2_kib_of_data_the_new_one_is_dropped(desk: Any) -> None:
    """Manual 4.2 note 5, 4.4 notes 2 and 3."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,2,0")
    table.ask(PUT, 1000, "/3200/0/5750", payload=b"x" * 1000)
    table.ask(POST, 1001, "/3200/0/5750", payload=b"x" * 1000)
    table.ask(GET, 1002, "/3200/0")
    table.ask(PUT, 1003, "/3200/0/5750", payload=b"x" * 49)
    assert table.at("AT+MIPLQMGR=0") == "+MIPLQMGR: 0,QUEUES=3,DROPPED=1,BUFFERS=2000|OK"
    table.ask(PUT, 1004, "/3200/0/5750", payload=b"x" * 48)
    assert table.at("AT+MIPLQMGR=0") == "+MIPLQMGR: 0,QUEUES=4,DROPPED=1,BUFFERS=2048|OK"


def test_the_clock_of_a_request_starts_when_mgr_prints_it(desk: Any) -> None:
    """Decision 39."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,2,0")
    table.ask(GET, 700, "/3200/0")
    table.wait(100)
    assert table.at("AT+MIPLMGR=0") == "+MIPLREAD: 0,700,3200,0,-1|OK"
    table.wait(30)
    assert table.at("AT+MIPLMGR=0") == "OK"
    assert table.at("AT+MIPLREADRSP=0,700,11") == "+CIS ERROR: 653"


def test_an_operation_that_was_not_fetched_cannot_be_answered(desk: Any) -> None:
    """Manual 4.3 note 4."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,2,0")
    table.ask(GET, 700, "/3200/0")
    assert table.at("AT+MIPLREADRSP=0,700,11") == "+CIS ERROR: 653"


def test_back_in_mode_0_the_queue_stays_and_waits(desk: Any) -> None:
    """Decision 39; manual 4.3 note 3."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,1,0")
    table.ask(GET, 700, "/3200/0")
    table.at("AT+MIPLNMI=0,0,0")
    assert table.at("AT+MIPLMGR=0") == "OK"
    assert table.ask(GET, 701, "/3200/0") == "+MIPLREAD: 0,701,3200,0,-1"
    table.at("AT+MIPLNMI=0,2,0")
    assert table.at("AT+MIPLMGR=0") == "+MIPLREAD: 0,700,3200,0,-1|OK"


def test_close_and_delete_clear_the_queue_the_modes_stay(desk: Any) -> None:
    """Manual 4.4 note 1; decision 39."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,1,1")
    table.ask(GET, 700, "/3200/0")
    table.at("AT+MIPLCLOSE=0")
    table.reply(DELETED)
    assert table.at("AT+MIPLQMGR=0") == "+MIPLQMGR: 0,QUEUES=0,DROPPED=0,BUFFERS=0|OK"
    table.at("AT+MIPLDELETE=0")
    table.at("AT+MIPLCREATE")
    assert table.at("AT+MIPLNMI?") == "+MIPLNMI: 0,1,1|OK"


@pytest.mark.parametrize("line", ["AT+MIPLNMI=0,1,0", "AT+MIPLMGR=0", "AT+MIPLQMGR=0"])
def test_nmi_is_for_onenet_unless_a_quirk_widens_it(desk: Any, line: str) -> None:
    """Manual 4.2; decision 39; quirk nmi_platforms."""
    table = desk()
    table.at("AT+MIPLCREATE")
    table.at('AT+MIPLCFG="platform",0,1')
    assert table.at(line) == "+CIS ERROR: 651"
    wide = desk(quirks={"nmi_platforms": "all"})
    wide.at("AT+MIPLCREATE")
    wide.at('AT+MIPLCFG="platform",0,1')
    assert wide.at(line) in (
        "OK",
        "+CIS ERROR: 602",
        "+MIPLQMGR: 0,QUEUES=0,DROPPED=0,BUFFERS=0|OK",
    )


@pytest.mark.parametrize("parameters", ["0,3,0", "0,0,2", "0,0", "0", "0,0,0,0", "0,x,0"])
def test_bad_modes(desk: Any, parameters: str) -> None:
    table = desk()
    table.at("AT+MIPLCREATE")
    assert table.at("AT+MIPLNMI=" + parameters) == "+CIS ERROR: 601"


# 4.10


def test_nsmi_follows_ok_and_comes_before_event_26(desk: Any) -> None:
    """Manual 4.10 note 2, its example: 18173 & 127 is 125; manual 4.2 note 6; decision 45."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,0,1")
    assert table.at(NOTIFY + ",147") == "OK"
    sent = table.sent[-1]
    table.deliver(bytes([0x60, 0, sent.mid >> 8, sent.mid & 255]))
    assert table.wait(1) == "+MIPLNSMI: 0,1,0|+MIPLEVENT: 0,26,147"
    table.ask(PUT, 18173, "/3200/0/5750", payload=b"x")
    assert table.at("AT+MIPLWRITERSP=0,18173,2") == "OK"
    assert table.wait(1) == "+MIPLNSMI: 0,1,125"


def test_nsmi_is_for_the_line_that_sends(desk: Any) -> None:
    """Decision 45: held lines, second answers and failures have none."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,0,1")
    table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,-12,1,1")
    assert table.wait(1) == ""
    table.ask(POST, 700, "/3200/0/5750")
    table.at("AT+MIPLEXECUTERSP=0,700,2")
    assert table.wait(1) == "+MIPLNSMI: 0,1,60"
    table.at("AT+MIPLEXECUTERSP=0,700,2")
    assert table.wait(1) == ""


def test_nsmi_tells_when_there_is_no_network(desk: Any) -> None:
    """Manual 4.10: status 0."""
    table = _ready(desk)
    table.at("AT+MIPLNMI=0,0,1")
    table.at("AT+CGATT=0")
    assert table.at(NOTIFY.replace("=0,0,", "=0,5,")) == "OK"
    assert table.wait(1) == "+MIPLNSMI: 0,0,5"


# 4.5


def _automatic(desk: Any, lifetime: int) -> Any:
    table = desk(model="MN318")
    table.at('AT+MIPLCREATEEX="h",0')
    assert table.at("AT+MIPLUPDATESET=0,1") == "OK"
    table.at(f"AT+MIPLOPEN=0,{lifetime},30")
    assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,6"
    table.sent.clear()
    return table


def test_an_update_goes_out_30_s_before_the_end_and_again(desk: Any) -> None:
    """Manual 4.5 note 2; decision 26: prints 11."""
    table = _automatic(desk, 300)
    start = table.now - 1
    assert table.wait(268.9) == ""
    assert table.sent == []
    table.wait(0.2)
    assert [sent.code for sent in table.sent] == [POST]
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert table.now - start < 272
    table.wait(268)
    assert len(table.sent) == 1
    table.wait(2)
    assert len(table.sent) == 2


def test_an_update_of_the_host_restarts_the_clock(desk: Any) -> None:
    """Manual 4.5 note 5."""
    table = _automatic(desk, 300)
    table.wait(200)
    table.at("AT+MIPLUPDATE=0,100,0")
    table.reply(CHANGED)
    table.sent.clear()
    table.wait(68)
    assert table.sent == []
    table.wait(2)
    assert len(table.sent) == 1


def test_without_an_answer_the_session_ends_with_15_and_no_delete(desk: Any) -> None:
    """Manual 4.5 note 3; decision 26."""
    table = _automatic(desk, 300)
    table.wait(270)
    table.sent.clear()
    assert table.wait(30) == "+MIPLEVENT: 0,15"
    assert all(sent.code == POST for sent in table.sent)
    assert table.at("AT+MIPLUPDATE=0,60,0") == "+CIS ERROR: 602"


def test_below_60_s_nothing_is_automatic(desk: Any) -> None:
    """Manual 4.5 note 4."""
    table = _automatic(desk, 59)
    assert table.wait(600) == ""
    assert table.sent == []


def test_updateset_is_651_after_open(desk: Any) -> None:
    """Manual 4.5 note 1; decision 26."""
    table = _automatic(desk, 300)
    assert table.at("AT+MIPLUPDATESET=0,0") == "+CIS ERROR: 651"


# 4.8, 4.9, and beyond


@pytest.mark.parametrize(
    ("timeout", "answer"),
    [("120", "OK"), ("60", "OK"), ("0", "OK"), ("59", "601"), ("1", "601"), ("-1", "601")],
)
def test_dtlsnat(desk: Any, timeout: str, answer: str) -> None:
    """Manual 4.8; decision 47."""
    table = desk()
    table.at("AT+MIPLCREATE")
    wanted = answer if answer == "OK" else f"+CIS ERROR: {answer}"
    assert table.at(f"AT+MIPLDTLSNAT=0,{timeout}") == wanted


def test_lltrdp_is_what_is_left_of_the_lifetime(desk: Any) -> None:
    """Manual 4.9; 0 when not logged in; decision 26: 0 past the end."""
    table = desk(model="M5310-A", dialect="manual")
    assert table.at("AT+MIPLLTRDP") == "+MIPLLTRDP: 0|OK"
    table.log_in()
    assert table.at("AT+MIPLLTRDP") == "+MIPLLTRDP: 299|OK"
    table.wait(100)
    assert table.at("AT+MIPLLTRDP") == "+MIPLLTRDP: 199|OK"
    table.wait(300)
    assert table.at("AT+MIPLLTRDP") == "+MIPLLTRDP: 0|OK"


def test_version_and_the_short_delete(desk: Any) -> None:
    """Decision 11; HF 23."""
    table = desk()
    assert table.at("AT+MIPLVER?") == "+MIPLVER: 2.3.0|OK"
    assert table.at("AT+MIPLDEL=0") == "+CIS ERROR: 653"
    table.at("AT+MIPLCREATE")
    assert table.at("AT+MIPLDEL=0") == "OK"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT+MIPLDELOBJ=0,3200", "OK"),
        ("AT+MIPLDELOBJ=0,3201", "+CIS ERROR: 653"),
        ("AT+MIPLDELOBJ=0,3", "+CIS ERROR: 653"),
        ("AT+MIPLDELOBJ=0,3200,0", "+CIS ERROR: 601"),
        ("AT+MIPLDELOBJ=0", "+CIS ERROR: 601"),
        ("AT+MIPLPARAMETERRSP=0,18174,1", "OK"),
        ("AT+MIPLPARAMETERRSP=0,18174,3", "+CIS ERROR: 601"),
        ("AT+MIPLOBSERVERSP=0,18175,1", "OK"),
        ("AT+MIPLOBSERVERSP=0,88436,1", "OK"),
        ("AT+MIPLOBSERVERSP=0,18175", "+CIS ERROR: 601"),
    ],
)
def test_delobj_and_the_responses_that_are_not_needed(desk: Any, line: str, answer: str) -> None:
    """Manual 3.4, 3.17 note 3, 3.19 notes 2 and 3; decisions 15, 30; MB 5.4."""
    table = desk()
    table.at("AT+MIPLCREATE")
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    assert table.at(line) == answer


def test_an_object_that_is_gone_is_told_by_the_next_update_with_objects(desk: Any) -> None:
    """Decision 15; the module takes its own object back (decision 33)."""
    table = desk()
    table.log_in(objects="3 3200")
    assert table.at("AT+MIPLDELOBJ=0,3") == "OK"
    table.at("AT+MIPLUPDATE=0,60,1")
    assert table.sent[-1].payload == b'</>;rt="oma.lwm2m",</3200/0>'
    assert table.ask(GET, 700, "/3/0/2") == "+MIPLREAD: 0,700,3,0,2"
    assert table.sent[-1].payload == IMEI
