"""The AT+N… commands that NB-IoT modules have from Neul's firmware (host-firmware 3)."""

from typing import Annotated, Literal

from emulator.at.results import Done, Failed, Fault, Line, Result, info
from emulator.at.syntax import Characters, Integer, UInt8, UInt16
from emulator.at.table import at
from emulator.firmware import Firmware
from emulator.nvram import FUNCTIONS

Band = Annotated[int, Integer(1, 88)]  # 36.101 5.5
Earfcn = Annotated[int, Integer(0, 262143)]  # 36.101 5.7.3
Cell = Annotated[int, Integer(0, 503)]  # 36.211 6.11
Host = Annotated[str, Characters(253, 1)]
Rate = Literal[2400, 4800, 9600, 57600, 115200, 230400, 460800]

NO_POWER = -1400  # tenths of dBm (chosen)


@at("+NCCID", manual="HF 3")
def card_number(firmware: Firmware) -> Result:
    return Done((info("+NCCID", firmware.identity.iccid),))


@at("+NBAND=", manual="HF 3")
def set_bands(
    firmware: Firmware, first: Band, second: Band | None = None, third: Band | None = None
) -> Result:
    firmware.nvram.bands = tuple(band for band in (first, second, third) if band is not None)
    return Done()


@at("+NBAND?", manual="HF 3 (D6)")
def bands(firmware: Firmware) -> Result:
    return Done((info("+NBAND", *firmware.nvram.bands),))


@at("+NCONFIG=", manual="HF 3")
def configure(
    firmware: Firmware,
    function: Literal[
        "AUTOCONNECT",
        "CELL_RESELECTION",
        "COMBINE_ATTACH",
        "CR_0354_0338_SCRAMBLING",
        "CR_0859_SI_AVOID",
        "ENABLE_BIP",
        "MULTITONE",
        "NAS_SIM_POWER_SAVING_ENABLE",
    ],
    value: Literal["TRUE", "FALSE"],
) -> Result:
    """AUTOCONNECT holds from the next reboot on: whether the module attaches by itself."""
    firmware.nvram.functions = {**firmware.nvram.functions, function: value}
    return Done()


@at("+NCONFIG?", manual="HF 3")
def configuration(firmware: Firmware) -> Result:
    functions = firmware.nvram.functions
    return Done(tuple(info("+NCONFIG", name, functions[name]) for name in FUNCTIONS))


@at("+NCDP=", manual="HF 3 (D9)")
def set_platform(firmware: Firmware, ip_addr: Host, port: UInt16 = 5683) -> Result:
    """For a client of another service than MIPL; kept."""
    firmware.nvram.cdp = ip_addr, port
    return Done()


@at("+NCDP?", manual="HF 3 (D9)")
def platform(firmware: Firmware) -> Result:
    return Done((info("+NCDP", *firmware.nvram.cdp),))


@at("+NPSMR=", manual="HF 3")
def sleep_report(firmware: Firmware, n: Literal[0, 1]) -> Result:
    """Whether +NPSMR tells when the module falls asleep and wakes."""
    firmware.network.report("+NPSMR", n)
    return Done()


@at("+NPSMR?", manual="HF 3")
def sleep_state(firmware: Firmware) -> Result:
    """`+NPSMR: <n>[,<mode>]`: `<mode>` while it is reported."""
    n = firmware.network.reports.get("+NPSMR", 0)
    return Done((info("+NPSMR", n, *((int(firmware.network.is_asleep),) if n else ())),))


@at("+MREGSWT=", manual="HF 3 (D11)")
def register_itself(firmware: Firmware, mode: Literal[0, 1, 2]) -> Result:
    """Whether the client of +NCDP registers; there is none."""
    firmware.nvram.register_itself = mode
    return Done()


@at("+MREGSWT?", manual="HF 3 (D11)")
def registers_itself(firmware: Firmware) -> Result:
    return Done((info("+MREGSWT", firmware.nvram.register_itself),))


