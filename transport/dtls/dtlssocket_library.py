"""The fence around DTLSSocket (tinydtls): one context for the whole process.

A context of its own for each session would start tinydtls's clock anew with each, so that nobody
else's handshake is repeated while others begin. Sessions are told apart by made-up IPv6 addresses.
"""

import functools
import hashlib
import ipaddress
import itertools
import logging
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from transport.dtls.session import BackEndError
from transport.link import Address

IDENTITY_LIMIT = 32  # tinydtls answers longer ones with alert 80, and tells nobody here
KEY_LIMIT = 16
"""DTLS_PSK_MAX_KEY_LEN: a buffer on the stack that DTLSSocket copies into without looking."""

MEND = "./mipl setup builds it where gcc, autoconf, automake and Python's headers are"
CONNECTED = 0x01DE  # alert.h: an event of tinydtls's own, with level 0

log = logging.getLogger("mipl.dtls")

_numbers = itertools.count(1)


class Caller(Protocol):
    """What callbacks need to know of one session."""

    @property
    def identity(self) -> bytes: ...

    def key_for(self, identity: bytes) -> bytes | None: ...

    def connected(self) -> None: ...

    def alerted(self, description: int) -> None: ...

    def written(self, datagram: bytes) -> None: ...

    def read(self, plaintext: bytes) -> None: ...


class Library:
    """The one context. `call` says for whom tinydtls works; callbacks find others by address."""

    def __init__(self) -> None:
        from DTLSSocket import dtls

        dtls.setLogLevel(dtls.DTLS_LOG_EMERG)  # process-wide, and to stdout
        self._dtls: Any = dtls
        self.callers: weakref.WeakValueDictionary[str, Caller] = weakref.WeakValueDictionary()
        self._caller: Caller | None = None
        self._key = b""
        self._context: Any = dtls.DTLS(
            read=self._read, write=self._write, event=self._event, pskId=b"", pskStore=self
        )

    def connect(self, caller: Caller) -> Any:
        """The handle of a new client session, whose first flight is written."""
        address = _spelt(b"\xfd" + next(_numbers).to_bytes(15))
        self.callers[address] = caller
        return self.call(caller, self._context.connect, address, 0)

    def accept(self, caller: Caller, address: Address, random: bytes) -> Any:
        """The handle of a server session; the same one, and cookie, for every ClientHello with
        these random bytes from this address."""
        digest = hashlib.sha256(repr(address).encode() + random).digest()
        spelt = _spelt(b"\xfe" + digest[:15])
        self.callers[spelt] = caller
        return self._dtls.Session(spelt, 0)

    def receive(self, caller: Caller, handle: Any, record: bytes) -> int:
        """Less than 0: an error, as `-(level << 8 | description)` or -1."""
        # tinydtls decrypts in place, and so writes into the bytes object that it is given.
        copy = bytes(memoryview(record))
        result: int = self.call(caller, self._context.handleMessage, handle, copy)
        return result

    def write(self, caller: Caller, handle: Any, plaintext: bytes) -> int:
        result: int = self.call(caller, self._context.write, handle, plaintext)
        return result

    def repeat(self) -> None:
        """Send again, for all sessions, what tinydtls finds due by its own clock."""
        self._context.checkRetransmit()

    def close(self, caller: Caller, handle: Any) -> None:
        """Forget the peer; tinydtls writes a close_notify first if it is connected."""
        self.call(caller, self._context.resetPeer, handle)
        self.callers.pop(handle.addr, None)

    def call(self, caller: Caller, function: Callable[..., Any], *arguments: Any) -> Any:
        outer, self._caller = self._caller, caller
        self._context.pskId = caller.identity  # a bare pointer: the caller keeps the bytes
        try:
            return function(*arguments)
        finally:
            self._caller = outer

    # What tinydtls calls, also as its store of keys. Nothing may escape from here.

    def keys(self) -> "Library":
        return self

    def __contains__(self, identity: bytes) -> bool:
        try:
            key = None if self._caller is None else self._caller.key_for(identity)
        except Exception:
            log.exception("the lookup of a PSK failed")
            return False
        if key is None or not 0 < len(key) <= KEY_LIMIT:
            return False
        self._key = key
        return True

    def __getitem__(self, identity: bytes) -> bytes:
        return self._key

    def _write(self, address: tuple[str, int], data: bytes) -> int:
        caller = self.callers.get(address[0])
        if caller is not None:
            caller.written(data)
        return len(data)

    def _read(self, address: tuple[str, int], data: bytes) -> int:
        if self._caller is not None:
            self._caller.read(data)
        return len(data)

    def _event(self, level: int, code: int) -> None:
        if self._caller is None:
            return
        if level:
            self._caller.alerted(code)
        elif code == CONNECTED:
            self._caller.connected()


@functools.cache
def library() -> Library:
    """BackEndError with the mend if DTLSSocket is not there."""
    try:
        return Library()
    except Exception as error:
        raise BackEndError(f"DTLSSocket cannot be loaded ({error}); {MEND}") from error


def is_installed() -> bool:
    try:
        library()
    except BackEndError:
        return False
    return True


def _spelt(packed: bytes) -> str:
    return str(ipaddress.IPv6Address(packed))
