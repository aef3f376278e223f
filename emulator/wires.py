"""The wires beside the data: what the host's do to the module, and what the module's show."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Protocol

from emulator.pins import Pin, Pins, Role, Step
from pty_bridge.port import LineSettings, ModuleSide, Port

ALL_ON: Final = ModuleSide()


class Power(Protocol):
    """The module's."""

    @property
    def is_on(self) -> bool: ...

    def switch(self, on: bool) -> None: ...


class Wires:
    """Of one port. `wired`: what DTR and RTS lead to."""

    __slots__ = ("_side", "_port", "_wired", "_pins", "_power")

    def __init__(
        self,
        port: Port,
        wired: Mapping[Pin, Role],
        power: Power,
    ) -> None:
        self._port, self._wired, self._power = port, wired, power
        self._pins: Pins | None = None  # of a port whose lines can be seen
        self._side = ALL_ON

    # the host's

    def set(self, settings: LineSettings) -> None:
        """The host has set its lines."""
        if settings.dtr is not None:
            self._set("dtr", settings.dtr)
        if settings.rts is not None:
            self._set("rts", settings.rts)

    def _set(self, pin: Pin, level: bool) -> None:
        self._pins = self._pins or Pins(self._wired)
        self._act(self._pins.level(pin, level, self._power.is_on))

    def released(self) -> None:
        """The host has left."""
        if self._pins is not None:
            self._act(self._pins.released())

    def _act(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            match step:
                case "off" | "on":
                    self._power.switch(step == "on")
                case "toggle":
                    self._power.switch(not self._power.is_on)

    # the module's

    def switched(self, on: bool) -> None:
        """Who is off drives nothing."""
        self._show(replace(self._side, cts=on, dsr=on))

    def rate_set(self, baud: int) -> None:
        self._show(replace(self._side, baud=baud))

    def _show(self, side: ModuleSide) -> None:
        self._side = side
        self._port.show(side)
