"""LwM2M clients of other makers at the local platforms, over real UDP on loopback."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import pytest

from emulator.cloud.manners import GENERIC, Manner
from emulator.cloud.service import Cloud
from emulator.virtual_time import VirtualLoop
from lwm2m_core.values import Value
from tests.bench import LoopThread
from tests.interop.devices.driver import Answer, Device, Told
from tests.interop.devices.libcoap_client import ask
from tests.interop.devices.node_device import NodeDevice
from tests.interop.peers import libcoap_program
from tests.interop.peers.driver import PATIENCE

IMEI = "869975030000461"
RATE = 8.0
"""How fast the platform's clock runs: the clients of node do not hear the first Observe, for they
begin to listen after the answer to their Register, and the repeat comes six seconds later."""
LONG = RATE * PATIENCE  # what a platform waits for an answer here

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Course:
    """What a platform does with a device: what it observes there, by itself or when told to, what
    it writes, how, and the type that values have for it."""

    manner: str
    reports: str
    writes: str
    told_to_observe: bool
    value: Callable[[str], Value]
    form: Literal["instance in TLV", "resource in TLV", "plain"] = "plain"


COURSES = {
    course.manner: course
    for course in (
        Course("onenet", "/3200/0/5750", "/3200/0/5750", True, str, "instance in TLV"),
        Course("dmp", "/3200/0/5750", "/3200/0/5750", True, str, "resource in TLV"),
        Course("generic", "/3200/0/5750", "/3200/0/5750", True, str),
        Course("ctwing", "/19/0/0", "/19/1/0", False, str.encode),
        Course("huawei", "/19/0/0", "/19/1/0", False, str.encode),
    )
}


@pytest.fixture
def in_loop() -> Iterator[Callable[[Coroutine[Any, Any, T]], T]]:
    """Runs a coroutine in a loop whose clock is a quick one."""
    thread = LoopThread("platform", lambda: VirtualLoop(scale=RATE))
    yield lambda work: thread.submit(work).result(3 * PATIENCE)
    thread.close()


@pytest.mark.parametrize("manner", COURSES)
def test_a_life(device: Device, manner: str, in_loop: Callable[..., None]) -> None:
    """LwM2M 1.0 5.3 to 5.5, as far as the device goes."""
    in_loop(live(device, COURSES[manner]))


async def live(device: Device, course: Course) -> None:
    async with Cloud(course.manner) as cloud:
        answer = await done(device.register(cloud.server_address, IMEI, 3000))
        location = answered(device, answer, "2.01")
        assert re.fullmatch("/rd/[0-9a-f]{8}", location)
        state = await cloud.ready(IMEI, timeout=LONG)
        assert state.lifetime == 3000
        assert sorted(map(str, state.objects)) == sorted(device.traits.registers)

        await be_asked(device, cloud, course)
        await report(device, cloud, course, "ijkl")

        answer = await done(device.update(4000))
        assert answered(device, answer, "2.04") == location
        assert cloud.device(IMEI).lifetime == 4000
        assert await cloud.read(IMEI, course.reports, timeout=LONG) == course.value("ijkl")
        await report(device, cloud, course, "mnop")

        answered(device, await done(device.deregister()), "2.02")
        assert not cloud.device(IMEI).online


def answered(device: Device, answer: Answer, code: str) -> str:
    """The location, if the device was answered so."""
    assert answer.code == (code if device.traits.tells_codes else "2.xx")
    return answer.location


async def be_asked(device: Device, cloud: Cloud, course: Course) -> None:
    assert await cloud.read(IMEI, course.reports, timeout=LONG) == course.value("test")
    if device.traits.speaks_tlv:
        values = await cloud.read_all(IMEI, "/3200/0", timeout=LONG)
        assert ("/3200/0/5750", "test") in [(each.name, each.value) for each in values]
    links = await cloud.discover(IMEI, "/3200/0", timeout=LONG)
    assert "/3200/0/5750" in [link.target for link in links]
    await write(device, cloud, course)
    argument = "ping" if device.traits.takes_arguments else ""
    await cloud.execute(IMEI, "/3200/0/5500", argument, timeout=LONG)
    told = device.records.executed.get(timeout=PATIENCE)
    assert told == Told("/3200/0/5500", argument.encode())


async def write(device: Device, cloud: Cloud, course: Course) -> None:
    """To an instance by POST, as OneNET does; to one that does not know that by PUT."""
    if course.form != "plain" and not device.traits.speaks_tlv:
        return
    replace = course.form == "instance in TLV" and not device.traits.takes_posts
    await cloud.write(IMEI, course.writes, "abcd", replace=replace, timeout=LONG)
    assert device.records.written.get(timeout=PATIENCE) == Told(course.writes, b"abcd")


async def report(device: Device, cloud: Cloud, course: Course, value: str) -> None:
    if course.told_to_observe:
        await cloud.observe(IMEI, course.reports, timeout=LONG)
    await done(device.report(course.reports, value))
    while (await cloud.notified(IMEI, course.reports, timeout=LONG)).value != course.value(value):
        pass


async def done(work: Future[T]) -> T:
    return await asyncio.wrap_future(work)


@pytest.mark.parametrize("device", ["coap-node"], indirect=True)
def test_a_bootstrap(device: NodeDevice, in_loop: Callable[..., None]) -> None:
    """LwM2M 1.0 5.2.5: the device takes objects 0 and 1, and registers where they lead it."""
    in_loop(be_bootstrapped(device))


async def be_bootstrapped(device: NodeDevice) -> None:
    async with Cloud("generic") as cloud:
        assert cloud.bootstrap_address is not None
        assert (await done(device.bootstrap(cloud.bootstrap_address, IMEI, 300))).code == "2.04"
        state = await cloud.ready(IMEI, timeout=LONG)
        assert {"/0/0", "/1/0"} < set(map(str, state.objects))
        assert await cloud.read(IMEI, "/1/0/1", timeout=LONG) == 86400
        assert await cloud.read(IMEI, "/3200/0/5750", timeout=LONG) == "test"
        answered(device, await done(device.deregister()), "2.02")


# By hand, with libcoap's coap-client


@pytest.fixture
def server(
    require_peer: Callable[[str, str | None], None], in_loop: Callable[..., Any]
) -> Iterator[str]:
    """Where a platform that asks for nothing by itself is, as a URI."""
    require_peer("libcoap", libcoap_program.missing())
    cloud = in_loop(entered(replace(GENERIC, steps=())))
    yield "coap://{}:{}".format(*cloud.server_address)
    in_loop(cloud.close())


async def entered(manner: Manner) -> Cloud:
    return await Cloud(manner).__aenter__()


def test_register_update_and_deregister_by_hand(server: str) -> None:
    """LwM2M 1.0 5.3, each message from a port of its own; the second DELETE finds nothing."""
    [created] = ask("post", f"{server}/rd?ep={IMEI}&lt=300&lwm2m=1.0&b=U", links=b"</3200/0>")
    assert (created.type, created.code) == ("ACK", "2.01")
    rd, number = created.all("Location-Path")
    assert rd == "rd" and re.fullmatch("[0-9a-f]{8}", number)
    location = f"{server}/rd/{number}"
    assert [each.code for each in ask("post", f"{location}?lt=60")] == ["2.04"]
    assert [each.code for each in ask("put", location)] == ["2.04"]
    assert [each.code for each in ask("get", location)] == ["4.05"]
    assert [each.code for each in ask("delete", location)] == ["2.02"]
    assert [each.code for each in ask("delete", location)] == ["4.04"]
    assert [each.code for each in ask("post", location)] == ["4.04"]


def test_a_register_in_blocks_by_hand(server: str) -> None:
    """56 bytes in blocks of 16 (RFC 7959 2.5): 2.31 three times, and 2.01 for the fourth."""
    links = b'</>;rt="oma.lwm2m",</3/0>,</3200/0>,</3303/0>,</3303/15>'
    assert len(links) == 56
    answers = ask("post", f"{server}/rd?ep=block-wise&lt=300", "-b", "16", links=links)
    assert [each.code for each in answers] == ["2.31", "2.31", "2.31", "2.01"]


def test_a_register_that_needs_no_acknowledgement_by_hand(server: str) -> None:
    """A NON is answered by a NON (RFC 7252 5.2.3)."""
    [created] = ask("post", f"{server}/rd?ep=non&lt=300", "-N", links=b"</3200/0>")
    assert (created.type, created.code) == ("NON", "2.01")


@pytest.mark.parametrize(
    ("path", "links", "code"),
    [
        ("/rd?ep=", b"</3200/0>", "4.00"),
        ("/rd?lt=300", b"</3200/0>", "4.00"),
        ("/rd?ep=a&lt=0", b"</3200/0>", "4.00"),
        ("/rd?ep=a&lt=soon", b"</3200/0>", "4.00"),
        ("/rd?ep=a&lwm2m=2.0", b"</3200/0>", "4.12"),
        ("/rd?ep=a", b"3200/0", "4.00"),
        ("/rd?ep=a", b"", "4.00"),
        ("/rd/00000000?lt=300", b"", "4.04"),
        ("/", b"", "4.04"),
    ],
)
def test_what_is_refused_by_hand(server: str, path: str, links: bytes, code: str) -> None:
    """LwM2M 1.0 5.3.1 and 8.3, table of response codes."""
    assert [each.code for each in ask("post", server + path, links=links)] == [code]
