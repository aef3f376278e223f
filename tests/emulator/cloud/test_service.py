"""The running platform, in virtual time over the in-memory network."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emulator.cloud.admission import Declared
from emulator.cloud.errors import (
    Offline,
    Refused,
    Rejected,
    TimedOut,
    UnknownDevice,
    Unreadable,
)
from emulator.cloud.events import Event, Expired, describe
from emulator.cloud.listening import LATE_LIMIT
from emulator.cloud.manners import ONENET
from emulator.cloud.picks import Pick
from emulator.cloud.service import Cloud
from emulator.cloud.switches import Switches
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import Path
from transport.memory import MemoryNetwork

Device = Any  # conftest.py's
Register = Callable[..., bytes]

IMEI = "869975030000461"
HOST = "10.9.9.9"

virtual = pytest.mark.asyncio(loop_factories=["virtual"])


@pytest.fixture
def network() -> MemoryNetwork:
    return MemoryNetwork()


@pytest.fixture
def log_in(network: MemoryNetwork, device: Device, register: Register) -> Callable[..., Any]:
    async def log_in(cloud: Cloud, *queries: bytes) -> None:
        device.link = await network.open_link(cloud.server_address, device)
        device.link.send(register(*queries))
        await cloud.ready(IMEI)

    return log_in


def now() -> float:
    return asyncio.get_running_loop().time()


@virtual
async def test_5_1_at_a_glance(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        await log_in(cloud, b"lt=3000")
        assert [asked for asked, _ in device.asked] == [
            b"GET observe /3200/0",
            b"GET discover /3200",
            b"GET /3/0",
        ]
        assert await cloud.read(IMEI, "/3200/0/5750") == "abcd"
        (point,) = await cloud.read_all(IMEI, "/3200")
        assert str(point) == "/3200/0/5750 = 'abcd'"
        await cloud.write(IMEI, "/3200/0/5750", "abcd")
        assert device.asked[-1] == (b"POST /3200/0", b"\xe4\x16\x76abcd")
        await cloud.write(IMEI, Path(3200, 0), {5750: "abcd"}, replace=True)
        assert device.asked[-1] == (b"PUT /3200/0", b"\xe4\x16\x76abcd")
        await cloud.execute(IMEI, "/3200/0/5750", "abcd")
        assert device.asked[-1] == (b"POST /3200/0/5750", b"abcd")
        links = await cloud.discover(IMEI, "/3200")
        assert [link.target for link in links] == ["/3200", "/3200/0", "/3200/0/5750"]
        assert now() == 0.0


@virtual
async def test_a_platform_is_named_and_the_generic_one_hands_out_its_own_address(
    network: MemoryNetwork, device: Device
) -> None:
    device.answers |= dict.fromkeys((b"PUT /0/0", b"PUT /1/0", b"POST /bs"), b"\x44")
    async with Cloud("generic", host=HOST, listen=network.listen, server_port=5700) as cloud:
        assert cloud.bootstrap_address is not None
        device.link = await network.open_link(cloud.bootstrap_address, device)
        # CON POST /bs?ep=my-device
        device.link.send(b"\x40\x02\x00\x01" + b"\xb2bs" + b"\x4cep=my-device")
        await asyncio.sleep(1)
        (security, server, finish) = device.asked
    # LwM2M 1.0 6.4.3: resource 0 of 20 bytes; E.2: short server id 1
    assert security[0] == b"PUT /0/0"
    assert security[1].startswith(b"\xc8\x00\x14coap://10.9.9.9:5700")
    assert (server[0], server[1][:3]) == (b"PUT /1/0", b"\xc1\x00\x01")
    assert finish == (b"POST /bs", b"")


@virtual
async def test_an_object_with_several_instances_is_read_within_one_timeout(
    network: MemoryNetwork, device: Device, register: Register
) -> None:
    device.answers[b"GET /3200/1"] = b"\x45\xc2\x2d\x16\xff\xe1\x16\x76a"
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        device.link = await network.open_link(cloud.server_address, device)
        device.link.send(register(objects=b"</3200/0>,</3200/1>"))
        await cloud.ready(IMEI)
        points = await cloud.read_all(IMEI, "/3200")
        assert list(map(str, points)) == ["/3200/0/5750 = 'abcd'", "/3200/1/5750 = 'a'"]
        device.answers[b"GET /3200/1"] = b""
        with pytest.raises(TimedOut):
            await cloud.read_all(IMEI, "/3200", timeout=10)
        assert now() == 10.0


@virtual
async def test_notifications_are_taken_one_by_one(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        await log_in(cloud)
        token = device.heard[1][4:8]  # of the Observe, right after the 2.01
        for mid, text in ((7, b"abcd"), (8, b"efgh")):
            head = b"\x54\x45" + mid.to_bytes(2, "big") + token + b"\x61\x02\x62\x2d\x16"
            device.link.send(head + b"\xff\xe4\x16\x76" + text)
        assert (await cloud.notified(IMEI, "/3200/0/5750")).value == "abcd"
        assert (await cloud.notified(IMEI, "/3200/0/5750")).value == "efgh"
        assert (await cloud.notified(IMEI)).value == "abcd"  # another question, from the beginning
        assert [point.value for point in cloud.points(IMEI, "/3200/0")] == ["abcd", "efgh"]
        assert cloud.points(IMEI, "/3200/1") == ()
        with pytest.raises(TimedOut, match="869975030000461 notified /3200/0/5750"):
            await cloud.notified(IMEI, "/3200/0/5750", timeout=5)
        assert now() == 5.0


@virtual
async def test_decision_49_an_observe_with_conditions_writes_them_first(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        await log_in(cloud)
        await cloud.observe(IMEI, "/3200/0/5750", pmin=5, pmax=30)
        assert [asked for asked, _ in device.asked[-2:]] == [
            b"PUT /3200/0/5750",
            b"GET observe /3200/0/5750",
        ]
        assert b"\x46pmin=5\x07pmax=30" in device.heard[-2]
        await cloud.cancel_observe(IMEI, "/3200/0/5750")


@virtual
async def test_an_mcu_that_does_not_answer_times_out_after_25_s(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        await log_in(cloud)
        device.answers[b"GET /3200/0/5750"] = b""
        with pytest.raises(TimedOut, match="read /3200/0/5750"):
            await cloud.read(IMEI, "/3200/0/5750")
        assert now() == 25.0
        with pytest.raises(TimedOut):
            await cloud.read(IMEI, "/3200/0/5750", timeout=5)
        assert now() == 30.0
        # sent at 0, 6 and 18, then at 25 with another id
        assert [asked for asked, _ in device.asked].count(b"GET /3200/0/5750") == 4


@virtual
async def test_what_a_device_answers_wrongly_is_said(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        await log_in(cloud)
        with pytest.raises(Refused, match=f"{IMEI} read /3200/9: 4.04") as caught:
            await cloud.read_all(IMEI, "/3200/9")
        assert caught.value.code == 132
        device.answers[b"GET /3200/0"] = b"\x45\xc2\x2d\x16\xff\xe4\x16\x76ab"
        with pytest.raises(Unreadable):
            await cloud.read_all(IMEI, "/3200/0")
        device.answers[b"GET /3200/0"] = b"\x45\xc2\x2d\x16"
        with pytest.raises(Unreadable, match="0 values"):
            await cloud.read(IMEI, "/3200/0")
        device.answers[b"GET discover /3200"] = b"\x45\xc1\x28\xff<"
        with pytest.raises(Unreadable):
            await cloud.discover(IMEI, "/3200")
        device.answers[b"GET /3200/0"] = b""
        reading = asyncio.ensure_future(cloud.read_all(IMEI, "/3200"))
        await asyncio.sleep(1)
        device.link.send(b"\x70\x00" + device.heard[-1][2:4])
        with pytest.raises(Rejected):
            await reading


@virtual
async def test_what_the_caller_asks_wrongly_is_said(
    network: MemoryNetwork, log_in: Callable[..., Any]
) -> None:
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        with pytest.raises(UnknownDevice):
            await cloud.read(IMEI, "/3200/0/5750")
        await log_in(cloud)
        with pytest.raises(ValueError, match="not an LwM2M path"):
            await cloud.read(IMEI, "3200/0")
        with pytest.raises(EngineError):
            await cloud.write(IMEI, "/3200", "abcd")
        cloud.forget(IMEI)
        with pytest.raises(Offline):
            await cloud.read(IMEI, "/3200/0/5750")
        with pytest.raises(TimedOut):
            await cloud.registered(IMEI, timeout=1)


@virtual
async def test_a_day_of_lifetime(network: MemoryNetwork, log_in: Callable[..., Any]) -> None:
    events: list[tuple[float, Event]] = []

    def on_event(event: Event) -> None:
        events.append((now(), event))

    async with Cloud(host=HOST, listen=network.listen, on_event=on_event) as cloud:
        await log_in(cloud, b"lt=86400")
        assert [each.online for each in cloud.devices] == [True]
        await asyncio.sleep(86399)
        assert cloud.device(IMEI).online
        await asyncio.sleep(2)
        assert not cloud.device(IMEI).online
    assert events[-1] == (86400.0, Expired(IMEI))


@virtual
async def test_updates_keep_a_device_registered(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        await log_in(cloud, b"lt=300")
        for mid in range(100, 400):
            await asyncio.sleep(270)
            device.link.send(b"\x40\x02" + mid.to_bytes(2, "big") + device.location)
        await asyncio.sleep(299)
        assert cloud.device(IMEI).online
        assert now() == 300 * 270 + 299


@virtual
async def test_a_cloud_started_anew_knows_nobody(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen, server_port=5683, seed=1) as cloud:
        await log_in(cloud)
        location = device.location
    async with Cloud(host=HOST, listen=network.listen, server_port=5683, seed=2) as cloud:
        assert cloud.server_address == (HOST, 5683)
        device.link.send(b"\x40\x02\x12\x34" + location)
        await asyncio.sleep(1)
        assert device.heard[-1] == b"\x60\x84\x12\x34"  # 4.04: event 31 of the module
        assert cloud.devices == ()


@virtual
async def test_the_same_seed_gives_the_same_datagrams(
    network: MemoryNetwork, register: Register, arrivals: Callable[[], Any]
) -> None:
    runs = []
    for _ in range(2):
        async with Cloud(host=HOST, listen=network.listen, seed=7) as cloud:
            heard = arrivals()
            link = await network.open_link(cloud.server_address, heard)
            link.send(register())
            runs.append(list(await heard.count(2)))
            link.close()
    assert runs[0] == runs[1]


@virtual
async def test_switches_can_be_thrown_at_any_time(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen, switches=Switches(refuse=131)) as cloud:
        with pytest.raises(TimedOut):
            await log_in(cloud)
        assert device.heard == [b"\x61\x83\x00\x01\xaa"]
        cloud.switches = Switches(silent=True)
        assert cloud.bootstrap_address is not None
        for address in (cloud.server_address, cloud.bootstrap_address):
            link = await network.open_link(address, device)
            link.send(b"\x40\x00\x00\x01")
            await asyncio.sleep(1)
            link.close()
        assert len(device.heard) == 1


@virtual
async def test_the_way_to_the_devices_can_be_made_bad_while_it_runs(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    """Reads are repeated 6 and 18 s after the first time (MB 2.8)."""
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        await log_in(cloud, b"lt=3000")
        cloud.switches = Switches(drop=Pick("next", 2, "down"))
        assert await cloud.read(IMEI, "/3200/0/5750") == "abcd"
        assert now() == 18.0
        assert cloud.switches == Switches()
        cloud.switches = Switches(duplicate=Pick("every", 1, "down"))
        before = len(device.heard)
        await cloud.read(IMEI, "/3200/0/5750")
        assert device.heard[before] == device.heard[before + 1]
        cloud.switches = Switches(delay=2.5)
        await cloud.read(IMEI, "/3200/0/5750")
        assert now() == 18.0 + 2.5 + 2.5
        cloud.switches = Switches(silent=True)
        with pytest.raises(TimedOut):
            await cloud.read(IMEI, "/3200/0/5750", timeout=10)


@virtual
async def test_what_is_late_does_not_arrive_when_the_platform_has_closed(
    network: MemoryNetwork, device: Device, register: Register
) -> None:
    events: list[Event] = []
    late = Switches(delay=5.0)
    async with Cloud(
        host=HOST, listen=network.listen, switches=late, on_event=events.append
    ) as cloud:
        device.link = await network.open_link(cloud.server_address, device)
        device.link.send(register())
        await asyncio.sleep(6)
        device.link.send(register(mid=2))
        await asyncio.sleep(1)
        assert (len(events), device.heard) == (1, [])
    await asyncio.sleep(60)
    assert (len(events), device.heard) == (1, [])


@virtual
async def test_late_datagrams_are_bounded(network: MemoryNetwork, device: Device) -> None:
    late = Switches(delay=5.0, delayed=Pick("every", 1, "up"))
    async with Cloud(host=HOST, listen=network.listen, switches=late) as cloud:
        device.link = await network.open_link(cloud.server_address, device)
        for mid in range(LATE_LIMIT + 5):
            device.link.send(b"\x40\x00" + mid.to_bytes(2, "big"))
        await asyncio.sleep(6)
        assert len(device.heard) == LATE_LIMIT
        device.link.send(b"\x40\x00\xff\xff")
        await asyncio.sleep(6)
        assert device.heard[-1] == b"\x70\x00\xff\xff"


@virtual
async def test_faults_by_chance_are_the_same_for_a_seed_and_change_nothing_else(
    network: MemoryNetwork, register: Register, arrivals: Callable[[], Any]
) -> None:
    """Half of the datagrams lost: which of 64 pings are answered."""
    runs = []
    for seed, switches in ((7, Switches(drop=Pick("percent", 50))),) * 2 + ((7, Switches()),):
        async with Cloud(host=HOST, listen=network.listen, seed=seed, switches=switches) as cloud:
            heard = arrivals()
            link = await network.open_link(cloud.server_address, heard)
            for mid in range(64):
                link.send(b"\x40\x00\x00" + bytes((mid,)))
            await asyncio.sleep(1)
            pings = len(heard.items)
            link.send(register())
            await asyncio.sleep(60)
            runs.append((pings, heard.items[pings:]))
            link.close()
    assert runs[0] == runs[1]
    assert 0 < runs[0][0] < 64 == runs[2][0]
    assert runs[0][1] and set(runs[0][1]) <= set(runs[2][1])


@virtual
async def test_a_device_is_declared_and_deleted(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    strict = Switches(strict_devices=True)
    async with Cloud("ctwing", host=HOST, listen=network.listen, switches=strict) as cloud:
        with pytest.raises(TimedOut):
            await log_in(cloud)
        assert [data[1] for data in device.heard] == [0x83]
        cloud.declare(Declared(IMEI))
        assert cloud.declared == (Declared(IMEI),)
        register = b"\xb2rd" + b"\x11\x28" + b"\x3d\x05ep=869975030000461" + b"\xff</19/0>"
        device.link.send(b"\x41\x02\x00\x02\xab" + register)
        await cloud.registered(IMEI)
        cloud.delete(IMEI)
        assert not cloud.declared and not cloud.devices


@virtual
async def test_bootstrap_listens_at_an_address_of_its_own(
    network: MemoryNetwork, device: Device
) -> None:
    lines: list[str] = []

    def on_event(event: Event) -> None:
        lines.append(describe(event))

    device.answers = {b"PUT /0/0": b"\x44", b"POST ": b"\x44"}
    async with Cloud(host=HOST, listen=network.listen, on_event=on_event) as cloud:
        assert cloud.bootstrap_address is not None
        device.link = await network.open_link(cloud.bootstrap_address, device)
        device.link.send(b"\x41\x02\x00\x01\xaa" + b"\xb2bs" + b"\x47ep=abcd")
        await asyncio.sleep(1)
        device.answers[b"POST /bs"] = b"\x44"
        device.link.send(b"\x41\x02\x00\x02\xaa" + b"\xb2bs" + b"\x47ep=abcd")
        await asyncio.sleep(1)
    assert lines == [
        "abcd not bootstrapped: POST /bs: 4.04",
        "abcd bootstrapped: coap://183.230.40.40:5683",
    ]


@virtual
async def test_a_platform_without_bootstrap(network: MemoryNetwork) -> None:
    manner = replace(ONENET, bootstrap=None)
    async with Cloud(manner, host=HOST, listen=network.listen) as cloud:
        assert cloud.bootstrap_address is None


@virtual
async def test_closing_ends_everything_that_waits(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        await log_in(cloud)
        device.answers[b"GET /3200/0/5750"] = b""
        reading = asyncio.ensure_future(cloud.read(IMEI, "/3200/0/5750"))
        waiting = asyncio.ensure_future(cloud.notified(IMEI))
        await asyncio.sleep(1)
    for task in (reading, waiting):
        with pytest.raises(Offline, match="closed"):
            await task
    await cloud.close()


@virtual
async def test_a_port_that_is_taken_is_said_at_once(network: MemoryNetwork) -> None:
    async with Cloud(host=HOST, listen=network.listen, server_port=5683):
        with pytest.raises(OSError, match="10.9.9.9:5683"):
            async with Cloud(host=HOST, listen=network.listen, server_port=5683):
                pass


@virtual
async def test_an_operation_may_be_given_up(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen) as cloud:
        await log_in(cloud)
        device.answers[b"GET /3200/0/5750"] = b""
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await cloud.read(IMEI, "/3200/0/5750")
        await asyncio.sleep(30)  # its end in the engine finds nobody waiting
        assert await cloud.read_all(IMEI, "/3200")


@virtual
async def test_the_tap_sees_both_directions(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    seen: list[tuple[str, bytes]] = []

    def tap(direction: str, data: bytes, source: object, target: object) -> None:
        seen.append((direction, data))

    async with Cloud(host=HOST, listen=network.listen, tap=tap) as cloud:
        await log_in(cloud)
    assert [direction for direction, _ in seen[:3]] == ["up", "down", "down"]
    assert [data for direction, data in seen if direction == "down"] == device.heard


@virtual
async def test_the_usual_timeout_can_be_another(
    network: MemoryNetwork, log_in: Callable[..., Any], device: Device
) -> None:
    async with Cloud(host=HOST, listen=network.listen, timeout=7) as cloud:
        await log_in(cloud)
        device.answers[b"GET /3200/0/5750"] = b""
        with pytest.raises(TimedOut):
            await cloud.read(IMEI, "/3200/0/5750")
        assert now() == 7.0


@virtual
async def test_times_are_told_by_the_wall_clock(network: MemoryNetwork) -> None:
    async with Cloud(host=HOST, listen=network.listen, zero=1e9) as cloud:
        await asyncio.sleep(5)
        assert (cloud.wall(2.5), cloud.wall_now()) == (1e9 + 2.5, 1e9 + 5)


@virtual
async def test_a_login_that_fails_is_a_warning_with_its_reason(
    network: MemoryNetwork, device: Device, register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    """Event 7 tells the host no reason (manual 3.20 event 7)."""
    switches = Switches(strict_devices=True)
    async with Cloud(host=HOST, listen=network.listen, switches=switches) as cloud:
        device.link = await network.open_link(cloud.server_address, device)
        device.link.send(register())
        await asyncio.sleep(1)
    ((logger, level, said),) = caplog.record_tuples
    assert (logger, level) == ("mipl.cloud", 30)
    assert said.startswith("onenet: 10.0.0.1:")
    assert said.endswith(" refused: 4.03 869975030000461 is not declared")
