"""The command table: one decorated function per command and form.

    @at("+MIPLOPEN=", manual="3.6")
    def open_session(module: Firmware, now: float, ref: Ref, lifetime: Lifetime,
                     timeout: UInt16 = 30) -> Result: ...

declares name, form, syntax, ranges and the optional parameter at once; parsing, `=?` and the
command reference are derived from it. Several functions may declare the same command and form
when no parameter list fits two of them: by a word (`Literal["platform"]` and `Literal["binding"]`
in AT+MIPLCFG) or by number (AT+MIPLREADRSP takes 3 parameters or 11).
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import Any, TypeVar

from emulator.at.parameters import Raw, ValueSpan
from emulator.at.results import Done, Failed, Family, Fault, Result, UnknownCommand, info
from emulator.at.signature import Signature, signature_of

Handler = Callable[..., Result]
AnyHandler = TypeVar("AnyHandler", bound=Handler)

_SPEC = re.compile(r"([+*^$#%@][A-Z][A-Z0-9_]*|&?[A-Z])(=\??|\??)")


class Form(Enum):
    """The four forms of a command (manual 2.1, table 2)."""

    SET = "="
    READ = "?"
    TEST = "=?"
    EXECUTE = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One form of one command, as declared."""

    name: str
    form: Form
    manual: str
    function: Handler
    signature: Signature

    def run(self, context: object, now: float, raws: Sequence[Raw]) -> Result:
        values = self.signature.bind(raws)
        if self.signature.takes_now:
            return self.function(context, now, *values)
        return self.function(context, *values)

    @property
    def usage(self) -> str:
        """`AT+MIPLOPEN=<ref>,<lifetime>[,<timeout>]`, `ATS<number>=<value>`"""
        if self.name == "S":  # V.250 5.3.2: the first parameter stands before the sign
            number, _, value = self.signature.usage().partition(",")
            return f"ATS{number}{self.form.value}{value}"
        return f"AT{self.name}{self.form.value}{self.signature.usage()}"


def at(*specs: str, manual: str = "") -> Callable[[AnyHandler], AnyHandler]:
    """Declares the function as `specs` (`"+MIPLOPEN="`, `"+MIPLOPEN?"`, `"+CSQ"`, `"+CGATT=?"`,
    `"&F"`, `"S="`), several being names for the same; `manual` is the section it comes from.

    The function stays an ordinary function. Raises ValueError for a spec that no command can have,
    TypeError for a parameter without syntax.
    """

    def declare(function: AnyHandler) -> AnyHandler:
        signature = signature_of(function)
        commands = []
        for spec in specs:
            found = _SPEC.fullmatch(spec)
            if found is None:
                raise ValueError(f"not a command: {spec!r}")
            commands.append(Command(found[1], Form(found[2]), manual, function, signature))
        declared: Any = function
        declared.__at__ = tuple(commands)
        return function

    return declare


def family_of(name: str) -> Family:
    """Whose error spelling the failures of a known command take (decision 7)."""
    return Family.MIPL if name.startswith("+MIPL") else Family.GENERAL


class Table:
    """The commands of one model. Lookup is by exact upper-case name."""

    __slots__ = ("_forms", "_spans", "commands")

    def __init__(self, commands: Sequence[Command], absent: Collection[str] = ()) -> None:
        self.commands = tuple(command for command in commands if command.name not in absent)
        self._forms: dict[str, dict[Form, tuple[Command, ...]]] = {}
        self._spans: dict[str, ValueSpan] = {}
        for command in self.commands:
            self._add(command)

    @classmethod
    def of(cls, *handlers: Handler | ModuleType, absent: Collection[str] = ()) -> "Table":
        """The table of these functions, and of all that these modules define, in order; without
        the commands named in `absent`, which are then unknown. Raises ValueError for a duplicate.
        """
        commands: list[Command] = []
        for handler in handlers:
            if isinstance(handler, ModuleType):
                commands += _declared_in(handler)
            else:
                commands += _declared(handler)
        return cls(commands, absent)

    def _add(self, command: Command) -> None:
        forms = self._forms.setdefault(command.name, {})
        present = forms.get(command.form, ())
        if not all(command.signature.disjoint(other.signature) for other in present):
            raise ValueError(f"declared twice: AT{command.name}{command.form.value}")
        forms[command.form] = (*present, command)
        span = command.signature.value_span
        if span is not None:
            if command.name in self._spans:
                raise ValueError(f"AT{command.name} has its <value> in two places")
            self._spans[command.name] = span

    def __contains__(self, name: str) -> bool:
        return name in self._forms

    def value_span(self, name: str) -> ValueSpan | None:
        """Where the set form of this command has its `<value>`, if it has one."""
        return self._spans.get(name)

    def run(
        self, name: str, form: Form, raws: Sequence[Raw], context: object, now: float
    ) -> Result:
        """Carries out one command. Raises `UnknownCommand`, or `Failed` by the parameters or the
        handler; a form that the command lacks, and parameters no overload takes, are SYNTAX."""
        forms = self._forms.get(name)
        if forms is None:
            raise UnknownCommand
        overloads = forms.get(form)
        if overloads is None:
            if form is Form.TEST:
                return _tested(name, forms.get(Form.SET, ()))
            raise Failed(Fault.SYNTAX)
        if len(overloads) == 1:
            return overloads[0].run(context, now, raws)
        for command in overloads:
            if command.signature.fits(raws):
                return command.run(context, now, raws)
        raise Failed(Fault.SYNTAX)


def _tested(name: str, overloads: Sequence[Command]) -> Result:
    """The derived answer to `=?`: a line of ranges for every way to set, else nothing."""
    return Done(tuple(info(name, *command.signature.describe()) for command in overloads))


def _declared(function: Handler) -> tuple[Command, ...]:
    commands: tuple[Command, ...] | None = getattr(function, "__at__", None)
    if commands is None:
        raise ValueError(f"{function!r} declares no command: @at is missing")
    return commands


def _declared_in(module: ModuleType) -> Iterator[Command]:
    for value in vars(module).values():
        if getattr(value, "__module__", None) == module.__name__ and hasattr(value, "__at__"):
            yield from _declared(value)
