"""The V.250 commands and AT+CMEE: the AT channel's own (decisions 5 and 7).

`AT` alone and `A/` are no commands but command lines; the channel answers them itself.
"""

from typing import Annotated, Literal, Protocol

from emulator.at.results import Done, Failed, Fault, Result, info
from emulator.at.state import FIXED_REGISTERS, LineState
from emulator.at.syntax import Integer, UInt8
from emulator.at.table import at

Digit = Annotated[int, Integer(0, 9)]


class Terminal(Protocol):
    """What these commands need of their context."""

    @property
    def line(self) -> LineState: ...

    @property
    def identification(self) -> tuple[str, ...]:
        """The lines of ATI."""


@at("E", manual="V.250 6.2.4")
def echo(terminal: Terminal, on: Literal[0, 1] = 0) -> Result:
    terminal.line.set_echo(bool(on))
    return Done()


@at("V", manual="V.250 6.2.6")
def verbose(terminal: Terminal, on: Literal[0, 1] = 0) -> Result:
    terminal.line.set_verbose(bool(on))
    return Done()


@at("Q", manual="V.250 6.2.5")
def quiet(terminal: Terminal, on: Literal[0, 1] = 0) -> Result:
    terminal.line.set_quiet(bool(on))
    return Done()


@at("I", manual="V.250 6.1.3")
def identification(terminal: Terminal, page: Digit = 0) -> Result:
    return Done(terminal.identification)


@at("Z", manual="V.250 6.1.1")
def restore_stored(terminal: Terminal, profile: Literal[0] = 0) -> Result:
    terminal.line.current = terminal.line.stored
    return Done()


@at("&F", manual="V.250 6.1.2")
def restore_factory(terminal: Terminal, profile: Literal[0] = 0) -> Result:
    terminal.line.current = terminal.line.factory
    return Done()


@at("&W", manual="decision 5")
def store(terminal: Terminal, profile: Literal[0] = 0) -> Result:
    terminal.line.stored = terminal.line.current
    return Done()


@at("S=", manual="V.250 5.3.2")
def set_register(terminal: Terminal, number: UInt8, value: UInt8) -> Result:
    if number in FIXED_REGISTERS and value != terminal.line.register(number):
        raise Failed(Fault.SYNTAX)
    terminal.line.set_register(number, value)
    return Done()


@at("S?", manual="V.250 5.3.2")
def read_register(terminal: Terminal, number: UInt8) -> Result:
    return Done((f"{terminal.line.register(number):03}",))


@at("+CMEE=", manual="3GPP TS 27.007 9.1")
def set_error_reports(terminal: Terminal, mode: Annotated[int, Integer(0, 2)]) -> Result:
    """2 asks for words instead of numbers; like these modules, we have numbers only."""
    terminal.line.set_cmee(mode)
    return Done()


@at("+CMEE?", manual="3GPP TS 27.007 9.1")
def read_error_reports(terminal: Terminal) -> Result:
    mode = terminal.line.current.cmee
    return Done((info("+CMEE", 1 if mode is None else mode),))
