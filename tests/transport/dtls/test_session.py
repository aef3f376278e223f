"""Sessions by every library at both ends, in memory: what goes over the wire, and how they end."""

import ctypes

import pytest

from tests.transport.dtls.pairs import (
    KEYS,
    KINDS,
    PSK,
    RANDOM,
    Kind,
    every_kind,
    exchange,
    exchange_one_way,
    newcomer,
)
from transport.dtls import openssl
from transport.dtls.choice import client_session, server_sessions
from transport.dtls.dtlssocket_library import library
from transport.dtls.session import BackEndError, DtlsSettings, Failure, Psk, State, Suite

# Numbers of suites: RFC 5487 section 3, RFC 6655 section 4; 00ff is RFC 5746's signal.
OFFERED = {
    ("openssl", Suite.CBC_SHA256): "0002 00ae",
    ("openssl", Suite.CCM_8): "0002 c0a8",
    # DTLSSocket cannot be kept from offering TLS_PSK_WITH_AES_128_CCM, c0a4, as well.
    ("dtlssocket", Suite.CCM_8): "0006 c0a8 c0a4 00ff",
}


@every_kind
def test_a_handshake_ends_in_a_session_that_carries_records_both_ways(kind: Kind) -> None:
    client, server = kind.open()
    assert (client.suite, server.suite) == (kind.suite, kind.suite)
    assert (client.back_end, server.back_end) == (kind.client, kind.server)
    assert server.identity == PSK.identity
    assert (client.timeout(), server.timeout()) == (None, None)
    for source, target in ((client, server), (server, client)):
        for plaintext in (b"x", bytes(range(256)) * 4, bytes(source.largest)):
            assert source.send(plaintext)
            [datagram] = source.outgoing()
            # RFC 6347 4.1: application_data, DTLS 1.2, epoch 1
            assert datagram[:5] == bytes.fromhex("17 fefd 0001")
            assert len(plaintext) < 9 or plaintext[:9] not in datagram
            assert target.receive(datagram) == [plaintext]


@every_kind
def test_the_client_asks_for_the_suite_alone_and_echoes_the_cookie(kind: Kind) -> None:
    first, verify, second, hello, *_ = exchange(*kind.ends())
    # RFC 6347 4.3.2: ClientHello 01 without a cookie, HelloVerifyRequest 03, again with it
    assert [each[13] for each in (first, verify, second, hello)] == [1, 3, 1, 2]
    offered = bytes.fromhex(OFFERED[kind.client, kind.suite])
    assert first[59:61] == b"\0\0"  # no session to resume, no cookie
    assert first[61:].startswith(offered)
    cookie = verify[28:]
    assert 0 < len(cookie) == verify[27] == second[60]
    assert second[61:].startswith(cookie + offered)
    assert first[27:59] == second[27:59]


@every_kind
def test_a_server_takes_no_client_of_another_suite(kind: Kind) -> None:
    other = Suite.CCM_8 if kind.suite is Suite.CBC_SHA256 else Suite.CBC_SHA256
    client = client_session(PSK, DtlsSettings((other,), "openssl"))
    _, server = kind.ends()
    carried = exchange(client, server)
    assert carried[-1][13:] == bytes.fromhex("02 28")  # fatal, handshake_failure (RFC 5246 7.2)
    assert (client.failure, server.failure) == (Failure.NO_COMMON_SUITE, Failure.NO_COMMON_SUITE)
    assert (client.state, server.state) == (State.CLOSED, State.CLOSED)


def test_the_first_of_the_clients_suites_that_the_server_has_is_chosen() -> None:
    client = client_session(PSK, DtlsSettings((Suite.CCM_8, Suite.CBC_SHA256)))
    server = server_sessions(KEYS.get, DtlsSettings((Suite.CBC_SHA256,)))(newcomer(), RANDOM)
    carried = exchange(client, server)
    assert carried[0][61:67] == bytes.fromhex("0004 c0a8 00ae")
    assert client.suite is Suite.CBC_SHA256


