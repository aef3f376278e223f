"""The module over DTLS with far ends of others: OpenSSL's s_server with CoAP typed by hand, and
libcoap's resource directory. Which suite it is, they say themselves."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.cloud.admission import Declared
from emulator.cloud.service import Cloud
from emulator.journal import Record
from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from tests.transport.dtls import pairs
from tests.transport.dtls.programs import HOST, PATIENCE, Program, free_ports, missing
from transport.dtls.session import DtlsSettings, Suite
from transport.link import Address

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

Arrivals = Callable[[], Any]
Require = Callable[[str, str | None], None]

IMEI, KEY = "869975030000461", "1234abcd"
CIPHERS = {Suite.CBC_SHA256: "PSK-AES128-CBC-SHA256", Suite.CCM_8: "PSK-AES128-CCM8"}
CASES = {Suite.CBC_SHA256: "1.0-int-401-CBC", Suite.CCM_8: "1.0-int-401-CCM8"}


def each_suite(far: str) -> pytest.MarkDecorator:
    """MN319 has both (manual 4.6); it offers CBC first."""
    return pytest.mark.parametrize(
        "suite",
        [
            pytest.param(suite, marks=pytest.mark.conformance(case, "1.1-int-401", far=far))
            for suite, case in CASES.items()
        ],
    )


class Host:
    """A modem in this loop, whose links lead where their accounts say, but for `routes`."""

    def __init__(
        self, arrivals: Arrivals, routes: dict[int, Address], model: str, back_end: Any
    ) -> None:
        async def address_of(link: OpenLink) -> Address:
            return routes.get(link.account.port, (link.account.host, link.account.port))

        settings = ModemSettings(model, strict=True, timing="fast", dtls_backend=back_end)
        self.modem = Modem(SerialEnd("memory:"), address_of, settings)
        assert isinstance(self.modem.port, MemoryPort)
        self._host = self.modem.port.host
        self._printed, self._heard = arrivals(), arrivals()
        self.modem.firmware.journal.sinks.append(self._hear)
        self._host.on_data = self._printed.put
        self._host.open()

    def _hear(self, record: Record) -> None:
        if record.kind == "datagram_in":
            self._heard.put(record.data)

    async def says(self, *lines: str) -> None:
        """All of it, as lines, since the modem was switched on."""
        wanted = "".join(f"\r\n{line}\r\n" for line in lines).encode()
        await self._printed.until(lambda: len(self._printed.data) >= len(wanted), PATIENCE)
        assert bytes(self._printed.data) == wanted

    async def hears(self, count: int) -> None:
        """So many datagrams have come to the module."""
        await self._heard.count(count)

    def write(self, *lines: str) -> None:
        for line in lines:
            self._host.write(line.encode() + b"\r")


CREATED_AND_OPEN = ("+MIPLCREATEEX: 0", "OK", "OK")


@pytest.fixture
def module(arrivals: Arrivals) -> Callable[..., Host]:
    def make(routes: dict[int, Address], model: str = "MN319", back_end: str = "auto") -> Host:
        return Host(arrivals, routes, model, back_end)

    return make


def s_server(cipher: str, key: str = KEY, port: int = 0) -> Program:
    return Program(
        *("openssl", "s_server", "-dtls1_2", "-nocert", "-accept", f"{HOST}:{port}"),
        *("-psk_identity", IMEI, "-psk", key.encode().hex(), "-cipher", cipher + ":@SECLEVEL=0"),
    )


async def listening(server: Program) -> Address:
    return HOST, int(await server.says(r"ACCEPT 127\.0\.0\.1:(\d+)"))


async def asked(server: Program, request: str) -> str:
    """Wait for a request; its message id and token, as characters (RFC 7252 3)."""
    return await server.says(f"(?s)D{request}(.{{6}})")


@each_suite("openssl")
async def test_a_registration_at_s_server(
    suite: Suite, module: Callable[..., Host], require_peer: Require
) -> None:
    require_peer("openssl", missing("openssl"))
    async with s_server(CIPHERS[suite]) as server:
        host = module({5684: await listening(server)})
        async with host.modem:
            host.write(f'AT+MIPLCREATEEX="183.230.40.40:5684",0,,"{KEY}"', "AT+MIPLOPEN=0,300,20")
            # CON POST with a token of four bytes; 2.01 with Location-Path rd, 1
            server.type("\x64\x41" + await asked(server, "\x02") + "\x82rd\x011")
            await host.says(*CREATED_AND_OPEN, "+MIPLEVENT: 0,6")
        assert await server.says(r"CIPHER is (\S+)") == CIPHERS[suite]
        assert f"ep={IMEI};460001357924680" in server.said


@pytest.mark.conformance("LE-bad-psk-endpoint", far="openssl")
async def test_an_endpoint_name_that_does_not_belong_to_the_key_is_event_7(
    module: Callable[..., Host], require_peer: Require
) -> None:
    require_peer("openssl", missing("openssl"))
    async with s_server(CIPHERS[Suite.CBC_SHA256]) as server:
        host = module({5684: await listening(server)}, "MN316")
        async with host.modem:
            host.write(f'AT+MIPLCREATEEX="183.230.40.40:5684",0,,"{KEY}"', "AT+MIPLOPEN=0,300,20")
            server.type("\x64\x83" + await asked(server, "\x02"))  # 4.03 (LwM2M 1.0 8.2.3)
            await host.says(*CREATED_AND_OPEN, "+MIPLEVENT: 0,7")


@pytest.mark.parametrize(
    ("flag", "event"),
    [
        pytest.param(0, 7, marks=pytest.mark.conformance("LE-bad-psk-key", far="openssl")),
        pytest.param(1, 3, marks=pytest.mark.conformance("LE-bootstrap-bad-psk", far="openssl")),
    ],
)
async def test_a_wrong_key_is_event_7_or_3_within_the_time_of_open(
    flag: int, event: int, module: Callable[..., Host], require_peer: Require
) -> None:
    require_peer("openssl", missing("openssl"))
    async with s_server(CIPHERS[Suite.CBC_SHA256], key="abcd1234") as server:
        host = module({5684: await listening(server)}, "MN316")
        async with host.modem:
            host.write(
                f'AT+MIPLCREATEEX="183.230.40.40:5684",{flag},,"{KEY}"', "AT+MIPLOPEN=0,300,1"
            )
            await host.says(*CREATED_AND_OPEN, f"+MIPLEVENT: 0,{event}")
        assert "CIPHER is" not in server.said


@pytest.mark.conformance("1.1-int-1", far="openssl")
@pytest.mark.parametrize("suite", Suite)
async def test_a_bootstrap_and_the_registration_after_it(
    suite: Suite, module: Callable[..., Host], require_peer: Require
) -> None:
    """The bootstrap server hands out another key, of the server that it names (manual 5.2)."""
    require_peer("openssl", missing("openssl"))
    cipher, new_key = CIPHERS[suite], "cPYxj0cTs9qMVL72"
    async with s_server(cipher) as bootstrap, s_server(cipher, new_key) as server:
        first, second = await listening(bootstrap), await listening(server)
        host = module({5684: first, second[1]: second})
        async with host.modem:
            host.write(f'AT+MIPLCREATEEX="h:5684",1,,"{KEY}"', "AT+MIPLOPEN=0,300,20")
            bootstrap.type("\x64\x44" + await asked(bootstrap, "\x02"))
            await host.hears(1)  # what is typed too early goes into the same record
            uri = f"coaps://127.0.0.1:{second[1]}"
            bootstrap.type(security(uri, IMEI, new_key))
            await bootstrap.says("(?s)`D\x71\x01")  # ACK 2.04, no token
            bootstrap.type("\x40\x02\x71\x02\xb2bs")  # CON POST /bs
            await bootstrap.says("(?s)`D\x71\x02")
            server.type("\x64\x41" + await asked(server, "\x02") + "\x82rd\x011")
            events = "+MIPLEVENT: 0,2", "+MIPLEVENT: 0,6"
            await host.says(*CREATED_AND_OPEN, *events)
            host.write("AT+MIPLDEVINFO?")
            info = f'+MIPLDEVINFO: "127.0.0.1:{second[1]}",0,,"{new_key}"'
            await host.says(*CREATED_AND_OPEN, *events, info, "OK")
        for each in (bootstrap, server):
            assert await each.says(r"CIPHER is (\S+)") == cipher


def security(uri: str, identity: str, key: str) -> str:
    """CON PUT /0/0 in TLV (LwM2M 1.0 6.4.3, E.1): URI, no bootstrap server, pre-shared key,
    identity, key, short server id 1."""
    resources = (
        f"\xc8\x00{chr(len(uri))}{uri}\xc1\x01\x00\xc1\x02\x00"
        f"\xc8\x03{chr(len(identity))}{identity}\xc8\x05{chr(len(key))}{key}\xc1\x0a\x01"
    )
    return f"\x40\x03\x71\x01\xb10\x010\x12\x2d\x16\xff{resources}"


@pytest.mark.conformance("1.0-int-401-CBC", "1.1-int-401", far="libcoap")
@pytest.mark.parametrize("model", ["MN316", "MN319"])
async def test_a_registration_at_libcoaps_directory_by_gnutls(
    model: str, module: Callable[..., Host], require_peer: Require
) -> None:
    """It would rather have CBC than CCM_8."""
    require_peer("libcoap", missing("coap-rd-gnutls"))
    port = free_ports()
    command = ("coap-rd-gnutls", "-A", HOST, "-p", str(port), "-k", KEY, "-v", "9")
    async with Program(*command) as server:
        await server.says("created DTLS endpoint")
        host = module({5684: (HOST, port + 1)}, model)
        async with host.modem:
            host.write(f'AT+MIPLCREATEEX="h:5684",0,,"{KEY}"', "AT+MIPLOPEN=0,300,20")
            await host.says(*CREATED_AND_OPEN, "+MIPLEVENT: 0,6")
        chosen = await server.says(r"Selected cipher suite: GNUTLS_(\S+)")
        assert chosen == "PSK_AES_128_CBC_SHA256"


@pytest.mark.conformance("1.0-int-401-CCM8", far="libcoap")
async def test_a_registration_at_libcoaps_directory_by_openssl(
    module: Callable[..., Host], require_peer: Require
) -> None:
    """It has no CBC, so this is what MN319 comes to."""
    require_peer("libcoap", missing("coap-rd-openssl"))
    port = free_ports()
    command = ("coap-rd-openssl", "-A", HOST, "-p", str(port), "-k", KEY, "-v", "9")
    async with Program(*command) as server:
        await server.says("created DTLS endpoint")
        host = module({5684: (HOST, port + 1)})
        async with host.modem:
            host.write(f'AT+MIPLCREATEEX="h:5684",0,,"{KEY}"', "AT+MIPLOPEN=0,300,20")
            await host.says(*CREATED_AND_OPEN, "+MIPLEVENT: 0,6")
        assert await server.says(r"Using cipher: (\S+)") == CIPHERS[Suite.CCM_8]


@pytest.mark.parametrize("suite", Suite)
async def test_libcoaps_client_registers_with_the_local_platform(
    suite: Suite, require_peer: Require
) -> None:
    require_peer("libcoap", missing("coap-client-gnutls"))
    async with Cloud("generic", dtls=DtlsSettings((suite,))) as cloud:
        cloud.declare(Declared(IMEI, psk=KEY.encode()))
        assert cloud.doors.secure_server is not None
        uri = f"coaps://{HOST}:{cloud.doors.secure_server[1]}/rd?ep={IMEI}&lt=300"
        options = ("-v", "9", "-m", "post", "-t", "40", "-e", "</3/0>", "-u", IMEI, "-k", KEY)
        async with Program("coap-client-gnutls", *options, uri) as client:
            state = await cloud.registered(IMEI, timeout=PATIENCE)
            assert (state.name, state.lifetime) == (IMEI, 300)
            chosen = await client.says(r"(?i)selected cipher suite: (?:GNUTLS_)?(\S+)")
            assert chosen == suite.value.removeprefix("TLS_").replace("WITH_", "")


@pytest.mark.parametrize("suite", Suite)
async def test_s_client_registers_with_the_local_platform(
    suite: Suite, require_peer: Require
) -> None:
    """CON POST /rd, message id 0001: Content-Format 40, ep, lt, a list; 2.01 comes back."""
    require_peer("openssl", missing("openssl"))
    async with Cloud("generic") as cloud:
        cloud.declare(Declared(IMEI, psk=KEY.encode()))
        assert cloud.doors.secure_server is not None
        address = f"{HOST}:{cloud.doors.secure_server[1]}"
        async with Program(
            *("openssl", "s_client", "-dtls1_2", "-psk_identity", IMEI, "-connect", address),
            *("-psk", KEY.encode().hex(), "-cipher", CIPHERS[suite] + ":@SECLEVEL=0"),
        ) as client:
            assert await client.says(r"Cipher is (\S+)") == CIPHERS[suite]
            client.type(f"\x40\x02\x00\x01\xb2rd\x11\x28\x3d\x05ep={IMEI}\x06lt=300\xff</3/0>")
            state = await cloud.registered(IMEI, timeout=PATIENCE)
            assert (state.name, state.lifetime) == (IMEI, 300)
            await client.says("(?s)`A\x00\x01")


async def test_the_module_and_a_platform_on_dtlssocket(
    module: Callable[..., Host], require_peer: Require, caplog: pytest.LogCaptureFixture
) -> None:
    """MN319 by OpenSSL: it offers both suites, the other end has CCM_8 alone."""
    require_peer("tinydtls", pairs.missing())
    caplog.set_level("INFO")
    async with Cloud("huawei", dtls=DtlsSettings((Suite.CCM_8,), "dtlssocket")) as cloud:
        cloud.declare(Declared(IMEI, psk=KEY.encode()))
        address = cloud.doors.secure_server
        assert address is not None
        host = module({5684: address})
        async with host.modem:
            host.write(f'AT+MIPLCREATEEX="h:5684",0,,"{KEY}"', 'AT+MIPLCFG="platform",0,3')
            host.write("AT+MIPLOPEN=0,300,20")
            await host.says(*CREATED_AND_OPEN, "OK", "+MIPLEVENT: 0,6")
    assert "secured with TLS_PSK_WITH_AES_128_CCM_8, by openssl" in caplog.text


async def test_a_library_that_cannot_do_what_is_asked_is_told_and_event_7(
    module: Callable[..., Host], require_peer: Require, caplog: pytest.LogCaptureFixture
) -> None:
    """DTLSSocket has no CBC, and MN316 nothing else; no other library is taken instead."""
    require_peer("tinydtls", pairs.missing())
    host = module({5684: (HOST, 9)}, "MN316", "dtlssocket")
    async with host.modem:
        host.write(f'AT+MIPLCREATEEX="h:5684",0,,"{KEY}"', "AT+MIPLOPEN=0,300,20")
        await host.says(*CREATED_AND_OPEN, "+MIPLEVENT: 0,7")
    why = "DTLSSocket has only TLS_PSK_WITH_AES_128_CCM_8"
    assert f"no link to h:5684: {why}" in caplog.text
