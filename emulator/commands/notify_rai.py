"""Reporting as XY, BC260Y and EC have it: the release is the 12th parameter (MB 5.9)."""

from typing import Literal

from emulator.at.results import Failed, Fault, Result
from emulator.at.syntax import InsId, Int, ObjId, ObserveMid, Ref, ResId, UInt16, Value
from emulator.at.table import at
from emulator.commands.data import TypeNumber, entry_of, require_flag
from emulator.firmware import Firmware
from emulator.instance import RELEASE_AFTER_ANSWER, RELEASE_AFTER_SENDING
from emulator.uplink import Report
from emulator.values import TYPES
from lwm2m_core.paths import Path

# <rai>, in XY's numbers and in those of BC260Y and EC -> the <flag> of manual 3.9
RELEASES = {
    0: 0,
    1: RELEASE_AFTER_SENDING,
    2: RELEASE_AFTER_ANSWER,
    RELEASE_AFTER_SENDING: RELEASE_AFTER_SENDING,
    RELEASE_AFTER_ANSWER: RELEASE_AFTER_ANSWER,
}


@at("+MIPLNOTIFY=", manual="MB 5.9")
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
    flag: Literal[0, 1, 2],
    ackid: UInt16 | None = None,
    rai: Literal[0, 1, 2, 0x200, 0x400] = 0,
) -> Result:
    """`<mid>` and `<index>` are not looked at; `<ackid>` 0 is none (MB 2.11).

    With another `<ackid>` nothing can be released right after sending: 601 (XY).
    """
    release = RELEASES[rai]
    require_flag(firmware, release)
    if ackid and release == RELEASE_AFTER_SENDING:
        raise Failed(Fault.SYNTAX)
    entry = entry_of(Path(objid, insid, resid), TYPES[type_], value)
    sending = release if flag == 0 else flag
    report = Report(mid, TYPES[type_], len_, value, entry, sending, ackid or None, None)
    return firmware.existing().uplink.notify(report, now)
