"""One function per AT command and form; its annotated signature is the syntax."""

from functools import cache

from emulator.at.table import Table
from emulator.commands import basic, data, device, extended, general, login


@cache
def command_table(absent: frozenset[str] = frozenset()) -> Table:
    """All commands of a model that lacks those named in `absent`."""
    return Table.of(basic, general, device, login, data, extended, absent=absent)
