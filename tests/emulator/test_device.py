"""Creating, filling and showing the instance (manual 3.1–3.3, 3.5, 4.6, 4.7; decisions 13–19)."""

from typing import Any

import pytest

SYNTAX = "+CIS ERROR: 601"
CREATED = "+MIPLCREATEEX: 0|OK"


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [
        ('"nbiotbt.heclouds.com:5683",1', CREATED),
        ("nbiotbt.heclouds.com,1", CREATED),  # HF 19: unquoted
        ('"coap://183.230.40.40:5683",0', CREATED),  # HF 19: with a scheme
        ("coaps://183.230.40.40,0", CREATED),
        ('"[::1]:5683",0', CREATED),
        ('"183.230.40.39",1', CREATED),  # MB 5.17: no port
        ('"h:5683",3', CREATED),
        ('"h:5684",0', CREATED),  # without a PSK: fails at OPEN (decision 14)
        ('"h",0,"auth","abcdefgh"', CREATED),
        ('"h",0,,abcdefgh,,0', CREATED),  # manual 5.4
        ('"h",0,,abcd1234,,1', CREATED),
        ('"h",0,,"0123456789abcdef"', CREATED),
        ('"h",0,,"0123456789abcdefg"', SYNTAX),
        ('"h",0,,"ab-cd"', SYNTAX),
        ('"h",0,,abcd123,,1', SYNTAX),
        ('"h",0,,xyz1,,1', SYNTAX),
        ('"h",0,,' + "ab" * 16 + ",,1", CREATED),
        ('"h",0,,' + "ab" * 17 + ",,1", SYNTAX),
        ('"h",0,,abcd1234,,2', SYNTAX),
        ('"h",4', SYNTAX),
        ('"h",-1', SYNTAX),
        ('"h"', SYNTAX),
        ('"",1', SYNTAX),
        ('"h:0",1', SYNTAX),
        ('"h:65536",1', SYNTAX),
        ('"h:port",1', SYNTAX),
        ('"a b",1', SYNTAX),
        ('"http://h",1', SYNTAX),
        ('"' + "h" * 254 + '",1', SYNTAX),
        ('"h,1', SYNTAX),
        ('"h",1,"a","abcd","id",0,1', SYNTAX),
    ],
)
def test_createex(desk: Any, parameters: str, answer: str) -> None:
    """Manual 4.6 notes 1 and 5, 6 code 601; decisions 4, 14."""
    assert desk().at("AT+MIPLCREATEEX=" + parameters) == answer


def test_a_second_instance_is_653_whichever_command_asks(desk: Any) -> None:
    """Decision 13; manual 6 code 653."""
    table = desk()
    table.at("AT+MIPLCREATE")
    assert table.at('AT+MIPLCREATEEX="h",1') == "+CIS ERROR: 653"
    assert table.at("AT+MIPLCREATE") == "+CIS ERROR: 653"


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        ('"h",1', '"h:5683",1'),
        ('"h:5684",2,"a"', '"h:5684",2,"a"'),
        ('"h:5684",0,"a","abcd"', '"h:5684",0,"a","abcd"'),
        ('"h:5684",0,,"abcd"', '"h:5684",0,,"abcd"'),
        ('"h:5684",0,,00FF,,1', '"h:5684",0,,"00FF"'),
        ('"h:5684",0,,61626364,,1', '"h:5684",0,,"abcd"'),
    ],
)
def test_devinfo(desk: Any, parameters: str, shown: str) -> None:
    """Manual 4.7 note 1; decision 19: empty tail cut, empty middle empty; PSK as text or hex."""
    table = desk()
    table.at("AT+MIPLCREATEEX=" + parameters)
    assert table.at("AT+MIPLDEVINFO?") == f"+MIPLDEVINFO: {shown}|OK"


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [
        ('3200,1,"1",0,0', "OK"),
        ("3200,1,1,0,0", "OK"),  # HF 20: unquoted bitmap
        ('3200,5,"10010",0,1', "OK"),  # manual 3.3
        ('3336,0,"",0,0', "OK"),  # zero instances (decision 15)
        ('3336,1,"0",0,0', "OK"),
        ('65535,1,"1",0,0', "OK"),
        ('65536,1,"1",0,0', SYNTAX),
        ('3200,2,"1",0,0', SYNTAX),
        ('3200,0,"1",0,0', SYNTAX),
        ('3200,1,"2",0,0', SYNTAX),
        ('3200,1,"1",0', SYNTAX),
        ('3200,1,"1",0,0,0', SYNTAX),
        ('-1,1,"1",0,0', SYNTAX),
        ('x,1,"1",0,0', SYNTAX),
    ],
)
def test_addobj(desk: Any, parameters: str, answer: str) -> None:
    """Manual 3.3; decision 15."""
    table = desk()
    table.at("AT+MIPLCREATE")
    assert table.at("AT+MIPLADDOBJ=0," + parameters) == answer


