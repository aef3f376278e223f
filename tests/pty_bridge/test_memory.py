"""What the in-memory port has beyond the contract: it works in virtual time."""

import asyncio
from typing import Any

import pytest

from pty_bridge.memory import MemoryPort
from pty_bridge.port import BACKLOG_LIMIT, Dropped

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])


async def test_delivery_takes_no_time(arrivals: Any) -> None:
    module = arrivals()
    port = MemoryPort(module)
    port.host.open()
    asyncio.get_running_loop().call_later(86400, port.host.write, b"x")
    await module.until(lambda: module.data == b"x", seconds=90000)
    assert asyncio.get_running_loop().time() == 86400


async def test_what_is_written_can_be_read_at_once(arrivals: Any) -> None:
    port = MemoryPort(arrivals())
    port.host.open()
    assert port.host.read_available() == b""
    port.write(b"one")
    port.write(b"two")
    assert port.host.read_available() == b"onetwo"
    assert port.host.read_available() == b""


async def test_a_host_that_has_not_opened_the_port_cannot_write(arrivals: Any) -> None:
    port = MemoryPort(arrivals())
    with pytest.raises(ValueError, match="has not opened"):
        port.host.write(b"x")


async def test_unread_output_is_bounded(arrivals: Any) -> None:
    port = MemoryPort(arrivals())
    port.host.open()
    port.write(bytes(BACKLOG_LIMIT))
    port.write(b"xy")
    assert port.dropped == Dropped(full=2)
    assert len(port.host.read_available()) == BACKLOG_LIMIT
