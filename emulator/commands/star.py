"""The AT*… commands of M5311 (host-firmware 3)."""

from typing import Literal

from emulator.at.results import Done, Result, info
from emulator.at.syntax import UInt8, UInt16
from emulator.at.table import at
from emulator.firmware import Firmware


@at("*SLEEP=", manual="HF 3")
def allow_sleep(firmware: Firmware, mode: Literal[0, 1, 2]) -> Result:
    """Whether *GOTOSLEEP tells when the module falls asleep."""
    firmware.network.report("*GOTOSLEEP", mode)
    return Done()


@at("*MATWAKEUP=", manual="HF 3")
def wake_report(firmware: Firmware, n: Literal[0, 1]) -> Result:
    """Whether *MATWAKEUP tells when it wakes."""
    firmware.network.report("*MATWAKEUP", n)
    return Done()


@at("*ENTERSLEEP", manual="HF 3")
def sleep(firmware: Firmware, now: float) -> Result:
    """Sleep at once, where it is not locked."""
    if not firmware.network.stays_awake:
        firmware.network.rrc.sleep(now)
    return Done()


@at("*NBIOTRAI=", manual="HF 3")
def release_assistance(firmware: Firmware, mode: UInt8) -> Result:
    """Accepted: what is released says `<flag>` of NOTIFY."""
    return Done()


@at("*EDRXCFG=", manual="HF 3")
def edrx(
    firmware: Firmware, mode: UInt8, first: UInt16 | None = None, second: UInt16 | None = None
) -> Result:
    """Accepted; AT+CEDRXS configures it."""
    return Done()


@at("*ENGINFO=", manual="HF 3")
def engineering(firmware: Firmware, mode: Literal[0, 1]) -> Result:
    """Accepted."""
    return Done()


@at("*CMBAND=", manual="HF 3")
def bands(firmware: Firmware, band: UInt8) -> Result:
    firmware.nvram.bands = (band,)
    return Done()


@at("*CMBAND=?", manual="HF 3")
def possible_bands(firmware: Firmware) -> Result:
    return Done((info("*CMBAND", f"({','.join(map(str, firmware.profile.bands))})"),))
