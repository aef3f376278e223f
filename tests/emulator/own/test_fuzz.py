"""Whatever a platform asks of the module's own objects, in whatever order: nothing raises, nothing
is left unanswered, no timer spins."""

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from emulator.modem import ModemSettings
from tests.desk import Desk, coap

CON, ACK, RST = 0, 2, 3
PATH, OBSERVE, FORMAT, QUERY, ACCEPT = 11, 6, 12, 15, 17
TIMERS = 3000  # more deadlines than 64 observations can have in the time of one step

RESOURCES = [*range(18), 6038, 65535]
PATHS = st.one_of(
    st.sampled_from([1, 3, 4, 10290]).map(lambda o: (o,)),
    st.tuples(st.sampled_from([1, 3, 4, 10290]), st.sampled_from([0, 0, 1])),
    st.tuples(st.sampled_from([1, 3, 4, 5]), st.just(0), st.sampled_from(RESOURCES)),
)
FORMATS = st.sampled_from([None, b"", b"\x2a", b"\x2d\x16", b"\x2d\x17", b"\x28"])
TEXTS = st.sampled_from([b"", b"0", b"1", b"5", b"60", b"U", b"UQ", b"+08:00", b"\xff"])


@st.composite
def tlvs(draw: Any) -> bytes:
    """Some resources with short values, perhaps damaged (LwM2M 1.0 6.4.3)."""
    body = b""
    for _ in range(draw(st.integers(0, 4))):
        value = draw(st.one_of(TEXTS, st.binary(max_size=7)))
        body += bytes([0xC0 | len(value), draw(st.sampled_from(RESOURCES[:18]))]) + value
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


@st.composite
def requests(draw: Any) -> tuple[int, list[tuple[int, bytes]], bytes]:
    """Method, options and payload; of each kind that LwM2M has."""
    path = [(PATH, str(number).encode()) for number in draw(PATHS)]
    match draw(st.sampled_from(["get", "observe", "write", "post", "attributes", "delete"])):
        case "get":
            accept = draw(FORMATS)
            return 1, path + ([] if accept is None else [(ACCEPT, accept)]), b""
        case "observe":
            accept = draw(FORMATS)
            options = [] if accept is None else [(ACCEPT, accept)]
            return 1, [*path, (OBSERVE, draw(st.sampled_from([b"", b"\x01"]))), *options], b""
        case "attributes":
            names = st.sampled_from([b"pmin=1", b"pmin=9", b"pmax=5", b"pmax=20", b"st=1", b"gt=7"])
            queries = draw(st.lists(names, min_size=1, max_size=3))
            return 3, [*path, *((QUERY, query) for query in queries)], b""
        case "delete":
            return 4, path, b""
        case kind:
            form = draw(FORMATS)
            options = [] if form is None else [(FORMAT, form)]
            body = draw(st.one_of(TEXTS, tlvs(), st.binary(max_size=20)))
            return 3 if kind == "write" else 2, path + options, body


COMMANDS = [
    'AT+MIPLADDOBJ=0,1,1,"1",0,0',
    'AT+MIPLADDOBJ=0,3,1,"1",0,0',
    "AT+MIPLDELOBJ=0,1",
    "AT+MIPLDELOBJ=0,3",
    "AT+MIPLNOTIFY=0,0,3,0,9,3,1,5,0,0",
    "AT+MIPLNOTIFY=0,0,3,0,9,3,1,6,0,0,7",
    "AT+MIPLUPDATE=0,300,1",
    "AT+CFUN=0",
    "AT+CFUN=1",
    "AT+MIPLCLOSE=0",
    "AT+MIPLOPEN=0,300,30",
]
STEPS = st.one_of(
    requests(),
    requests(),
    st.sampled_from(COMMANDS),
    st.sampled_from([0x41, 0x42, 0x44, 0x84, "RST"]),  # the answer to the last datagram
    st.sampled_from([0.5, 10.0, 100.0]),  # time passes
)


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_nothing_raises_and_nothing_spins(steps: list[Any]) -> None:
    table = Desk(ModemSettings(strict=True, seed=1, timing="fast"))
    table.log_in()
    for mid, step in enumerate(steps, 1000):
        match step:
            case float():
                _live(table, step)
            case int() if table.sent:
                last = table.sent[-1]
                options = ((8, b"rd"), (8, b"2")) if step == 0x41 else ()
                table.deliver(coap(ACK, step, last.mid, last.token, options))
            case "RST" if table.sent:
                table.deliver(coap(RST, 0, table.sent[-1].mid))
            case str() if step != "RST":
                table.at(step)
            case (code, options, payload):
                _ask(table, mid, code, options, payload)
    _live(table, 1000)
    table.firmware.serial_received(b"\r", table.now)
    assert table.at("AT").endswith("OK")


def _ask(
    table: Desk, mid: int, code: int, options: list[tuple[int, bytes]], payload: bytes
) -> None:
    """Registered, online, and with objects of the module: answered at once, and once."""
    firmware = table.firmware
    device = firmware.device
    client = None if device is None else device.instance.client
    heard = client is not None and client.is_awake and firmware.network.online and table.open_link
    objid = int(next(value for number, value in options if number == PATH))
    mine = device is not None and device.instance.tree.owner_of(objid) == "module"
    token = mid.to_bytes(2, "big")
    table.deliver(coap(CON, code, mid, token, tuple(options), payload))
    answers = [sent for sent in table.sent if sent.mid == mid and sent.kind == ACK]
    if heard and mine:
        event("answered")
        assert len(answers) == 1
        assert answers[0].token == token
        assert answers[0].code >> 5 in (2, 4)


def _live(table: Desk, seconds: float) -> None:
    end, timers = table.now + seconds, 0
    while (due := table.firmware.deadline()) is not None and due <= end:
        table.handle(due)
        timers += 1
        assert timers < TIMERS
    table.now = end
