"""What TCP has beyond the contract: one client at a time, and clients that vanish."""

import logging
import socket
import struct
from typing import Any

import pytest

from pty_bridge.port import BACKLOG_LIMIT, PortError
from pty_bridge.tcp import TcpPort

pytestmark = pytest.mark.asyncio(loop_factories=["real"])


async def test_the_name_says_which_free_port_it_is(tcp_line: Any) -> None:
    scheme, host, port = tcp_line.port.name.split(":")
    assert (scheme, host) == ("tcp", "127.0.0.1") and int(port) > 0


async def test_a_second_client_is_hung_up_on_at_once_and_the_first_one_stays(
    tcp_line: Any, caplog: pytest.LogCaptureFixture
) -> None:
    first = tcp_line.open_host()
    first.listen()
    first.write(b"1")
    await tcp_line.module.bytes(b"1")
    second = tcp_line.open_host()
    second.listen()
    await second.received.count(1)
    assert second.received.items == [b""]
    tcp_line.port.write(b"for the first")
    await first.received.bytes(b"for the first")
    assert tcp_line.module.items == ["opened", b"1"]
    assert "another client is connected" in caplog.text


async def test_what_a_client_wrote_before_it_left_comes_before_the_next_one(tcp_line: Any) -> None:
    first, second = tcp_line.host(), tcp_line.host()
    first.open()
    first.write(b"AT+MIPLCLO")
    first.close()
    second.open()
    second.write(b"AT\r")
    await tcp_line.module.bytes(b"AT\r")
    assert tcp_line.module.items == ["opened", b"AT+MIPLCLO", "closed", "opened", b"AT\r"]


async def test_a_client_that_resets_the_connection_has_left(tcp_line: Any) -> None:
    host = tcp_line.open_host()
    host.write(b"x")
    await tcp_line.module.bytes(b"x")
    host.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    host.close()
    tcp_line.port.write(b"into the void")
    await tcp_line.module.until(lambda: "closed" in tcp_line.module.items)
    assert tcp_line.port.dropped.absent == 13


async def test_what_waits_for_a_client_that_does_not_read_is_bounded(tcp_line: Any) -> None:
    """Ours and the system's share together: a reader that wakes up gets nothing very old."""
    tcp_line.open_host()
    for _ in range(100_000):
        tcp_line.port.write(bytes(100))
        if tcp_line.port.dropped.full:
            break
    accepted = sum(len(data) for _, data in tcp_line.tap.items)
    assert BACKLOG_LIMIT <= accepted < 100_000 * 100


async def test_a_taken_port_is_named_with_the_mend(tcp_line: Any, arrivals: Any) -> None:
    port = int(tcp_line.port.name.rpartition(":")[2])
    with pytest.raises(PortError, match=f"127.0.0.1:{port}: .*; stop the program"):
        TcpPort(arrivals(), ("127.0.0.1", port))


async def test_loopback_of_ipv6_will_do(arrivals: Any) -> None:
    try:
        port = TcpPort(arrivals(), ("::1", 0))
    except PortError as error:
        assert "::1" in error.cause  # a machine without IPv6
        return
    assert port.name.startswith("tcp:[::1]:")
    port.close()


async def test_no_client_is_taken_after_close(tcp_line: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    host = tcp_line.host()
    tcp_line.port.close()
    with pytest.raises(OSError):
        host.open()
