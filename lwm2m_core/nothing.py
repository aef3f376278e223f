"""What stands for an empty dictionary of one's own: each takes 64 bytes, and a modem has thirty."""

from types import MappingProxyType
from typing import Any, Final

NOTHING: Final[Any] = MappingProxyType({})
"""Empty, and shared by all. Who puts something in makes a dictionary first, and comes back to this
when the last is taken out: to put something into it, or to take something out, is an error."""
