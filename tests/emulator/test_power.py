"""Power, the reset pin, and boards that boot when a host opens them (decisions 9, 10)."""

import asyncio
from collections.abc import Callable

import pytest

from emulator.at.channel import Written
from emulator.modem import Modem, ModemSettings
from emulator.outputs import CloseLink, OpenLink, RateSet, Switched
from emulator.pins import PinError, Pins, parse_pin
from emulator.serial_end import SerialEnd
from tests.desk import Desk

BOOT_LINES = "*ATREADY: 1|+CFUN: 1|+CPIN: READY"  # of M5311; +IP comes with the network
MakeDesk = Callable[..., Desk]


def test_reset_boots_with_the_boot_lines_and_without_the_instance(desk: MakeDesk) -> None:
    module = desk(model="M5311", dialect="manual")
    assert module.at("AT+MIPLCREATE") == "+MIPLCREATE: 0|OK"
    module.firmware.reset(module.now)
    assert module.at("AT") == ""  # lost while booting
    assert module.wait(0.5).startswith(BOOT_LINES)
    assert module.at("AT+MIPLCREATE") == "+MIPLCREATE: 0|OK"


def test_of_a_line_that_began_while_it_booted_the_end_is_heard(desk: MakeDesk) -> None:
    """First bytes lost: of AT+CGMI the module has heard MI."""
    module = desk()
    module.firmware.reset(module.now)
    module.firmware.serial_received(b"AT+CG", module.now)
    module.wait(0.5)
    assert module.at("MI") == "ERROR"


def test_m5310a_says_what_reset_it(desk: MakeDesk) -> None:
    module = desk(model="M5310-A")
    module.firmware.reset(module.now)
    assert module.wait(0.5) == "REBOOT_CAUSE_SECURITY_RESET_PIN|OK"


def test_off_it_answers_nothing_says_nothing_and_has_no_links(desk: MakeDesk) -> None:
    module = desk(model="M5311", dialect="manual")
    module.log_in()
    module.sent.clear()
    link = module.open_link
    module.firmware.switch(False, module.now)
    outputs = module.firmware.outputs()
    cause = outputs[0].cause
    assert outputs == [Switched(False, cause), CloseLink(link, cause)]
    assert not module.firmware.power.is_on
    assert module.at("AT") == ""
    assert module.wait(100_000) == "" and module.sent == []
    assert module.firmware.deadline() is None
    module.firmware.reset(module.now)
    module.firmware.host_opened(module.now)
    module.firmware.switch(False, module.now)
    assert module.firmware.outputs() == []


def test_on_again_it_boots_once(desk: MakeDesk) -> None:
    module = desk(model="M5311", dialect="manual")
    module.firmware.switch(False, module.now)
    module.firmware.switch(True, module.now)
    module.firmware.switch(True, module.now)
    printed = module.wait(10)
    assert printed.startswith(BOOT_LINES) and printed.count("ATREADY") == 1
    assert module.at("AT") == "OK"


@pytest.mark.parametrize(
    ("how", "boots"), [("off", [False, False]), ("first", [True, False]), ("every", [True, True])]
)
def test_what_a_host_sees_that_opens_the_device(
    desk: MakeDesk, how: str, boots: list[bool]
) -> None:
    """D4, D8, D9 wait for boot lines, D1 and D2 must see none (HF 3)."""
    module = desk(model="M5311", dialect="manual", quirks={"boot_on_open": how})
    module.wait(10)
    seen = []
    for _ in boots:
        module.firmware.host_opened(module.now)
        seen.append(module.wait(10).startswith(BOOT_LINES))
    assert seen == boots


