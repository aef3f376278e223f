"""Oddities of real drivers (HF 7) that need a whole module, in the models they were written for.

What is the channel's alone is in tests/emulator/at/test_host_firmware.py.
"""

from typing import Any

import pytest

from emulator.modem import ModemSettings
from emulator.profile import profile_names
from tests.desk import ACK, CHANGED, CREATED, FORMAT, LOCATION, PUT, Desk, coap

FIELD = ("M5310-A", "M5311")
OPAQUE = b"\x2a"  # Content-Format 42


def module(model: str, **settings: Any) -> Desk:
    return Desk(ModemSettings(model=model, strict=True, seed=1, **settings))


def logged_in(model: str, objects: str = "3200", **settings: Any) -> Desk:
    table = module(model, **settings)
    assert table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0') == "+MIPLCREATEEX:0|OK"
    for objid in objects.split():
        assert table.at(f'AT+MIPLADDOBJ=0,{objid},1,"1",0,0') == "OK"
    assert table.at("AT+MIPLOPEN=0,3600,30") == "OK"
    assert table.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"1")) == "+MIPLEVENT:0,6"
    return table


def reporting(model: str, **settings: Any) -> Desk:
    table = logged_in(model, **settings)
    assert table.ask(1, 500, "/3200/0", (6, b"")) == "+MIPLOBSERVE:0,500,1,3200,0,-1"
    table.sent.clear()
    return table


models = pytest.mark.parametrize("model", FIELD)


@models
def test_hf_3_close_and_delete_come_before_create_and_a_second_create_is_refused(
    model: str,
) -> None:
    """A DTU sends CLOSE and DELETE first; D8 answers a refusal with DELETE and tries again."""
    table = module(model)
    assert table.at("AT+MIPLCLOSE=0") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLDELETE=0") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLCREATE") == "+MIPLCREATE:0|OK"
    assert table.at("AT+MIPLCREATE") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLDELETE=0") == "OK"
    assert table.at("AT+MIPLCREATE") == "+MIPLCREATE:0|OK"


@models
def test_hf_10_a_cancelled_observe(model: str) -> None:
    table = reporting(model)
    assert table.ask(1, 501, "/3200/0", (6, b"\x01")) == "+MIPLOBSERVE:0,501,0,3200,0,-1"


@models
def test_hf_10_several_resources_in_one_write(model: str) -> None:
    """A line for each, with one message id, opaque values as hex; the last has flag 0."""
    table = logged_in(model)
    body = b"\xc1\x01\x01\xc1\x02\x16"  # TLV: resources 1 and 2, a byte each
    assert table.ask(PUT, 600, "/3200/0", (FORMAT, b"\x2d\x16"), payload=body) == (
        "+MIPLWRITE:0,600,3200,0,1,2,2,01,1|+MIPLWRITE:0,600,3200,0,2,2,2,16,0"
    )
    assert table.at("AT+MIPLWRITERSP=0,600,2") == "OK"
    assert (table.sent[-1].kind, table.sent[-1].code) == (ACK, CHANGED)


@models
@pytest.mark.parametrize(
    "value",
    [
        '1,6,"test"',  # D4: strlen + 2
        '4,1,"20.5"',  # D9: 1 for a float text
        '1,17,"0123456789012345678901"',  # D8: 17 for 22 characters
        "4,98,20.5",  # OneNET's own page
    ],
)
def test_hf_21_wrong_lengths(model: str, value: str) -> None:
    table = reporting(model)
    assert table.at(f"AT+MIPLNOTIFY=0,0,3200,0,5750,{value},0,0") == "OK"
    assert len(table.sent) == 1


@models
@pytest.mark.parametrize("mid", ["0", "499"])  # D6, D8, D15; a stale one, D9
def test_hf_22_whatever_the_message_id(model: str, mid: str) -> None:
    table = reporting(model)
    assert table.at(f'AT+MIPLNOTIFY=0,{mid},3200,0,5750,1,4,"test",0,0') == "OK"
    assert len(table.sent) == 1


@models
def test_hf_22_release_flag_in_hex(model: str) -> None:
    """D24."""
    table = reporting(model)
    assert table.at('AT+MIPLNOTIFY=0,500,3200,0,5750,1,4,"test",0,0X400') == "OK"
    assert len(table.sent) == 1


