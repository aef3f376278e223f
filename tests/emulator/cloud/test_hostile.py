"""Whatever arrives: nothing is raised, and what is kept stays bounded."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.cloud.manners import ONENET
from emulator.cloud.peers import Peer, Send
from emulator.cloud.server import Server

Register = Callable[..., bytes]

HOLDS_NO_STATE = [HealthCheck.function_scoped_fixture]

BYTES = st.binary(max_size=64)

# Datagrams with a sound header, so that more of them get through to the server.
PATHS = st.sampled_from([b"\xb2rd", b"\xb2bs", b"\xb2rd\x0800000001", b"\xb43200", b""])


@st.composite
def datagrams(draw: Any) -> bytes:
    token: bytes = draw(st.one_of(st.integers(0, 6).map(lambda n: n.to_bytes(4, "big")), BYTES))[:8]
    first: int = 0x40 | draw(st.integers(0, 3)) << 4 | len(token)
    code: int = draw(st.sampled_from([0, 1, 2, 3, 4, 5, 64, 65, 68, 69, 132, 160, 255]))
    mid: int = draw(st.sampled_from([1, 2, 39121, 39122, 39123]))
    path: bytes = draw(PATHS)
    body: bytes = draw(BYTES)
    payload: bytes = draw(st.one_of(st.just(b""), BYTES.map(lambda data: b"\xff" + data)))
    return bytes((first, code)) + mid.to_bytes(2, "big") + token + path + body + payload


@settings(max_examples=150, deadline=None, suppress_health_check=HOLDS_NO_STATE)
@given(st.lists(st.tuples(st.one_of(BYTES, datagrams()), st.integers(0, 2)), max_size=20))
def test_no_datagram_raises_and_the_server_goes_on(
    register: Register, new_draws: Callable[[], Any], arriving: list[tuple[bytes, int]]
) -> None:
    server = Server(ONENET, new_draws())
    server.datagram_received(register(b"lt=3000"), Peer("10.0.0.1", 0), 0.0)
    now = 0.0
    for data, port in arriving:
        now += 1.0
        server.datagram_received(data, Peer("10.0.0.1", port), now)
        server.handle_timeout(now)
        server.outputs()
    assert len(server.devices()) <= 1 + len(arriving)
    # an honest device is still served
    honest = Peer("10.0.0.7", 7)
    server.datagram_received(register(mid=9), honest, now)
    sent = [o.data for o in server.outputs() if isinstance(o, Send) and o.peer == honest]
    assert sent[0][:5] == b"\x61\x41\x00\x09\xaa"


@settings(max_examples=60, deadline=None, suppress_health_check=HOLDS_NO_STATE)
@given(st.integers(0, 200), st.integers(0, 255))
def test_a_register_with_a_byte_changed_raises_nothing(
    register: Register, new_draws: Callable[[], Any], position: int, value: int
) -> None:
    good = bytearray(register(b"lt=3000", b"lwm2m=1.0"))
    good[position % len(good)] = value
    server = Server(ONENET, new_draws())
    server.datagram_received(bytes(good), Peer("10.0.0.1", 0), 0.0)
    server.handle_timeout(100.0)
    server.outputs()


@settings(max_examples=60, deadline=None, suppress_health_check=HOLDS_NO_STATE)
@given(BYTES, st.sampled_from([b"", b"\x60", b"\x61\x28", b"\x62\x2d\x16", b"\x62\x06\x06"]))
def test_no_notification_raises(
    register: Register, new_draws: Callable[[], Any], payload: bytes, content_format: bytes
) -> None:
    server = Server(ONENET, new_draws())
    peer = Peer("10.0.0.1", 0)
    server.datagram_received(register(b"lt=3000"), peer, 0.0)
    server.datagram_received(b"\x64\x45\x98\xd1\x00\x00\x00\x02\x61\x01", peer, 0.0)
    head = b"\x44\x45\x00\x07\x00\x00\x00\x02\x61\x02" + content_format
    server.outputs()
    server.datagram_received(head + (b"\xff" + payload if payload else b""), peer, 1.0)
    # CON: whatever it holds, it is acknowledged (decision 42)
    assert Send(peer, b"\x60\x00\x00\x07") in server.outputs()
