"""Values that are made several times for every message: frozen by the type checker alone.

`dataclass(frozen=True)` sets each field through `object.__setattr__`, which makes a value cost four
times as much. mypy refuses assignments to the fields of these all the same.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True)
def frozen(cls: type[_T]) -> type[_T]:
    """`dataclass(frozen=True, slots=True)`, without the check of every assignment at run time."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
