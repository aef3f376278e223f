"""What a bootstrap server may do to the configuration, and the account that comes of it.

Operations and codes: decision 23 and conformance 1.0-int-0. Only the Security object (0) and
the Server object (1) are kept, and of these only what the login needs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lwm2m_core.accounts import Account, account_from_uri
from lwm2m_core.formats import FORMATS, ContentError, RawEntry, decode_entries
from lwm2m_core.message import Code, ContentFormat, Message, Option
from lwm2m_core.objects import ObjectTree
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType, Value

PAYLOAD_LIMIT = 2048
"""Bytes of one write; the block reassembly limit of the public clients (MB 2.3)."""

INSTANCE_LIMIT = 8
"""Instances kept of each of the two objects."""

SECURITY, SERVER = 0, 1

_URI, _IS_BOOTSTRAP, _IDENTITY, _KEY, _SECURITY_SSID = 0, 1, 3, 5, 10
_SERVER_SSID, _LIFETIME = 0, 1

_KEPT: Mapping[int, Mapping[int, ResourceType]] = {
    SECURITY: {
        _URI: ResourceType.STRING,
        _IS_BOOTSTRAP: ResourceType.BOOLEAN,
        _IDENTITY: ResourceType.OPAQUE,
        _KEY: ResourceType.OPAQUE,
        _SECURITY_SSID: ResourceType.INTEGER,
    },
    SERVER: {_SERVER_SSID: ResourceType.INTEGER, _LIFETIME: ResourceType.INTEGER},
}

_LENGTH_LIMIT = {
    (SECURITY, _URI): 255,  # LwM2M 1.0 E.1
    (SECURITY, _IDENTITY): 128,  # RFC 4279 5.3
    (SECURITY, _KEY): 64,  # decision 14
}

_OWN_INSTANCE = 1
"""Where Bootstrap-Discover shows the account we bootstrap with (conformance 1.0-int-0)."""

_Instance = dict[int, Value]


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    payload: bytes = b""
    content_format: int | None = None


@dataclass(frozen=True, slots=True)
class Provision:
    """What a bootstrap handed out; `lifetime` in seconds, None if no Server object was written."""

    account: Account
    lifetime: int | None


class Provisioning:
    """The two objects as the server has written them so far.

    The account we bootstrap with is none of the instances kept here: nothing the server deletes
    or writes can take it away.
    """

    def __init__(self, tree: ObjectTree) -> None:
        self.provision: Provision | None = None
        self._tree = tree
        self._objects: dict[int, dict[int, _Instance]] = {SECURITY: {}, SERVER: {}}

    def answer(self, message: Message) -> Reply:
        """Carry out one request. `provision` is set once a finish was answered 2.04."""
        if len(message.payload) > PAYLOAD_LIMIT or _is_partial(message):
            return Reply(Code.REQUEST_ENTITY_TOO_LARGE)
        match message.code, message.path:
            case Code.POST, ("bs",):
                return self._finish()
            case Code.PUT | Code.POST, segments:
                return self._write(message, Path.from_uri_path(segments))
            case Code.DELETE, segments:
                return self._delete(segments)
            case Code.GET, segments if message.accept == ContentFormat.LINK:
                return self._discover(segments)
        return Reply(Code.METHOD_NOT_ALLOWED)

    def _finish(self) -> Reply:
        found = self._consistent()
        if found is None:
            return Reply(Code.NOT_ACCEPTABLE)
        self.provision = found
        return Reply(Code.CHANGED)

    def _consistent(self) -> Provision | None:
        """The first Security instance that can be used, and the Server instance that fits it."""
        servers = [s for _, s in sorted(self._objects[SERVER].items())]
        for _, security in sorted(self._objects[SECURITY].items()):
            account = _account(security)
            if account is None:
                continue
            if not servers:
                # OneNET's own bootstrap writes object 0 alone (MB 2.5).
                return Provision(account, None)
            short_id = security.get(_SECURITY_SSID)
            fitting = [s for s in servers if short_id is not None and s.get(_SERVER_SSID) == short_id]
            if fitting:
                return Provision(account, _lifetime(fitting[0]))
        return None

    def _write(self, message: Message, path: Path | None) -> Reply:
        if path is None:
            return Reply(Code.NOT_FOUND if message.path else Code.BAD_REQUEST)
        if message.content_format is not None and message.content_format not in FORMATS:
            return Reply(Code.UNSUPPORTED_CONTENT_FORMAT)
        if path.object not in self._objects and not self._tree.has(Path(path.object)):
            return Reply(Code.NOT_FOUND)
        try:
            entries = decode_entries(message.content_format, path, message.payload)
            kept = [(e.path, _value(e)) for e in entries if _is_kept(e)]
        except ContentError:
            return Reply(Code.BAD_REQUEST)
        if path.object not in self._objects:
            # The MCU owns these objects and cannot be asked now: taken, and forgotten.
            return Reply(Code.CHANGED)
        return self._store(path, kept, replace=message.code == Code.PUT and path.resource is None)

    def _store(
        self, path: Path, values: Iterable[tuple[Path, Value | None]], *, replace: bool
    ) -> Reply:
        instances = self._objects[path.object]
        written: dict[int, dict[int, Value | None]] = {}
        if path.instance is not None:
            written[path.instance] = {}
        for at, value in values:
            assert at.instance is not None and at.resource is not None
            written.setdefault(at.instance, {})[at.resource] = value
        if len(instances.keys() | written.keys()) > INSTANCE_LIMIT:
            return Reply(Code.REQUEST_ENTITY_TOO_LARGE)
        for number, resources in written.items():
            merged = ({} if replace else dict(instances.get(number, {}))) | resources
            instances[number] = {r: v for r, v in merged.items() if v is not None}
        return Reply(Code.CHANGED)

    def _delete(self, segments: tuple[str, ...]) -> Reply:
        path = Path.from_uri_path(segments)
        if not segments:
            for instances in self._objects.values():
                instances.clear()
        elif path is None:
            return Reply(Code.NOT_FOUND)
        elif path.object not in self._objects:
            # Instances come from the host's ADDOBJ alone.
            known = self._tree.has(Path(path.object))
            return Reply(Code.METHOD_NOT_ALLOWED if known else Code.NOT_FOUND)
        elif path.resource is not None:
            return Reply(Code.METHOD_NOT_ALLOWED)
        elif path.instance is None:
            self._objects[path.object].clear()
        else:
            self._objects[path.object].pop(path.instance, None)
        return Reply(Code.DELETED)

    def _discover(self, segments: tuple[str, ...]) -> Reply:
        """`lwm2m="1.0",</0/0>;ssid=1,…`: instances only, of everything or of one object."""
        path = Path.from_uri_path(segments) if segments else None
        if segments and (path is None or path.instance is not None):
            return Reply(Code.METHOD_NOT_ALLOWED)
        links = [
            link
            for target, link in sorted(self._links())
            if path is None or path.covers(target)
        ]
        if path is not None and not links and not self._tree.has(path):
            return Reply(Code.NOT_FOUND)
        text = ",".join(['lwm2m="1.0"', *links])
        return Reply(Code.CONTENT, text.encode(), ContentFormat.LINK)

    def _links(self) -> Iterator[tuple[Path, str]]:
        security = self._objects[SECURITY]
        for number, resources in security.items():
            hidden = resources.get(_IS_BOOTSTRAP) is True
            yield _link(SECURITY, number, None if hidden else resources.get(_SECURITY_SSID))
        if not any(resources.get(_IS_BOOTSTRAP) is True for resources in security.values()):
            yield _link(SECURITY, _free_instance(security), None)
        for number, resources in self._objects[SERVER].items():
            yield _link(SERVER, number, resources.get(_SERVER_SSID))
        for path in self._tree.instances():
            if path.object not in self._objects:
                yield path, f"<{path}>"


def _link(object_: int, instance: int, short_id: Value | None) -> tuple[Path, str]:
    attribute = "" if short_id is None else f";ssid={short_id}"
    path = Path(object_, instance)
    return path, f"<{path}>{attribute}"


def _free_instance(taken: Mapping[int, _Instance]) -> int:
    """The server may write over the number of our own account: then it is shown elsewhere."""
    return next(n for n in (_OWN_INSTANCE, *range(INSTANCE_LIMIT + 1)) if n not in taken)


def _account(security: _Instance) -> Account | None:
    uri = security.get(_URI)
    if security.get(_IS_BOOTSTRAP) is True or not isinstance(uri, str):
        return None
    identity, key = security.get(_IDENTITY, b""), security.get(_KEY, b"")
    assert isinstance(identity, bytes) and isinstance(key, bytes)
    return account_from_uri(uri, identity, key)


def _lifetime(server: _Instance) -> int | None:
    seconds = server.get(_LIFETIME)
    return seconds if isinstance(seconds, int) and seconds > 0 else None


def _is_kept(entry: RawEntry) -> bool:
    return entry.path.resource in _KEPT.get(entry.path.object, {})


def _value(entry: RawEntry) -> Value | None:
    """None for an empty value: Leshan writes every resource it has no value for so (SV 2.2)."""
    at = entry.path
    assert at.resource is not None
    if len(entry.raw) > _LENGTH_LIMIT.get((at.object, at.resource), PAYLOAD_LIMIT):
        raise ContentError(f"{at} holds {len(entry.raw)} bytes")
    return entry.as_type(_KEPT[at.object][at.resource]) if entry.raw else None


def _is_partial(message: Message) -> bool:
    """A block of a longer body. No bootstrap writes bodies that long (RFC 7959 2.2: NUM, M, SZX)."""
    block = message.uint(Option.BLOCK1)
    return block is not None and block >> 3 != 0
