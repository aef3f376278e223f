"""Switches of a running modem: by name, checked, one by one, and back to what they were."""

import asyncio

import pytest

from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.quirks import QuirkError
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])


async def _nowhere(link: OpenLink) -> tuple[str, int]:
    raise OSError("no such host")


async def test_the_next_line_is_spelt_as_a_new_quirk_has_it_and_then_as_before() -> None:
    """Manual 2.2: a blank behind the colon; drivers of real modules have none (HF 2)."""
    settings = ModemSettings(strict=True, timing="fast", quirks={"general_colon": "blank"})
    heard = bytearray()
    async with Modem(SerialEnd("memory:"), _nowhere, settings) as modem:
        assert isinstance(modem.port, MemoryPort)
        host = modem.port.host
        host.on_data = heard.extend
        host.open()
        host.write(b"AT+CFUN?\r")
        await asyncio.sleep(1)
        assert modem.set_quirk("general_colon", "none") == "at once"
        host.write(b"AT+CFUN?\r")
        await asyncio.sleep(1)
        assert modem.set_quirk("echo_at_boot", "on") == "at the next boot"
        assert modem.quirks.general_colon == "none"
        modem.reset_quirks()
        host.write(b"AT+CFUN?\r")
        await asyncio.sleep(1)
        assert (modem.quirks.general_colon, modem.quirks.echo_at_boot) == ("blank", "off")
        journal = [r.text for r in modem.firmware.journal.records if r.kind == "quirk"]
    assert bytes(heard) == (
        b"\r\n+CFUN: 1\r\n\r\nOK\r\n\r\n+CFUN:1\r\n\r\nOK\r\n\r\n+CFUN: 1\r\n\r\nOK\r\n"
    )
    assert journal == [
        "general_colon=none",
        "echo_at_boot=on",
        "general_colon=blank echo_at_boot=off",
    ]


async def test_what_no_quirk_can_be_changes_nothing() -> None:
    async with Modem(SerialEnd("memory:"), _nowhere, ModemSettings(strict=True)) as modem:
        before = modem.quirks
        for name, value, cause in (
            ("urc_gap", 5, "there is no quirk 'urc_gap'; did you mean 'urc_gap_ms'?"),
            ("urc_gap_ms", -1, "quirk 'urc_gap_ms' cannot be '-1'; it may be: a number from 0 up"),
        ):
            with pytest.raises(QuirkError) as caught:
                modem.set_quirk(name, value)
            assert cause in str(caught.value)
        assert modem.quirks is before
