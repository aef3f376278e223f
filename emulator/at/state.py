"""What a host sets about the AT channel itself: echo, result codes, S registers, error reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

V250_REGISTERS: Mapping[int, int] = MappingProxyType({3: 13, 4: 10, 5: 8, 6: 2, 8: 2})
"""Registers whose default is not 0: CR, LF, backspace (V.250 6.2.1 to 6.2.3), dial pauses."""

FIXED_REGISTERS = frozenset({3, 4, 5})
"""Registers that keep their default: the channel's CR, LF and backspace do not move."""


@dataclass(frozen=True, slots=True)
class LineProfile:
    """The settings that `AT&W` stores and `ATZ` and `AT&F` bring back.

    `cmee` is None until the host chooses with AT+CMEE (decision 7: the two families of errors have
    different defaults). `registers` holds what differs from 0.
    """

    echo: bool = False
    verbose: bool = True
    quiet: bool = False
    cmee: int | None = None
    registers: Mapping[int, int] = field(default_factory=lambda: V250_REGISTERS)


@cache
def factory_line(echo: bool) -> LineProfile:
    """What all modules that echo, or do not, have from the factory."""
    return LineProfile(echo=echo)


class LineState:
    """The current profile, the stored one (survives a reboot), and the factory's."""

    __slots__ = ("current", "factory", "stored")

    def __init__(self, factory: LineProfile | None = None) -> None:
        self.factory = factory or factory_line(echo=False)
        self.stored = self.factory
        self.current = self.factory

    def set_factory(self, factory: LineProfile) -> None:
        """Another one from the factory; what the host has stored stays."""
        if self.stored == self.factory:
            self.stored = factory
        self.factory = factory

    def power_on(self) -> None:
        self.current = self.stored

    def set_echo(self, on: bool) -> None:
        self.current = replace(self.current, echo=on)

    def set_verbose(self, on: bool) -> None:
        self.current = replace(self.current, verbose=on)

    def set_quiet(self, on: bool) -> None:
        self.current = replace(self.current, quiet=on)

    def set_cmee(self, mode: int) -> None:
        self.current = replace(self.current, cmee=mode)

    def register(self, number: int) -> int:
        return self.current.registers.get(number, 0)

    def set_register(self, number: int, value: int) -> None:
        registers = MappingProxyType({**self.current.registers, number: value})
        self.current = replace(self.current, registers=registers)
