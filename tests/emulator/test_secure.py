"""A module and its local platform over DTLS: whose key counts, and how what goes wrong is shown."""

import re
from dataclasses import dataclass

import pytest

from emulator.cloud.admission import Declared
from emulator.cloud.service import Cloud
from emulator.cloud.switches import Switches
from tests.room import HOST, IMEI, Room, room
from transport.dtls.session import DtlsSettings, Suite
from transport.impairment import BadNetwork
from transport.link import Address, Listener, ListenerOpener, ListenerReceiver, Tap
from transport.memory import MemoryNetwork

virtual = pytest.mark.asyncio(loop_factories=["virtual"])

DIRECT = 'AT+MIPLCREATEEX="183.230.40.40:5684",0,,"abcdefgh"'
BOOTSTRAP = 'AT+MIPLCREATEEX="nbiotbt.heclouds.com:5684",1,,"abcdefgh"'
OPEN = "AT+MIPLOPEN=0,3000,1"  # every failure must be told within this second
MONTH = 30 * 86400  # manual 5.2: "valid for one month"; thirty days are chosen


async def logged_in(here: Room, create: str, *more: str) -> bool:
    printed = await here.say(create, *more, OPEN)
    return "+MIPLEVENT: 0,6" in printed


@virtual
async def test_decision_51_a_key_that_nobody_has_declared_is_welcome_beside_the_platform() -> None:
    async with room(MemoryNetwork()) as here:
        assert await logged_in(here, DIRECT)
        (device,) = here.platforms["onenet"].devices
        assert (device.name, device.online) == (IMEI, True)


# decision 14: port 5684, coaps://, whatever the port
@pytest.mark.parametrize("host", ["h:5684", "coap://h:5684", "coaps://h", "COAPS://h:5683"])
@virtual
async def test_decision_14_what_leads_to_the_secure_listener(host: str) -> None:
    seen: list[int] = []
    async with room(MemoryNetwork(), tap=lambda way, data, *ends: seen.append(ends[1][1])) as here:
        assert await logged_in(here, f'AT+MIPLCREATEEX="{host}",0,,"abcdefgh"')
        secure = here.platforms["onenet"].doors.secure_server
        assert secure is not None and seen[0] == secure[1]


