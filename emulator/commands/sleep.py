"""What NB-IoT modules of several makers have for sleep and search (host-firmware 3).

27.007 does not have them, and what is known of them is how hosts call them: what has no effect
written here is accepted, and nothing of it can be seen.
"""

from typing import Annotated, Literal

from emulator.at.results import Done, Result, info
from emulator.at.syntax import Integer, Text, UInt8
from emulator.at.table import at
from emulator.firmware import Firmware

Earfcn = Annotated[int, Integer(0, 262143)]  # 36.101 5.7.3
Cell = Annotated[int, Integer(0, 503)]  # 36.211 6.11


@at("+SM=", manual="HF 3; HF 5")
def lock(
    firmware: Firmware,
    now: float,
    mode: Literal["LOCK", "UNLOCK", "LOCK_FOREVER", "UNLOCK_FOREVER"],
) -> Result:
    """A locked module does not fall asleep; FOREVER outlives a reboot."""
    locked = mode in ("LOCK", "LOCK_FOREVER")
    firmware.network.stays_awake = locked
    if mode.endswith("FOREVER"):
        firmware.nvram.locked = locked
    firmware.network.power_saving_changed(now)
    return Done()


@at("+WORKLOCK=", manual="HF 3 (D6)")
def work_lock(firmware: Firmware, now: float, mode: Literal[0, 1]) -> Result:
    """0 lets the module sleep at once, which +POWERDOWN says; 1 forbids it (chosen)."""
    firmware.network.stays_awake = mode == 1
    firmware.network.power_saving_changed(now)
    if mode == 1:
        return Done()
    firmware.network.rrc.sleep(now)
    return Done(after=(info("+POWERDOWN", ""),))


@at("+CMSYSCTRL=", manual="HF 3")
def system_control(firmware: Firmware, item: UInt8, mode: UInt8) -> Result:
    """The lamp of the network and the pin that wakes the module, which it has not."""
    return Done()


@at("+ECPURC=", manual="HF 3")
def power_lines(firmware: Firmware, name: Text, mode: UInt8 = 0) -> Result:
    """Accepted."""
    return Done()


@at("+ECPSMR=", manual="HF 3")
def sleep_report(firmware: Firmware, n: Literal[0, 1]) -> Result:
    """Whether +ECPSMR tells when the module falls asleep and wakes."""
    firmware.network.report("+ECPSMR", n)
    return Done()


@at("+CLPLMN", manual="HF 3")
def clear_networks(firmware: Firmware) -> Result:
    """The networks that the module remembers; it finds the only one without."""
    return Done()


@at("+CMBAND=", manual="HF 3")
def bands(firmware: Firmware, first: UInt8, second: UInt8 | None = None) -> Result:
    """Accepted."""
    return Done()


@at("+FRCLLCK=", manual="HF 3")
def lock_cell(
    firmware: Firmware, mode: UInt8, earfcn: Earfcn | None = None, pci: Cell | None = None
) -> Result:
    """Accepted: there is one cell."""
    return Done()


@at("+ZSLR", manual="HF 3")
def sleep_now(firmware: Firmware) -> Result:
    """Accepted."""
    return Done()


@at("+ZCONTLED=", manual="HF 3")
def lamp(firmware: Firmware, mode: UInt8) -> Result:
    """Accepted."""
    return Done()


@at("+WKMOD=", manual="HF 3")
def work_mode(firmware: Firmware, mode: UInt8) -> Result:
    """Accepted."""
    return Done()
