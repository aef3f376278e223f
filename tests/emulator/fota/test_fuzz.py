"""5/0 between a hostile platform, a hostile file server and an impatient host."""

import struct
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.modem import ModemSettings
from tests.desk import ACCEPT, FORMAT, GET, POST, PUT, Desk
from tests.emulator.fota.packages import FOREIGN, LARGE, SMALL
from tests.emulator.fota.platform import BLOCK1, OPAQUE, TEXT, TLV

BODIES = [SMALL, FOREIGN, LARGE, b"", b"\0", b"MIPL", b"coap://10.1.2.3/f", b"coaps://h/f"]
TIMES = [0.0, 1.0, 2.0, 11.0, 62.0, 250.0]

Step = Callable[[Desk, int], None]


def _write(path: str, body: bytes, form: bytes) -> Step:
    return lambda desk, mid: _asked(desk, PUT, mid, path, (FORMAT, form), payload=body)


def _block(number: int, more: int, exponent: int, body: bytes) -> Step:
    value = number << 4 | more << 3 | exponent
    option = value.to_bytes((value.bit_length() + 7) // 8, "big")
    size = 16 << exponent
    body = body[number * size :][: min(size, 1024)]
    return lambda desk, mid: _asked(
        desk, PUT, mid, "/5/0/0", (FORMAT, OPAQUE), (BLOCK1, option), payload=body
    )


def _asked(
    desk: Desk, code: int, mid: int, path: str, *options: tuple[int, bytes], payload: bytes = b""
) -> None:
    """Every request that can be heard is answered, once."""
    heard = bool(desk.open_link) and desk.firmware.network.online
    desk.sent.clear()
    desk.ask(code, mid, path, *options, payload=payload)
    if heard:
        assert len([sent for sent in desk.sent if sent.mid == mid and sent.kind == 2]) == 1


def _file_server(code: int, block: bytes, payload: bytes, right: bool) -> Step:
    def step(desk: Desk, mid: int) -> None:
        if not desk.download_link or not desk.fetching:
            return
        head = desk.fetching[-1].data[2:8] if right else struct.pack("!H", mid) + b"\0\0\0\0"
        option = bytes([0xD0 | len(block), 10]) + block  # Block2, 23
        desk.file_server(bytes([0x64, code]) + head + option + b"\xff" + payload)

    return step


steps = st.one_of(
    st.builds(
        _write,
        st.sampled_from(["/5/0/0", "/5/0/1", "/5/0"]),
        st.sampled_from(BODIES).map(lambda body: body[:1000]) | st.binary(max_size=40),
        st.sampled_from([OPAQUE, TEXT, TLV]),
    ),
    st.builds(
        _block, st.integers(0, 5), st.integers(0, 1), st.integers(0, 7), st.sampled_from(BODIES)
    ),
    st.just(lambda desk, mid: _asked(desk, POST, mid, "/5/0/2")),
    st.builds(
        _file_server,
        st.sampled_from([0x45, 0x44, 0x5F, 0x84, 0xA0]),
        st.binary(max_size=3),
        st.sampled_from([SMALL, LARGE[:512], bytes(16), b"x"]),
        st.booleans(),
    ),
    st.builds(lambda seconds: lambda desk, mid: desk.wait(seconds), st.sampled_from(TIMES)),
    st.sampled_from(["AT+MIPLDELETE=0", "AT+CFUN=0", "AT+CFUN=1"]).map(
        lambda line: lambda desk, mid: desk.at(line)
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, max_size=25))
def test_the_state_is_always_one_that_the_specification_has(taken: list[Step]) -> None:
    """E.6: State 0 to 3; a delivery, and an installation, have result 0 until they end; there is a
    package in States 2 and 3 alone. Nothing raises, and a link is open in State 1 alone."""
    desk = Desk(ModemSettings(strict=True, seed=1))
    desk.log_in()
    for mid, step in enumerate(taken, start=1000):
        step(desk, mid)
        update = desk.firmware.update
        assert update.state in (0, 1, 2, 3) and update.result in range(10)
        assert update.result == 0 or update.state in (0, 2)
        assert update.state != 2 or update.result in (0, 8)
        assert (update.package is not None) == (update.state in (2, 3))
        assert not desk.download_link or update.state == 1


def test_a_read_tells_the_state_after_all(desk: Callable[..., Desk]) -> None:
    """What the steps above look at is what the platform sees."""
    table = desk()
    table.log_in()
    _write("/5/0/0", SMALL, OPAQUE)(table, 1000)
    table.sent.clear()
    table.ask(GET, 1001, "/5/0/3", (ACCEPT, TLV))
    assert table.sent[-1].payload == b"\xc1\x03\x02" and table.firmware.update.state == 2
