"""Who the module and its card are (27.007 5, 8.3; host-firmware 3)."""

from typing import Literal

from emulator.at.results import Done, Result, info
from emulator.at.table import at
from emulator.firmware import Firmware


@at("+CGMI", "+GMI", manual="27.007 5.1")
def manufacturer(firmware: Firmware) -> Result:
    return Done((firmware.profile.manufacturer,))


@at("+CGMM", "+GMM", manual="27.007 5.2")
def model(firmware: Firmware) -> Result:
    return Done((firmware.profile.model,))


@at("+CGMR", "+GMR", manual="27.007 5.3")
def revision(firmware: Firmware) -> Result:
    return Done((firmware.profile.revision,))


@at("+CMVER", manual="HF 3")
def module_version(firmware: Firmware) -> Result:
    return Done((info("+CMVER", firmware.profile.revision),))


@at("+SWVER", manual="HF 3")
def software_version(firmware: Firmware) -> Result:
    return Done((info("+SWVER", firmware.profile.revision),))


@at("+CGSN", "+GSN", manual="27.007 5.4")
def serial_number(firmware: Firmware) -> Result:
    return Done((firmware.identity.imei,))


@at("+CGSN=", manual="27.007 5.4")
def serial_number_kind(firmware: Firmware, snt: Literal[0, 1]) -> Result:
    """0 is the serial number, which these modules do not tell apart from the IMEI (chosen)."""
    imei = firmware.identity.imei
    return Done((imei,) if snt == 0 else (info("+CGSN", imei),))


@at("+CIMI", manual="27.007 5.6")
def subscriber_identity(firmware: Firmware) -> Result:
    return Done((firmware.identity.imsi,))


@at("+ICCID", manual="HF 3")
def card_number(firmware: Firmware) -> Result:
    return Done((info("+ICCID", firmware.identity.iccid),))


@at("+CPIN?", manual="27.007 8.3")
def card_lock(firmware: Firmware) -> Result:
    return Done((info("+CPIN", "READY"),))
