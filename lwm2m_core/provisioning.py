"""What a bootstrap server may do to the configuration, and the account that comes of it.

Operations and codes: decision 23 and conformance 1.0-int-0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lwm2m_core.accounts import Account
from lwm2m_core.blocks import is_partial
from lwm2m_core.bootstrap_objects import (
    INSTANCE_LIMIT,
    SECURITY,
    SERVER,
    Instances,
    Security,
    Server,
    TooMany,
)
from lwm2m_core.formats import ContentError, RawEntry, acceptable, decode_entries
from lwm2m_core.formats.link import Link, encode_links
from lwm2m_core.message import Code, ContentFormat, Message
from lwm2m_core.objects import ObjectTree
from lwm2m_core.paths import Path

PAYLOAD_LIMIT = 2048
"""Bytes of one write; the block reassembly limit of the public clients (MB 2.3)."""

_OWN_INSTANCE = 1
"""Where Bootstrap-Discover shows the account we bootstrap with (conformance 1.0-int-0)."""


@dataclass(frozen=True, slots=True)
class Reply:
    code: Code
    payload: bytes = b""
    content_format: int | None = None


@dataclass(frozen=True, slots=True)
class Provision:
    """What a bootstrap handed out; `lifetime` in seconds, None if it wrote no usable one;
    `short_id` of the server, None if it wrote none."""

    account: Account
    lifetime: int | None
    short_id: int | None = None


class Provisioning:
    """Objects 0 and 1 as the server has written them so far.

    The account we bootstrap with is none of the instances kept here: nothing the server deletes
    or writes can take it away.
    """

    def __init__(self, tree: ObjectTree) -> None:
        self.provision: Provision | None = None
        self._tree = tree
        self._security = Instances(Security())
        self._servers = Instances(Server())

    def answer(self, message: Message) -> Reply:
        """Carry out one request. `provision` is set once a finish was answered 2.04."""
        # No server writes so much in a bootstrap that it needs blocks (SV 2.2).
        if len(message.payload) > PAYLOAD_LIMIT or is_partial(message):
            return Reply(Code.REQUEST_ENTITY_TOO_LARGE)
        match message.code:
            case Code.POST if message.path == ("bs",):
                return self._finish()
            case Code.PUT | Code.POST:
                return self._write(message)
            case Code.DELETE:
                return Reply(self._delete(message.path))
            case Code.GET if message.accept == ContentFormat.LINK:
                return self._discover(message.path)
        # Bootstrap-Read is LwM2M 1.1 (1.1-int-8).
        return Reply(Code.METHOD_NOT_ALLOWED)

    def _finish(self) -> Reply:
        """4.06, and nothing is applied, unless there is an account that fits (1.1-int-9)."""
        self.provision = self._consistent()
        return Reply(Code.NOT_ACCEPTABLE if self.provision is None else Code.CHANGED)

    def _consistent(self) -> Provision | None:
        """The first Security instance that can be used, with the Server instance it belongs to.

        OneNET's bootstrap writes no Server object at all (MB 2.5).
        """
        servers = [server for _, server in self._servers.items()]
        for _, security in self._security.items():
            account = security.account()
            if account is not None and not servers:
                return Provision(account, None, security.short_id)
            for server in servers:
                if account is not None and security.short_id == server.short_id is not None:
                    return Provision(account, _usable(server.lifetime), server.short_id)
        return None

    def _write(self, message: Message) -> Reply:
        path = Path.from_uri_path(message.path)
        if path is None:
            return Reply(Code.NOT_FOUND if message.path else Code.BAD_REQUEST)
        if not self._knows(path):
            return Reply(Code.NOT_FOUND)
        if not acceptable(message.content_format, path):
            return Reply(Code.UNSUPPORTED_CONTENT_FORMAT)
        anew = message.code == Code.PUT and path.resource is None
        try:
            entries = decode_entries(message.content_format, path, message.payload)
            self._store(path, entries, anew)
        except ContentError:
            return Reply(Code.BAD_REQUEST)
        except TooMany:
            return Reply(Code.REQUEST_ENTITY_TOO_LARGE)
        return Reply(Code.CHANGED)

    def _store(self, path: Path, entries: tuple[RawEntry, ...], anew: bool) -> None:
        if path.object == SECURITY:
            self._security.write(path, entries, anew=anew)
        elif path.object == SERVER:
            self._servers.write(path, entries, anew=anew)
        # The MCU answers for other objects and is not asked during a bootstrap: read over.

    def _delete(self, segments: tuple[str, ...]) -> Code:
        path = Path.from_uri_path(segments)
        if path is None and segments:
            return Code.NOT_FOUND
        if path is not None and path.object not in (SECURITY, SERVER):
            # Their instances come from the host's ADDOBJ alone.
            return Code.METHOD_NOT_ALLOWED if self._knows(path) else Code.NOT_FOUND
        if path is not None and path.resource is not None:
            return Code.METHOD_NOT_ALLOWED
        instance = None if path is None else path.instance
        if path is None or path.object == SECURITY:
            self._security.delete(instance)
        if path is None or path.object == SERVER:
            self._servers.delete(instance)
        return Code.DELETED

    def _discover(self, segments: tuple[str, ...]) -> Reply:
        """`lwm2m="1.0",</0/0>;ssid=1,…`: object instances, of everything or of one object."""
        path = Path.from_uri_path(segments)
        if segments and (path is None or path.instance is not None):
            return Reply(Code.METHOD_NOT_ALLOWED)
        if path is not None and not self._knows(path):
            return Reply(Code.NOT_FOUND)
        links = [link for at, link in self._links() if path is None or path.object == at]
        text = b",".join([b'lwm2m="1.0"', *([encode_links(links)] if links else [])])
        return Reply(Code.CONTENT, text, ContentFormat.LINK)

    def _knows(self, path: Path) -> bool:
        return path.object in (SECURITY, SERVER) or self._tree.has(Path(path.object))

    def _links(self) -> Iterator[tuple[int, Link]]:
        """With the object that each belongs to."""
        shown = [(n, None if s.is_bootstrap else s.short_id) for n, s in self._security.items()]
        if not any(security.is_bootstrap for _, security in self._security.items()):
            shown.append((self._own_instance(), None))
        for number, short_id in sorted(shown):
            yield SECURITY, _link(SECURITY, number, short_id)
        for number, server in self._servers.items():
            yield SERVER, _link(SERVER, number, server.short_id)
        for path in self._tree.instances():
            if path.object not in (SECURITY, SERVER):
                yield path.object, Link(str(path))

    def _own_instance(self) -> int:
        """The server may have written over our number: then we are shown elsewhere."""
        numbers: tuple[int, ...] = (_OWN_INSTANCE, *range(INSTANCE_LIMIT + 1))
        return next(number for number in numbers if number not in self._security)


def _link(object_: int, instance: int, short_id: int | None) -> Link:
    attributes = () if short_id is None else (("ssid", str(short_id)),)
    return Link(str(Path(object_, instance)), attributes)


def _usable(lifetime: int | None) -> int | None:
    return lifetime if lifetime is not None and lifetime > 0 else None
