"""What stands for an empty dictionary of one's own: each takes 64 bytes, and a modem has thirty."""

from collections import OrderedDict
from types import MappingProxyType
from typing import Any, Final, TypeVar

NOTHING: Final[Any] = MappingProxyType({})
"""Empty, and shared by all. Who puts something in makes a dictionary first, and comes back to this
when the last is taken out: to put something into it, or to take something out, is an error."""

NO_ITEMS: Final[Any] = ()
"""The same for a list, which takes 72 bytes."""

FEW: Final = 16
"""Entries up to which a dictionary is quick to give its oldest one, however many have gone."""

_K = TypeVar("_K")
_V = TypeVar("_V")


def with_room(entries: dict[_K, _V]) -> dict[_K, _V]:
    """For one more, of those that go again in the order in which they came: a dictionary is half
    as large as an OrderedDict, and looks through the places of all that have gone before."""
    if not entries:
        return {}
    return OrderedDict(entries) if len(entries) == FEW and type(entries) is dict else entries
