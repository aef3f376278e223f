"""The network: attached, connected, asleep, without coverage; and what LwM2M makes of it."""

from dataclasses import replace
from typing import Any

import pytest

from emulator.conditions import ConditionError, Conditions, conditions_with, set_condition
from emulator.outputs import RebindLink
from tests.desk import CHANGED, CREATED, LOCATION, PUT, Desk

SLEEPER = 'AT+CPSMS=1,,,"00111000","00000101"'  # T3412 24 h, T3324 5 x 2 s (24.008 10.5.7.4)


def surround(table: Desk, **changes: Any) -> None:
    conditions = replace(table.firmware.network.attachment.conditions, **changes)
    table.firmware.surround(conditions, table.now)
    table._drain()


# Attached or not


def test_a_search_takes_its_time(desk: Any) -> None:
    """27.007 10.1.22: 2 is searching. Quirk search_ms."""
    table = desk(quirks={"search_ms": 30000})
    table.at("AT+CEREG=1;+CREG=1")
    assert table.at("AT+CFUN=0") == "OK"
    assert table.wait(1) == "+CEREG: 0|+CREG: 0"
    assert table.at("AT+CFUN=1") == "OK"
    assert table.wait(29.9) == "+CEREG: 2|+CREG: 2"
    assert table.at("AT+CEREG?;+CGATT?;+CGPADDR;+COPS?") == (
        "+CEREG: 1,2|+CGATT: 0|+CGPADDR: 1|+COPS: 0|OK"
    )
    assert table.wait(0.2) == "+CEREG: 1|+CREG: 1"
    assert table.at("AT+CEREG?;+CGATT?;+COPS?") == ('+CEREG: 1,1|+CGATT: 1|+COPS: 0,2,"46000",9|OK')


@pytest.mark.parametrize(
    ("leave", "come"),
    [("AT+CGATT=0", "AT+CGATT=1"), ("AT+CFUN=4", "AT+CFUN=1"), ("AT+COPS=2", "AT+COPS=0")],
)
def test_who_leaves_the_network_gets_another_address(desk: Any, leave: str, come: str) -> None:
    """A detach ends the context; +CEREG, +CGATT, +CGACT, +CGPADDR and 4/0/4 agree."""
    table = desk(timing="fast")
    table.log_in()
    assert table.at("AT+CGPADDR") == '+CGPADDR: 1,"10.57.20.17"|OK'
    assert table.at(leave) == "OK"
    assert table.at("AT+CEREG?;+CGATT?;+CGACT?;+CGPADDR;+CGCONTRDP") == (
        "+CEREG: 0,0|+CGATT: 0|+CGACT: 1,0|+CGPADDR: 1|OK"
    )
    assert table.at(come) == "OK"
    assert table.at("AT+CEREG?;+CGATT?;+CGACT?;+CGPADDR;+CGCONTRDP") == (
        '+CEREG: 0,1|+CGATT: 1|+CGACT: 1,1|+CGPADDR: 1,"10.57.20.18"|+CGCONTRDP: 1,5,"CMIOT"|OK'
    )
    table.ask(1, 700, "/4/0/4", (17, b"\x2d\x16"))  # Read, Accept TLV
    assert b"10.57.20.18" in table.sent[-1].data


def test_another_address_is_another_port(desk: Any) -> None:
    """The links go on from elsewhere: what the platform still sends to the old address is lost."""
    table = desk(timing="fast")
    table.log_in()
    table.firmware.serial_received(b"AT+CGATT=0;+CGATT=1\r", table.now)
    rebound = [out for out in table.firmware.outputs() if isinstance(out, RebindLink)]
    assert [out.link for out in rebound] == [table.open_link]


