"""Starting anew (decision 10)."""

from emulator.at.results import Reboot, Result
from emulator.at.table import at
from emulator.firmware import Firmware


def rebooting(firmware: Firmware) -> Reboot:
    """What this model says before it boots."""
    return Reboot((firmware.profile.reboot_line,))


@at("+NRB", "+CMRB", manual="decision 10; HF 3")
def reboot(firmware: Firmware) -> Result:
    return rebooting(firmware)