def test_an_object_that_is_there_already_by_dialect(desk: Any) -> None:
    """Decision 15: 653 (manual) or OK (field); HF 24 (D10 adds 3200 twice)."""
    for dialect, answer in (("manual", "+CIS ERROR: 653"), ("field", "OK")):
        table = desk(dialect=dialect)
        table.at("AT+MIPLCREATE")
        table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
        assert table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0') == answer
    explicit = desk(quirks={"object_again": "ok"})
    explicit.at("AT+MIPLCREATE")
    explicit.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    assert explicit.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0') == "OK"


def test_the_mcu_may_take_over_an_object_of_the_module(desk: Any) -> None:
    """Decision 33."""
    table = desk()
    table.log_in(objects="3")
    assert table.ask(1, 700, "/3/0/0") == "+MIPLREAD: 0,700,3,0,0"


def test_a_bitmap_may_be_read_from_the_right(desk: Any) -> None:
    """Quirk bitmap_reversed, MB 5.3 (EC): the last character is instance 0."""
    for value, listed in (("on", b"</3200/1>,</3200/4>"), ("off", b"</3200/0>,</3200/3>")):
        table = desk(quirks={"bitmap_reversed": value})
        table.at('AT+MIPLCREATEEX="h",0')
        table.at('AT+MIPLADDOBJ=0,3200,5,"10010",0,0')
        table.at("AT+MIPLOPEN=0,300,30")
        assert table.sent[0].payload.endswith(listed)


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [
        ('3200,1,14,"5500;5501;5750"', "OK"),
        ('3200,1,3303,"5500;5501;5750;"', "OK"),  # decision 16: length and a trailing ;
        ("3200,1,4,5750", "OK"),
        ('3200,9,0,""', "OK"),
        ('3200,1,4,"5750,5501"', SYNTAX),
        ('3200,1,4,"57x0"', SYNTAX),
        ('3200,1,4,"65536"', SYNTAX),
        ('3200,1,4,";;"', SYNTAX),
        ("3200,1,4", SYNTAX),
        ('3201,1,4,"5750"', "+CIS ERROR: 653"),
        ('3200,1,4,"' + ";".join(["1"] * 129) + '"', "+CIS ERROR: 100"),
    ],
)
def test_discoverrsp(desk: Any, parameters: str, answer: str) -> None:
    """Manual 3.5; decision 16."""
    table = desk()
    table.at("AT+MIPLCREATE")
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    assert table.at("AT+MIPLDISCOVERRSP=0," + parameters) == answer


@pytest.mark.parametrize(
    "line",
    [
        "AT+MIPLDELETE=0",
        'AT+MIPLADDOBJ=0,3200,1,"1",0,0',
        'AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"',
        'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0',
        "AT+MIPLREADRSP=0,1,11",
        "AT+MIPLWRITERSP=0,1,2",
        "AT+MIPLEXECUTERSP=0,1,2",
        "AT+MIPLDEVINFO?",
    ],
)
def test_without_an_instance_653(desk: Any, line: str) -> None:
    """Decision 8."""
    assert desk().at(line) == "+CIS ERROR: 653"


BLOB = (
    "130031F10003F2002304001100000000000010123138332E3233302E34302E33393A35363833000131"
    "F300080000000000"
)  # a host's own, 49 bytes (MB 2.1)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("AT+MIPLCREATE", "+MIPLCREATE"),
        (f"AT+MIPLCREATE=49,{BLOB},0,49,0", "+MIPLCREATE"),
        ('AT+MIPLCREATEEX="183.230.40.40:5683",0', "+MIPLCREATEEX"),
    ],
)
def test_the_line_of_a_creation_may_come_behind_ok(desk: Any, line: str, name: str) -> None:
    """Quirk createex_async, MB 11 (MR880A); by the gap of an unsolicited line (decision 3)."""
    table = desk(quirks={"createex_async": "off"})
    assert table.at(line) == f"{name}: 0|OK"
    assert table.wait(1) == ""
    table = desk(quirks={"createex_async": "on"})
    assert table.at(line) == "OK"
    assert table.wait(0.019) == ""
    assert table.wait(0.002) == f"{name}: 0"
    assert table.at(line) == "+CIS ERROR: 653"
    assert table.wait(1) == ""


@pytest.mark.parametrize("ref", ["1", "-1", "65535"])
def test_another_ref_than_0_is_653(desk: Any, ref: str) -> None:
    """Decision 7; manual 4.6 note 2: the id is always 0."""
    table = desk()
    table.at("AT+MIPLCREATE")
    assert table.at(f"AT+MIPLDELETE={ref}") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLDELETE=x") == SYNTAX


def test_5684_without_dtls_fails_at_open(desk: Any) -> None:
    """Decision 14. The shell that cannot open the link says so; the firmware shows event 7."""
    table = desk()
    table.at('AT+MIPLCREATEEX="183.230.40.40:5684",0,,"abcdefgh"')
    table.at("AT+MIPLOPEN=0,300,30")
    assert table.links[-1].account.secure
    assert table.links[-1].account.identity == b"869975030000461"
    table.firmware.link_lost(table.open_link, "no DTLS", table.now)
    table._drain()
    assert table.wait(1) == "+MIPLEVENT: 0,7"
