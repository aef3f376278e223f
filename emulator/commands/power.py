"""Connected, idle, asleep (27.007 7.38 to 7.41, 10.1.30), and the line's speed (V.250 6.2.10)."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from emulator.at.parameters import Raw
from emulator.at.results import Done, Failed, Fault, Result, info
from emulator.at.table import at
from emulator.firmware import Firmware
from emulator.nvram import Edrx, PowerSaving


@dataclass(frozen=True, slots=True)
class Timer:
    """Binary digits, as 27.007 has timers."""

    length: int

    def parse(self, raw: Raw) -> str:
        if re.fullmatch(f"[01]{{{self.length}}}", raw.text) is None:
            raise Failed(Fault.SYNTAX)
        return raw.text

    def describe(self, name: str) -> str:
        return f'("{"0" * self.length}"-"{"1" * self.length}")'


Timer8 = Annotated[str, Timer(8)]
Timer4 = Annotated[str, Timer(4)]
Rate = Literal[
    0, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200, 230400, 460800, 921600
]


@at("+CPSMS=", manual="27.007 7.38")
def power_saving(
    firmware: Firmware,
    now: float,
    mode: Literal[0, 1, 2],
    rau: Timer8 | None = None,
    gprs_ready: Timer8 | None = None,
    tau: Timer8 | None = None,
    active: Timer8 | None = None,
) -> Result:
    """What is left empty stays; 2 is off, with the timers as they first were."""
    before = PowerSaving() if mode == 2 else firmware.nvram.psm
    firmware.nvram.psm = PowerSaving(mode % 2, tau or before.periodic, active or before.active)
    firmware.network.power_saving_changed(now)
    return Done()


@at("+CPSMS?", manual="27.007 7.38")
def power_saving_state(firmware: Firmware) -> Result:
    psm = firmware.nvram.psm
    return Done((info("+CPSMS", psm.mode, "", "", f'"{psm.periodic}"', f'"{psm.active}"'),))


@at("+CEDRXS=", manual="27.007 7.40")
def edrx(
    firmware: Firmware,
    mode: Literal[0, 1, 2, 3],
    act_type: Literal[0, 1, 2, 3, 4, 5] | None = None,
    requested: Timer4 | None = None,
) -> Result:
    """What is left empty stays; 3 is off, with the cycle as it first was."""
    before = Edrx() if mode == 3 else firmware.nvram.edrx
    access = before.access if act_type is None else act_type
    firmware.nvram.edrx = Edrx(mode % 3, access, requested or before.cycle)
    return Done()


@at("+CEDRXS?", manual="27.007 7.40")
def edrx_setting(firmware: Firmware) -> Result:
    edrx = firmware.nvram.edrx
    return Done((info("+CEDRXS", edrx.access, f'"{edrx.cycle}"'),))


@at("+CEDRXRDP", manual="27.007 7.41")
def edrx_granted(firmware: Firmware) -> Result:
    """The network grants what was asked for; the paging time window is chosen."""
    edrx = firmware.nvram.edrx
    if edrx.mode == 0 or not firmware.network.online:
        return Done((info("+CEDRXRDP", 0),))
    return Done((info("+CEDRXRDP", edrx.access, f'"{edrx.cycle}"', f'"{edrx.cycle}"', '"0011"'),))


@at("+CSCON=", manual="27.007 10.1.30")
def connection_report(firmware: Firmware, n: Literal[0, 1]) -> Result:
    firmware.network.report("+CSCON", n)
    return Done()


@at("+CSCON?", manual="27.007 10.1.30")
def connection(firmware: Firmware) -> Result:
    n = firmware.network.reports.get("+CSCON", 0)
    return Done((info("+CSCON", n, int(firmware.network.is_connected)),))


@at("+IPR=", manual="V.250 6.2.10")
def set_rate(firmware: Firmware, rate: Rate) -> Result:
    """0 finds the rate by itself. `OK` still leaves at the old one."""
    firmware.nvram.baud = rate
    return Done()


@at("+IPR?", manual="V.250 6.2.10")
def rate(firmware: Firmware) -> Result:
    return Done((info("+IPR", firmware.nvram.baud),))
