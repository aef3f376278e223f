"""Where links lead: the platform that AT+MIPLCFG names, or what the user names (decision 48)."""

import asyncio

import pytest

from emulator.addresses import Address
from emulator.cloud.doors import Doors
from emulator.cloud.manners import MANNERS
from emulator.cloud.platforms import Platforms
from emulator.cloud.service import Cloud
from emulator.instance import Platform
from emulator.outputs import OpenLink, Role
from emulator.routes import Routes
from lwm2m_core.accounts import Account
from lwm2m_core.errors import EngineError
from tests.room import HOST, IMEI, room
from transport.link import Listener, ListenerReceiver, Tap
from transport.memory import MemoryNetwork

virtual = pytest.mark.asyncio(loop_factories=["virtual"])


def link(host: str = "example.com", port: int = 5683, role: Role = "lwm2m") -> OpenLink:
    return OpenLink(1, Account(host, port), role, Platform.ONENET, 0)


@pytest.mark.parametrize(
    ("routes", "address"),
    [
        (Routes(), ("Example.com", 5683)),
        (Routes(local=True), None),
        (Routes(everything=("127.0.0.1", 5700), local=True), ("127.0.0.1", 5700)),
        (Routes({("example.com", 5683): ("127.0.0.1", 5701)}, ("::1", 1)), ("127.0.0.1", 5701)),
        (Routes({("example.com", 5684): ("127.0.0.1", 5701)}, local=True), None),
    ],
)
def test_decision_48_the_users_word_goes_before_the_local_platforms(
    routes: Routes, address: Address | None
) -> None:
    assert routes.address(link("Example.com")) == address
    assert routes.address(link("Example.com", role="download")) == address


def test_decision_48_a_package_is_looked_for_at_the_local_platform_too() -> None:
    """Its server, which has none; not its bootstrap server."""
    here = Doors(server=("127.0.0.1", 5701), bootstrap=("127.0.0.1", 5700))
    assert here.find(bootstrap=False, secure=False) == ("127.0.0.1", 5701)


# manual 5.1, 5.3, 5.5, 5.6: what is added, and what the platform asks after event 6
@pytest.mark.parametrize(
    ("number", "name", "objects", "follows"),
    [
        ("0", "onenet", '3200,1,"1",0,0', ["OBSERVE 3200,0,-1", "DISCOVER 3200", "READ 3,0,-1"]),
        ("1", "ctwing", '19,2,"11",0,0', ["OBSERVE 19,0,0"]),
        ("2", "dmp", '3300,1,"1",0,0', ["OBSERVE 3300,0,-1"]),
        ("3", "huawei", '19,2,"11",0,0', ["OBSERVE 19,0,0"]),
        ("10", "generic", '3200,1,"1",0,0', ["OBSERVE 3200,0,-1"]),
    ],
)
@virtual
async def test_miplcfg_chooses_the_platform_and_each_has_its_own_devices(
    number: str, name: str, objects: str, follows: list[str]
) -> None:
    async with room(MemoryNetwork()) as here:
        printed = await here.say(
            'AT+MIPLCREATEEX="221.229.214.202:5683",0',
            f'AT+MIPLCFG="platform",0,{number}',
            f"AT+MIPLADDOBJ=0,{objects}",
            "AT+MIPLOPEN=0,3000,30",
        )
        after = printed[printed.index("+MIPLEVENT: 0,6") + 1 :]
        assert [_without_mid(line) for line in after] == follows
        online = {cloud.manner.name: [d.name for d in cloud.devices] for cloud in here.platforms}
        assert online == {each: [IMEI] if each == name else [] for each in MANNERS}


def _without_mid(line: str) -> str:
    verb, _, rest = line.removeprefix("+MIPL").partition(": 0,")
    fields = rest.split(",")
    return f"{verb} {','.join(fields[2 if verb == 'OBSERVE' else 1 :])}"


@virtual
async def test_5_3_this_platform_has_no_bootstrap_so_the_login_ends_in_event_3() -> None:
    async with room(MemoryNetwork()) as here:
        printed = await here.say(
            'AT+MIPLCREATEEX="221.229.214.202:5683",1',
            'AT+MIPLCFG="platform",0,1',
            "AT+MIPLOPEN=0,3000,30",
        )
        assert printed[-1] == "+MIPLEVENT: 0,3"


@virtual
async def test_a_platform_listens_when_it_is_first_asked_for_and_once() -> None:
    async with room(MemoryNetwork()) as here:
        platforms = here.platforms
        with pytest.raises(EngineError, match="onenet does not listen yet"):
            _ = platforms["onenet"].server_address
        first, second = await asyncio.gather(platforms.opened(0), platforms.opened(0))
        assert first is second is platforms["onenet"]
        assert first.bootstrap_address != first.server_address
        with pytest.raises(EngineError):
            _ = platforms["ctwing"].server_address


@virtual
async def test_two_links_at_a_time_open_one_listener() -> None:
    network, opened = MemoryNetwork(), []

    async def listen(
        local: Address, receiver: ListenerReceiver, *, tap: Tap | None = None
    ) -> Listener:
        opened.append(local)
        await asyncio.sleep(1)
        return await network.listen(local, receiver, tap=tap)

    platforms = Platforms([Cloud("dmp", host=HOST, listen=listen)])
    first, second = await asyncio.gather(platforms.opened(2), platforms.opened(2))
    assert first is second and len(opened) == 1
    await first.close()


@virtual
async def test_a_port_that_is_taken_is_a_link_that_cannot_be_opened() -> None:
    network = MemoryNetwork()
    await network.listen((HOST, 5683), lambda data, source: None)
    platforms = Platforms([Cloud("ctwing", host=HOST, server_port=5683, listen=network.listen)])
    with pytest.raises(OSError, match="taken"):
        await platforms.opened(1)
    with pytest.raises(OSError, match="no local platform has the number 2"):
        await platforms.opened(2)


def test_two_platforms_of_one_name_are_a_mistake() -> None:
    with pytest.raises(EngineError, match="two platforms are called dmp"):
        Platforms([Cloud("dmp"), Cloud("dmp")])
