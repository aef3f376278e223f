"""The contract of ports, the same for every kind."""

from typing import Any

import pytest

from pty_bridge.port import BACKLOG_LIMIT, Dropped, LineSettings

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

EVERY_BYTE = bytes(range(256))


async def test_bytes_go_both_ways(line: Any) -> None:
    line.answer(b"AT\r", b"\r\nOK\r\n")
    host = line.open_host()
    host.listen()
    host.write(b"AT\r")
    await host.received.bytes(b"\r\nOK\r\n")
    assert line.module.items == ["opened", b"AT\r"]


async def test_every_byte_passes_untouched_both_ways(line: Any) -> None:
    host = line.open_host()
    host.listen()
    host.write(EVERY_BYTE)
    await line.module.bytes(EVERY_BYTE)
    line.port.write(EVERY_BYTE)
    await host.received.bytes(EVERY_BYTE)
    assert line.module.data == host.received.data == EVERY_BYTE


async def test_receivers_are_not_called_from_inside_write(line: Any) -> None:
    host = line.open_host()
    host.write(b"x")
    line.port.write(b"y")
    assert line.module.items == []
    await line.module.bytes(b"x")


async def test_output_while_nobody_has_the_device_open_is_dropped(line: Any) -> None:
    line.port.write(b"unheard")
    host = line.open_host()
    host.listen()
    line.port.write(b"heard")
    await host.received.bytes(b"heard")
    assert host.received.data == b"heard"
    assert line.port.dropped == Dropped(absent=7)


async def test_what_a_client_left_unread_is_not_for_the_next_one(line: Any) -> None:
    first = line.open_host()
    first.write(b"x")
    await line.module.bytes(b"x")
    line.port.write(b"for the first")
    first.close()
    second = line.open_host()
    second.listen()
    line.port.write(b"for the second")
    await second.received.bytes(b"second")
    assert second.received.data == b"for the second"


async def test_opening_and_closing_are_told_in_order(line: Any) -> None:
    host = line.open_host()
    host.write(b"1")
    await line.module.bytes(b"1")
    host.close()
    await line.module.until(lambda: "closed" in line.module.items)
    host.open()
    host.write(b"2")
    await line.module.bytes(b"2")
    assert line.module.items == ["opened", b"1", "closed", "opened", b"2"]


async def test_a_client_that_comes_back_at_once_is_told_too(line: Any) -> None:
    host = line.open_host()
    host.close()
    host.open()
    host.write(b"x")
    await line.module.bytes(b"x")
    assert line.module.items == ["opened", "closed", "opened", b"x"]


async def test_bytes_of_a_client_that_has_left_still_count(line: Any) -> None:
    host = line.open_host()
    host.write(b"AT+NRB\r")
    host.close()
    await line.module.until(lambda: line.module.data == b"AT+NRB\r")


async def test_no_byte_is_lost_while_clients_come_and_go(line: Any) -> None:
    line.answer(b"AT\r", b"\r\nOK\r\n")
    host = line.host()
    for number in range(200):
        host.open()
        host.listen()
        host.write(b"AT\r")
        await host.received.until(lambda n=number: host.received.data.count(b"OK") == n + 1)
        host.close()
    assert line.module.data == b"AT\r" * 200
    assert host.received.data == b"\r\nOK\r\n" * 200
    assert line.port.dropped == Dropped()


@pytest.mark.parametrize("line", ["pty", "memory"], indirect=True)
async def test_settings_are_told_once_and_before_the_bytes_that_follow(line: Any) -> None:
    host = line.open_host()
    host.set_line(LineSettings(baud=9600, rtscts=True))
    host.write(b"1")
    await line.module.bytes(b"1")
    host.write(b"2")
    await line.module.bytes(b"2")
    host.set_line(LineSettings(baud=57600))
    host.write(b"3")
    await line.module.bytes(b"3")
    assert line.module.items == [
        "opened",
        ("line_settings", LineSettings(baud=9600, rtscts=True)),
        b"1",
        b"2",
        ("line_settings", LineSettings(baud=57600)),
        b"3",
    ]


async def test_a_reader_that_does_not_read_loses_whole_writes_only(line: Any) -> None:
    host = line.open_host()
    lines = [(b"%03d" % n).ljust(999, b".") + b"\n" for n in range(200)]
    for text in lines:
        line.port.write(text)
    lost = line.port.dropped.full
    assert lost % 1000 == 0
    assert len(lines) * 1000 - lost >= BACKLOG_LIMIT - 1000
    host.listen()
    await host.received.until(lambda: len(host.received.data) == len(lines) * 1000 - lost)
    assert host.received.data == b"".join(lines[: 200 - lost // 1000])


async def test_after_a_flood_the_port_goes_on(line: Any) -> None:
    host = line.open_host()
    for _ in range(200):
        line.port.write(bytes(1000))
    dropped = line.port.dropped.full
    assert dropped > 0
    host.listen()
    await host.received.until(lambda: len(host.received.data) == 200_000 - dropped)
    line.port.write(b"end")
    await host.received.bytes(b"end")
    assert line.port.dropped.full == dropped


async def test_a_reader_that_leaves_takes_the_flood_with_it(line: Any) -> None:
    first = line.open_host()
    for _ in range(200):
        line.port.write(bytes(1000))
    first.close()
    second = line.open_host()
    second.listen()
    line.port.write(b"clean")
    await second.received.bytes(b"clean")
    assert second.received.data == b"clean"


async def test_nothing_written_is_nothing(line: Any) -> None:
    host = line.open_host()
    host.listen()
    line.port.write(b"")
    line.port.write(b"x")
    await host.received.bytes(b"x")
    assert line.port.dropped == Dropped()


async def test_a_closed_port_is_silent(line: Any, arrivals: Any) -> None:
    host = line.open_host()
    host.write(b"x")
    line.port.close()
    line.port.close()
    line.port.write(b"y")
    assert line.port.dropped == Dropped()
    host.close()
    later = type(line)("memory", arrivals)  # turns the loop until everything had its chance
    later.open_host().write(b"z")
    await later.module.bytes(b"z")
    later.close()
    assert line.module.items == []


async def test_a_tap_sees_what_came_and_what_was_accepted(line: Any) -> None:
    line.port.write(b"dropped")
    host = line.open_host()
    host.listen()
    host.write(b"in")
    await line.module.bytes(b"in")
    line.port.write(b"out")
    await host.received.bytes(b"out")
    assert line.tap.items == [("in", b"in"), ("out", b"out")]


async def test_a_paused_port_reads_no_further_until_it_is_resumed(line: Any, arrivals: Any) -> None:
    host = line.open_host()
    host.write(b"1")
    await line.module.bytes(b"1")
    line.port.pause()
    line.port.pause()
    host.write(b"2")
    later = type(line)("memory", arrivals)  # turns the loop until everything had its chance
    later.open_host().write(b"z")
    await later.module.bytes(b"z")
    later.close()
    assert line.module.data == b"1"
    line.port.resume()
    line.port.resume()
    await line.module.bytes(b"12")
