"""Creating, filling and showing the LwM2M device instance (manual 3.1–3.3, 3.5, 4.6, 4.7)."""

import re
from typing import Annotated, Literal

from emulator.at.results import Done, Failed, Fault, Result, info
from emulator.at.syntax import Bitmap, HexDigits, Int, Integer, ObjId, Ref, Text, UInt8, UInt16
from emulator.at.table import at
from emulator.config_blob import BLOB_LIMIT, parse_blob
from emulator.firmware import Firmware
from emulator.instance import (
    COAP_PORT,
    DEFAULT_HOST,
    FLAG_BOOTSTRAP,
    FLAG_NO_MONITOR,
    Target,
    parse_target,
)
from emulator.urc import REF

RESOURCE_LIST_LIMIT = 128  # resources in one DISCOVERRSP (chosen; what a 1 KiB line holds)


BlobSize = Annotated[int, Integer(1, 2 * BLOB_LIMIT)]  # in bytes or in hex digits (decision 13)
Blob = Annotated[bytes, HexDigits(BLOB_LIMIT, 1)]


@at("+MIPLCREATE", manual="3.1")
def create(firmware: Firmware) -> Result:
    """Bootstrap at OneNET's main platform, plain, without auth code (decision 13)."""
    firmware.create(Target(DEFAULT_HOST, COAP_PORT, False, FLAG_BOOTSTRAP))
    return _created(firmware, "+MIPLCREATE")


@at("+MIPLCREATE=", manual="3.1")
def create_configured(
    firmware: Firmware,
    totalsize: BlobSize,
    config: Blob,
    index: UInt8,
    currentsize: BlobSize,
    flag: Literal[0, 1, 2],
) -> Result:
    """Pieces before the last get `OK` alone (MB 2.1)."""
    blob = firmware.fragments.add(config, totalsize, index, currentsize, flag)
    if blob is not None:
        firmware.create(parse_blob(blob, firmware.quirks.blob_layout))
        return _created(firmware, "+MIPLCREATE")
    if firmware.device is not None:
        firmware.fragments.clear()
        raise Failed(Fault.RESOURCE)
    return Done()


@at("+MIPLCREATEEX=", manual="4.6")
def create_ex(
    firmware: Firmware,
    host: Text,
    flag: Literal[0, 1, 2, 3],
    authcode: Text = "",
    psk: Text = "",
    pskid: Text = "",
    psk_encode: Literal[0, 1] = 0,
) -> Result:
    firmware.create(parse_target(host, flag, authcode, psk, pskid, psk_encode))
    return _created(firmware, "+MIPLCREATEEX")


def _created(firmware: Firmware, name: str) -> Done:
    """The line with the new `<ref>` stands before `OK`; MR880A has it behind (MB 11)."""
    line = (info(name, REF),)
    return Done(after=line) if firmware.quirks.createex_async == "on" else Done(line)


@at("+MIPLDELETE=", "+MIPLDEL=", manual="3.2")
def delete(firmware: Firmware, now: float, ref: Ref) -> Result:
    result = firmware.existing().login.delete(now)
    if isinstance(result, Done):
        firmware.drop_device()
    return result


@at("+MIPLADDOBJ=", manual="3.3")
def add_object(
    firmware: Firmware,
    ref: Ref,
    objid: ObjId,
    inscount: UInt16,
    bitmap: Bitmap,
    atts: Int,
    acts: Int,
) -> Result:
    if inscount != len(bitmap):
        raise Failed(Fault.SYNTAX)
    if firmware.quirks.bitmap_reversed == "on":
        bitmap = bitmap[::-1]
    instances = [number for number, character in enumerate(bitmap) if character == "1"]
    firmware.existing().instance.add_object(objid, instances, atts + acts)
    return Done()


@at("+MIPLDISCOVERRSP=", manual="3.5")
def discover_response(
    firmware: Firmware, now: float, ref: Ref, objid: ObjId, result: Int, length: Int, data: Text
) -> Result:
    """`<result>` and `<length>` are not looked at (decision 16).

    Where the module leaves DISCOVER to the MCU, `<result>` answers it (quirk auto_answer).
    """
    resources = _resource_list(data)
    return firmware.existing().downlink.discover_response(objid, result, resources, now)


def _resource_list(data: str) -> list[int]:
    """`5500;5501;5750`, a semicolon at the end is ignored (decision 16)."""
    texts = data.removesuffix(";").split(";") if data else []
    if len(texts) > RESOURCE_LIST_LIMIT:
        raise Failed(Fault.UNKNOWN)
    if not all(re.fullmatch(r"\d{1,5}", text) and int(text) <= 0xFFFF for text in texts):
        raise Failed(Fault.SYNTAX)
    return [int(text) for text in texts]


@at("+MIPLDEVINFO?", manual="4.7")
def device_info(firmware: Firmware) -> Result:
    """The server of now: after a bootstrap the one it handed out (manual 4.7, decision 19)."""
    instance = firmware.existing().instance
    account = instance.handed_out or instance.target.account
    flag = instance.target.flag & (FLAG_NO_MONITOR if instance.handed_out else ~0)
    fields = [f'"{account.host}:{account.port}"', str(flag)]
    fields += [
        f'"{text}"' if text else "" for text in (instance.target.auth_code, _key(account.key))
    ]
    while fields[-1] == "":
        fields.pop()
    return Done((info("+MIPLDEVINFO", *fields),))


def _key(key: bytes) -> str:
    """The PSK as text if it is letters and digits, else as hex (decision 19)."""
    text = key.decode("latin-1")
    readable = re.fullmatch(r"[0-9A-Za-z]*", text) is not None
    return text if readable else key.hex().upper()
