"""What the tests of the client engine share: a predictable rng, and a device to log in with."""

from collections.abc import Callable

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.endpoint import Rng
from lwm2m_core.objects import ObjectTree
from lwm2m_core.requests import Settings


class _Counting:
    """First message ids 1000, 2000, … hex, one per link's peer; tokens a0000001, a0000002, …"""

    def __init__(self) -> None:
        self._mids = 0
        self._tokens = 0

    def randrange(self, stop: int) -> int:
        self._mids += 0x1000
        return self._mids % stop

    def randbytes(self, n: int) -> bytes:
        self._tokens += 1
        return b"\xa0" + self._tokens.to_bytes(n - 1, "big")


@pytest.fixture
def counting() -> Rng:
    return _Counting()


@pytest.fixture
def tree() -> ObjectTree:
    """One instance, as AT+MIPLADDOBJ=0,3200,1,"1",0,0 makes it (manual 5.1)."""
    tree = ObjectTree()
    tree.add_object(3200, [0])
    return tree


@pytest.fixture
def settings() -> Settings:
    return Settings("dev1")


@pytest.fixture
def make_client(settings: Settings, tree: ObjectTree) -> Callable[..., Client]:
    """A new client of the same device; with another `rng` or `settings` if so asked."""

    def make(rng: Rng | None = None, settings: Settings = settings) -> Client:
        return Client(settings, tree, rng or _Counting())

    return make


@pytest.fixture
def client(make_client: Callable[[], Client]) -> Client:
    return make_client()


@pytest.fixture
def registered(client: Client) -> Client:
    """Registered at t = 0 on link 1, at the location /rd/5a3f, for a day; nothing else is pending.

    Its next message id is 1001, its next token a0000002.
    """
    account = Account("127.0.0.1", 5683)
    client.open(account, bootstrap=False, lifetime=86400, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    client.datagram_received(1, bytes.fromhex("6441 1000 a0000001 82 7264 04 35613366"), 0.0)
    client.outputs()
    return client


Fields = tuple[int, int, int, bytes, list[tuple[int, bytes]], bytes]


@pytest.fixture
def fields() -> Callable[[bytes], Fields]:
    """Type, code, mid, token, options and payload of a datagram, by RFC 7252 3 and not by our
    own codec."""
    return _fields


def _fields(data: bytes) -> Fields:
    assert data[0] >> 6 == 1
    end = 4 + (data[0] & 15)
    at, number = end, 0
    options: list[tuple[int, bytes]] = []
    while at < len(data) and data[at] != 0xFF:
        delta, length = data[at] >> 4, data[at] & 15
        at += 1
        delta, at = _extended(data, at, delta)
        length, at = _extended(data, at, length)
        number += delta
        options.append((number, data[at : at + length]))
        at += length
    mid = int.from_bytes(data[2:4], "big")
    return data[0] >> 4 & 3, data[1], mid, data[4:end], options, data[at + 1 :]


def _extended(data: bytes, at: int, nibble: int) -> tuple[int, int]:
    if nibble == 13:
        return 13 + data[at], at + 1
    if nibble == 14:
        return 269 + int.from_bytes(data[at : at + 2], "big"), at + 2
    return nibble, at
