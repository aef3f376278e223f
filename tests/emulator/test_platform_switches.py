"""What a module, and the firmware behind it, make of a platform that is told to behave oddly."""

import asyncio

import pytest

from emulator.cloud.admission import Declared
from emulator.cloud.switches import Switches, set_switch
from lwm2m_core.paths import Path
from tests.room import IMEI, Room, room
from transport.memory import MemoryNetwork

virtual = pytest.mark.asyncio(loop_factories=["virtual"])

BOOTSTRAP = 'AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1,"cmiot"'
DIRECT = 'AT+MIPLCREATEEX="183.230.40.40:5683",0,"cmiot"'
OBJECT = 'AT+MIPLADDOBJ=0,3200,1,"1",0,0'
OPEN = "AT+MIPLOPEN=0,3000,30"


def switched(*pairs: str) -> Switches:
    switches = Switches()
    for pair in pairs:
        switches = set_switch(switches, *pair.split("=", 1))
    return switches


async def log_in(here: Room, create: str = DIRECT) -> list[str]:
    """What follows `OK` of OPEN, without message ids."""
    printed = await here.say(create, OBJECT, OPEN)
    return [_without_mid(line) for line in printed[4:]]


def _without_mid(line: str) -> str:
    verb, _, rest = line.partition(": 0,")
    return line if verb == "+MIPLEVENT" else f"{verb} {rest.partition(',')[2]}"


@virtual
async def test_the_order_is_turned_discover_left_out_and_more_observed() -> None:
    wanted = switched("steps=read,observe,discover", "auto_discover=off", "extra_observes=/4/0")
    async with room(MemoryNetwork(), switches=wanted) as here:
        assert await log_in(here) == [
            "+MIPLEVENT: 0,6",
            "+MIPLREAD 3,0,-1",
            "+MIPLOBSERVE 1,3200,0,-1",
            "+MIPLOBSERVE 1,4,0,-1",
        ]


@virtual
async def test_manual_3_20_event_31_a_device_deleted_on_the_platform() -> None:
    async with room(MemoryNetwork()) as here:
        await log_in(here)
        here.platforms["onenet"].delete(IMEI)
        assert await here.say("AT+MIPLUPDATE=0,3000,0") == ["OK", "+MIPLEVENT: 0,31"]


@virtual
async def test_manual_3_20_event_31_a_session_that_the_platform_has_forgotten() -> None:
    async with room(MemoryNetwork()) as here:
        await log_in(here)
        here.platforms["onenet"].forget(IMEI)
        assert await here.say("AT+MIPLUPDATE=0,3000,0") == ["OK", "+MIPLEVENT: 0,31"]
        assert "+MIPLEVENT: 0,6" in await here.say(OPEN)


@virtual
@pytest.mark.parametrize("switch", ["refuse=4.03", "refuse=5.03", "strict_devices=on"])
async def test_manual_3_20_event_7_a_login_that_is_refused(switch: str) -> None:
    async with room(MemoryNetwork(), switches=switched(switch)) as here:
        assert await log_in(here) == ["+MIPLEVENT: 0,7"]


@virtual
@pytest.mark.parametrize("switch", ["refuse_bootstrap=4.03", "strict_devices=on"])
async def test_manual_3_20_event_3_a_bootstrap_that_is_refused(switch: str) -> None:
    async with room(MemoryNetwork(), switches=switched(switch)) as here:
        assert await log_in(here, BOOTSTRAP) == ["+MIPLEVENT: 0,3"]


@virtual
@pytest.mark.parametrize(("auth_code", "events"), [("cmiot", ["2", "6"]), ("other", ["3"])])
async def test_manual_4_6_note_3_the_auth_code_is_set_on_the_platform(
    auth_code: str, events: list[str]
) -> None:
    async with room(MemoryNetwork(), switches=switched("strict_devices=on")) as here:
        here.platforms["onenet"].declare(Declared(IMEI, "460001357924680", auth_code))
        printed = await log_in(here, BOOTSTRAP)
        assert [line for line in printed if "EVENT" in line] == [
            f"+MIPLEVENT: 0,{event}" for event in events
        ]


@virtual
async def test_decision_28_a_lost_register_is_repeated_after_2_and_6_s() -> None:
    async with room(MemoryNetwork(), switches=switched("drop=up:next:2")) as here:
        await here.say(DIRECT, OBJECT)
        assert await here.say(OPEN, seconds=5.9) == ["OK"]
        await asyncio.sleep(0.2)
        assert "+MIPLEVENT: 0,6" in here.printed


@virtual
async def test_a_silent_platform_is_event_7_when_the_time_of_open_is_over() -> None:
    async with room(MemoryNetwork(), switches=switched("silent=on")) as here:
        await here.say(DIRECT, OBJECT)
        assert await here.say(OPEN, seconds=29.9) == ["OK"]
        await asyncio.sleep(0.2)
        assert here.printed[-1] == "+MIPLEVENT: 0,7"


@virtual
async def test_a_request_that_arrives_twice_is_one_request_to_the_mcu() -> None:
    """The datagram is the same, so the module prints its line again, with the same mid (decision
    31, *duplicate_urc*), and one answer will do."""
    async with room(MemoryNetwork()) as here:
        await log_in(here)
        onenet = here.platforms["onenet"]
        onenet.switches = switched("duplicate=down:next:1")
        reading = asyncio.create_task(onenet.read(IMEI, "/3200/0/5750"))
        await asyncio.sleep(1)
        first, second = here.printed[-2:]
        assert first == second and first.startswith("+MIPLREAD: 0,")
        mid = first.split(",")[1]
        await here.say(f'AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,4,"abcd",0,0')
        assert await reading == "abcd"


@virtual
async def test_decision_36_a_write_in_blocks_of_64_bytes_is_one_line_for_the_mcu() -> None:
    text = "a" * 200
    async with room(MemoryNetwork(), switches=switched("block_size=64")) as here:
        await log_in(here)
        writing = asyncio.create_task(
            here.platforms["onenet"].write(IMEI, Path(3200, 0, 5750), text)
        )
        await asyncio.sleep(1)
        line = here.printed[-1]
        mid = line.split(",")[1]
        assert line == f"+MIPLWRITE: 0,{mid},3200,0,5750,6,400,{text.encode().hex()},0"
        await here.say(f"AT+MIPLWRITERSP=0,{mid},2")
        await writing
