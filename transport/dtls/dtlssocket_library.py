"""The fence around DTLSSocket (tinydtls): a context for each session.

A context that several sessions share goes to pieces with the first alert: tinydtls takes that peer
out of its hash table twice, and divides by zero some sessions later.
"""

import ctypes
import functools
import logging
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from transport.dtls.session import BackEndError

IDENTITY_LIMIT = 32  # tinydtls answers longer ones with alert 80, and tells nobody here
KEY_LIMIT = 16
"""DTLS_PSK_MAX_KEY_LEN: a buffer on the stack that DTLSSocket copies into without looking."""

MEND = "./mipl setup builds it where gcc, autoconf, automake and Python's headers are"
CONNECTED = 0x01DE  # alert.h: an event of tinydtls's own, with level 0
PEER = "::1"  # DTLSSocket knows IPv6 addresses only; there is one peer to a context

log = logging.getLogger("mipl.dtls")


class Caller(Protocol):
    """Whom a context works for."""

    def key_for(self, identity: bytes) -> bytes | None: ...

    def connected(self) -> None: ...

    def alerted(self, description: int) -> None: ...

    def written(self, datagram: bytes) -> None: ...

    def read(self, plaintext: bytes) -> None: ...


class Context:
    """One of tinydtls's contexts, with its peer.

    It is closed with its caller at the latest. A context that still has a peer when the garbage
    collector takes it, or a peer whose context has gone before, ends the process.
    """

    def __init__(self) -> None:
        self._library = library()
        self._identity = self._key = b""
        self._caller: Caller | None = None
        self._finalizer: Any = None
        self._peer: Any = None
        self._dtls: Any = self._library.new(self)

    def serve(self, caller: Caller) -> None:
        """Be there for this one from now on, and not longer."""
        self._caller = weakref.proxy(caller)
        self._finalizer = weakref.finalize(caller, self._orphaned)

    def connect(self, identity: bytes) -> None:
        """Write a client's first flight."""
        self._identity = identity  # tinydtls has the bare pointer
        self._dtls.pskId = identity
        self._peer = self._dtls.connect(PEER, 0)

    def accept(self) -> None:
        self._peer = self._library.module.Session(PEER, 0)

    def receive(self, record: bytes) -> int:
        """Less than 0: an error, as `-(level << 8 | description)` or -1."""
        # tinydtls decrypts in place, and so writes into the bytes object that it is given.
        copy = bytes(memoryview(record))
        result: int = self._dtls.handleMessage(self._peer, copy)
        return result

    def write(self, plaintext: bytes) -> int:
        result: int = self._dtls.write(self._peer, plaintext)
        return result

    def repeat(self) -> None:
        """Send again what tinydtls finds due by its own clock."""
        self._dtls.checkRetransmit()

    def release(self) -> None:
        """The caller is not there any more, but another one may be."""
        if self._finalizer is not None:
            self._finalizer.detach()
        self._caller = self._finalizer = None

    def close(self) -> None:
        """Forget the peer; tinydtls writes a close_notify first if it is connected."""
        if self._dtls is None:
            return
        if self._peer is not None:
            self._dtls.resetPeer(self._peer)
        self.release()
        self._peer = None
        self._dtls.pycb = self._dtls.pskStore = {}  # no cycle: the context goes with the next line
        self._dtls = None

    def _orphaned(self) -> None:
        self.release()
        self.close()

    # What tinydtls calls, also as its store of keys. Nothing may escape from here.

    def keys(self) -> "Context":
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

    def on_write(self, address: tuple[str, int], data: bytes) -> int:
        if self._caller is not None:
            self._caller.written(data)
        return len(data)

    def on_read(self, address: tuple[str, int], data: bytes) -> int:
        if self._caller is not None:
            self._caller.read(data)
        return len(data)

    def on_event(self, level: int, code: int) -> None:
        if self._caller is None:
            return
        if level:
            self._caller.alerted(code)
        elif code == CONNECTED:
            self._caller.connected()


class Library:
    """The module, and tinydtls's clock."""

    def __init__(self) -> None:
        from DTLSSocket import dtls

        dtls.setLogLevel(dtls.DTLS_LOG_EMERG)  # process-wide, and to stdout
        self.module: Any = dtls
        # Every new context starts tinydtls's clock anew for all, and what others were to send
        # again would wait as long as the program has run.
        clock = ctypes.c_long.in_dll(ctypes.CDLL(dtls.__file__), "dtls_clock_offset")
        dtls.DTLS()
        start = clock.value
        self._mend_clock: Callable[[], None] = lambda: setattr(clock, "value", start)

    def new(self, context: Context) -> Any:
        made = self.module.DTLS(
            read=context.on_read,
            write=context.on_write,
            event=context.on_event,
            pskId=b"",
            pskStore=context,
        )
        self._mend_clock()
        return made


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
