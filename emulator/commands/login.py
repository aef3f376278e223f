"""Logging in and out (manual 3.6–3.8)."""

from typing import Annotated, Literal

from emulator.at.results import Result
from emulator.at.syntax import Integer, Lifetime, Ref
from emulator.at.table import at
from emulator.firmware import Firmware

Timeout = Annotated[int, Integer(1, 65535)]  # seconds (decision 22)
UpdateLifetime = Annotated[int, Integer(0, 268435455)]  # seconds; below 10: manual 3.7


@at("+MIPLOPEN=", manual="3.6")
def open_session(
    firmware: Firmware, now: float, ref: Ref, lifetime: Lifetime, timeout: Timeout = 30
) -> Result:
    return firmware.existing().login.open(lifetime, timeout, now)


@at("+MIPLOPEN?", manual="3.6")
def query(firmware: Firmware, now: float) -> Result:
    return firmware.existing().login.query(now)


@at("+MIPLUPDATE=", manual="3.7")
def update(
    firmware: Firmware,
    now: float,
    ref: Ref,
    lifetime: UpdateLifetime,
    with_object_flag: Literal[0, 1],
) -> Result:
    return firmware.existing().login.update(lifetime, with_object_flag == 1, now)


@at("+MIPLCLOSE=", manual="3.8")
def close(firmware: Firmware, now: float, ref: Ref) -> Result:
    return firmware.existing().login.close(now)
