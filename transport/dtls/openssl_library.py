"""The fence around OpenSSL: everything that is private of pyOpenSSL and cryptography is here.

pyOpenSSL knows no pre-shared keys. The two calls that set their callbacks come from cryptography's
binding, and callbacks know a connection by the address of its `SSL`. `library()` proves with a
handshake of every suite that all of it works before anything is built on it.
"""

import functools
import hmac
import logging
import secrets
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from transport.dtls.session import BackEndError, KeyLog, PskLookup, Suite

NAMES: Mapping[Suite, str] = {
    Suite.CBC_SHA256: "PSK-AES128-CBC-SHA256",
    Suite.CCM_8: "PSK-AES128-CCM8",
}
MTU = 1400  # for handshake flights, which are shorter; without one every step fails
DTLS_1_2 = 0xFEFD
BUFFER = 1 << 15  # bytes that are read at a time; a record has at most 18445 (RFC 6347 4.1)
# SSL_OP_…, which pyOpenSSL does not export
COOKIE_EXCHANGE = 0x2000
NO_ENCRYPT_THEN_MAC = 0x80000
"""With RFC 7366 OpenSSL ends a session at the first record with a wrong MAC, which anybody can
send; without it such records are dropped, as RFC 6347 4.1.2.7 wants it. Then a wrong key is
silence."""
MEND = "pip install 'pyOpenSSL>=26,<27' 'cryptography>=50,<51'"

ASK_CLIENT = (
    "unsigned int(SSL *, const char *, char *, unsigned int, unsigned char *, unsigned int)"
)
ASK_SERVER = "unsigned int(SSL *, const char *, unsigned char *, unsigned int)"

log = logging.getLogger("mipl.dtls")

Role = Literal["client", "server"]


@dataclass(eq=False)
class Party:
    """What callbacks need to know of one connection, and what they learn.

    `identity`: a client's own, or what a client said. `address`: of the client, for its cookie.
    """

    lookup: PskLookup
    identity: bytes = b""
    address: bytes = b""
    key_log: KeyLog | None = None


