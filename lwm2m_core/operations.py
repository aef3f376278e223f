"""What a server asks for: the LwM2M operation that a CoAP request stands for (LwM2M 1.0, 8.2).

Only the request itself is looked at. Whether the object is there, and whether anybody wants the
operation done, is for others to judge.
"""

from collections.abc import Callable, Mapping

from lwm2m_core.attributes import Attributes, parse_attributes
from lwm2m_core.frozen import frozen
from lwm2m_core.message import Code, ContentFormat, Message, Option, Options, Type
from lwm2m_core.paths import Path
from lwm2m_core.remembered import remembered
from lwm2m_core.values import ContentError


@frozen
class Read:
    mid: int
    path: Path
    accept: int | None = None


@frozen
class Discover:
    mid: int
    path: Path


@frozen
class Observe:
    mid: int
    path: Path
    token: bytes
    accept: int | None = None


@frozen
class CancelObserve:
    mid: int
    path: Path
    token: bytes


@frozen
class Part:
    """What a Write carries of a value that comes in blocks and is too long to be put together.

    `before`: what was held back of it until now, perhaps nothing; None once the blocks are passed
    on one by one. `last`: nothing follows.
    """

    before: bytes | None
    last: bool


@frozen
class Write:
    """`replace` is False for POST, which leaves what it does not mention as it was.

    Where `part` is set, `path` is a resource's and `payload` one block of its bare value. Answered
    2.31 it goes on, unless it was the last; any other answer ends it.
    """

    mid: int
    path: Path
    content_format: int | None
    payload: bytes
    replace: bool
    part: Part | None = None


@frozen
class WriteAttributes:
    mid: int
    path: Path
    attributes: Attributes


@frozen
class Execute:
    mid: int
    path: Path
    content_format: int | None
    payload: bytes


@frozen
class Create:
    mid: int
    path: Path
    content_format: int | None
    payload: bytes


@frozen
class Delete:
    mid: int
    path: Path


RESOURCE_DEPTH = 3
"""Segments of the longest path that LwM2M 1.0 has: object, instance, resource."""

Operation = (
    Read | Discover | Observe | CancelObserve | Write | WriteAttributes | Execute | Create | Delete
)


@frozen
class Refusal:
    """Nobody needs to be asked: this is the answer."""

    code: Code


def classify(message: Message) -> Operation | Refusal:
    """The operation of a request from a server, by its method and the depth of its path.

    Refused are, all by conformance 9: other methods than GET, POST, PUT, DELETE (FETCH, PATCH,
    iPATCH are LwM2M 1.1) 4.05; `/` 4.00; more than three segments 4.02, since LwM2M 1.0 addresses
    no resource instances (5.4); any other path that is not of numbers 4.04; a method that LwM2M
    has no operation for at that depth 4.05.
    """
    asked = _asked(message.options, message.code)
    if isinstance(asked, Refusal):
        return asked
    make, path = asked
    return make(message, path)


@remembered
def _asked(options: Options, code: int) -> "tuple[_Make, Path] | Refusal":
    """What makes the operation, and its path: requests are the same again and again."""
    if code not in _METHODS:
        return Refusal(Code.METHOD_NOT_ALLOWED)
    segments = _of(options).path
    if not segments:
        return Refusal(Code.BAD_REQUEST)
    if len(segments) > RESOURCE_DEPTH:
        return Refusal(Code.BAD_OPTION)
    path = Path.from_uri_path(segments)
    if path is None:
        return Refusal(Code.NOT_FOUND)
    make = _OPERATIONS.get((code, path.depth))
    return Refusal(Code.METHOD_NOT_ALLOWED) if make is None else (make, path)


@remembered
def _wishes(options: Options) -> tuple[int | None, int | None]:
    """Observe and Accept of a GET. No single block can be observed: Observe means nothing in a
    request for a later one (RFC 7959 2.6)."""
    request = _of(options)
    later = (request.uint(Option.BLOCK2) or 0) >> 4
    return None if later else request.observe, request.accept


def _of(options: Options) -> Message:
    return Message(Type.CON, Code.GET, 0, options=options)


def _get(message: Message, path: Path) -> Operation | Refusal:
    """Observe beats Accept: Discover is a GET with Accept 40 alone (MB 2.8)."""
    observe, accept = _wishes(message.options)
    if observe == 0:
        if not message.token:
            return Refusal(Code.BAD_REQUEST)
        return Observe(message.mid, path, message.token, accept)
    if observe == 1:
        return CancelObserve(message.mid, path, message.token)
    # Any other value is none, and the request an ordinary GET (RFC 7641 2).
    if accept == _LINK:
        return Discover(message.mid, path)
    return Read(message.mid, path, accept)


def _put_object(message: Message, path: Path) -> Operation | Refusal:
    """A whole object takes attributes, but only a bootstrap server may write to it."""
    if _has_attributes(message):
        return _write_attributes(message, path)
    return Refusal(Code.METHOD_NOT_ALLOWED)


def _put(message: Message, path: Path) -> Operation | Refusal:
    if _has_attributes(message):
        return _write_attributes(message, path)
    return Write(message.mid, path, message.content_format, message.payload, replace=True)


def _has_attributes(message: Message) -> bool:
    return bool(message.query) and not message.payload


def _write_attributes(message: Message, path: Path) -> Operation | Refusal:
    try:
        return WriteAttributes(message.mid, path, parse_attributes(message.query, path))
    except ContentError:
        return Refusal(Code.BAD_REQUEST)


def _post(message: Message, path: Path) -> Operation:
    return Write(message.mid, path, message.content_format, message.payload, replace=False)


def _execute(message: Message, path: Path) -> Operation:
    return Execute(message.mid, path, message.content_format, message.payload)


def _create(message: Message, path: Path) -> Operation:
    return Create(message.mid, path, message.content_format, message.payload)


def _delete(message: Message, path: Path) -> Operation:
    return Delete(message.mid, path)


_LINK = int(ContentFormat.LINK)
_METHODS = frozenset({Code.GET, Code.POST, Code.PUT, Code.DELETE})

_Make = Callable[[Message, Path], Operation | Refusal]

_OPERATIONS: Mapping[tuple[int, int], _Make] = {
    (Code.GET, 1): _get,
    (Code.GET, 2): _get,
    (Code.GET, 3): _get,
    (Code.PUT, 1): _put_object,
    (Code.PUT, 2): _put,
    (Code.PUT, 3): _put,
    (Code.POST, 1): _create,
    (Code.POST, 2): _post,
    (Code.POST, 3): _execute,
    (Code.DELETE, 2): _delete,
}
"""By method and path depth; what is missing is 4.05 (conformance 9)."""