def test_a_context_that_is_switched_off_carries_nothing(desk: Any) -> None:
    """27.007 10.1.10; the module stays registered."""
    table = desk(timing="fast")
    table.log_in()
    table.observed()
    table.at("AT+MIPLNMI=0,0,1")
    table.at("AT+CGACT=0")
    assert table.at("AT+CGATT?;+CGACT?;+CEREG?") == "+CGATT: 1|+CGACT: 1,0|+CEREG: 0,1|OK"
    line = 'AT+MIPLNOTIFY=0,1,3200,0,5750,1,4,"abcd",0,0'
    assert table.at(line) == "OK|+MIPLNSMI: 0,0,1"
    table.at("AT+CGACT=1")
    assert table.at("AT+CGPADDR") == '+CGPADDR: 1,"10.57.20.18"|OK'
    assert table.at(line) == "OK|+MIPLNSMI: 0,1,1"


# Coverage


def test_coverage_goes_and_comes(desk: Any) -> None:
    """NSMI 0 (decision 45); the address stays, since nobody has detached."""
    table = desk()
    table.log_in()
    table.observed()
    table.at("AT+MIPLNMI=0,0,1;+CEREG=1")
    surround(table, coverage=False)
    assert table.wait(1) == "+CEREG: 2"
    assert table.at("AT+CSQ;+CESQ;+CEREG?;+CGATT?") == (
        "+CSQ: 99,99|+CESQ: 99,99,255,255,255,255|+CEREG: 1,2|+CGATT: 0|OK"
    )
    line = 'AT+MIPLNOTIFY=0,1,3200,0,5750,1,4,"abcd",0,0'
    assert table.at(line) == "OK" and table.wait(1) == "+MIPLNSMI: 0,0,1"
    table.deliver(bytes.fromhex("4003 02bd b4 33323030 01 30 04 35373530 ff 31".replace(" ", "")))
    assert (table.wait(1), table.sent) == ("", []), "nothing is heard"
    surround(table, coverage=True)
    assert table.wait(1) == "+CEREG: 1"
    assert table.at("AT+CGPADDR") == '+CGPADDR: 1,"10.57.20.17"|OK'
    assert table.at(line) == "OK" and table.wait(1) == "+MIPLNSMI: 0,1,1"


def test_without_coverage_open_fails(desk: Any) -> None:
    """Manual 3.6: event 7 when its time is over."""
    table = desk(conditions=Conditions(coverage=False))
    assert table.at("AT+CEREG?") == "+CEREG: 0,2|OK"
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    assert table.at("AT+MIPLOPEN=0,300,30") == "OK"
    assert table.wait(29.9) == ""
    assert table.wait(0.2) == "+MIPLEVENT: 0,7"
    assert table.sent == []


def test_coverage_that_comes_in_time_lets_open_succeed(desk: Any) -> None:
    """The Register is sent again after 2, 6 and 14 s (decision 28)."""
    table = desk(conditions=Conditions(coverage=False))
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    table.at("AT+MIPLOPEN=0,300,30")
    table.wait(5)
    surround(table, coverage=True)
    table.wait(2)
    assert table.reply(0x41, (8, b"rd"), (8, b"1")) == "+MIPLEVENT: 0,6"


def test_the_signal_is_what_it_is_made(desk: Any) -> None:
    """27.007 8.5: 5 is -103 dBm; RSRP 10 dB below (chosen), 8.69: -113 is 28."""
    table = desk(conditions=Conditions(signal=5))
    assert table.at("AT+CSQ;+CESQ") == "+CSQ: 5,99|+CESQ: 99,99,255,255,18,28|OK"
    assert "Total power:-1030" in table.at("AT+NUESTATS")


def test_another_operator_means_roaming(desk: Any) -> None:
    """27.007 10.1.22: 5; HF 3 takes it for registered."""
    table = desk(conditions=Conditions(operator="46011"))
    assert table.at("AT+CEREG?;+COPS?") == '+CEREG: 0,5|+COPS: 0,2,"46011",9|OK'
    assert table.at("AT+COPS=3,0;+COPS?") == '+COPS: 0,0,"CHN-CT",9|OK'
    table.log_in()


