"""What a platform asks of a device, and the requests that say so (LwM2M 1.0 5.4 and 5.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import Entry, encode_entries
from lwm2m_core.formats.text import shortest_decimal
from lwm2m_core.message import Code, ContentFormat, Options, options
from lwm2m_core.outputs import NoAnswer
from lwm2m_core.paths import Path

SHOWN_LIMIT = 60  # characters or bytes of a value in an error text (chosen)


@dataclass(frozen=True, slots=True)
class Read:
    path: Path


@dataclass(frozen=True, slots=True)
class Discover:
    path: Path


@dataclass(frozen=True, slots=True)
class Observe:
    path: Path


@dataclass(frozen=True, slots=True)
class CancelObserve:
    """Ends an observation by a GET with its token and Observe 1 (RFC 7641 3.6)."""

    path: Path


@dataclass(frozen=True, slots=True)
class Write:
    """`replace` is PUT, else POST, which leaves alone what is not mentioned. POST to a resource
    would be an Execute: EngineError."""

    path: Path
    entries: tuple[Entry, ...]
    replace: bool = False
    content_format: int = ContentFormat.TLV

    def __post_init__(self) -> None:
        if self.path.instance is None or (self.path.resource is not None and not self.replace):
            raise EngineError(f"no such Write to {self.path}")


@dataclass(frozen=True, slots=True)
class WriteAttributes:
    """`attributes` as they stand in the query, `pmin=5`, up to 255 bytes each (RFC 7252 5.10)."""

    path: Path
    attributes: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.attributes or any(len(each.encode()) > 255 for each in self.attributes):
            raise EngineError(f"no such Write-Attributes to {self.path}")


@dataclass(frozen=True, slots=True)
class Execute:
    path: Path
    arguments: str = ""


Operation = Read | Discover | Observe | CancelObserve | Write | WriteAttributes | Execute


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device answered: any code."""

    code: int
    content_format: int | None = None
    payload: bytes = b""


Failure = Literal[NoAnswer, "offline"]
"""Why there is no answer; `offline` if the registration ended before it came."""


@dataclass(frozen=True, slots=True)
class Wire:
    """The request of an operation, but for its token."""

    code: Code
    options: Options
    payload: bytes = b""


def wire(operation: Operation) -> Wire:
    """How an operation looks to the device.

    Nothing is asked for by Accept but link-format, which is what makes a GET a Discover: the
    module then chooses (decision 44; chosen, for no capture of OneNET's is known). Arguments of an
    Execute go as text/plain, none as no payload at all.
    """
    path = tuple(map(str, operation.path.ids))
    match operation:
        case Read():
            return Wire(Code.GET, options(path=path))
        case Discover():
            return Wire(Code.GET, options(path=path, accept=ContentFormat.LINK))
        case Observe():
            return Wire(Code.GET, options(path=path, observe=0))
        case CancelObserve():
            return Wire(Code.GET, options(path=path, observe=1))
        case WriteAttributes(_, attributes):
            return Wire(Code.PUT, options(path=path, query=attributes))
        case Execute(_, arguments):
            text = ContentFormat.TEXT if arguments else None
            return Wire(Code.POST, options(path=path, content_format=text), arguments.encode())
        case Write(base, entries, replace, content_format):
            code = Code.PUT if replace else Code.POST
            payload = encode_entries(content_format, base, entries)
            return Wire(code, options(path=path, content_format=content_format), payload)


def conditions(values: Mapping[str, float]) -> tuple[str, ...]:
    """Attributes by name as a query: `pmin=5`, `gt=30.5`."""
    return tuple(f"{name}={shortest_decimal(value)}" for name, value in values.items())


def _shown(value: object) -> str:
    """A value in words, of a long one only the start: a firmware package is one, too."""
    if isinstance(value, str | bytes) and len(value) > SHOWN_LIMIT:
        return f"{value[:SHOWN_LIMIT]!r}… {len(value)} long"
    return repr(value)


def describe(operation: Operation) -> str:
    """For people: `write /3200/0 (5750 = 'abcd')`."""
    name = f"{type(operation).__name__.lower()} {operation.path}"
    match operation:
        case Write(_, entries):
            shown = ", ".join(f"{e.path.resource} = {_shown(e.value)}" for e in entries)
            return f"{name} ({shown})"
        case Execute(_, arguments) if arguments:
            return f"{name} ({_shown(arguments)})"
        case WriteAttributes(_, attributes):
            return f"{name} ({'&'.join(attributes)})"
    return name
