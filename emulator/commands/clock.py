"""The time of day (27.007 8.15; quirk cclk_format)."""

from datetime import datetime, timedelta

from emulator.at.results import Done, Failed, Fault, Result, info
from emulator.at.syntax import Text
from emulator.at.table import at
from emulator.firmware import Firmware

QUARTER = timedelta(minutes=15)  # what <zz> counts (27.007 8.15)
QUARTERS_MOST = 95  # less than a day (27.007 has 96; chosen)
_YEARS = {"quoted-2": "%y", "unquoted-2": "%y", "quoted-4": "%Y"}


@at("+CCLK?", manual="27.007 8.15")
def clock(firmware: Firmware, now: float) -> Result:
    """Local time, and how far it is from UTC."""
    form, local = firmware.quirks.cclk_format, firmware.clock.local(now)
    quarters = firmware.clock.offset // QUARTER
    text = local.strftime(_YEARS[form] + "/%m/%d,%H:%M:%S") + f"{quarters:+03d}"
    return Done((info("+CCLK", text if form == "unquoted-2" else f'"{text}"'),))


@at("+CCLK=", manual="27.007 8.15")
def set_clock(firmware: Firmware, now: float, time: Text) -> Result:
    """`"yy/MM/dd,hh:mm:ss±zz"`; the distance from UTC may be left out, and stays."""
    firmware.clock.set_local(*_parsed(time), now)
    return Done()


@at("+CCLK=", manual="HF 3; decision 4")
def set_clock_unquoted(firmware: Firmware, now: float, date: Text, time: Text) -> Result:
    """Without the quotes."""
    return set_clock(firmware, now, f"{date},{time}")


def _parsed(text: str) -> tuple[datetime, timedelta | None]:
    """Local time, and its distance from UTC where it is said. Failed for anything else."""
    sign = max(text.rfind("+"), text.rfind("-"))
    local, quarters = (text, "") if sign < 0 else (text[:sign], text[sign:])
    digits = quarters[1:]
    if quarters and not (len(digits) == 2 and digits.isdecimal() and int(digits) <= QUARTERS_MOST):
        raise Failed(Fault.SYNTAX)
    for form in ("%y/%m/%d,%H:%M:%S", "%Y/%m/%d,%H:%M:%S"):
        try:
            found = datetime.strptime(local, form)
        except ValueError:
            continue
        return found, int(quarters) * QUARTER if quarters else None
    raise Failed(Fault.SYNTAX)
