"""A bad way between platform and devices, the same for each seed: what becomes of a datagram."""

from dataclasses import replace
from typing import Any, Final, Literal

from emulator.cloud.picks import ALL, Pick, Way
from emulator.cloud.switches import Switches
from lwm2m_core.endpoint import Rng

Fate = tuple[float, ...]
"""Seconds until each copy of a datagram arrives; nothing for one that is lost."""

_Field = Literal["drop", "duplicate", "delayed"]
_FIELDS: Final[tuple[_Field, ...]] = ("drop", "duplicate", "delayed")


class Faults:
    """Carries out the switches that concern datagrams. `switches` tells what is left of them: a
    pick of the next so many counts down, and when they have come the switch is off."""

    def __init__(self, switches: Switches, rng: Rng) -> None:
        self._switches = switches
        self._rng = rng
        self._counts: dict[_Field, int] = {}

    @property
    def switches(self) -> Switches:
        return self._switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        """A pick that stays the same goes on counting."""
        for field in _FIELDS:
            if getattr(switches, field) != getattr(self._switches, field):
                self._counts.pop(field, None)
        self._switches = switches

    def fate(self, way: Way) -> Fate:
        """What becomes of the next datagram. Each pick counts the datagrams that are not lost."""
        if self._switches.silent or self._picks("drop", way):
            return ()
        copies = 2 if self._picks("duplicate", way) else 1
        delay = self._switches.delay
        return (delay if delay and self._picks("delayed", way) else 0.0,) * copies

    def _picks(self, field: _Field, way: Way) -> bool:
        pick: Pick | None = getattr(self._switches, field)
        if pick is None or pick.way not in (None, way):
            return False
        match pick.kind:
            case "next":
                self._switches = _counted_down(self._switches, field, pick)
                return True
            case "every":
                self._counts[field] = (self._counts.get(field, 0) + 1) % pick.number
                return self._counts[field] == 0
            case "percent":
                return self._rng.randrange(100) < pick.number


def _counted_down(switches: Switches, field: _Field, pick: Pick) -> Switches:
    left: dict[str, Any] = {field: None}
    if pick.number > 1:
        left = {field: replace(pick, number=pick.number - 1)}
    elif field == "delayed":
        left = {"delay": 0.0, "delayed": ALL}
    return replace(switches, **left)
