"""The module in the network (27.007 7.3, 8.2, 8.5, 8.69, 10.1; host-firmware 3)."""

from typing import Annotated, Literal

from emulator.at.results import Done, Failed, Result, info
from emulator.at.syntax import Integer, Text
from emulator.at.table import at
from emulator.commands.reboot import rebooting
from emulator.firmware import Firmware
from emulator.network import NUMERIC

Mode = Literal[0, 1, 2]
OPERATORS = {
    "46000": ("CHINA MOBILE", "CMCC"),
    "46001": ("CHN-UNICOM", "UNICOM"),
    "46011": ("CHN-CT", "CT"),
}
"""Long and short names, as the networks themselves send them (chosen)."""
NO_SERVICE = 30  # of +CME ERROR (27.007 9.2.1)
UNKNOWN_QUALITY = (99, 99, 255, 255, 255, 255)  # 27.007 8.69


@at("+CEREG=", manual="27.007 10.1.22")
def eps_report(firmware: Firmware, n: Literal[0, 1, 2, 3, 4, 5]) -> Result:
    firmware.network.report("+CEREG", n)
    return Done()


@at("+CEREG?", manual="27.007 10.1.22")
def eps_status(firmware: Firmware) -> Result:
    return Done((firmware.network.registration_line("+CEREG"),))


@at("+CREG=", manual="27.007 7.2")
def circuit_report(firmware: Firmware, n: Mode) -> Result:
    firmware.network.report("+CREG", n)
    return Done()


@at("+CREG?", manual="27.007 7.2")
def circuit_status(firmware: Firmware) -> Result:
    return Done((firmware.network.registration_line("+CREG"),))


@at("+CGREG=", manual="27.007 10.1.20")
def packet_report(firmware: Firmware, n: Mode) -> Result:
    firmware.network.report("+CGREG", n)
    return Done()


@at("+CGREG?", manual="27.007 10.1.20")
def packet_status(firmware: Firmware) -> Result:
    return Done((firmware.network.registration_line("+CGREG"),))


@at("+CGATT=", manual="27.007 10.1.9")
def attach(firmware: Firmware, now: float, state: Literal[0, 1]) -> Result:
    """`OK` at once; +CEREG tells when the network has been found."""
    firmware.network.set_attached(state == 1, now)
    return Done()


@at("+CGATT?", manual="27.007 10.1.9")
def attached(firmware: Firmware) -> Result:
    return Done((info("+CGATT", int(firmware.network.attachment.is_registered)),))


@at("+CFUN=", manual="27.007 8.2")
def functionality(
    firmware: Firmware, now: float, fun: Literal[0, 1, 4], rst: Literal[0, 1] = 0
) -> Result:
    """`<rst>` 1 reboots the module (decision 10)."""
    if rst == 1:
        return rebooting(firmware)
    firmware.network.set_function(fun, now)
    return Done()


@at("+CFUN?", manual="27.007 8.2")
def functionality_level(firmware: Firmware) -> Result:
    return Done((info("+CFUN", firmware.network.function),))


@at("+COPS=", manual="27.007 7.3")
def select_operator(
    firmware: Firmware,
    now: float,
    mode: Literal[0, 1, 2, 3, 4],
    format: Literal[0, 1, 2] = NUMERIC,
    oper: Text = "",
    act: Annotated[int, Integer(0, 9)] = 9,
) -> Result:
    """0 looks for a network, 1 takes none but `<oper>`, 2 leaves it, 3 chooses how it is shown."""
    network = firmware.network
    known = (network.attachment.operator, *_names(firmware))
    if mode == 1 and oper not in known:
        raise Failed(NO_SERVICE)
    if mode == 3:
        network.operator_format = format
    else:
        network.select(mode != 2, now)
    return Done()


@at("+COPS?", manual="27.007 7.3")
def operator(firmware: Firmware) -> Result:
    network = firmware.network
    if not network.attachment.is_registered:
        return Done((info("+COPS", 0 if network.selected else 2),))
    form = network.operator_format
    shown = network.attachment.operator if form == NUMERIC else _names(firmware)[form]
    return Done((info("+COPS", 0, form, f'"{shown}"', firmware.profile.access),))


@at("+COPS=?", manual="27.007 7.3")
def operators(firmware: Firmware) -> Result:
    """The network that is there; the module has no other to find (chosen)."""
    if not firmware.network.has_signal:
        return Done((info("+COPS", "", "", "(0-4)", "(0-2)"),))
    long, short = _names(firmware)
    number, access = firmware.network.attachment.operator, firmware.profile.access
    found = f'(2,"{long}","{short}","{number}",{access})'
    return Done((info("+COPS", found, "", "(0-4)", "(0-2)"),))


def _names(firmware: Firmware) -> tuple[str, str]:
    number = firmware.network.attachment.operator
    return OPERATORS.get(number, (number, number))


@at("+CSQ", manual="27.007 8.5")
def signal_quality(firmware: Firmware) -> Result:
    return Done((firmware.network.signal_line(),))


@at("+CESQ", manual="27.007 8.69")
def extended_quality(firmware: Firmware) -> Result:
    """RSRQ in half dB from -20, RSRP in dB from -141; the rest is not known of LTE."""
    network, profile = firmware.network, firmware.profile
    if not network.has_signal:
        return Done((info("+CESQ", *UNKNOWN_QUALITY),))
    rsrq = 2 * (profile.rsrq + 20)
    return Done((info("+CESQ", *UNKNOWN_QUALITY[:4], rsrq, network.rsrp + 141),))