@at("+NATSPEED=", manual="HF 3 (D11)")
def set_speed(
    firmware: Firmware,
    baud_rate: Rate,
    timeout: UInt8 = 3,
    store: Literal[0, 1] = 1,
    sync_mode: Literal[0, 1, 2, 3] = 2,
    stopbits: Literal[1, 2] = 1,
    parity: Literal[0, 1, 2] = 0,
) -> Result:
    """The speed of the line; all else of it stays as it is (chosen)."""
    firmware.nvram.baud = baud_rate
    return Done()


@at("+NATSPEED?", manual="HF 3 (D11)")
def speed(firmware: Firmware) -> Result:
    """`<baud_rate>,<sync_mode>,<stopbits>,<parity>` (chosen)."""
    return Done((info("+NATSPEED", firmware.nvram.baud, 2, 1, 0),))


@at("+NCSEARFCN", manual="HF 3")
def clear_frequencies(firmware: Firmware) -> Result:
    """The frequencies that the module remembers; it finds the only one without."""
    return Done()


@at("+NEARFCN=", manual="HF 3")
def search_frequency(
    firmware: Firmware, search_mode: Literal[0, 1, 2], earfcn: Earfcn, pci: Cell | None = None
) -> Result:
    """Accepted: there is one cell."""
    return Done()


@at("+NUESTATS", manual="HF 3")
def statistics(firmware: Firmware) -> Result:
    """One line for each figure, in tenths of dB and dBm (chosen: what Neul's firmware prints)."""
    return Done(tuple(f"{name}:{figure}" for name, figure in _radio(firmware)))


@at("+NUESTATS=", manual="HF 3 (D14)")
def statistics_of(
    firmware: Firmware, type: Literal["RADIO", "CELL", "BLER", "THP", "ALL"]
) -> Result:
    """One line each, `NUESTATS:<type>,…` (chosen: what Neul's firmware prints)."""
    lines: tuple[Line, ...] = ()
    if type in ("RADIO", "ALL"):
        lines += tuple(f"NUESTATS:RADIO,{name},{figure}" for name, figure in _radio(firmware))
    if type in ("CELL", "ALL") and firmware.network.online:
        lines += (f"NUESTATS:CELL,{','.join(map(str, _cell(firmware)))}",)
    if type in ("BLER", "ALL"):
        lines += tuple(f"NUESTATS:BLER,{name},0" for name in _BLER)
    if type in ("THP", "ALL"):
        lines += tuple(f"NUESTATS:THP,{name},0" for name in _THROUGHPUT)
    if not lines and type != "CELL":
        raise Failed(Fault.UNKNOWN)
    return Done(lines)


_BLER = ("RLC UL BLER", "RLC DL BLER", "MAC UL BLER", "MAC DL BLER", "Total TX bytes")
_THROUGHPUT = ("RLC UL", "RLC DL", "MAC UL", "MAC DL")


def _radio(firmware: Firmware) -> tuple[tuple[str, int], ...]:
    """Signal and total power as AT+CESQ and AT+CSQ have them; times are not counted (chosen)."""
    network, profile = firmware.network, firmware.profile
    there = network.has_signal
    return (
        ("Signal power", 10 * network.rsrp if there else NO_POWER),
        ("Total power", 10 * network.strength if there else NO_POWER),
        ("TX power", 230),
        ("TX time", 0),
        ("RX time", 0),
        ("Cell ID", network.cell_id if there else 0),
        ("ECL", profile.coverage_level if there else 255),
        ("SNR", 10 * profile.snr if there else 0),
        ("EARFCN", profile.earfcn if there else 0),
        ("PCI", profile.physical_cell if there else 0),
        ("RSRQ", 10 * profile.rsrq if there else 0),
    )


def _cell(firmware: Firmware) -> tuple[int, ...]:
    """`<earfcn>,<pci>,<primary>,<rsrp>,<rsrq>,<rssi>,<snr>` of the serving cell."""
    network, profile = firmware.network, firmware.profile
    return (
        profile.earfcn,
        profile.physical_cell,
        1,
        10 * network.rsrp,
        10 * profile.rsrq,
        10 * network.strength,
        10 * profile.snr,
    )