@every_kind
def test_an_unknown_identity_is_told_by_the_server(kind: Kind) -> None:
    client, server = kind.ends(Psk(b"stranger", PSK.key))
    carried = exchange(client, server)
    assert server.failure is Failure.UNKNOWN_IDENTITY
    assert server.identity == b"stranger"
    if kind.server == "openssl":
        assert carried[-1][13:] == bytes.fromhex("02 73")  # unknown_psk_identity (RFC 4279 2)
        assert client.failure is Failure.UNKNOWN_IDENTITY
    else:
        assert carried[-1][13:] == bytes.fromhex("02 50")  # internal_error
        assert client.failure is Failure.REFUSED


@every_kind
def test_a_wrong_key_is_silence_on_both_sides(kind: Kind) -> None:
    # RFC 6347 4.1.2.7: a record that cannot be verified is dropped, the Finished too.
    client, server = kind.ends(Psk(PSK.identity, b"another"))
    exchange(client, server)
    assert (client.state, server.state) == (State.HANDSHAKE, State.HANDSHAKE)
    assert client.timeout() is not None


@every_kind
def test_a_wrong_key_may_be_an_alert_as_well(kind: Kind) -> None:
    client, server = kind.ends(Psk(PSK.identity, b"another"))
    exchange(client, server)
    # RFC 5246 7.2: fatal, bad_record_mac; in the clear, as the server has no keys yet
    client.receive(bytes.fromhex("15 fefd 0000 0000000000ff 0002 02 14"))
    assert (client.state, client.failure) == (State.CLOSED, Failure.WRONG_KEY)


@every_kind
@pytest.mark.parametrize("closes", ["client", "server"])
def test_a_close_notify_ends_the_other_end(kind: Kind, closes: str) -> None:
    client, server = kind.open()
    near, far = (client, server) if closes == "client" else (server, client)
    near.close()
    [farewell] = near.outgoing()
    assert farewell[:5] == bytes.fromhex("15 fefd 0001")  # alert, epoch 1
    assert far.receive(farewell) == []
    assert (near.failure, far.failure) == (Failure.CLOSED, Failure.PEER_CLOSED)
    near.close()
    assert near.outgoing() == []


@every_kind
def test_a_session_closed_without_notice_is_silent(kind: Kind) -> None:
    for session in kind.open() + kind.ends():
        session.outgoing()
        session.close(notify=False)
        assert session.outgoing() == []
        assert not session.send(b"x")
        assert session.receive(bytes.fromhex("17fefd0001000000000001000100")) == []
        session.handle_timeout()
        assert session.timeout() is None
        assert session.failure is Failure.CLOSED


@every_kind
def test_a_plaintext_that_is_too_long_is_refused_and_the_session_goes_on(kind: Kind) -> None:
    client, server = kind.open()
    assert not client.send(bytes(client.largest + 1))
    assert client.outgoing() == []
    assert client.send(b"x")
    assert server.receive(client.outgoing()[0]) == [b"x"]


@every_kind
def test_several_records_in_one_datagram_are_taken(kind: Kind) -> None:
    client, server = kind.open()
    for plaintext in (b"one", b"two", b"three"):
        client.send(plaintext)
    assert server.receive(b"".join(client.outgoing())) == [b"one", b"two", b"three"]


@every_kind
def test_what_is_received_is_not_written_to(kind: Kind) -> None:
    # Measured: tinydtls decrypts in place, and would change the bytes that a tap has kept.
    client, server = kind.open()
    for source, target in ((client, server), (server, client)):
        source.send(b"plaintext")
        [datagram] = source.outgoing()
        kept = datagram.hex()
        target.receive(datagram)
        assert datagram.hex() == kept


@every_kind
def test_a_record_that_overtakes_the_last_flight_is_kept_or_lost_but_no_harm(kind: Kind) -> None:
    client, server = kind.ends()
    for _ in range(3):  # all but the server's last flight
        exchange_one_way(server, client)
        exchange_one_way(client, server)
    assert [client.state, server.state] == [State.HANDSHAKE, State.OPEN]
    flight = server.outgoing()
    assert server.send(b"early")
    early = client.receive(server.outgoing()[0])
    for datagram in flight:
        early += client.receive(datagram)
    assert [client.state] == [State.OPEN]
    assert early in ([], [b"early"])


