"""The general commands of HF 3 as drivers send them, and the literals that they look for."""

import re

import pytest

from emulator.modem import ModemSettings
from tests.desk import Desk


def _module(model: str) -> Desk:
    return Desk(ModemSettings(model=model, dialect="field", strict=True, seed=1))


@pytest.mark.parametrize(
    ("model", "line", "pattern"),
    [
        ("M5311", "AT+CEREG?", rb"\A\r\n\+CEREG: 0,1\r\n\r\nOK\r\n"),  # D18: ,1 at the line's end
        ("M5311", "AT+CGATT?", rb"CGATT: 1"),
        ("M5310-A", "AT+CGATT?", rb"\+CGATT:1"),
        ("M5310-A", "AT+CGATT=?", rb"0,1"),  # D14
        ("M5310-A", "AT+CGPADDR", rb"\+CGPADDR:0,[0-9]+(\.[0-9]+){3}\r\n"),
        ("M5311", "AT+CGPADDR=1", rb'\+CGPADDR: 1,"[0-9]+(\.[0-9]+){3}"\r\n'),
        ("M5311", "AT+csq", rb"\A\r\n\+CSQ: 23,99\r\n"),
        ("M5311", "AT+CIMI", rb"\A\r\n[0-9]*46[0-9]*\r\n"),  # D16
        ("M5311", "AT+GSN", rb"\A\r\n86[0-9]{13}\r\n"),  # D16, D18
        ("M5310-A", "AT+CGSN=1", rb"CGSN:[0-9]{15}\r\n"),
        ("M5311", "AT+CGMR", rb"MLVH"),  # D16
        ("M5311", "AT+CGMM", rb"M5311"),  # D16
        ("M5310-A", "AT+NCCID", rb"\+NCCID:[0-9]{20}\r\n"),
        ("M5311", "AT+ICCID", rb"\+ICCID: [0-9]{20}\r\n"),
        ("M5311", "AT+CCLK?", rb"\+CCLK: [0-9]{2}(/[0-9]{2}){2},[0-9]{2}(:[0-9]{2}){2}\+32\r\n"),
        ("MN316", "AT+CCLK?", rb'\+CCLK:"20[0-9]{2}(/[0-9]{2}){2},[0-9]{2}(:[0-9]{2}){2}\+32"\r\n'),
        ("MN316", "AT+NBAND?", rb"\A.{6}.*8\r"),  # D6 searches from byte 7 on
        ("MN316", "AT+CGDCONT?", rb'\A.{17}[^"]*"CMIOT"'),  # D6: from byte 17 on
        ("M5311", "AT+CFUN?", rb"\+CFUN: 1"),
        ("M5310-A", "AT+NCDP?", rb"\+NCDP:0\.0\.0\.0,5683\r\n"),  # D9
        ("M5311", "AT+CPIN?", rb"\+CPIN: READY"),
        ("M5311", "AT+CGCONTRDP", rb'\+CGCONTRDP: 1,5,"CMIOT"'),
        ("M5311", "AT+CGACT?", rb"\+CGACT: 1,1"),
        ("M5310-A", "AT+NUESTATS=CELL", rb"\A\r\nNUESTATS:CELL,.*\r\n\r\nOK\r\n"),  # D14
    ],
)
def test_hf_3_what_is_read(model: str, line: str, pattern: bytes) -> None:
    answer = _module(model).exact(line)
    assert re.search(pattern, answer, re.S), answer
    assert answer.endswith(b"\r\n\r\nOK\r\n")


