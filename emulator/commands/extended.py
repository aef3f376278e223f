"""The extended commands of the manual's chapter 4, and what real modules have beyond it."""

from typing import Annotated, Literal

from emulator.at.results import Done, Failed, Fault, Result, info
from emulator.at.syntax import Integer, Mid, ObjId, ObserveMid, Ref, Text
from emulator.at.table import at
from emulator.firmware import Firmware
from emulator.instance import PATTERNS, Platform
from emulator.quirks import ATTRIBUTES, OBSERVE
from emulator.urc import REF

Outcome = Literal[1, 2, 11, 12, 13, 14, 15]
NatInterval = Annotated[int, Integer(60, 268435455, besides=0)]  # seconds; 0: off (manual 4.8)


@at("+MIPLCFG=", manual="4.1")
def configure_platform(
    firmware: Firmware,
    item: Literal["platform"],
    ref: Ref,
    platform: Literal[0, 1, 2, 3, 10],
    pattern: Text | None = None,
) -> Result:
    """With 0 to 3 the fourth parameter is the pattern, with 10 the endpoint name (decision 18)."""
    custom = Platform(platform) is Platform.OTHER
    fits = custom or pattern is None or pattern in PATTERNS
    if platform not in firmware.profile.platforms or not fits:
        raise Failed(Fault.SYNTAX)  # before 653 and 651, as every malformed line
    firmware.existing().instance.choose_platform(Platform(platform), pattern)
    return Done()


@at("+MIPLCFG=", manual="4.1")
def configure_binding(
    firmware: Firmware, item: Literal["binding"], ref: Ref, mode: Literal[0, 1, 2]
) -> Result:
    firmware.existing().instance.choose_binding(mode)
    return Done()


@at("+MIPLNMI=", manual="4.2")
def set_nmi(firmware: Firmware, ref: Ref, nnmi: Literal[0, 1, 2], nsmi: Literal[0, 1]) -> Result:
    device = firmware.existing()
    device.downlink.waiting.require_nmi()
    if nsmi and firmware.profile.nsmi == "651":
        raise Failed(Fault.NOT_ALLOWED)
    firmware.nmi.nnmi, firmware.nmi.nsmi = nnmi, nsmi
    return Done()


@at("+MIPLNMI?", manual="decision 11")
def nmi(firmware: Firmware) -> Result:
    firmware.existing()
    return Done((info("+MIPLNMI", REF, firmware.nmi.nnmi, firmware.nmi.nsmi),))


@at("+MIPLMGR=", manual="4.3")
def fetch_request(firmware: Firmware, now: float, ref: Ref) -> Result:
    return firmware.existing().downlink.waiting.fetch(now)


@at("+MIPLQMGR=", manual="4.4")
def queue_statistics(firmware: Firmware, ref: Ref) -> Result:
    queues, dropped, buffers = firmware.existing().downlink.waiting.statistics()
    fields = (REF, f"QUEUES={queues}", f"DROPPED={dropped}", f"BUFFERS={buffers}")
    return Done((info("+MIPLQMGR", *fields),))


@at("+MIPLUPDATESET=", manual="4.5")
def set_automatic_update(firmware: Firmware, ref: Ref, enable: Literal[0, 1]) -> Result:
    firmware.existing().login.lifetime.set_automatic(enable == 1)
    return Done()


@at("+MIPLDTLSNAT=", manual="4.8")
def set_dtls_nat(firmware: Firmware, ref: Ref, timeout: NatInterval) -> Result:
    firmware.existing().instance.choose_dtls_nat(timeout)
    return Done()


@at("+MIPLLTRDP", manual="4.9")
def remaining_lifetime(firmware: Firmware, now: float) -> Result:
    """0 while not logged in (manual 4.9)."""
    device = firmware.device
    seconds = 0 if device is None else device.login.lifetime.remaining(now)
    return Done((info("+MIPLLTRDP", seconds),))


@at("+MIPLVER", "+MIPLVER?", manual="decision 11")
def version(firmware: Firmware) -> Result:
    return Done((info("+MIPLVER", firmware.profile.library_version),))


@at("+MIPLDELOBJ=", manual="3.4")
def delete_object(firmware: Firmware, ref: Ref, objid: ObjId) -> Result:
    firmware.existing().instance.remove_object(objid)
    return Done()


@at("+MIPLPARAMETERRSP=", manual="3.17")
def parameter_response(
    firmware: Firmware, now: float, ref: Ref, mid: Mid, result: Outcome
) -> Result:
    """The module has answered already: accepted, and nothing is done (decision 30)."""
    return firmware.existing().downlink.respond_reported(ATTRIBUTES, mid, result, now)


@at("+MIPLOBSERVERSP=", manual="3.19")
def observe_response(
    firmware: Firmware, now: float, ref: Ref, mid: ObserveMid, result: Outcome
) -> Result:
    """The module has answered already: accepted, and nothing is done (decision 30)."""
    return firmware.existing().downlink.respond_reported(OBSERVE, mid, result, now)
