"""Packet data contexts and their addresses (27.007 10.1; host-firmware 3)."""

from typing import Annotated, Literal

from emulator.at.results import Done, Failed, Fault, Line, Result, info
from emulator.at.syntax import Characters, Integer, Text
from emulator.at.table import at
from emulator.firmware import Firmware
from emulator.nvram import CONTEXT_LIMIT, Context

Cid = Annotated[int, Integer(0, CONTEXT_LIMIT - 1)]
Apn = Annotated[str, Characters(100)]  # 23.003 9.1
BEARER = 5  # <bearer_id> of the default context (27.007 10.1.23; HF 3)


@at("+CGDCONT=", manual="27.007 10.1.1")
def define_context(
    firmware: Firmware,
    cid: Cid,
    pdp_type: Literal["IP", "IPV6", "IPV4V6", "Non-IP"] | None = None,
    apn: Apn = "",
    pdp_addr: Text = "",
    d_comp: Annotated[int, Integer(0, 3)] = 0,
    h_comp: Annotated[int, Integer(0, 4)] = 0,
) -> Result:
    """`<cid>` alone forgets the context; the default one stays."""
    contexts = dict(firmware.nvram.contexts)
    if pdp_type is not None:
        contexts[cid] = Context(pdp_type, apn)
    elif cid != firmware.profile.context:
        contexts.pop(cid, None)
    firmware.nvram.contexts = contexts
    return Done()


@at("+CGDCONT?", manual="27.007 10.1.1")
def contexts(firmware: Firmware) -> Result:
    return Done(
        tuple(
            info("+CGDCONT", cid, f'"{context.type}"', f'"{context.apn}"')
            for cid, context in sorted(firmware.nvram.contexts.items())
        )
    )


@at("+CGACT=", manual="27.007 10.1.10")
def activate(
    firmware: Firmware, now: float, state: Literal[0, 1], cid: Cid | None = None
) -> Result:
    """Only the default context carries anything; without `<cid>` it is meant."""
    default = firmware.profile.context
    wanted = default if cid is None else cid
    if wanted not in firmware.nvram.contexts:
        raise Failed(Fault.SYNTAX)
    if wanted == default:
        firmware.network.set_active(state == 1, now)
    return Done()


@at("+CGACT?", manual="27.007 10.1.10")
def active(firmware: Firmware) -> Result:
    online, default = int(firmware.network.online), firmware.profile.context
    return Done(
        tuple(
            info("+CGACT", cid, online if cid == default else 0)
            for cid in sorted(firmware.nvram.contexts)
        )
    )


@at("+CGPADDR", manual="27.007 10.1.14")
def addresses(firmware: Firmware) -> Result:
    return Done(tuple(_address(firmware, cid) for cid in sorted(firmware.nvram.contexts)))


@at("+CGPADDR=", manual="27.007 10.1.14")
def address(firmware: Firmware, cid: Cid) -> Result:
    if cid not in firmware.nvram.contexts:
        raise Failed(Fault.SYNTAX)
    return Done((_address(firmware, cid),))


def _address(firmware: Firmware, cid: int) -> Line:
    """`<address>` is left out where there is none; in quotes by quirk cgpaddr_quotes."""
    own = firmware.network.address if cid == firmware.profile.context else ""
    if not own:
        return info("+CGPADDR", cid)
    return info("+CGPADDR", cid, f'"{own}"' if firmware.quirks.cgpaddr_quotes == "on" else own)


@at("+CGCONTRDP", manual="27.007 10.1.23")
def dynamic_parameters(firmware: Firmware) -> Result:
    return Done(_dynamic(firmware))


@at("+CGCONTRDP=", manual="27.007 10.1.23")
def dynamic_parameters_of(firmware: Firmware, cid: Cid) -> Result:
    return Done(_dynamic(firmware) if cid == firmware.profile.context else ())


def _dynamic(firmware: Firmware) -> tuple[Line, ...]:
    """`+CGCONTRDP: <cid>,<bearer_id>,<apn>` of the default context while it is active (HF 3)."""
    if not firmware.network.online:
        return ()
    cid = firmware.profile.context
    apn = firmware.nvram.contexts[cid].apn
    return (info("+CGCONTRDP", cid, BEARER, f'"{apn}"'),)