class Abrupt:
    """A listener that says nothing at its end, as of a process that is killed."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.address = listener.address

    def send(self, data: bytes, remote: Address) -> None:
        if data[0] != 21:  # an alert: a close_notify (RFC 5246 6.2.1)
            self._listener.send(data, remote)

    def close(self) -> None:
        self._listener.close()


def _abrupt(network: MemoryNetwork) -> ListenerOpener:
    async def listen(
        local: Address, receiver: ListenerReceiver, *, tap: Tap | None = None
    ) -> Listener:
        return Abrupt(await network.listen(local, receiver, tap=tap))

    return listen


async def codes(here: Room, *lines: str) -> list[str]:
    """Events and errors. A handshake that is not answered takes real time: not ten seconds."""
    printed = await here.say(*lines, seconds=1.2)
    return [line for line in printed if "EVENT" in line or "ERROR" in line]


@dataclass(frozen=True)
class Trouble:
    """What is wrong with the platform, and what the log says of it."""

    said: str
    model: str = "MN316"
    suites: tuple[Suite, ...] = tuple(Suite)
    declared: Declared | None = None
    strict: bool = False


TROUBLES = {
    # RFC 6347 4.1.2.7: a bad record is dropped in silence
    "wrong key, CBC": Trouble(
        "has another key", declared=Declared(IMEI, psk=b"other", bootstrap_psk=b"other")
    ),
    "wrong key, CCM_8": Trouble(
        "has another key",
        "MN319",
        (Suite.CCM_8,),
        Declared(IMEI, psk=b"other", bootstrap_psk=b"other"),
    ),
    "unknown identity": Trouble("the PSK identity is unknown", strict=True),
    "no common suite": Trouble("there is no common cipher suite", suites=(Suite.CCM_8,)),
}


@pytest.mark.parametrize(("create", "event"), [(DIRECT, 7), (BOOTSTRAP, 3)])
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
@virtual
async def test_decision_22_a_login_that_dtls_does_not_let_through(
    trouble: Trouble, create: str, event: int, caplog: pytest.LogCaptureFixture
) -> None:
    switches, dtls = Switches(strict_devices=trouble.strict), DtlsSettings(trouble.suites)
    async with room(MemoryNetwork(), trouble.model, switches=switches, dtls=dtls) as here:
        if trouble.declared is not None:
            here.platforms["onenet"].declare(trouble.declared)
        assert await codes(here, create, OPEN) == [f"+MIPLEVENT: 0,{event}"]
        assert not here.platforms["onenet"].devices
        assert trouble.said in caplog.text
        assert "abcdefgh" not in caplog.text


@pytest.mark.parametrize("flag", [0, 1])
@virtual
async def test_decision_14_port_5684_without_a_key_fails_at_open(
    flag: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with room(MemoryNetwork()) as here:
        printed = await codes(here, f'AT+MIPLCREATEEX="183.230.40.40:5684",{flag}', OPEN)
        assert printed == [f"+MIPLEVENT: 0,{3 if flag else 7}"]
        assert "no link to 183.230.40.40:5684: DTLS needs a PSK, and there is none" in caplog.text


@virtual
async def test_manual_4_6_yanfei_has_no_dtls(caplog: pytest.LogCaptureFixture) -> None:
    """Manual 4.6 note 7."""
    async with room(MemoryNetwork()) as here:
        assert await codes(here, DIRECT, 'AT+MIPLCFG="platform",0,2', OPEN) == ["+MIPLEVENT: 0,7"]
        assert "the local Yanfei DMP cannot be reached over DTLS" in caplog.text


@virtual
async def test_a_bootstrap_over_dtls_is_refused_where_there_is_none_manual_5_3() -> None:
    async with room(MemoryNetwork()) as here:
        assert await codes(here, BOOTSTRAP, 'AT+MIPLCFG="platform",0,1', OPEN) == [
            "+MIPLEVENT: 0,3"
        ]


@pytest.mark.parametrize(("create", "event"), [(DIRECT, 7), (BOOTSTRAP, 3)])
@virtual
async def test_a_server_that_says_nothing_is_given_up_when_the_time_of_open_is_over(
    create: str, event: int
) -> None:
    network, heard = MemoryNetwork(), list[bytes]()
    mute = "127.0.0.1", 5684
    await network.listen(mute, lambda data, source: heard.append(data))
    hosts = ("183.230.40.40", 5684), ("nbiotbt.heclouds.com", 5684)
    async with room(network, routes=dict.fromkeys(hosts, mute)) as here:
        assert await codes(here, create, OPEN) == [f"+MIPLEVENT: 0,{event}"]
    assert heard and all((data[0], data[13]) == (22, 1) for data in heard)  # ClientHello


@pytest.mark.conformance("LE-bad-psk-identity", far="datagrams")
@virtual
async def test_a_server_that_does_not_know_the_identity_says_so_event_7(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An alert record of DTLS 1.2 (RFC 6347 4.1): fatal, 115, unknown_psk_identity (RFC 4279 2)."""
    network = MemoryNetwork()
    alert = bytes.fromhex("15 fefd 0000 000000000000 0002 02 73")
    server = await network.listen(
        ("127.0.0.1", 5684), lambda data, source: server.send(alert, source)
    )
    routes = {("183.230.40.40", 5684): ("127.0.0.1", 5684)}
    async with room(network, routes=routes) as here:
        assert await codes(here, DIRECT, "AT+MIPLOPEN=0,300,600") == ["+MIPLEVENT: 0,7"]
    assert "the PSK identity is unknown" in caplog.text


