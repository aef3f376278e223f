"""Answering what the platform asks (manual 3.11, 3.13, 3.15)."""

from typing import Literal

from emulator.at.results import Failed, Fault, Result
from emulator.at.syntax import InsId, Int, Mid, ObjId, Ref, ResId, Value
from emulator.at.table import at
from emulator.downlink import Answer
from emulator.firmware import Firmware
from emulator.instance import RELEASE_AFTER_ANSWER, RELEASE_AFTER_SENDING
from emulator.values import TYPES, DataType, parse_value
from lwm2m_core.formats import Entry
from lwm2m_core.operations import Execute, Write
from lwm2m_core.paths import Path

TypeNumber = Literal[1, 2, 3, 4, 5, 6]
Flag = Literal[0, 1, 2, 0x200, 0x400]
Outcome = Literal[1, 2, 11, 12, 13, 14, 15]  # 1 and 2 for any request (decision 37)


def require_flag(firmware: Firmware, flag: int) -> None:
    """601 for the flags that release the network, on a model without (3.9, footnote 3)."""
    release = flag in (RELEASE_AFTER_SENDING, RELEASE_AFTER_ANSWER)
    if release and firmware.profile.release_flags == "601":
        raise Failed(Fault.SYNTAX)


def entry_of(path: Path, type_: DataType, text: str) -> Entry:
    """The resource that `<type>` and `<value>` give; 601 where they do not fit."""
    return Entry(path, type_.resource_type, parse_value(type_, text))


@at("+MIPLREADRSP=", manual="3.11")
def read_refusal(
    firmware: Firmware, now: float, ref: Ref, mid: Mid, result: Literal[11, 12, 13, 14, 15]
) -> Result:
    return firmware.existing().downlink.read_response(mid, result, None, now)


@at("+MIPLREADRSP=", manual="3.11")
def read_response(
    firmware: Firmware,
    now: float,
    ref: Ref,
    mid: Mid,
    result: Outcome,
    objid: ObjId,
    insid: InsId,
    resid: ResId,
    type_: TypeNumber,
    len_: Int,
    value: Value,
    index: Int,
    flag: Flag,
) -> Result:
    """A refusal may carry a value too (manual 3.11, syntax), which is then good for nothing."""
    require_flag(firmware, flag)
    entry = entry_of(Path(objid, insid, resid), TYPES[type_], value)
    answer = Answer(entry.path, TYPES[type_], entry, flag)
    return firmware.existing().downlink.read_response(mid, result, answer, now)


@at("+MIPLWRITERSP=", manual="3.13")
def write_response(firmware: Firmware, now: float, ref: Ref, mid: Mid, result: Outcome) -> Result:
    return firmware.existing().downlink.respond(mid, result, now, Write)


@at("+MIPLEXECUTERSP=", manual="3.15")
def execute_response(firmware: Firmware, now: float, ref: Ref, mid: Mid, result: Outcome) -> Result:
    return firmware.existing().downlink.respond(mid, result, now, Execute)
