"""What a device says of itself in Register and Update (LwM2M 1.0 5.3.1 and 5.3.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from lwm2m_core.formats.link import decode_links
from lwm2m_core.message import Code, ContentFormat, Message, Option
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError

DEFAULT_LIFETIME: Final = 86400
LIFETIME_LIMIT: Final = 2**32 - 1

_BINDINGS: Final = frozenset({"U", "UQ", "S", "SQ", "US", "UQS"})


AS_TOLD: Final = "as told to"
"""The reason of a refusal that is switched on."""


class BadRequest(Exception):
    """The device's request is refused with `code`."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Registration:
    """What a device has registered. `objects` are the paths of its link list, ascending; the auth
    code is a secret, whichever way it came (decision 51)."""

    endpoint: str
    lifetime: int = DEFAULT_LIFETIME
    binding: str = "U"
    objects: tuple[Path, ...] = ()
    auth_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Changes:
    """An Update: None for what it does not mention."""

    lifetime: int | None = None
    binding: str | None = None
    objects: tuple[Path, ...] | None = None


def endpoint_of(message: Message) -> str:
    """The `ep` of a Register or a bootstrap request. BadRequest without one."""
    endpoint = _parameters(message).get("ep", "")
    if not endpoint:
        raise BadRequest(Code.BAD_REQUEST, "no endpoint name")
    if not endpoint.isprintable():  # it will be shown to people
        raise BadRequest(Code.BAD_REQUEST, f"endpoint name {endpoint[:40]!r}")
    return endpoint


def parse_register(message: Message) -> Registration:
    """The registration that a POST to /rd asks for. BadRequest if it is none.

    A lifetime that is not given is 86400 s, a version that is not given is 1.0: CIS modules send
    none (MB 2.4).
    """
    parameters = _parameters(message)
    endpoint = endpoint_of(message)
    if parameters.get("lwm2m", "1.0").split(".")[0] != "1":
        raise BadRequest(Code.PRECONDITION_FAILED, f"LwM2M {parameters['lwm2m'][:20]!r}")
    changes = parse_update(message)
    if not changes.objects:
        raise BadRequest(Code.BAD_REQUEST, "no objects")
    return Registration(
        endpoint,
        DEFAULT_LIFETIME if changes.lifetime is None else changes.lifetime,
        changes.binding or "U",
        changes.objects,
        auth_code_of(message),
    )


def parse_update(message: Message) -> Changes:
    """What a POST to a location changes. BadRequest if it is malformed."""
    parameters = _parameters(message)
    binding = parameters.get("b")
    if binding is not None and binding not in _BINDINGS:
        raise BadRequest(Code.BAD_REQUEST, f"binding {binding[:20]!r}")
    return Changes(_lifetime(parameters.get("lt")), binding, _objects(message))


def auth_code_of(message: Message) -> str | None:
    """Option 63, or the query parameter (decision 21)."""
    option = message.option(Option.AUTH_CODE)
    if option is not None:
        return option.decode("utf-8", "replace")
    return _parameters(message).get("authcode")


def _parameters(message: Message) -> dict[str, str]:
    """The Uri-Query by name; of two with the same name the first counts."""
    pairs = (item.partition("=") for item in reversed(message.query))
    return {name: value for name, _, value in pairs}


def _lifetime(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise BadRequest(Code.BAD_REQUEST, f"lifetime {text[:20]!r}")
    if not 1 <= int(text) <= LIFETIME_LIMIT:
        raise BadRequest(Code.BAD_REQUEST, f"lifetime {text}")
    return int(text)


def _objects(message: Message) -> tuple[Path, ...] | None:
    """The object list. An Update of CIS modules has no Content-Format with it (MB 2.7)."""
    if not message.payload:
        return None
    if message.content_format not in (None, ContentFormat.LINK):
        raise BadRequest(Code.UNSUPPORTED_CONTENT_FORMAT, f"format {message.content_format}")
    try:
        targets = [link.target for link in decode_links(message.payload)]
    except ContentError as error:
        raise BadRequest(Code.BAD_REQUEST, f"object list: {error}") from error
    return tuple(sorted(set(_paths(targets))))


def _paths(targets: Iterable[str]) -> Iterable[Path]:
    """Objects and instances; the root link and whatever else there may be is passed over."""
    for target in targets:
        path = Path.from_uri_path(tuple(target.removeprefix("/").split("/")))
        if path is not None and path.depth < 3:
            yield path