def test_a_card_may_be_refused(desk: Any) -> None:
    """27.007 10.1.22: 3."""
    table = desk(conditions=Conditions(denied=True))
    assert table.at("AT+CEREG?;+CGATT?") == "+CEREG: 0,3|+CGATT: 0|OK"
    surround(table, denied=False)
    table.wait(1)
    assert table.at("AT+CEREG?;+CGATT?") == "+CEREG: 0,1|+CGATT: 1|OK"
    surround(table, denied=True)
    assert table.at("AT+CEREG?") == "+CEREG: 0,3|OK"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("coverage=off", Conditions(coverage=False)),
        ("signal=12", Conditions(signal=12)),
        ("operator=46001", Conditions(operator="46001")),
        ("Denied = on", Conditions(denied=True)),
        ("signal=", Conditions()),
    ],
)
def test_conditions_as_texts(text: str, wanted: Conditions) -> None:
    assert set_condition(Conditions(), text) == wanted


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("coverag=on", "'coverag=on' is no condition of the network, NAME=VALUE; did you mean cov"),
        ("signal", "'signal' is no condition of the network, NAME=VALUE; did you mean signal?"),
        ("signal=32", "'signal' is 0 to 31, not '32'"),
        ("coverage=maybe", "'coverage' is on or off, not 'maybe'"),
        ("operator=CMCC", "'operator' is five or six digits, not 'CMCC'"),
    ],
)
def test_conditions_that_cannot_be(text: str, complaint: str) -> None:
    with pytest.raises(ConditionError) as caught:
        set_condition(Conditions(), text)
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"coverage": False, "signal": 5}, Conditions(coverage=False, signal=5)),
        ({"coverage": "off", "signal": "5"}, Conditions(coverage=False, signal=5)),
        ({"operator": 46001, "denied": True}, Conditions(operator="46001", denied=True)),
        ({"signal": None}, Conditions()),
    ],
)
def test_conditions_as_values(changes: dict[str, Any], wanted: Conditions) -> None:
    assert conditions_with(Conditions(), changes) == wanted


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"signal": 32}, "'signal' is 0 to 31, not '32'"),
        ({"signal": True}, "'signal' is 0 to 31, not 'on'"),
        ({"coverage": 1}, "'coverage' is on or off, not '1'"),
    ],
)
def test_values_of_conditions_that_cannot_be(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConditionError, match=f"^{complaint}$"):
        conditions_with(Conditions(), changes)


# Connected, idle, asleep


def test_the_connection_ends_without_traffic(desk: Any) -> None:
    """27.007 10.1.30; quirk rrc_idle_s."""
    table = desk(quirks={"rrc_idle_s": 20})
    table.at("AT+CSCON=1")
    assert table.at("AT+CSCON?") == "+CSCON: 1,1|OK", "just attached"
    assert table.wait(20) == "+CSCON: 0"
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    assert table.at("AT+MIPLOPEN=0,300,30") == "OK"
    assert table.wait(1) == "+CSCON: 1"
    assert table.at("AT+CSCON?") == "+CSCON: 1,1|OK"


@pytest.mark.parametrize(
    ("flag", "at_once", "after_ack"),
    [
        ("0", "", "+MIPLEVENT: 0,26,7"),
        ("0x200", "+CSCON: 0", "+CSCON: 1|+MIPLEVENT: 0,26,7"),
        ("0X400", "", "+CSCON: 0|+MIPLEVENT: 0,26,7"),
    ],
)
def test_flags_let_the_network_go(desk: Any, flag: str, at_once: str, after_ack: str) -> None:
    """Manual 3.9; decision 46: 0x200 after sending, 0x400 after the answer (HF 22)."""
    table = desk(timing="fast")
    table.at("AT+CSCON=1")
    table.log_in()
    table.observed()
    answer = table.at(f'AT+MIPLNOTIFY=0,1,3200,0,5750,1,4,"abcd",0,{flag},7')
    assert answer == "OK" + ("|" + at_once if at_once else "")
    sent = table.sent[-1]
    assert table.platform(bytes([0x60, 0, sent.mid >> 8, sent.mid & 255])) == after_ack