@pytest.mark.parametrize(
    ("model", "lines"),
    [
        ("M5311", "ATE0 AT+CPSMS=0 AT+CPSMS=1 AT+CEDRXS=0,5 AT+CEREG=1 AT+CFUN=1 AT+CGATT=1"),
        ("M5311", 'AT+CPSMS=1,,,"00111000","00010000" AT+CEDRXS=1,5,"0101" AT+SM=LOCK_FOREVER'),
        ("M5311", "AT+SM=LOCK AT+SM=UNLOCK AT+CMSYSCTRL=0,2 AT+CMSYSCTRL=1,1 AT+CMSYSCTRL=0,0"),
        ("M5311", "AT*SLEEP=1 AT*MATWAKEUP=1 AT*NBIOTRAI=0 AT*EDRXCFG=0 AT*ENGINFO=0 AT*CMBAND=?"),
        ("M5310-A", "AT+CMEE=1 AT+CSCON=1 AT+CEREG=2 AT+NPSMR=1 AT+CLPLMN AT+NCSEARFCN AT+CMVER"),
        ("M5310-A", 'AT+CGDCONT=1,"IP","cmnbiot" AT+NBAND=8 AT+NCONFIG=AUTOCONNECT,TRUE'),
        ("M5310-A", "AT+CFUN=0 AT+NCDP=0.0.0.0,5683 AT+NATSPEED? AT+NATSPEED=9600 AT+MREGSWT=1"),
        ("MN316", "AT+NEARFCN=0,3738 AT+CMBAND=8 AT+FRCLLCK=0 AT+NUESTATS AT+CPSMS? AT+CEDRXS?"),
        ("MN316", "AT+CEDRXRDP AT+CGMI ATI AT+CGREG? AT+CREG? AT+COPS? AT+IPR=9600 AT+ZSLR"),
        ("MN316", 'AT+ECPURC="HibEvent",1 AT+ECPSMR=1 AT+ZCONTLED=0 AT+WKMOD=0 AT+SWVER'),
    ],
)
def test_hf_3_what_is_set_is_ok(model: str, lines: str) -> None:
    """The last thing that is said; nothing that is not asked for comes between."""
    table = _module(model)
    for line in lines.split():
        assert table.at(line).endswith("OK"), line


def test_hf_3_d6_sees_the_mode_it_has_set() -> None:
    """D6 needs n=5 echoed without a blank."""
    table = _module("MN316")
    table.at("AT+CEREG=5")
    assert table.exact("AT+CEREG?").startswith(b"\r\n+CEREG:5,1,")


def test_hf_3_d13_is_connected_within_3_s() -> None:
    table = _module("M5310-A")
    assert [table.at(line) for line in ("AT+CGATT=1", "AT+CSCON=1", "AT+CEREG=1")] == ["OK"] * 3
    assert table.wait(3) == ""
    assert table.at("AT+CGATT?") == "+CGATT:1|OK"
    assert table.at("AT+CEREG?") == "+CEREG:1,1|OK"
    assert table.at("AT+CSCON?") == "+CSCON:1,1|OK"


def test_hf_3_d9_sets_its_platform_and_resets() -> None:
    """CFUN=0, NCDP, the reset pin, and the boot lines."""
    table = _module("M5310-A")
    assert table.at("AT+CFUN=0") == "OK"
    assert table.at("AT+NCDP=0.0.0.0,5690") == "OK"
    table.firmware.reset(table.now)
    assert table.wait(1) == "REBOOT_CAUSE_SECURITY_RESET_PIN|OK"
    assert table.at("AT+NCDP?") == "+NCDP:0.0.0.0,5690|OK"
    assert table.at("AT+CFUN?") == "+CFUN:1|OK"


@pytest.mark.parametrize(
    "line",
    [
        *("AT+NSOCR=DGRAM,17,5000,1", "AT+NSOCL=0", "AT+IPSTART=0", "AT+CMDNS=h", "AT+PING=h"),
        *("AT+MQTTCFG=h", "AT+MQTTSTAT?", "AT+MLWSREGIND=0"),
    ],
)
@pytest.mark.parametrize("model", ["MN316", "M5310-A", "M5311"])
def test_other_services_are_unknown(model: str, line: str) -> None:
    """Decision 7."""
    assert _module(model).at(line) == "ERROR"
