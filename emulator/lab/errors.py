"""Why something that was asked of the lab has not come about. All texts are for people."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin, get_type_hints

from emulator.cloud.errors import CloudError
from emulator.conditions import ConditionError
from emulator.faults.errors import FaultError
from emulator.pins import PinError
from emulator.profile import ProfileError
from emulator.quirks import QuirkError
from lwm2m_core.errors import EngineError
from pty_bridge.port import PortError

Reason = Literal["crashed", "ended", "flooded", "hung"]


class LabError(Exception):
    """The text names the cause and, where there is one, the mend."""


class NotInTime(LabError):
    """What was waited for has not come within the limit."""


class HostFailed(LabError):
    """A host program has failed. `reason`: `crashed` by a signal or `ended` with an exit code that
    nobody asked for, `flooded` its output, `hung` beyond a limit."""

    def __init__(self, text: str, reason: Reason) -> None:
        super().__init__(text)
        self.reason = reason


class CommandFailed(LabError):
    """An AT command was answered by an error. `final` is that line, `code` its number, if any."""

    def __init__(self, text: str, final: str, code: int | None) -> None:
        super().__init__(text)
        self.final, self.code = final, code


def check_names(what: str, given: Mapping[str, Any], known: type) -> None:
    """LabError, with the nearest name, if a name is no field of the dataclass `known`, or a value
    none of those that a `Literal` has. `what` has them, with its article."""
    __tracebackhide__ = True
    hints = get_type_hints(known)
    for name, value in given.items():
        if name not in hints:
            raise LabError(
                f"{what} has no '{name}'{nearest(name, [f.name for f in fields(known)])}"
            )
        literals = [each for each in (hints[name], *get_args(hints[name])) if _is_literal(each)]
        values = [value for each in literals for value in get_args(each)]
        if values and value is not None and value not in values:
            raise LabError(f"{name} of {what}: '{value}'{nearest(str(value), values)}")


def for_people(error: Exception) -> bool:
    """Whether it says what somebody has to change: settings, a name, a port that is taken."""
    families = (
        *(LabError, PortError, ProfileError, QuirkError, ConditionError, FaultError, PinError),
        *(EngineError, CloudError, ValueError, OSError),
    )
    return isinstance(error, families)


def nearest(name: str, known: Iterable[str]) -> str:
    """The nearest of the names that there are, or all of them, to be put behind an error."""
    names = list(known)
    near = get_close_matches(name, names, 1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names)}"


def _is_literal(hint: object) -> bool:
    return get_origin(hint) is Literal