def test_flags_are_as_0_where_the_model_has_them_so(desk: Any) -> None:
    """Manual 3.9 footnote 3; decisions 7: MN319."""
    table = desk(model="MN319", timing="fast")
    table.at("AT+CSCON=1")
    table.log_in()
    table.observed()
    assert table.at('AT+MIPLNOTIFY=0,1,3200,0,5750,1,4,"abcd",0,0x200') == "OK"


@pytest.mark.parametrize("flag", ["0x200", "0x400"])
def test_under_dtls_the_flags_are_as_0(desk: Any, flag: str) -> None:
    """Manual 3.9 note 4; decision 46. Without DTLS the same lines let the network go: see above."""
    table = desk(timing="fast")
    table.at("AT+CSCON=1")
    assert table.at('AT+MIPLCREATEEX="183.230.40.40:5684",0,,"abcdefgh"').endswith("OK")
    assert table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0') == "OK"
    assert table.at("AT+MIPLOPEN=0,86400,30").startswith("OK")
    table.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"1"))
    table.observed()
    assert table.at(f'AT+MIPLNOTIFY=0,1,3200,0,5750,1,4,"abcd",0,{flag},7') == "OK"
    sent = table.sent[-1]
    ack = bytes([0x60, 0, sent.mid >> 8, sent.mid & 255])
    assert table.platform(ack) == "+MIPLEVENT: 0,26,7"


def test_asleep_nothing_is_heard(desk: Any) -> None:
    """PSM (23.682 4.5.4; HF 3: +NPSMR): T3324 after the connection; sending wakes it."""
    table = desk(timing="fast", quirks={"rrc_idle_s": 20})
    table.log_in("3200")
    table.observed()
    assert table.at(f"{SLEEPER};+NPSMR=1;+CEREG=4") == "OK"
    assert table.at("AT+NPSMR?;+CEREG?") == (
        '+NPSMR: 1,0|+CEREG: 4,1,"1A2B","0A1B2C3D",9,,,"00000101","00111000"|OK'
    )
    assert table.wait(27) == ""
    assert table.wait(4) == "+NPSMR: 1"
    assert table.at("AT+NPSMR?;+CSCON?;+CEREG?").startswith("+NPSMR: 1,1|+CSCON: 0,0|+CEREG: 4,1,")
    assert table.ask(PUT, 700, "/3200/0/5750", payload=b"x") == "", "lost"
    assert table.at("AT+MIPLUPDATE=0,300,0") == "OK|+NPSMR: 0"
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert table.ask(PUT, 701, "/3200/0/5750", payload=b"x").startswith("+MIPLWRITE: 0,701,")


def test_the_periodic_update_wakes_and_sleep_comes_again(desk: Any) -> None:
    """T3412 (24.008 10.5.7.4a: 011 00101 is 10 s), counted from the end of the connection."""
    table = desk(quirks={"rrc_idle_s": 3})
    table.at('AT+NPSMR=1;+CSCON=1;+CPSMS=1,,,"01100101","00000001"')
    assert table.wait(12.9) == "+CSCON: 0|+NPSMR: 1"  # at 3 and 5 s
    assert table.wait(0.2) == "+CSCON: 1|+NPSMR: 0"  # at 13 s
    assert table.wait(5) == "+CSCON: 0|+NPSMR: 1"


@pytest.mark.parametrize("lock", ["AT+SM=LOCK", "AT+SM=LOCK_FOREVER", "AT+CPSMS=0"])
def test_a_locked_module_does_not_sleep(desk: Any, lock: str) -> None:
    """HF 3 (D18, D20)."""
    table = desk()
    table.at(f"AT+NPSMR=1;{SLEEPER.removeprefix('AT')};{lock.removeprefix('AT')}")
    assert table.wait(100) == ""
    table.at("AT+SM=UNLOCK_FOREVER;+CPSMS=1")
    assert table.wait(1) == "+NPSMR: 1"
    assert table.at(lock) == "OK"
    assert table.wait(1) == "+NPSMR: 0"


