"""One function per AT command and form; its annotated signature is the syntax."""

from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Final, Literal

from emulator.at.table import Table
from emulator.commands import (
    basic,
    bearer,
    clock,
    data,
    device,
    extended,
    identity,
    login,
    neul,
    notify,
    notify_rai,
    power,
    reboot,
    registration,
    sleep,
    star,
)

SETS: Final[Mapping[str, ModuleType]] = {"NB-IoT": sleep, "AT+N": neul, "AT*": star}
"""Commands that only some models have, by the names in their profiles."""

_GENERAL = (basic, identity, registration, bearer, power, clock, reboot)


@cache
def command_table(
    absent: frozenset[str] = frozenset(),
    rai_param: Literal["flag", "12th"] = "flag",
    sets: frozenset[str] = frozenset(SETS),
) -> Table:
    """All commands of a model that has those `sets`, and lacks those named in `absent`."""
    reporting = {"flag": notify, "12th": notify_rai}[rai_param]
    further = [module for name, module in SETS.items() if name in sets]
    mipl = (device, login, reporting, data, extended)
    return Table.of(*_GENERAL, *further, *mipl, absent=absent)
