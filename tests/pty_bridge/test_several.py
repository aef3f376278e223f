"""Several ends of one line, and sniffers."""

from functools import partial
from typing import Any

import pytest

from pty_bridge.memory import MemoryPort
from pty_bridge.port import Dropped, PortError
from pty_bridge.ports import open_port
from pty_bridge.several import SeveralPorts

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])


def _host(port: object) -> Any:
    assert isinstance(port, MemoryPort)
    return port.host


async def test_output_goes_to_all_and_any_may_write(arrivals: Any) -> None:
    module = arrivals()
    port = SeveralPorts(module, [MemoryPort, MemoryPort])
    one, other = map(_host, port.ends)
    one.open()
    other.open()
    one.write(b"AT\r")
    other.write(b"ATI\r")
    await module.bytes(b"AT\rATI\r")
    port.write(b"\r\nOK\r\n")
    assert one.read_available() == other.read_available() == b"\r\nOK\r\n"
    port.close()


async def test_it_is_open_while_any_end_is(arrivals: Any) -> None:
    module = arrivals()
    port = SeveralPorts(module, [MemoryPort, MemoryPort])
    one, other = map(_host, port.ends)
    one.open()
    other.open()
    one.close()
    other.write(b"x")
    await module.bytes(b"x")
    assert module.items == ["opened", b"x"]
    other.close()
    await module.until(lambda: module.items[-1] == "closed")
    port.write(b"12")
    assert port.dropped == Dropped(absent=4)


async def test_a_sniffer_sees_both_directions_and_says_nothing(arrivals: Any) -> None:
    module = arrivals()
    port = SeveralPorts(module, [MemoryPort], [MemoryPort])
    host, sniffer = _host(port.ends[0]), _host(port.sniffers[0])
    sniffer.open()
    sniffer.write(b"AT+NRB\r")
    host.open()
    host.write(b"AT\r")
    await module.bytes(b"AT\r")
    port.write(b"\r\nOK\r\n")
    assert module.items == ["opened", b"AT\r"]
    assert sniffer.read_available() == b"AT\r\r\nOK\r\n"
    assert host.read_available() == b"\r\nOK\r\n"


@pytest.mark.asyncio(loop_factories=["real"])
async def test_if_one_end_cannot_be_opened_none_is(arrivals: Any) -> None:
    with pytest.raises(PortError, match="/nowhere"):
        SeveralPorts(
            arrivals(),
            [partial(open_port, "pty:")],
            [partial(open_port, "serial:/nowhere,9600")],
        )  # what is left open fails the test
