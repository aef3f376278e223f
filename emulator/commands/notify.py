"""Reporting as the manual has it (3.9)."""

from typing import Literal

from emulator.at.results import Result
from emulator.at.syntax import InsId, Int, ObjId, ObserveMid, Ref, ResId, UInt16, Value
from emulator.at.table import at
from emulator.commands.data import Flag, TypeNumber, entry_of, require_flag
from emulator.firmware import Firmware
from emulator.uplink import Report
from emulator.values import TYPES
from lwm2m_core.paths import Path


@at("+MIPLNOTIFY=", manual="3.9")
def notify(
    firmware: Firmware,
    now: float,
    ref: Ref,
    mid: ObserveMid,
    objid: ObjId,
    insid: InsId,
    resid: ResId,
    type_: TypeNumber,
    len_: Int,
    value: Value,
    index: Int,
    flag: Flag,
    ackid: UInt16 | None = None,
    content_type: Literal[0, 1, 2, 3, 4] | None = None,
) -> Result:
    """`<mid>` and `<index>` are not looked at (decision 40)."""
    require_flag(firmware, flag)
    entry = entry_of(Path(objid, insid, resid), TYPES[type_], value)
    report = Report(mid, TYPES[type_], len_, value, entry, flag, ackid, content_type)
    return firmware.existing().uplink.notify(report, now)
