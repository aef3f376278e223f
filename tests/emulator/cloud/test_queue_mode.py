"""LwM2M 1.0 8.3: a device with the binding UQ is asked only while it is awake."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emulator.cloud.events import Finished
from emulator.cloud.operations import Read
from emulator.cloud.switches import Switches, as_texts, set_switch
from lwm2m_core.paths import Path

Desk = Any  # conftest.py's
Register = Callable[..., bytes]

IMEI = "869975030000461"
RESOURCE = Read(Path(3200, 0, 5750))

# CON POST to the location 00000001, no query: an Update (5.3.2)
UPDATE = b"\x40\x02\x10\x00" + b"\xb2rd\x0800000001"


def ask(desk: Desk, timeout: float = 25.0) -> list[bytes]:
    desk.server.ask(IMEI, RESOURCE, desk.now, timeout=timeout)
    sent: list[bytes] = desk.sent()
    return sent


def reads(sent: list[bytes]) -> int:
    """GETs of /3200/0/5750 among datagrams: options B4, 01, 04 (RFC 7252 3.1)."""
    return sum(data[1] == 0x01 and data.endswith(b"\xb43200\x010\x045750") for data in sent)


def answer(sent: list[bytes]) -> bytes:
    """The piggybacked 2.05 text "abcd" to the last of them."""
    return b"\x64\x45" + sent[-1][2:8] + b"\xc0\xff" + b"abcd"


def test_within_93_s_it_is_asked_at_once(quiet: Desk, register: Register) -> None:
    quiet.receive(register(b"lt=3000", b"b=UQ"))
    quiet.wait_until(92.9)
    assert reads(ask(quiet)) == 1


def test_later_what_is_asked_waits_for_the_next_update(quiet: Desk, register: Register) -> None:
    quiet.receive(register(b"lt=3000", b"b=UQ"))
    quiet.wait_until(93)
    assert ask(quiet) == []
    quiet.wait_until(110)
    sent = quiet.receive(UPDATE)
    assert sent[0] == b"\x60\x44\x10\x00"  # the 2.04 before
    assert reads(sent) == 1
    quiet.receive(answer(sent))
    (finished,) = quiet.told(Finished)
    assert finished.result.payload == b"abcd"


def test_no_longer_than_its_timeout(quiet: Desk, register: Register) -> None:
    quiet.receive(register(b"lt=3000", b"b=UQ"))
    quiet.wait_until(93)
    assert ask(quiet, 25) == []
    assert quiet.wait_until(200) == []
    (finished,) = quiet.told(Finished)
    assert finished.result == "timeout"
    assert reads(quiet.receive(UPDATE)) == 0


def test_what_it_answers_and_reports_keeps_it_awake(desk: Desk, register: Register) -> None:
    (_, observe) = desk.receive(register(b"lt=3000", b"b=UQ"))
    desk.wait_until(20)
    (discover,) = desk.receive(b"\x64\x45" + observe[2:8] + b"\x61\x01\x62\x2d\x16")
    (read,) = desk.receive(b"\x64\x45" + discover[2:8] + b"\xc1\x28\xff</3200/0>")
    desk.receive(b"\x64\x84" + read[2:8])
    desk.wait_until(110)  # 110 s after the Register, 90 after the answer
    first = ask(desk)
    assert reads(first) == 1
    desk.receive(answer(first))
    desk.wait_until(300)
    assert ask(desk) == []
    # NON 2.05 with the token of the Observe, Observe 2
    assert reads(desk.receive(b"\x54\x45\x77\x77" + observe[4:8] + b"\x61\x02\x62\x2d\x16")) == 1


def test_the_next_one_waits_if_the_device_falls_asleep_meanwhile(
    quiet: Desk, register: Register
) -> None:
    quiet.receive(register(b"lt=3000", b"b=UQ"))
    quiet.wait_until(90)
    assert reads(ask(quiet, 10)) == 1
    assert ask(quiet, 60) == []  # one after the other
    quiet.wait_until(149)
    assert [finished.result for finished in quiet.told(Finished)] == ["timeout"]
    assert reads(quiet.receive(UPDATE)) == 1


@pytest.mark.parametrize("queries", [(), (b"b=U",)])
def test_without_queue_mode_nobody_sleeps(
    quiet: Desk, register: Register, queries: tuple[bytes, ...]
) -> None:
    quiet.receive(register(b"lt=3000", *queries))
    quiet.wait_until(1000)
    assert reads(ask(quiet)) == 1


def test_the_switches(quiet: Desk, register: Register) -> None:
    quiet.receive(register(b"lt=3000", b"b=UQ"))
    quiet.server.switches = replace(quiet.server.switches, queue_awake=10.0)
    quiet.wait_until(10)
    assert ask(quiet) == []
    quiet.server.switches = replace(quiet.server.switches, queue_mode=False)
    assert reads(ask(quiet)) == 1
    switches = set_switch(set_switch(Switches(), "queue_mode", "off"), "queue_awake", "7.5")
    assert (switches.queue_mode, switches.queue_awake) == (False, 7.5)
    assert as_texts(switches)["queue_awake"] == "7.5"