def test_the_rate_that_the_host_sets_holds_behind_its_ok_and_over_reboots(desk: MakeDesk) -> None:
    """AT+IPR, V.250 6.2.10."""
    module = desk()
    module.firmware.serial_received(b"AT+IPR=57600\r", module.now)
    ok, rate = module.firmware.outputs()
    assert isinstance(ok, Written) and ok.data == b"\r\nOK\r\n"
    assert rate == RateSet(57600, ok.cause)
    module.firmware.reset(module.now)
    module.firmware.serial_received(b"AT+IPR=57600\r", module.now)
    assert not any(isinstance(output, RateSet) for output in module.firmware.outputs())


def test_a_pulse_on_either_level_resets_and_holds_meanwhile() -> None:
    for rest in (True, False):
        pins = Pins({"rts": "reset"})
        assert pins.level("rts", rest, True) == ()
        assert pins.level("rts", not rest, True) == ("off",)
        assert pins.level("rts", not rest, False) == ()
        assert pins.level("rts", rest, False) == ("on",)
        assert pins.level("dtr", True, True) == pins.level("dtr", False, True) == ()


def test_reset_does_not_switch_on_what_is_off() -> None:
    pins = Pins({"rts": "reset"})
    assert pins.level("rts", True, False) == ()
    assert pins.level("rts", False, False) == ()
    assert pins.level("rts", True, False) == ()


def test_the_power_key_toggles_once_a_pulse() -> None:
    pins = Pins({"dtr": "power"})
    levels = [True, False, False, True, False, True]
    assert [pins.level("dtr", level, True) for level in levels] == [
        (),
        ("toggle",),
        (),
        (),
        ("toggle",),
        (),
    ]


def test_a_host_that_leaves_lets_go() -> None:
    pins = Pins({"rts": "reset", "dtr": "power"})
    for level in (True, False):
        pins.level("rts", level, True)
        pins.level("dtr", level, True)
    assert pins.released() == ("on",)
    assert pins.released() == ()
    assert pins.level("rts", False, True) == ()  # the next host's rest


def test_wirings_are_read() -> None:
    assert parse_pin("RTS=reset") == ("rts", "reset")
    assert parse_pin("dtr=power") == ("dtr", "power")
    for text in ("cts=reset", "rts", "rts=", "rts=boot", ""):
        with pytest.raises(PinError, match=f"'{text}' is no wiring; write dtr or rts"):
            parse_pin(text)


# RFC 2217 section 3: IAC SB COM-PORT-OPTION SET-CONTROL … IAC SE, and the modem state of the server
RTS_ON, RTS_OFF = bytes.fromhex("fffa2c050bfff0"), bytes.fromhex("fffa2c050cfff0")
DO_COM_PORT = bytes.fromhex("fffd2c")
CTS_AND_DSR = bytes.fromhex("fffa2c6b30fff0")
BOTH_DROP, BOTH_RISE = bytes.fromhex("fffa2c6b03fff0"), bytes.fromhex("fffa2c6b33fff0")


@pytest.mark.asyncio
async def test_rts_over_rfc_2217_resets_and_dsr_shows_it() -> None:
    async def nowhere(link: OpenLink) -> tuple[str, int]:
        raise OSError("no such host")

    settings = ModemSettings("M5310-A", strict=True, timing="fast", pins={"rts": "reset"})
    async with Modem(SerialEnd("rfc2217:0"), nowhere, settings) as modem, asyncio.timeout(20):
        _, host, port = modem.port.name.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(DO_COM_PORT + RTS_ON)
        await reader.readuntil(CTS_AND_DSR)
        await reader.readuntil(RTS_ON.replace(b"\x05", b"\x69"))  # 105: done
        writer.write(RTS_OFF + b"AT\r")
        await reader.readuntil(BOTH_DROP)
        writer.write(RTS_ON + b"AT\r")
        heard = await reader.readuntil(b"\r\nOK\r\n")
        assert BOTH_RISE in heard
        assert heard.endswith(b"\r\nREBOOT_CAUSE_SECURITY_RESET_PIN\r\n\r\nOK\r\n")
        assert await reader.readuntil(b"\r\nOK\r\n") == b"\r\nOK\r\n"
        writer.close()
