"""General commands that every host sends first (27.007; host-firmware 3)."""

from typing import Literal

from emulator.at.results import Done, Result, info
from emulator.at.table import at
from emulator.firmware import Firmware


@at("+CGSN", manual="27.007 5.4")
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


@at("+CSQ", manual="27.007 8.5")
def signal_quality(firmware: Firmware) -> Result:
    return Done((firmware.network.signal_line(),))


@at("+CEREG=", manual="27.007 10.1.22")
def registration_report(firmware: Firmware, n: Literal[0, 1, 2, 3, 4, 5]) -> Result:
    firmware.network.registration_report = n
    return Done()


@at("+CEREG?", manual="27.007 10.1.22")
def registration_status(firmware: Firmware) -> Result:
    return Done((firmware.network.registration_line(),))


@at("+CGATT=", manual="27.007 10.1.9")
def attach(firmware: Firmware, state: Literal[0, 1]) -> Result:
    firmware.network.set_attached(state == 1)
    return Done()


@at("+CGATT?", manual="27.007 10.1.9")
def attached(firmware: Firmware) -> Result:
    return Done((info("+CGATT", int(firmware.network.online)),))


@at("+CFUN=", manual="27.007 8.2")
def functionality(firmware: Firmware, fun: Literal[0, 1]) -> Result:
    firmware.network.set_function(fun)
    return Done()


@at("+CFUN?", manual="27.007 8.2")
def functionality_level(firmware: Firmware) -> Result:
    return Done((info("+CFUN", firmware.network.function),))