def test_m5311_says_that_it_goes_to_sleep(desk: Any) -> None:
    """HF 3, D5: *GOTOSLEEP, *MATWAKEUP."""
    table = desk(model="M5311")
    table.at("AT*SLEEP=1;*MATWAKEUP=1")
    assert table.at("AT*ENTERSLEEP") == "OK"
    assert table.wait(1) == "*GOTOSLEEP"
    table.at("AT+CFUN=0")
    assert table.wait(1) == "*MATWAKEUP"


def test_the_lock_of_mn316(desk: Any) -> None:
    """HF 3, D6: AT+WORKLOCK=0, OK, then +POWERDOWN:."""
    table = desk(dialect="field")
    assert table.at("AT+WORKLOCK=0") == "OK"
    assert table.wait(1) == "+POWERDOWN:"
    assert table.firmware.network.is_asleep


def test_edrx_hears_now_and_then(desk: Any) -> None:
    """23.682 5.13a; 24.008 10.5.5.32: 0010 is 20.48 s, counted from the end of the connection."""
    table = desk(timing="fast", quirks={"rrc_idle_s": 10})
    table.log_in()
    table.observed()
    table.at('AT+CEDRXS=1,5,"0010"')
    assert table.at("AT+CEDRXRDP") == '+CEDRXRDP: 5,"0010","0010","0011"|OK'
    idle = table.now + 10 - 1  # observed() has waited a second since the last datagram
    table.wait(15)
    table.deliver(bytes.fromhex("4003 02bd b4 33323030 01 30 04 35373530 ff 31".replace(" ", "")))
    assert table.wait(idle + 20.4 - table.now) == ""
    assert table.wait(0.2) == "+MIPLWRITE: 0,701,3200,0,5750,6,2,31,0"


# What a reboot leaves


def test_what_must_survive_a_reboot_survives_it(desk: Any) -> None:
    """HF 3: CGDCONT, NBAND and what D9 sets before it resets; `nvram.py`. The rest is forgotten."""
    table = desk(timing="fast")
    for line in (
        'AT+CGDCONT=1,"IP","cmnbiot"',
        "AT+NBAND=5",
        'AT+CPSMS=1,,,"00000001","00100010"',
        'AT+CEDRXS=1,5,"1001"',
        "AT+NCDP=0.0.0.0,5690",
        "AT+NCONFIG=CELL_RESELECTION,FALSE",
        "AT+IPR=115200",
        "ATE1&W",
        "AT+CEREG=5;+CSCON=1;+NPSMR=1;+CMEE=1",
        "AT+MIPLCREATE",
    ):
        assert table.exact(line).endswith(b"OK\r\n")
    assert b"REBOOTING" in table.exact("AT+NRB")
    assert table.exact("ATE0") == b"ATE0\r\r\nOK\r\n", "the echo that was stored is on"
    kept = table.at("AT+CGDCONT?;+NBAND?;+CPSMS?;+CEDRXS?;+NCDP?;+IPR?")
    assert kept == (
        '+CGDCONT: 1,"IP","cmnbiot"|+NBAND: 5|+CPSMS: 1,,,"00000001","00100010"'
        '|+CEDRXS: 5,"1001"|+NCDP: 0.0.0.0,5690|+IPR: 115200|OK'
    )
    assert "+NCONFIG: CELL_RESELECTION,FALSE" in table.at("AT+NCONFIG?")
    assert table.at("AT+CEREG?;+CSCON?;+NPSMR?") == "+CEREG: 0,1|+CSCON: 0,1|+NPSMR: 0|OK"
    assert table.at("AT+NOSUCH") == "ERROR", "AT+CMEE is forgotten"
    assert table.at("AT+MIPLOPEN?") == "+CIS ERROR: 653", "and so is the instance"


