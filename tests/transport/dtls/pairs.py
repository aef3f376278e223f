"""Two sessions without a network between them."""

import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from transport.dtls import dtlssocket_library
from transport.dtls.choice import client_session, server_sessions
from transport.dtls.session import BackEndName, DtlsSettings, Psk, Session, State, Suite
from transport.link import Address

PSK = Psk(b"869975030000461", b"0123456789abcdef")
KEYS = {PSK.identity: PSK.key}
_PORTS = itertools.count(49152)  # two sessions of one address at a time are one to DTLSSocket
RANDOM = bytes(32)  # what a listener reads from the ClientHello; only the cookie depends on it

ROUNDS = 8  # a handshake with a cookie takes five


def newcomer() -> Address:
    """A client's address that no other has."""
    return "192.0.2.7", next(_PORTS)


@dataclass(frozen=True, slots=True)
class Kind:
    """Who is at which end, and by which suite."""

    client: BackEndName
    server: BackEndName
    suite: Suite

    def __str__(self) -> str:
        return f"{self.client}-{self.server}-{self.suite.name}"

    def ends(self, psk: Psk = PSK, **settings: Any) -> tuple[Session, Session]:
        """A client and a server that have not spoken yet; the client's PSK."""
        near = DtlsSettings((self.suite,), self.client, **settings)
        far = DtlsSettings((self.suite,), self.server, **settings)
        return client_session(psk, near), server_sessions(KEYS.get, far)(newcomer(), RANDOM)

    def open(self, **settings: Any) -> tuple[Session, Session]:
        """Both after the handshake."""
        client, server = self.ends(**settings)
        exchange(client, server)
        assert (client.state, server.state) == (State.OPEN, State.OPEN)
        return client, server


def exchange(client: Session, server: Session) -> list[bytes]:
    """Carry datagrams until nobody has any; all of them, in order."""
    carried = []
    for _ in range(ROUNDS):
        carried += exchange_one_way(client, server)
        carried += exchange_one_way(server, client)
    return carried


def exchange_one_way(source: Session, target: Session) -> list[bytes]:
    datagrams = source.outgoing()
    for datagram in datagrams:
        assert target.receive(datagram) == []
    return datagrams


KINDS = [
    Kind("openssl", "openssl", Suite.CBC_SHA256),
    Kind("openssl", "openssl", Suite.CCM_8),
    Kind("openssl", "dtlssocket", Suite.CCM_8),
    Kind("dtlssocket", "openssl", Suite.CCM_8),
    Kind("dtlssocket", "dtlssocket", Suite.CCM_8),
]

every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


def missing() -> str | None:
    """Why there is no DTLSSocket here."""
    return None if dtlssocket_library.is_installed() else "DTLSSocket is not installed"
