"""Programs of others at the other end. Which suite it is, they say themselves."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.transport.dtls.net import Net
from tests.transport.dtls.pairs import PSK, Kind
from tests.transport.dtls.programs import HOST, Program, free_ports, missing
from transport.dtls.session import Failure, HandshakeError, Suite
from transport.link import Address

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

Arrivals = Callable[[], Any]
Require = Callable[[str, str | None], None]

IDENTITY, KEY = PSK.identity.decode(), PSK.key.decode()
CIPHERS = {Suite.CBC_SHA256: "PSK-AES128-CBC-SHA256", Suite.CCM_8: "PSK-AES128-CCM8"}
GNUTLS = {Suite.CBC_SHA256: "PSK_AES_128_CBC_SHA256", Suite.CCM_8: "PSK_AES_128_CCM_8"}

# Both ends of a kind are ours: here the client's, or the server's, is the one that is tested.
OURS = [
    Kind("openssl", "openssl", Suite.CBC_SHA256),
    Kind("openssl", "openssl", Suite.CCM_8),
    Kind("dtlssocket", "dtlssocket", Suite.CCM_8),
]
LISTEN = ("-nocert", "-accept", f"{HOST}:0")
every_one = pytest.mark.parametrize("ours", OURS, ids=str)
with_ccm_8 = pytest.mark.parametrize("ours", OURS[1:], ids=str)

# RFC 7252 section 3: CON GET of the root, message id 0001; ACK 2.05 with a diagnostic of libcoap's
GET = bytes.fromhex("40 01 0001")
CONTENT = bytes.fromhex("60 45 0001")


def _openssl(verb: str, cipher: str, *options: str) -> Program:
    return Program(
        *("openssl", verb, "-dtls1_2", "-psk_identity", IDENTITY, "-psk", PSK.key.hex()),
        *("-cipher", cipher + ":@SECLEVEL=0", *options),
    )


@every_one
async def test_openssl_s_server(ours: Kind, arrivals: Arrivals, require_peer: Require) -> None:
    require_peer("openssl", missing("openssl"))
    module = arrivals()
    with Net(ours) as net:
        async with _openssl("s_server", CIPHERS[ours.suite], *LISTEN) as server:
            port = int(await server.says(r"ACCEPT 127\.0\.0\.1:(\d+)"))
            link = await net.link((HOST, port), module)
            link.send(b"question\n")
            await server.says("question")
            assert await server.says(r"CIPHER is (\S+)") == CIPHERS[ours.suite]
            server.type("answer\n")
            assert await module.count(1) == [b"answer\n"]
            link.close()
            await server.says("DONE|CONNECTION CLOSED|shut down")


@every_one
async def test_openssl_s_client(ours: Kind, arrivals: Arrivals, require_peer: Require) -> None:
    require_peer("openssl", missing("openssl"))
    platform = arrivals()
    with Net(ours) as net:
        listener = await net.listener(platform.put)
        port = listener.address[1]
        async with _openssl(
            "s_client", CIPHERS[ours.suite], "-connect", f"{HOST}:{port}"
        ) as client:
            assert await client.says(r"Cipher is (\S+)") == CIPHERS[ours.suite]
            client.type("question\n")
            [(data, source)] = await platform.count(1)
            assert (data, listener.identity(source)) == (b"question\n", PSK.identity)
            listener.send(b"answer\n", source)
            await client.says("answer")
            listener.close()
            await client.says("closed")


async def _asks_libcoap(net: Net, port: int, module: Any) -> None:
    link = await net.link((HOST, port), module)
    link.send(GET)
    [answer] = await module.count(1)
    assert answer.startswith(CONTENT)
    old = link.local
    link.rebind()  # a new port and a new session, as after the address has aged
    assert link.local != old
    link.send(bytes.fromhex("40 01 0002"))
    assert (await module.count(2))[1].startswith(bytes.fromhex("60 45 0002"))


@every_one
async def test_coap_server_gnutls(ours: Kind, arrivals: Arrivals, require_peer: Require) -> None:
    require_peer("libcoap", missing("coap-server-gnutls"))
    port = free_ports()
    with Net(ours) as net:
        command = ("coap-server-gnutls", "-A", HOST, "-p", str(port), "-k", KEY, "-v", "9")
        async with Program(*command) as server:
            await server.says("created DTLS endpoint")
            await _asks_libcoap(net, port + 1, arrivals())
            chosen = await server.says(r"Selected cipher suite: GNUTLS_(\S+)")
            assert chosen == GNUTLS[ours.suite]


@with_ccm_8
async def test_coap_server_openssl(ours: Kind, arrivals: Arrivals, require_peer: Require) -> None:
    require_peer("libcoap", missing("coap-server-openssl"))
    port = free_ports()
    with Net(ours) as net:
        command = ("coap-server-openssl", "-A", HOST, "-p", str(port), "-k", KEY, "-v", "9")
        async with Program(*command) as server:
            await server.says("created DTLS endpoint")
            await _asks_libcoap(net, port + 1, arrivals())
            assert await server.says(r"Using cipher: (\S+)") == CIPHERS[ours.suite]


async def test_coap_server_openssl_has_no_cbc(arrivals: Arrivals, require_peer: Require) -> None:
    require_peer("libcoap", missing("coap-server-openssl"))
    port = free_ports()
    with Net(OURS[0]) as net:
        command = ("coap-server-openssl", "-A", HOST, "-p", str(port), "-k", KEY, "-v", "9")
        async with Program(*command) as server:
            await server.says("created DTLS endpoint")
            with pytest.raises(HandshakeError) as raised:
                await net.link((HOST, port + 1), arrivals())
            assert raised.value.failure is Failure.NO_COMMON_SUITE
            await server.says("no shared cipher")


async def _answered(ours: Kind, program: str, heard: Any, log: str) -> tuple[str, bytes]:
    """What a client of libcoap says of the suite, and the identity that it has proven."""

    def answer(data: bytes, source: Address) -> None:
        if data[1] == 1:  # a GET, not an empty message
            token = data[4 : 4 + data[0] % 16]
            heard.put(listener.identity(source))
            reply = bytes([0x60 + len(token), 0x45]) + data[2:4] + token + b"\xffhello from here"
            listener.send(reply, source)

    with Net(ours) as net:
        listener = await net.listener(answer)
        uri = f"coaps://{HOST}:{listener.address[1]}/x"
        async with Program(program, "-v", "9", "-u", IDENTITY, "-k", KEY, uri) as client:
            [identity] = await heard.count(1)
            await client.says("hello from here")
            return await client.says(log), identity


@pytest.mark.parametrize("ours", OURS[:2], ids=str)
async def test_coap_client_gnutls(ours: Kind, arrivals: Arrivals, require_peer: Require) -> None:
    require_peer("libcoap", missing("coap-client-gnutls"))
    log = r"(?i)selected cipher suite: (?:GNUTLS_)?(\S+)"
    suite, identity = await _answered(ours, "coap-client-gnutls", arrivals(), log)
    assert (suite, identity) == (GNUTLS[ours.suite], PSK.identity)


@with_ccm_8
async def test_coap_client_openssl(ours: Kind, arrivals: Arrivals, require_peer: Require) -> None:
    require_peer("libcoap", missing("coap-client-openssl"))
    log = r"Using cipher: (\S+)"
    suite, identity = await _answered(ours, "coap-client-openssl", arrivals(), log)
    assert (suite, identity) == (CIPHERS[ours.suite], PSK.identity)


@pytest.mark.parametrize("ours", OURS[2:], ids=str)
async def test_a_suite_that_nobody_asked_for_is_refused(
    ours: Kind, arrivals: Arrivals, require_peer: Require
) -> None:
    # gnutls would rather have TLS_PSK_WITH_AES_128_CCM, and DTLSSocket would give it that.
    require_peer("libcoap", missing("coap-client-gnutls"))
    told = arrivals()
    with Net(ours) as net:
        listener = await net.listener(lambda data, source: None, failed=told.put)
        uri = f"coaps://{HOST}:{listener.address[1]}/x"
        command = ("coap-client-gnutls", "-v", "9", "-u", IDENTITY, "-k", KEY, uri)
        async with Program(*command) as client:
            await client.says("Handshake failed")
            [(_, _, failure)] = await told.count(1)
    assert failure is Failure.NO_COMMON_SUITE


@pytest.mark.parametrize("ours", OURS[2:], ids=str)
async def test_a_suite_that_nobody_wants_is_not_taken(
    ours: Kind, arrivals: Arrivals, require_peer: Require
) -> None:
    # DTLSSocket cannot be kept from offering it.
    require_peer("openssl", missing("openssl"))
    async with _openssl("s_server", "PSK-AES128-CCM", *LISTEN) as server:
        port = int(await server.says(r"ACCEPT 127\.0\.0\.1:(\d+)"))
        with Net(ours) as net, pytest.raises(HandshakeError) as raised:
            await net.link((HOST, port), arrivals())
    assert raised.value.failure is Failure.NO_COMMON_SUITE
