"""A handler's annotated signature read as command syntax.

The first parameter is the context, a second one called `now` gets the time; the rest are the
command's parameters in order, optional where they have a default, open-ended with `*name`.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from emulator.at.parameters import Raw, ValueSpan
from emulator.at.results import Failed, Fault
from emulator.at.syntax import Bits, Choice, Instance, Integer, Kind, Reported, Verbatim

UNBOUNDED = 4096
"""More parameters than one line has room for."""


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: Kind
    required: bool
    default: object = None

    def parse(self, raw: Raw) -> object:
        """The value, or the default of an optional parameter that was left empty. A required one
        may be empty only as a bitmap: the unquoted spelling of `""` (decisions 4 and 15)."""
        if raw.empty and not isinstance(self.kind, Verbatim):
            if not self.required:
                return self.default
            if not isinstance(self.kind, Bits):
                raise Failed(Fault.SYNTAX)
        return self.kind.parse(raw)

    def describe(self) -> str:
        return self.kind.describe(self.name)

    def usage(self) -> str:
        """`<timeout>`, or the only word that it may be: `"platform"`."""
        word = self.kind.word if isinstance(self.kind, Choice) else None
        return f'"{word}"' if word else f"<{self.name}>"


@dataclass(frozen=True, slots=True)
class Signature:
    parameters: tuple[Parameter, ...]
    repeated: Parameter | None
    takes_now: bool
    fewest: int
    most: int
    refs: tuple[int, ...]
    choices: tuple[tuple[int, Choice], ...]

    def bind(self, raws: Sequence[Raw]) -> list[object]:
        """The handler's arguments. Raises `Failed`: SYNTAX for number, type or range; only then
        RESOURCE for an instance other than 0 (decision 7)."""
        if not self.fewest <= len(raws) <= self.most:
            raise Failed(Fault.SYNTAX)
        values = [
            parameter.kind.parse(raw) if raw.text else parameter.parse(raw)
            for parameter, raw in zip(self.parameters, raws, strict=False)
        ]
        if self.repeated is not None:
            values += [self.repeated.kind.parse(raw) for raw in raws[len(self.parameters) :]]
        for place in self.refs:
            if place < len(values) and values[place] != 0:
                raise Failed(Fault.RESOURCE)
        return values

    def fits(self, raws: Sequence[Raw]) -> bool:
        """Whether `raws` chooses this overload: by their number and the choices among them."""
        if not self.fewest <= len(raws) <= self.most:
            return False
        return all(_accepts(choice, raws[place]) for place, choice in self.choices)

    def disjoint(self, other: "Signature") -> bool:
        """Whether no list of parameters fits both."""
        if self.most < other.fewest or other.most < self.fewest:
            return True
        theirs = dict(other.choices)
        return any(
            place in theirs and choice.disjoint(theirs[place]) for place, choice in self.choices
        )

    @property
    def value_span(self) -> ValueSpan | None:
        for place, parameter in enumerate(self.parameters):
            if isinstance(parameter.kind, Reported):
                behind = self.parameters[place + 1 :]
                return ValueSpan(place, sum(p.required for p in behind), len(behind))
        return None

    def describe(self) -> tuple[str, ...]:
        """The fields `=?` prints; optional ones hang in brackets on the one before."""
        return tuple(_bracketed(self, Parameter.describe).split("\0"))

    def usage(self) -> str:
        """`<ref>,<lifetime>[,<timeout>]`, `"platform",<ref>`, as the manual writes it."""
        return _bracketed(self, Parameter.usage).replace("\0", ",")


def _bracketed(signature: Signature, show: Callable[[Parameter], str]) -> str:
    """The shown parameters; NUL separates the required ones."""
    text = "\0".join(show(p) for p in signature.parameters if p.required)
    optional = [p for p in signature.parameters if not p.required]
    for place, parameter in enumerate(optional):
        comma = "," if text or place else ""
        text += f"[{comma}{show(parameter)}"
    text += "]" * len(optional)
    if signature.repeated is not None:
        text += f"[{',' if text else ''}{show(signature.repeated)}...]"
    return text


def _accepts(choice: Choice, raw: Raw) -> bool:
    try:
        choice.parse(raw)
    except Failed:
        return False
    return True


def signature_of(function: Callable[..., object]) -> Signature:
    """Reads the signature of a handler; a parameter that is no syntax is a `TypeError`."""
    declared = list(inspect.signature(function).parameters.values())
    if not declared:
        raise TypeError(f"{function.__qualname__}: the context parameter is missing")
    takes_now = len(declared) > 1 and declared[1].name == "now"
    named = declared[2 if takes_now else 1 :]
    parameters = [_parameter(function, p) for p in named if p.kind is not p.VAR_POSITIONAL]
    repeated = [_parameter(function, p) for p in named if p.kind is p.VAR_POSITIONAL]
    signature = Signature(
        parameters=tuple(parameters),
        repeated=repeated[0] if repeated else None,
        takes_now=takes_now,
        fewest=sum(parameter.required for parameter in parameters),
        most=UNBOUNDED if repeated else len(parameters),
        refs=tuple(i for i, p in enumerate(parameters) if isinstance(p.kind, Instance)),
        choices=tuple(
            (i, p.kind)
            for i, p in enumerate(parameters)
            if p.required and isinstance(p.kind, Choice)
        ),
    )
    _check_value(function, signature)
    return signature


def _parameter(function: Callable[..., object], parameter: inspect.Parameter) -> Parameter:
    annotation = parameter.annotation
    if isinstance(annotation, str):  # the module postpones annotations
        annotation = eval(annotation, getattr(function, "__globals__", {}))
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.VAR_POSITIONAL):
        raise TypeError(f"{function.__qualname__}: {parameter.name} is not positional")
    kind = _kind(annotation)
    if kind is None:
        raise TypeError(f"{function.__qualname__}: {parameter.name} has no syntax: {annotation!r}")
    required = parameter.default is parameter.empty
    return Parameter(
        parameter.name.rstrip("_"), kind, required, None if required else parameter.default
    )


def _kind(annotation: Any) -> Kind | None:
    """The kind in `Annotated[int, Kind]`, `Literal[...]` or either `| None`."""
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        return Choice(*arguments)
    if origin is Annotated:
        return next((a for a in arguments[1:] if hasattr(a, "parse")), None)
    if origin in (Union, UnionType):
        chosen = [a for a in arguments if a is not NoneType]
        return _kind(chosen[0]) if len(chosen) == 1 else None
    return None


def _check_value(function: Callable[..., object], signature: Signature) -> None:
    """`<value>` is found by the numbers behind it, so there must be some, and only numbers."""
    span = signature.value_span
    if span is None:
        return
    behind = signature.parameters[span.index + 1 :]
    if not span.fewest_behind or not all(isinstance(p.kind, Integer | Choice) for p in behind):
        raise TypeError(f"{function.__qualname__}: a <value> needs numbers behind it")
