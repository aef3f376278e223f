"""One function per AT command and form; its annotated signature is the syntax."""

from functools import cache
from typing import Literal

from emulator.at.table import Table
from emulator.commands import basic, data, device, extended, general, login, notify, notify_rai


@cache
def command_table(
    absent: frozenset[str] = frozenset(), rai_param: Literal["flag", "12th"] = "flag"
) -> Table:
    """All commands of a model that lacks those named in `absent`."""
    reporting = {"flag": notify, "12th": notify_rai}[rai_param]
    return Table.of(basic, general, device, login, reporting, data, extended, absent=absent)