def _master_secret_proves(line: str, client_random: bytes) -> bool:
    label, random, secret = line.split(" ")
    return (label, bytes.fromhex(random), len(secret)) == ("CLIENT_RANDOM", client_random, 96)


@every_kind
def test_secrets_are_offered_to_a_key_log_and_written_nowhere(
    kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    lines: list[str] = []
    client, server = kind.ends(key_log=lines.append)
    first, *_ = exchange(client, server)
    assert len(lines) == 2  # one of each end, and both have the same secret
    assert len(set(lines)) == 1
    assert _master_secret_proves(lines[0], first[27:59])
    assert lines[0].split(" ")[2] not in caplog.text
    assert PSK.key.hex() not in caplog.text + repr(PSK)
    assert PSK.key.decode() not in caplog.text + repr(PSK)


@every_kind
def test_a_key_log_and_a_lookup_that_fail_do_no_harm(
    kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> bytes | None:
        raise ValueError("a bug above")

    client, server = kind.ends(key_log=broken)
    exchange(client, server)
    assert (client.state, server.state) == (State.OPEN, State.OPEN)
    assert "a bug above" in caplog.text
    caplog.clear()
    far = DtlsSettings((kind.suite,), kind.server)
    server = server_sessions(broken, far)(newcomer(), RANDOM)
    client, _ = kind.ends()
    exchange(client, server)
    assert client.failure in (Failure.UNKNOWN_IDENTITY, Failure.REFUSED)
    assert "a bug above" in caplog.text


@pytest.mark.parametrize(
    ("psk", "reason"),
    [
        (Psk(b"", b""), "there is none"),
        (Psk(b"i", bytes(513)), "513 bytes is too long"),
        (Psk(b"i" * 256, b"k"), "256 bytes is too long"),
        (Psk(b"a\0b", b"k"), "NUL"),
    ],
)
def test_openssl_says_what_it_cannot_do(psk: Psk, reason: str) -> None:
    with pytest.raises(BackEndError, match=reason):
        client_session(psk, DtlsSettings(back_end="openssl"))


def test_openssl_takes_an_empty_identity_and_the_longest_key_and_identity() -> None:
    for psk in (Psk(b"", b"k"), Psk(b"i" * openssl.IDENTITY_LIMIT, b"k" * openssl.KEY_LIMIT)):
        client = client_session(psk, DtlsSettings())
        server = server_sessions({psk.identity: psk.key}.get, DtlsSettings())(newcomer(), RANDOM)
        exchange(client, server)
        assert (client.state, server.identity) == (State.OPEN, psk.identity)


@pytest.mark.parametrize("kind", KINDS[4:], ids=str)
def test_a_new_session_does_not_start_tinydtls_clock_anew_for_all(kind: Kind) -> None:
    # Measured: each new context does, and nobody's handshake is repeated while others begin.
    clock = ctypes.c_long.in_dll(ctypes.CDLL(library().module.__file__), "dtls_clock_offset")
    kind.open()
    start = clock.value
    clock.value = 0
    kind.open()
    assert clock.value == start != 0


@pytest.mark.parametrize("kind", KINDS[4:], ids=str)
def test_many_sessions_at_a_time_do_not_meet(kind: Kind) -> None:
    # Measured: in one context for several, the first alert spoils tinydtls's table of peers.
    pairs = [kind.open() for _ in range(100)]
    for number, (client, server) in enumerate(pairs):
        if number % 2:
            client.close()
            exchange_one_way(client, server)
            assert server.failure is Failure.PEER_CLOSED
    pairs += [kind.open() for _ in range(200)]
    for client, server in pairs[::2]:
        client.send(b"x")
        assert server.receive(client.outgoing()[0]) == [b"x"]