class Library:
    """The modules, the callbacks, and the contexts, which OpenSSL freezes at their first use."""

    def __init__(self) -> None:
        from cryptography.hazmat.bindings.openssl.binding import Binding
        from OpenSSL import SSL

        binding = Binding()
        self.ssl: Any = SSL
        self._ffi, self._lib = binding.ffi, binding.lib
        self._contexts: dict[tuple[Role, tuple[Suite, ...]], Any] = {}
        # Addresses are used again: an entry must go with its party.
        self.parties: weakref.WeakValueDictionary[int, Party] = weakref.WeakValueDictionary()
        self._of_thread = threading.local()
        self._cookie_secret = secrets.token_bytes(32)
        # OpenSSL keeps bare pointers: the callbacks must live as long as the contexts.
        self._on_client = self._callback(ASK_CLIENT, self._client_psk)
        self._on_server = self._callback(ASK_SERVER, self._server_psk)

    def connection(self, role: Role, suites: tuple[Suite, ...], party: Party) -> Any:
        """A `Connection` over memory buffers that offers, or takes, just these suites."""
        if (role, suites) not in self._contexts:
            self._contexts[role, suites] = self._context(role, suites)
        connection = self.ssl.Connection(self._contexts[role, suites], None)
        connection.set_ciphertext_mtu(MTU)
        if role == "client":
            connection.set_connect_state()
        else:
            connection.set_accept_state()
        self.parties[self._address(connection._ssl)] = party
        return connection

    # What is done for every record. pyOpenSSL's own methods take longer than OpenSSL: each makes a
    # buffer, and asks for errors where there can be none; `bio_read` raises if there is nothing.

    @property
    def _buffer(self) -> Any:
        """To read into. One for each thread: while OpenSSL writes there, others run."""
        try:
            return self._of_thread.buffer
        except AttributeError:
            self._of_thread.buffer = self._ffi.new("char[]", BUFFER)
            return self._of_thread.buffer

    def written(self, connection: Any) -> bytes:
        """What OpenSSL has written to be sent."""
        buffer = self._buffer
        length: int = self._lib.BIO_read(connection._from_ssl, buffer, BUFFER)
        if length <= 0:
            return b""
        written = bytes(self._ffi.buffer(buffer, length))
        return written if length < BUFFER else written + self.written(connection)

    def take(self, connection: Any, record: bytes) -> None:
        """Let OpenSSL have a record that has come; buffers in memory take all of it."""
        self._lib.BIO_write(connection._into_ssl, record, len(record))

    def send(self, connection: Any, plaintext: bytes) -> None:
        """Have it encrypted. What pyOpenSSL raises if it cannot be."""
        result = self._lib.SSL_write(connection._ssl, plaintext, len(plaintext))
        if result <= 0:
            connection._raise_ssl_error(connection._ssl, result)

    def received(self, connection: Any) -> bytes:
        """The plaintext of the next record. What pyOpenSSL raises if there is none."""
        buffer = self._buffer
        result = self._lib.SSL_read(connection._ssl, buffer, BUFFER)
        if result <= 0:
            connection._raise_ssl_error(connection._ssl, result)
        return bytes(self._ffi.buffer(buffer, result))

    def forget(self, connection: Any) -> None:
        self.parties.pop(self._address(connection._ssl), None)

    def _context(self, role: Role, suites: tuple[Suite, ...]) -> Any:
        ssl = self.ssl
        context = ssl.Context(ssl.DTLS_METHOD)
        context.set_min_proto_version(DTLS_1_2)
        context.set_max_proto_version(DTLS_1_2)
        context.set_options(ssl.OP_NO_QUERY_MTU | ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION)
        context.set_options(NO_ENCRYPT_THEN_MAC)
        context.set_session_cache_mode(ssl.SESS_CACHE_OFF)
        # CCM_8 is below the default level, which only shows as "no ciphers available" later on.
        names = [NAMES[suite] for suite in suites]
        context.set_cipher_list(":".join([*names, "@SECLEVEL=0"]).encode())
        context.set_keylog_callback(self._secrets)
        if role == "client":
            self._lib.SSL_CTX_set_psk_client_callback(context._context, self._on_client)
        else:
            self._lib.SSL_CTX_set_psk_server_callback(context._context, self._on_server)
            context.set_options(COOKIE_EXCHANGE)
            context.set_cookie_generate_callback(self._cookie)
            context.set_cookie_verify_callback(self._is_cookie)
        return context

    def _address(self, ssl: Any) -> int:
        return int(self._ffi.cast("uintptr_t", ssl))

    # What OpenSSL calls. Nothing may escape from here: there is no Python above.

    def _callback(self, signature: str, function: Callable[..., int]) -> Any:
        return self._ffi.callback(signature, function, error=0, onerror=_broken)

    def _client_psk(
        self, ssl: Any, hint: Any, identity: Any, identity_size: int, key: Any, key_size: int
    ) -> int:
        party = self.parties[self._address(ssl)]
        if len(party.identity) >= identity_size:
            return 0
        self._ffi.memmove(identity, party.identity + b"\0", len(party.identity) + 1)
        return self._hand_over(party.lookup(party.identity), key, key_size)

    def _server_psk(self, ssl: Any, identity: Any, key: Any, key_size: int) -> int:
        party = self.parties[self._address(ssl)]
        party.identity = self._ffi.string(identity)
        return self._hand_over(party.lookup(party.identity), key, key_size)

    def _hand_over(self, secret: bytes | None, key: Any, key_size: int) -> int:
        """The key's length; 0 says that the identity is unknown."""
        if secret is None or len(secret) > key_size:
            return 0
        self._ffi.memmove(key, secret, len(secret))
        return len(secret)

    def _cookie(self, connection: Any) -> bytes:
        party = self.parties.get(self._address(connection._ssl))
        return hmac.digest(self._cookie_secret, party.address if party else b"", "sha256")

    def _is_cookie(self, connection: Any, cookie: bytes) -> bool:
        return hmac.compare_digest(cookie, self._cookie(connection))

    def _secrets(self, connection: Any, line: bytes) -> None:
        party = self.parties.get(self._address(connection._ssl))
        if party is not None and party.key_log is not None:
            with _contained():
                party.key_log(line.decode("ascii"))


@functools.cache
def library() -> Library:
    """The library, proven; BackEndError with what is missing and the mend if it will not do."""
    try:
        found = Library()
        for suite in Suite:
            _prove(found, suite)
    except Exception as error:
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        raise BackEndError(f"DTLS by OpenSSL does not work here ({what}); {MEND}") from error
    return found


def _prove(found: Library, suite: Suite) -> None:
    """A handshake with a cookie, and one record; whatever goes wrong raises."""
    parties = [Party({b"identity": b"key"}.get, b"identity"), Party({b"identity": b"key"}.get)]
    near = found.connection("client", (suite,), parties[0])
    far = found.connection("server", (suite,), parties[1])
    for step in (
        *(near.do_handshake, far.DTLSv1_listen) * 2,
        *(far.do_handshake, near.do_handshake) * 2,
    ):
        with suppress(found.ssl.WantReadError):
            step()
        _carry(found, near, far)
        _carry(found, far, near)
    found.send(near, b"proof")
    _carry(found, near, far)
    if found.received(far) != b"proof" or near.get_cipher_name() != NAMES[suite]:
        raise AssertionError(f"{suite.value} was not negotiated")


def _carry(found: Library, source: Any, target: Any) -> None:
    written = found.written(source)
    if written:
        found.take(target, written)


@contextmanager
def _contained() -> Iterator[None]:
    try:
        yield
    except Exception:
        log.exception("a callback of DTLS failed")


def _broken(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    log.error("a callback of DTLS failed", exc_info=(kind, error, trace))
