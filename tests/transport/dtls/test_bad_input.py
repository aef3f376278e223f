"""What a stranger sends: nothing raises, nothing of it is delivered, and open sessions go on."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transport.dtls.pairs import KINDS, Kind, every_kind, exchange
from transport.dtls.records import client_random, records
from transport.dtls.session import Session, State

MUTATIONS = 300  # of one session each
CLIENT_HELLO = bytes.fromhex(
    # RFC 6347 4.1 and 4.2.2: record header, handshake header, version, random, no session id
    "16 feff 0000 000000000000 0036 01 00002a 0000 000000 00002a fefd"
    + "a1" * 32
    + "00 00 0002 00ae 01 00"
)


def test_records_are_cut_at_their_lengths_and_what_is_malformed_ends_them() -> None:
    one, two = (
        bytes.fromhex("17fefd00010000000000010001aa"),
        bytes.fromhex("15fefd" + "00" * 9 + "01bb"),
    )
    assert list(records(one + two)) == [one, two]
    for bad in (
        b"",
        one[:-1],  # truncated
        one[:13],  # a header alone
        b"\x13" + one[1:],  # below the content types
        b"\x18" + one[1:],  # heartbeat
        b"\x17\x03" + one[2:],  # TLS
        one[:11] + b"\x00\x00",  # nothing in it
        one[:11] + b"\x48\x01" + bytes(0x4801),  # RFC 5246 6.2.3: 2^14 + 2048 at most
    ):
        assert list(records(bad)) == []
        assert list(records(two + bad)) == [two]


def test_a_client_hello_is_known_by_its_first_record() -> None:
    assert client_random(CLIENT_HELLO) == bytes.fromhex("a1" * 32)
    assert client_random(CLIENT_HELLO[:-1]) is None
    assert client_random(bytes.fromhex("16feff0001") + CLIENT_HELLO[5:]) is None  # encrypted
    assert client_random(bytes.fromhex("16feff00000000000000000001") + b"\x01") is None


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_can_be_looked_at(data: bytes) -> None:
    client_random(data)
    assert b"".join(records(data)) == data[: sum(map(len, records(data)))]


def _mutated(rng: random.Random, datagram: bytes) -> bytes:
    data = bytearray(datagram)
    match rng.randrange(5):
        case 0:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        case 1:
            del data[rng.randrange(len(data)) :]
        case 2:
            data += rng.randbytes(rng.randrange(1, 40))
        case 3:
            start = rng.randrange(len(data))
            data[start : start + 4] = rng.randbytes(4)
        case _:
            data[rng.randrange(13) % len(data)] = rng.randrange(256)
    return bytes(data)


def _sound(session: Session) -> bool:
    return (session.state is State.CLOSED) == (session.failure is not None)


@every_kind
def test_a_mutated_handshake_fails_or_succeeds_but_never_raises(kind: Kind) -> None:
    rng, ends = random.Random(6), set()
    for _ in range(MUTATIONS):
        client, server = kind.ends()
        spoiled = rng.randrange(10)
        for number in range(40):
            source, target = ((client, server), (server, client))[number % 2]
            for datagram in source.outgoing():
                spoiled -= 1
                target.receive(datagram if spoiled else _mutated(rng, datagram))
        assert _sound(client)
        assert _sound(server)
        ends.add((client.state, server.state))
        client.close()
        server.close()
    assert (State.OPEN, State.OPEN) in ends
    assert len(ends) > 1  # the mutations did harm


@every_kind
def test_mutated_records_are_not_delivered_and_the_session_goes_on(kind: Kind) -> None:
    rng = random.Random(6)
    client, server = kind.open()
    for _ in range(MUTATIONS):
        client.send(b"genuine")
        [datagram] = client.outgoing()
        spoiled = _mutated(rng, datagram)
        delivered = server.receive(spoiled)
        assert delivered == ([b"genuine"] if spoiled.startswith(datagram) else [])
        assert server.state is State.OPEN
    client.send(b"still there")
    assert server.receive(client.outgoing()[0]) == [b"still there"]


@every_kind
def test_a_replayed_record_is_delivered_once(kind: Kind) -> None:
    client, server = kind.open()
    client.send(b"one")
    client.send(b"two")
    one, two = client.outgoing()
    assert server.receive(one + one) == [b"one"]
    assert server.receive(two) == [b"two"]
    assert server.receive(one) == []
    assert server.receive(two) == []


FORGERIES: dict[str, Callable[[bytes], bytes]] = {
    "an alert in the clear": lambda _: bytes.fromhex("15 fefd 0000 0000000000ff 0002 02 28"),
    "a close_notify in the clear": lambda _: bytes.fromhex("15 fefd 0000 0000000000fe 0002 01 00"),
    "data of no epoch": lambda _: bytes.fromhex("17 fefd 0000 0000000000fd 0003 616263"),
    "data of an epoch to come": lambda _: bytes.fromhex("17 fefd 0002 000000000001 0003 616263"),
    "a change of keys": lambda _: bytes.fromhex("14 fefd 0000 0000000000fc 0001 01"),
    "a HelloRequest": lambda _: bytes.fromhex(
        "16 fefd 0000 0000000000fb 000c 00 000000 0000000000 000000"
    ),
    "an unprotected Finished": lambda _: bytes.fromhex(
        "16 fefd 0000 0000000000fa 0018 14 00000c 0009 000000 00000c" + "00" * 12
    ),
    "a ServerHelloDone": lambda _: bytes.fromhex(
        "16 fefd 0000 0000000000f9 000c 0e 000000 0005 000000 000000"
    ),
    "the first ClientHello": lambda hello: hello,
    "an alert that is not encrypted": lambda _: bytes.fromhex(
        "15 fefd 0001 0000000000f8 0002 02 28"
    ),
    "half an alert": lambda _: bytes.fromhex("15 fefd 0001 0000000000f7 0001 02"),
}


@every_kind
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_record_does_not_end_an_open_session(kind: Kind, forgery: str) -> None:
    client, server = kind.ends()
    first, *_ = exchange(client, server)
    record = FORGERIES[forgery](first)
    for source, target in ((client, server), (server, client)):
        assert target.receive(record) == []
        assert target.state is State.OPEN
        target.outgoing()
        source.send(b"genuine")
        assert target.receive(source.outgoing()[0]) == [b"genuine"]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_noise_before_and_in_a_handshake_changes_nothing(kind: Kind) -> None:
    rng = random.Random(6)
    client, server = kind.ends()
    for _ in range(12):
        for source, target in ((client, server), (server, client)):
            for datagram in source.outgoing():
                for noise in (
                    b"",
                    rng.randbytes(40),
                    datagram[:20],
                    b"\x16\xfe\xfd" + rng.randbytes(60),
                ):
                    assert target.receive(noise) == []
                target.receive(datagram)
    assert [client.state, server.state] == [State.OPEN, State.OPEN]