def test_a_module_that_shall_not_connect_by_itself(desk: Any) -> None:
    """AT+NCONFIG=AUTOCONNECT,FALSE: after a reboot the host switches the radio on, and attaches."""
    table = desk(model="M5310-A", timing="fast")
    table.at("AT+NCONFIG=AUTOCONNECT,FALSE")
    table.at("AT+NRB")
    assert table.at("AT+CFUN?;+CEREG?") == "+CFUN:0|+CEREG:0,0|OK"
    table.at("AT+CFUN=1;+CGATT=1")
    assert table.at("AT+CFUN?;+CEREG?;+CGPADDR") == ("+CFUN:1|+CEREG:0,1|+CGPADDR:0,10.57.20.18|OK")


@pytest.mark.parametrize("line", ["AT+NRB", "AT+CMRB", "AT+CFUN=1,1"])
@pytest.mark.parametrize(
    ("model", "said", "booted"),
    [
        ("MN316", b"\r\nREBOOTING\r\n", ""),
        ("M5310-A", b"\r\nREBOOTING\r\n", "REBOOT_CAUSE_APPLICATION_AT|OK"),
        ("M5311", b"\r\nOK\r\n", "*ATREADY: 1|+CFUN: 1|+CPIN: READY|+IP: 10.57.20.18"),
        ("ML305A", b"\r\nOK\r\n", ""),
    ],
)
def test_reboots(desk: Any, line: str, model: str, said: bytes, booted: str) -> None:
    """Decision 10; HF 3: D15 looks at bytes 2 and 3, D5 waits 5 s."""
    table = desk(model=model)
    assert table.exact(line) == said
    assert table.at("AT") == "", "nothing is answered before the boot is over"
    assert table.wait(5) == booted
    assert table.at("AT") == "OK"


def test_what_m5311_says_when_there_is_no_network(desk: Any) -> None:
    """+IP waits until there is an address."""
    table = desk(model="M5311", conditions=Conditions(coverage=False))
    table.at("AT+CMRB")
    assert table.wait(60) == "*ATREADY: 1|+CFUN: 1|+CPIN: READY"
    surround(table, coverage=True)
    assert table.wait(1) == "+IP: 10.57.20.17"


def test_what_wakes_a_sleeping_line_is_lost_in_part(desk: Any) -> None:
    """HF 5: "otherwise the module sleeps and the first bytes after wake-up are lost" (D18, D20);
    AT+SM=LOCK_FOREVER is their mend. Quirk wake_loses_bytes."""
    table = desk(quirks={"wake_loses_bytes": 3})
    table.log_in()
    assert table.at(f"{SLEEPER};+NPSMR=1") == "OK"
    assert table.wait(40) == "+NPSMR: 1"
    assert table.at("AT") == ""  # with its CR, three bytes
    assert table.at("AT+CSQ") == "+CSQ: 23,99|OK"
    assert table.at("AT+MIPLUPDATE=0,300,0") == "OK"
    assert table.wait(1) == "+NPSMR: 0"
    assert table.wait(120).endswith("+NPSMR: 1")
    assert table.at("AT+CSQ") == "ERROR"  # "CSQ" is no command
    assert table.at("AT+CSQ") == "+CSQ: 23,99|OK"


def test_a_line_that_loses_nothing_and_one_that_is_locked(desk: Any) -> None:
    """The default, and AT+SM=LOCK_FOREVER (HF 5)."""
    for quirks, lock in (({}, ""), ({"wake_loses_bytes": 4}, ";+SM=LOCK_FOREVER")):
        table = desk(quirks=quirks)
        table.log_in()
        assert table.at(f"{SLEEPER}{lock}") == "OK"
        table.wait(40)
        assert table.at("AT+CSQ") == "+CSQ: 23,99|OK"
