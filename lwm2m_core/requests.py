"""The four requests a client sends of its own accord (LwM2M 1.0 8.2.2 and 8.2.3)."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from lwm2m_core.blocks import ASSEMBLED_LIMIT
from lwm2m_core.dispatch import MANNERS, Manners
from lwm2m_core.endpoint import Transmission
from lwm2m_core.message import Code, ContentFormat, Option, Options, options, uint_bytes
from lwm2m_core.objects import ObjectTree
from lwm2m_core.paths import Path
from lwm2m_core.queue_mode import MAX_TRANSMIT_WAIT

SHARED: Final = 64  # options and lists of objects that are one object for all who sent them last


@dataclass(frozen=True, slots=True)
class Settings:
    """What the device is called and how it speaks; read anew for every request."""

    endpoint: str
    binding: str | None = None
    """"U" or "UQ" in Register and Update; None leaves `b` out (decision 18)."""
    queue_awake: float | None = MAX_TRANSMIT_WAIT
    """Seconds without an exchange after which a client with binding UQ goes to sleep; None: it
    stays awake (quirk queue_awake_s)."""
    lwm2m_query: str | None = "1.0"
    """None leaves `lwm2m` out of the Register, as older firmware does (MB 2.4)."""
    auth_code: str | None = field(default=None, repr=False)
    auth_carrier: Literal["option63", "query"] = "option63"
    module_objects: tuple[Path, ...] | None = None
    """Instances of the module's own to be listed in Register; None: 3/0 if there is nothing else
    (quirk module_objects_in_register)."""
    security_object: bool = False
    """Whether Register lists 0/0 (quirk security_object_in_register)."""
    assembled_limit: int = ASSEMBLED_LIMIT
    """Bytes up to which the blocks of a Write are put together (quirk block_passthrough)."""
    manners: Manners = MANNERS
    """The codes of what is never granted (quirk cis_codes)."""
    transmission: Transmission = field(default_factory=Transmission)

    @property
    def awake_window(self) -> float | None:
        """`queue_awake` where it counts: in queue mode (LwM2M 1.0 5.3.1.1)."""
        return self.queue_awake if self.binding == "UQ" else None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request without its message id and token, which the endpoint gives it."""

    code: int
    options: Options
    payload: bytes = b""


def bootstrap_request(settings: Settings) -> Outgoing:
    """POST /bs?ep=…"""
    return _request(settings, Code.POST, (b"bs",), [f"ep={settings.endpoint}"])


def register(settings: Settings, tree: ObjectTree, lifetime: int) -> Outgoing:
    """POST /rd with the added instances (decision 20)."""
    query = [f"ep={settings.endpoint}", f"lt={lifetime}"]
    if settings.lwm2m_query is not None:
        query.append(f"lwm2m={settings.lwm2m_query}")
    payload = _links(settings, tree)
    return _request(settings, Code.POST, (b"rd",), query + _binding(settings), payload)


def update(
    settings: Settings, tree: ObjectTree, location: tuple[bytes, ...], changes: "Changes"
) -> Outgoing:
    """POST on the location; the query carries only what the server is to change (decision 25)."""
    query = [] if changes.lifetime is None else [f"lt={changes.lifetime}"]
    payload = _links(settings, tree) if changes.with_objects else b""
    return _request(settings, Code.POST, location, query + _binding(settings), payload)


def deregister(settings: Settings, location: tuple[bytes, ...]) -> Outgoing:
    """DELETE on the location."""
    return _request(settings, Code.DELETE, location, [])


@dataclass(frozen=True, slots=True)
class Changes:
    """What an Update tells the server: a new lifetime in seconds, the list of instances."""

    lifetime: int | None = None
    with_objects: bool = False


def _links(settings: Settings, tree: ObjectTree) -> bytes:
    payload = tree.registration_payload(
        module_objects=settings.module_objects, security_object=settings.security_object
    )
    return _shared_links(payload)


def _binding(settings: Settings) -> list[str]:
    return [] if settings.binding is None else [f"b={settings.binding}"]


@lru_cache(SHARED)
def _option(number: int, value: bytes) -> tuple[int, bytes]:
    """One for all clients that send the same: a thousand may wait for an answer at once."""
    return number, value


_shared_links = lru_cache(SHARED)(bytes)  # of clients with the same objects
_LINK_FORMAT = (Option.CONTENT_FORMAT, uint_bytes(ContentFormat.LINK))


def _request(
    settings: Settings,
    code: int,
    path: tuple[bytes, ...],
    query: list[str],
    payload: bytes = b"",
) -> Outgoing:
    """`path` in bytes: a Location-Path goes back exactly as it came."""
    extra = [_option(Option.URI_PATH, segment) for segment in path]
    match settings.auth_code, settings.auth_carrier:
        case None, _:
            pass
        case auth_code, "option63":
            extra.append((Option.AUTH_CODE, auth_code.encode()))
        case auth_code, _:
            query = [*query, f"authcode={auth_code}"]
    extra += [_option(Option.URI_QUERY, text.encode()) for text in query]
    if payload:
        extra.append(_LINK_FORMAT)
    headers = options(extra=tuple(extra))
    return Outgoing(code, headers, payload)
