"""The Security object (0) and the Server object (1), as far as a login needs them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, Self, TypeVar

from lwm2m_core.accounts import Account, account_from_uri
from lwm2m_core.formats import ContentError, RawEntry
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType

SECURITY, SERVER = 0, 1

INSTANCE_LIMIT = 8
"""Instances kept of each of the two."""

URI_LIMIT = 255  # LwM2M 1.0 E.1
IDENTITY_LIMIT = 128  # RFC 4279 5.3
KEY_LIMIT = 64  # decision 14
MODES = (None, 0, 3)
"""0/x/2: a pre-shared key, none at all, or not said: then the URI tells (LwM2M 1.0 E.1.1)."""

_NUMBER_LIMIT = 20  # digits of a 64-bit number, with its sign


@dataclass(frozen=True, slots=True)
class Security:
    """0/x. `short_id` says which Server instance it belongs to; a bootstrap server has none."""

    uri: str = ""
    is_bootstrap: bool = False
    identity: bytes = b""
    key: bytes = b""
    short_id: int | None = None
    mode: int | None = None

    def account(self) -> Account | None:
        """How to reach the LwM2M server; None for a bootstrap server, one that asks for another
        kind of credentials than we have, or without a usable URI."""
        if self.is_bootstrap or self.mode not in MODES:
            return None
        return account_from_uri(self.uri, self.identity, self.key)

    def written(self, resource: int, entry: RawEntry) -> Self:
        """With one resource changed; those we do not keep are read over."""
        match resource:
            case 0:
                return replace(self, uri=_string(entry, URI_LIMIT))
            case 1:
                return replace(self, is_bootstrap=_boolean(entry))
            case 2:
                return replace(self, mode=_integer(entry))
            case 3:
                return replace(self, identity=_opaque(entry, IDENTITY_LIMIT))
            case 5:
                return replace(self, key=_opaque(entry, KEY_LIMIT))
            case 10:
                return replace(self, short_id=_integer(entry))
        return self


@dataclass(frozen=True, slots=True)
class Server:
    """1/x. `lifetime` in seconds."""

    short_id: int | None = None
    lifetime: int | None = None

    def written(self, resource: int, entry: RawEntry) -> Self:
        match resource:
            case 0:
                return replace(self, short_id=_integer(entry))
            case 1:
                return replace(self, lifetime=_integer(entry))
        return self


class _Writable(Protocol):
    def written(self, resource: int, entry: RawEntry) -> Self: ...


_Kept = TypeVar("_Kept", bound=_Writable)


class TooMany(Exception):
    """A write would leave more than INSTANCE_LIMIT instances."""


class Instances(Generic[_Kept]):
    """The instances of one of the two objects."""

    def __init__(self, blank: _Kept) -> None:
        self._blank = blank
        self._found: dict[int, _Kept] = {}

    def __contains__(self, number: int) -> bool:
        return number in self._found

    def items(self) -> list[tuple[int, _Kept]]:
        """By instance id, ascending."""
        return sorted(self._found.items(), key=lambda item: item[0])

    def write(self, path: Path, entries: Iterable[RawEntry], *, anew: bool) -> None:
        """Write all of `entries`, or none and raise ContentError or TooMany.

        `anew`: an instance that is written loses what is not mentioned.
        """
        before = {} if anew else self._found
        written: dict[int, _Kept] = {}
        if path.instance is not None:
            written[path.instance] = before.get(path.instance, self._blank)
        for entry in entries:
            _, number, resource = entry.path.fields()
            kept = written.get(number, before.get(number, self._blank))
            written[number] = kept.written(resource, entry)
        if len(self._found | written) > INSTANCE_LIMIT:
            raise TooMany
        self._found |= written

    def delete(self, number: int | None) -> None:
        """One instance, if it is there, or all of them."""
        if number is None:
            self._found.clear()
        else:
            self._found.pop(number, None)


# Leshan writes every resource that it has no value for as an empty one (SV 2.2): an empty value
# is the absence of one, whatever its type.


def _string(entry: RawEntry, limit: int) -> str:
    value = _limited(entry, limit).as_type(ResourceType.STRING)
    assert isinstance(value, str)
    return value


def _opaque(entry: RawEntry, limit: int) -> bytes:
    value = entry.as_type(ResourceType.OPAQUE)
    assert isinstance(value, bytes)
    # After Base64, if it came as text.
    if len(value) > limit:
        raise ContentError(f"{entry.path} has {len(value)} bytes")
    return value


def _integer(entry: RawEntry) -> int | None:
    if not entry.raw:
        return None
    value = _limited(entry, _NUMBER_LIMIT).as_type(ResourceType.INTEGER)
    assert isinstance(value, int)
    return value


def _boolean(entry: RawEntry) -> bool:
    return bool(entry.raw) and entry.as_type(ResourceType.BOOLEAN) is True


def _limited(entry: RawEntry, limit: int) -> RawEntry:
    if len(entry.raw) > limit:
        raise ContentError(f"{entry.path} has {len(entry.raw)} bytes")
    return entry