@virtual
async def test_a_session_that_the_platform_has_closed_is_made_anew_by_the_next_send(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with room(MemoryNetwork()) as here:
        await here.say(DIRECT, "AT+MIPLDTLSNAT=0,0", 'AT+MIPLADDOBJ=0,3200,1,"1",0,0')
        assert await codes(here, "AT+MIPLOPEN=0,300000,1") == ["+MIPLEVENT: 0,6"]
        await here.say("AT", seconds=86401)  # the platform keeps a silent session for a day
        assert "link 1 is lost: DTLS: the far end closed the session" in caplog.text
        notify = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147'
        assert await codes(here, notify) == ["+MIPLEVENT: 0,26,147"]


@virtual
async def test_5_2_each_bootstrap_hands_out_another_key_which_is_valid_for_a_month() -> None:
    """Manual 4.6 note 6: what a bootstrap has as key is none of the LwM2M server's; decision 51."""
    async with room(MemoryNetwork()) as here:
        keys = [await bootstrapped(here), await bootstrapped(here)]
        old, new = (f'AT+MIPLCREATEEX="183.230.40.40:5684",0,,"{key}"' for key in keys)
        assert await logged_in(here, new)
        await here.say("AT+MIPLDELETE=0", seconds=MONTH - 200)
        assert await logged_in(here, new)
        await here.say("AT+MIPLDELETE=0", seconds=200)
        assert not await logged_in(here, new)
        keys.append(await bootstrapped(here, "AT+MIPLDELETE=0"))
        assert await codes(here, old, OPEN) == ["+MIPLEVENT: 0,7"]
        assert len(set(keys)) == 3


async def bootstrapped(here: Room, *before: str) -> str:
    """Log in with a bootstrap, and out; the key that was handed out."""
    printed = await here.say(*before, BOOTSTRAP, OPEN, "AT+MIPLDEVINFO?", "AT+MIPLDELETE=0")
    assert [line for line in printed if "EVENT" in line] == ["+MIPLEVENT: 0,2", "+MIPLEVENT: 0,6"]
    (info,) = [line for line in printed if "DEVINFO" in line]
    found = re.fullmatch(r'\+MIPLDEVINFO: "183\.230\.40\.40:5684",0,,"([0-9A-Za-z]{16})"', info)
    assert found, info
    return found[1]


@virtual
async def test_the_generic_platform_hands_out_its_own_secure_address() -> None:
    async with room(MemoryNetwork()) as here:
        printed = await here.say(
            BOOTSTRAP, 'AT+MIPLCFG="platform",0,10,"my device"', OPEN, "AT+MIPLDEVINFO?"
        )
        assert "+MIPLEVENT: 0,6" in printed
        secure = here.platforms["generic"].doors.secure_server
        assert secure is not None
        assert any(line.startswith(f'+MIPLDEVINFO: "{HOST}:{secure[1]}",0,,"') for line in printed)


# decision 14; manual 4.6: up to 16 letters and digits, or hexadecimal digits
@pytest.mark.parametrize(
    ("psk", "encode", "code"),
    [
        ("a", 0, None),
        ("0123456789abcdEF", 0, None),
        ("0123456789abcdEF0", 0, 601),
        ("abc-defg", 0, 601),
        ("abcd1234", 1, None),
        ("0123456789ABCDEF" * 2, 1, None),
        ("0123456789ABCDEF" * 2 + "00", 1, 601),
        ("abc", 1, 601),
        ("abcg", 1, 601),
        ("abcdefgh", 2, 601),
    ],
)
@virtual
async def test_decision_14_keys_that_are_taken(psk: str, encode: int, code: int | None) -> None:
    async with room(MemoryNetwork()) as here:
        create = f'AT+MIPLCREATEEX="h:5684",0,,"{psk}",,{encode}'
        if code is not None:
            assert await codes(here, create) == [f"+CIS ERROR: {code}"]
        else:
            assert await logged_in(here, create)


@pytest.mark.parametrize("nat", [60, 0])
@virtual
async def test_behind_a_nat_that_ages_only_a_renewed_session_arrives_manual_4_8(nat: int) -> None:
    network = MemoryNetwork()
    road = BadNetwork(network.open_link, seed=1, nat_seconds=120)
    async with room(network, open_link=road.open_link) as here:
        await here.say(DIRECT, f"AT+MIPLDTLSNAT=0,{nat}", 'AT+MIPLADDOBJ=0,3200,1,"1",0,0')
        assert await codes(here, "AT+MIPLOPEN=0,300000,1") == ["+MIPLEVENT: 0,6"]
        await here.say("AT", seconds=300)
        before = road.up.arrived
        notify = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147'
        printed = await codes(here, notify)
        (point,) = here.platforms["onenet"].points(IMEI, "/3200/0/5750") or (None,)
        if nat:
            assert sorted(printed) == ["+MIPLEVENT: 0,26,147", "+MIPLEVENT: 0,32"]
            assert point is not None and point.value == "abcd"
        else:
            assert printed == [] and point is None
            assert road.up.arrived > before  # it has left, from an address without a session


@virtual
async def test_a_platform_that_was_restarted_is_found_again_by_a_new_session() -> None:
    """The old session is unknown to the new platform, which says nothing. After a CON that nobody
    has answered the next send takes a new session, and the new platform has no registration."""
    network = MemoryNetwork()
    local = {("183.230.40.40", 5684): ("127.0.0.1", 5684)}

    def cloud(listen: ListenerOpener) -> Cloud:
        cloud = Cloud("onenet", host="127.0.0.1", listen=listen, secure_server_port=5684)
        cloud.welcome(IMEI.encode(), b"abcdefgh", bootstrap=False)
        return cloud

    async with room(network, routes=local) as here:
        async with cloud(_abrupt(network)):
            assert await codes(here, DIRECT, OPEN) == ["+MIPLEVENT: 0,6"]
        async with cloud(network.listen):
            await here.say("AT+MIPLUPDATE=0,0,0", seconds=100)
            printed = await codes(here, "AT+MIPLUPDATE=0,0,0")
            assert printed == ["+MIPLEVENT: 0,32", "+MIPLEVENT: 0,31"]
            assert await codes(here, OPEN) == ["+MIPLEVENT: 0,6"]