@models
def test_hf_12_a_notify_before_open_declares_a_type(model: str) -> None:
    """qsdk does so for each resource, and stops on ERROR."""
    table = module(model)
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0') == "OK"
    assert table.sent == []


@models
def test_hf_14_lines_of_more_than_1_kib(model: str) -> None:
    """D19: its buffers had to grow."""
    table = reporting(model)
    line = 'AT+MIPLNOTIFY=0,500,3200,0,5750,1,980,"' + "x" * 980 + '",0,0'
    assert len(line) > 1020
    assert table.at(line) == "OK"
    assert table.sent[-1].payload.endswith(b"x" * 980)


@models
def test_hf_15_registered_again_5_seconds_after_cfun_1(model: str) -> None:
    """D18 waits no longer."""
    table = module(model)
    assert table.at("AT+CFUN=0") == "OK"
    assert table.at("AT+CFUN=1") == "OK"
    table.wait(5)
    assert table.at("AT+CEREG?").endswith("0,1|OK")


@models
def test_hf_24_discoverrsp_after_open_and_delobj_before_close(model: str) -> None:
    """D4 takes its objects away before it leaves."""
    table = logged_in(model)
    assert table.at('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"') == "OK"
    assert table.at("AT+MIPLDELOBJ=0,3200") == "OK"
    assert table.at("AT+MIPLCLOSE=0") == "OK"


@models
def test_hf_25_an_update_right_after_event_6(model: str) -> None:
    """D8: within 20 ms, before anything is observed."""
    table = module(model)
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    table.at("AT+MIPLOPEN=0,3600,30")
    table.wait(1)
    register = table.sent[-1]
    table.deliver(coap(ACK, CREATED, register.mid, register.token, ((LOCATION, b"rd"),)))
    assert table.lines() == "+MIPLEVENT:0,6"
    assert table.wait(0.01) == ""
    assert table.at("AT+MIPLUPDATE=0,60,0") == "OK"
    assert table.reply(CHANGED) == "+MIPLEVENT:0,11"


@models
def test_hf_28_a_gap_between_ok_and_what_nobody_asked_for(model: str) -> None:
    """D8 loses bytes, and D15 takes both for one; 20 ms are enough."""
    table = logged_in(model)
    assert table.exact("AT+MIPLUPDATE=0,3600,0") == b"\r\nOK\r\n"
    update = table.sent[-1]
    table.deliver(coap(ACK, CHANGED, update.mid, update.token))
    assert table.wait(0.0199) == ""
    assert table.wait(0.0001) == "+MIPLEVENT:0,11"


@models
def test_hf_29_a_line_stays_below_1_kib(model: str) -> None:
    """With the 480 bytes that OneNET's own page allows (HF 9), which are 960 digits."""
    table = logged_in(model)
    body = bytes(480)
    line = table.ask(PUT, 65535, "/3200/0/65535", (FORMAT, OPAQUE), payload=body)
    assert line == "+MIPLWRITE:0,65535,3200,0,65535,2,960," + "0" * 960 + ",0"
    assert len(line) + len("\r\n\r\n") < 1024


QUERIES = """
    I +CGMI +CGMM +CGMR +CGSN +CGSN=1 +GSN +CIMI +CSQ +CEREG? +CGATT? +CFUN? +CCLK? +COPS? +CGPADDR
    +CGDCONT? +CGACT? +CGCONTRDP +CPSMS? +CEDRXS? +CSCON? +CMEE? +NCCID +ICCID +NBAND? +NCONFIG?
    +NUESTATS +NPSMR? +NCDP? +CMVER +SWVER +MIPLVER? +MIPLNMI? +IPR?
"""


@pytest.mark.parametrize("model", profile_names())
def test_hf_30_no_reply_says_error_ready_or_ok_by_accident(model: str) -> None:
    """Most parsers search for ERROR; D8 starts anew on any READY."""
    for query in QUERIES.split():
        *lines, result = module(model).at(f"AT{query}").split("|")
        assert result == "OK" or (not lines and "ERROR" in result)
        for line in lines:
            assert not line.startswith("OK") and "ERROR" not in line and "READY" not in line
