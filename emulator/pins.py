"""The host's DTR and RTS, wired to the module's power key and reset pin.

Boards invert these lines or do not. So what counts is not the level but the pulse: the level that a
host sets first after opening the port is rest, another one pulls the pin, and rest lets it go. How
long it is pulled does not matter (chosen).
"""

from collections.abc import Mapping
from typing import Literal, get_args

Pin = Literal["dtr", "rts"]
Role = Literal["power", "reset"]
Step = Literal["on", "off", "toggle"]

_PULLED: Mapping[Role, tuple[Step, ...]] = {"power": ("toggle",), "reset": ("off",)}
_LET_GO: Mapping[Role, tuple[Step, ...]] = {"power": (), "reset": ("on",)}


class PinError(Exception):
    """A wiring was written wrongly; the text says what was expected."""


def parse_pin(text: str) -> tuple[Pin, Role]:
    """`rts=reset`; PinError if it is none."""
    line, _, role = text.partition("=")
    for pin in get_args(Pin):
        for known in get_args(Role):
            if (line.lower(), role.lower()) == (pin, known):
                return pin, known
    raise PinError(f"'{text}' is no wiring; write dtr or rts, =, power or reset: rts=reset")


class Pins:
    """The lines of one host. Each input gives what is to be done with the module."""

    __slots__ = ("_wired", "_rest", "_pulled")

    def __init__(self, wired: Mapping[Pin, Role]) -> None:
        self._wired = wired
        self._rest: dict[Pin, bool] = {}
        self._pulled: tuple[Pin, ...] = ()

    def level(self, pin: Pin, level: bool, is_on: bool) -> tuple[Step, ...]:
        """The host has set a line, perhaps to what it was. A module that is off has no reset."""
        role = self._wired.get(pin)
        if role is None:
            return ()
        pulled = level != self._rest.setdefault(pin, level)
        if pulled == (pin in self._pulled) or (pulled and role == "reset" and not is_on):
            return ()
        if pulled:
            self._pulled += (pin,)
            return _PULLED[role]
        self._pulled = tuple(other for other in self._pulled if other != pin)
        return _LET_GO[role]

    def released(self) -> tuple[Step, ...]:
        """The host has left: whatever it pulled is let go."""
        steps = tuple(step for pin in sorted(self._pulled) for step in _LET_GO[self._wired[pin]])
        self._pulled = ()
        self._rest.clear()
        return steps
