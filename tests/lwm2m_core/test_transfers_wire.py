"""A Register and an Update in blocks, as datagrams typed by hand (RFC 7959 2.3, 2.9).

The body of 100 instances has 1108 bytes, 0454: 18 of the root, 10 each up to 3200/9, 11 each from
there on. Block1 (27) is c1 nn behind Uri-Query (15) and d1 02 nn behind Content-Format (12), in an
answer d1 0e nn alone; Size1 (60) is d2 14 0454 behind it. 2.31 is 5f, 4.08 is 88, 4.13 is 8d.
All blocks of a body have one token, a000000n, as node-coap puts them together by it.
"""

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    CloseLink,
    Deregistered,
    Received,
    Registered,
    RegisterFailed,
    Send,
    Updated,
    UpdateFailed,
)
from lwm2m_core.endpoint import Endpoint, Rng, Transmission
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Message
from lwm2m_core.objects import ObjectTree
from lwm2m_core.operations import Read
from lwm2m_core.outputs import Datagram, Failed, Response
from lwm2m_core.paths import Path
from lwm2m_core.transfers import ANSWER_LIMIT, Transfers

H = bytes.fromhex
BODY = b",".join([b'</>;rt="oma.lwm2m"'] + [b"</3200/%d>" % n for n in range(100)])
QUERY = (
    "37 65703d64657631 08 6c743d3836343030 09 6c776d326d3d312e30"  # ep=dev1, lt=86400, lwm2m=1.0
)
SIZE1 = "d2 14 0454"
ACCEPTED = "82 7264 04 35613366"


def register(mid: str, token: str, block: str, payload: bytes) -> Send:
    return Send(1, H(f"4402 {mid} {token} b2 7264 11 28 {QUERY} {block} ff") + payload)


def update(mid: str, token: str, block: str, payload: bytes) -> Send:
    return Send(1, H(f"4402 {mid} {token} b2 7264 04 35613366 11 28 {block} ff") + payload)


FIRST = register("1000", "a0000001", f"c1 0e {SIZE1}", BODY[:1024])
SECOND = register("1001", "a0000001", "c1 16", BODY[1024:])


@pytest.fixture
def registering(client: Client, tree: ObjectTree) -> Client:
    """The first block has just left, at t = 0; open() gave 30 seconds."""
    assert len(BODY) == 0x454
    tree.remove_object(3200)
    tree.add_object(3200, range(100))
    client.open(Account("h", 5683), bootstrap=False, lifetime=86400, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    [_, _, first] = client.outputs()
    assert first == FIRST
    return client


@pytest.fixture
def with_objects(registering: Client) -> Client:
    """Registered; two updates, the first with its objects in blocks, have been asked for."""
    feed(registering, "645f 1000 a0000001 d1 0e 0e")
    feed(registering, f"6441 1001 a0000001 {ACCEPTED}")
    registering.update(1.0, with_objects=True)
    registering.update(1.0, lifetime=300)
    assert registering.outputs() == [update("1002", "a0000002", f"d1 02 0e {SIZE1}", BODY[:1024])]
    return registering


def feed(client: Client, data: str, now: float = 1.0) -> list[object]:
    client.datagram_received(1, H(data), now)
    return list(client.outputs())


def test_a_register_in_two_blocks(registering: Client) -> None:
    """RFC 7959 figure 7: 1:0/1/1024 and 1:1/0/1024, each with everything else."""
    assert feed(registering, "645f 1000 a0000001 d1 0e 0e") == [SECOND]
    assert feed(registering, f"6441 1001 a0000001 {ACCEPTED} d1 06 16", 2.0) == [
        Registered("/rd/5a3f")
    ]
    assert registering.expires_at == 86402.0


@pytest.mark.parametrize("block", ["", "d1 0e 0e", "d1 0e 0f", "d1 0e 06"])
def test_the_server_may_say_little_of_the_size(registering: Client, block: str) -> None:
    """2.31 without the option, with the same size, the reserved one, and without M."""
    assert feed(registering, f"645f 1000 a0000001 {block}") == [SECOND]


def test_the_server_wants_smaller_blocks_from_now_on(registering: Client) -> None:
    """RFC 7959 figure 9: 1024 bytes have gone, the next is 1:32/1/32, then 1:33/1/32."""
    assert feed(registering, "645f 1000 a0000001 d1 0e 09") == [
        register("1001", "a0000001", "c2 0209", BODY[1024:1056])
    ]
    assert feed(registering, "645f 1001 a0000001 d2 0e 0209") == [
        register("1002", "a0000001", "c2 0219", BODY[1056:1088])
    ]
    assert feed(registering, "645f 1002 a0000001 d2 0e 0219") == [
        register("1003", "a0000001", "c2 0221", BODY[1088:])
    ]
    assert feed(registering, f"6441 1003 a0000001 {ACCEPTED}") == [Registered("/rd/5a3f")]


def test_too_large_with_a_size_begins_again_with_it(registering: Client) -> None:
    """RFC 7959 2.9.3: 4.13 with 1:0/0/512, later with 256; the size never rises again."""
    assert feed(registering, "648d 1000 a0000001 d1 0e 05") == [
        register("1001", "a0000001", f"c1 0d {SIZE1}", BODY[:512])
    ]
    assert feed(registering, "645f 1001 a0000001 d1 0e 0e") == [
        register("1002", "a0000001", "c1 1d", BODY[512:1024])
    ]
    assert feed(registering, "648d 1002 a0000001 d1 0e 04") == [
        register("1003", "a0000001", f"c1 0c {SIZE1}", BODY[:256])
    ]


@pytest.mark.parametrize("block", ["", "d1 0e 06", "d1 0e 07"])
def test_too_large_without_a_smaller_size_is_the_answer(registering: Client, block: str) -> None:
    assert feed(registering, f"648d 1000 a0000001 {block}") == [
        CloseLink(1),
        RegisterFailed("refused", 0x8D),
    ]


def test_incomplete_begins_again_once(registering: Client) -> None:
    """RFC 7959 2.9.2: the server has lost what it had."""
    feed(registering, "645f 1000 a0000001 d1 0e 0e")
    assert feed(registering, "6488 1001 a0000001") == [
        register("1002", "a0000001", f"c1 0e {SIZE1}", BODY[:1024])
    ]
    assert feed(registering, "645f 1002 a0000001 d1 0e 0e") == [
        register("1003", "a0000001", "c1 16", BODY[1024:])
    ]
    assert feed(registering, "6488 1003 a0000001") == [
        CloseLink(1),
        RegisterFailed("refused", 0x88),
    ]


@pytest.mark.parametrize(
    ("answer", "outputs"),
    [
        ("6480 1000 a0000001", [CloseLink(1), RegisterFailed("refused", 0x80)]),
        ("7000 1000", [CloseLink(1), RegisterFailed("refused", None)]),
        (f"6441 1000 a0000001 {ACCEPTED}", [Registered("/rd/5a3f")]),
    ],
)
def test_anything_else_is_the_answer_to_the_whole(
    registering: Client, answer: str, outputs: list[object]
) -> None:
    assert feed(registering, answer) == outputs


def test_continue_after_the_last_block_is_no_registration(registering: Client) -> None:
    feed(registering, "645f 1000 a0000001 d1 0e 0e")
    assert feed(registering, "645f 1001 a0000001 d1 0e 16") == [
        CloseLink(1),
        RegisterFailed("refused", 0x5F),
    ]


def test_each_block_is_sent_again_until_it_is_answered(registering: Client) -> None:
    """Decision 28, for each by itself; a late answer to the first changes nothing."""
    for now in (2.0, 6.0):
        registering.handle_timeout(now)
        assert registering.outputs() == [FIRST]
    assert feed(registering, "645f 1000 a0000001 d1 0e 0e", 7.0) == [SECOND]
    assert feed(registering, "645f 1000 a0000001 d1 0e 0e", 7.5) == []
    registering.handle_timeout(9.0)
    assert registering.outputs() == [SECOND]
    assert feed(registering, "6000 1001", 9.5) == []
    assert feed(registering, f"4441 0009 a0000001 {ACCEPTED}", 10.0) == [
        Send(1, H("6000 0009")),
        Registered("/rd/5a3f"),
    ]


def test_the_time_of_open_covers_all_blocks(registering: Client) -> None:
    """Decision 22: 30 s from t = 0, whatever has been answered."""
    feed(registering, "645f 1000 a0000001 d1 0e 0e", 29.0)
    registering.handle_timeout(29.9)
    assert registering.outputs() == []
    assert registering.deadline() == 30.0
    registering.handle_timeout(30.0)
    assert registering.outputs() == [CloseLink(1), RegisterFailed("timeout", None)]


def test_the_server_asks_meanwhile(registering: Client) -> None:
    """Conformance 9: requests that arrive while the Register is not answered are served."""
    assert feed(registering, "4401 0007 0badcafe b4 33323030") == [Received(Read(7, Path(3200)))]
    registering.respond(7, Code.CONTENT, 1.0)
    assert registering.outputs() == [Send(1, H("6445 0007 0badcafe"))]
    assert feed(registering, "645f 1000 a0000001 d1 0e 0e") == [SECOND]


def test_a_short_register_that_is_too_large(client: Client) -> None:
    """Sent in one piece, 28 bytes (1c); the server names a size of 16."""
    client.open(Account("h", 5683), bootstrap=False, lifetime=86400, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    [_, _, whole] = client.outputs()
    body = b'</>;rt="oma.lwm2m",</3200/0>'
    assert whole == register("1000", "a0000001", "", body)
    assert feed(client, "648d 1000 a0000001 d1 0e 00") == [
        register("1001", "a0000001", "c1 08 d1 14 1c", body[:16])
    ]
    assert feed(client, "645f 1001 a0000001 d1 0e 08") == [
        register("1002", "a0000001", "c1 10", body[16:])
    ]
    assert feed(client, f"6441 1002 a0000001 {ACCEPTED}") == [Registered("/rd/5a3f")]


def test_a_size_that_is_no_smaller_than_the_body(client: Client) -> None:
    client.open(Account("h", 5683), bootstrap=False, lifetime=86400, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    client.outputs()
    assert feed(client, "648d 1000 a0000001 d1 0e 01") == [
        CloseLink(1),
        RegisterFailed("refused", 0x8D),
    ]


def test_an_update_in_blocks_and_what_waits_for_it(with_objects: Client) -> None:
    """RFC 7959 2.5: nothing else is sent to that path meanwhile, the DELETE neither."""
    with_objects.close(1.5)
    assert with_objects.outputs() == []
    assert feed(with_objects, "645f 1002 a0000002 d1 0e 0e") == [
        update("1003", "a0000002", "d1 02 16", BODY[1024:])
    ]
    assert feed(with_objects, "6444 1003 a0000002 d1 0e 16") == [
        Updated(1),
        Send(1, H("4402 1004 a0000003 b2 7264 04 35613366 46 6c743d333030")),
        Send(1, H("4404 1005 a0000004 b2 7264 04 35613366")),
    ]
    assert feed(with_objects, "6444 1004 a0000003") == [Updated(2)]
    assert feed(with_objects, "6442 1005 a0000004") == [CloseLink(1), Deregistered()]


def test_what_waits_is_sent_also_if_the_blocks_fail(with_objects: Client) -> None:
    waiting = Send(1, H("4402 1003 a0000003 b2 7264 04 35613366 46 6c743d333030"))
    for now in (3.0, 7.0, 15.0, 31.0):
        with_objects.handle_timeout(now)
        assert len(with_objects.outputs()) == 1
    with_objects.handle_timeout(63.0)
    assert with_objects.outputs() == [UpdateFailed(1, "timeout", None), waiting]


# Answers to our requests that come in blocks


class Table:
    """An endpoint with its transfers."""

    def __init__(self, rng: Rng) -> None:
        self.endpoint = Endpoint(Transmission(), rng)
        self.transfers = Transfers(self.endpoint)

    def told(self) -> list[object]:
        """What came of the last call: datagrams, and ends of requests."""
        found: list[object] = []
        while outputs := self.endpoint.outputs():
            for output in outputs:
                match output:
                    case Datagram(data=data):
                        found.append(data)
                    case Response() | Failed():
                        found.append(self.transfers.take(output, 1.0))
        return [each for each in found if each is not None]

    def feed(self, head: str, payload: bytes = b"") -> list[object]:
        self.endpoint.receive(H(head) + (b"\xff" + payload if payload else b""), 1.0)
        return self.told()


@pytest.fixture
def table(counting: Rng) -> Table:
    return Table(counting)


A = b"a" * 16


def test_blocks_both_ways(table: Table) -> None:
    """RFC 7959 figure 11: what fetches the rest repeats neither payload nor Block1."""
    path = ((11, b"a"), (12, b""))
    assert table.transfers.request(Code.POST, 0.0, options=path, payload=BODY) == 1
    assert table.told() == [H(f"4402 1000 a0000001 b1 61 10 d1 02 0e {SIZE1} ff") + BODY[:1024]]
    assert table.feed("645f 1000 a0000001 d1 0e 0e") == [
        H("4402 1001 a0000001 b1 61 10 d1 02 16 ff") + BODY[1024:]
    ]
    assert table.feed("6444 1001 a0000001 d1 0a 08 41 16", A) == [
        H("4402 1002 a0000002 b1 61 c1 10")
    ]
    whole = Message(2, Code.CHANGED, 0x1001, H("a0000001"), ((27, b"\x16"),), A + b"b")
    assert table.feed("6444 1002 a0000002 d1 0a 10", b"b") == [Response(1, whole)]


def test_an_answer_in_blocks_with_its_options(table: Table) -> None:
    """Those of the first block but for Block2 and Size2; ETag e1, text/plain."""
    table.transfers.request(Code.GET, 0.0, options=((6, b""), (11, b"a")))
    assert table.told() == [H("4401 1000 a0000001 60 51 61")]
    assert table.feed("6445 1000 a0000001 41 e1 80 b1 08 51 11", A) == [
        H("4401 1001 a0000002 b1 61 c1 10")
    ]
    options = ((4, b"\xe1"), (12, b""))
    whole = Message(2, Code.CONTENT, 0x1000, H("a0000001"), options, A + b"b")
    assert table.feed("6445 1001 a0000002 41 e1 80 b1 10", b"b") == [Response(1, whole)]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (Code.GET, [H("4401 1002 a0000003 b1 61 c0")]),
        (Code.POST, [Failed(1, "broken")]),
    ],
)
def test_an_answer_that_is_replaced(table: Table, code: Code, outcome: list[object]) -> None:
    """RFC 7959 2.4: it is read anew, but nothing is asked to be done twice."""
    table.transfers.request(code, 0.0, options=((11, b"a"),))
    table.told()
    table.feed("6445 1000 a0000001 41 e1 d1 06 08", A)
    assert table.feed("6445 1001 a0000002 41 e2 d1 06 10", b"b") == outcome


def test_a_limit_holds_before_anything_is_kept(table: Table) -> None:
    assert ANSWER_LIMIT == 2048
    table.transfers.request(Code.GET, 0.0)
    table.told()
    assert table.feed("6445 1000 a0000001 d1 0a 0e 52 0801", b"a" * 1024) == [
        Failed(1, "too large")
    ]


@pytest.mark.parametrize(
    ("answer", "payload", "end"),
    [
        ("7000 1001", b"", Failed(1, "reset")),
        ("6445 1001 a0000002 d1 0a 28", A, Failed(1, "broken")),
        ("6445 1001 a0000002", A, Failed(1, "broken")),
    ],
)
def test_an_answer_that_breaks_off(table: Table, answer: str, payload: bytes, end: Failed) -> None:
    """By a Reset, another block than the next, the whole of it."""
    table.transfers.request(Code.GET, 0.0)
    table.told()
    assert len(table.feed("6445 1000 a0000001 d1 0a 08", A)) == 1
    assert table.feed(answer, payload) == [end]


# Observing


OBSERVE = ((6, b""), (11, b"a"))
"""Observe, 60 on the wire, and the path /a, 51 61 behind it."""


def test_notifications_in_blocks(table: Table) -> None:
    """RFC 7959 figures 12 and 13: the rest by GET without Observe, with another token."""
    table.transfers.request(Code.GET, 0.0, options=OBSERVE, token=b"t")
    assert table.told() == [H("4101 1000 74 60 51 61")]
    assert table.feed("6145 1000 74 61 05 d1 04 08", A) == [H("4401 1001 a0000001 b1 61 c1 10")]
    first = Message(2, Code.CONTENT, 0x1000, b"t", ((6, b"\x05"),), A + b"b")
    assert table.feed("6445 1001 a0000001 d1 0a 10", b"b") == [Response(1, first)]
    assert table.feed("5145 0001 74 61 06 d1 04 08", A) == [H("4401 1002 a0000002 b1 61 c1 10")]
    second = Message(1, Code.CONTENT, 1, b"t", ((6, b"\x06"),), A + b"c")
    assert table.feed("6445 1002 a0000002 d1 0a 10", b"c") == [Response(1, second)]


@pytest.fixture
def observing(table: Table) -> Table:
    """Of the first notification a later block, with id 1001, has been asked for."""
    table.transfers.request(Code.GET, 0.0, options=OBSERVE, token=b"t")
    table.told()
    assert len(table.feed("6145 1000 74 61 05", b"now")) == 1
    table.feed("5145 0001 74 61 06 d1 04 08", A)
    return table


def test_a_newer_notification_ends_the_fetching_of_an_older(observing: Table) -> None:
    """What still comes of the older is no answer to anything."""
    newer = Message(1, Code.CONTENT, 2, b"t", ((6, b"\x07"),), b"new")
    assert observing.feed("5145 0002 74 61 07", b"new") == [Response(1, newer)]
    assert observing.feed("6445 1001 a0000001 d1 0a 10", b"b") == []


@pytest.mark.parametrize("answer", ["7000 1001", "6445 1001 a0000001 d1 0a 28"])
def test_a_notification_that_breaks_off_is_lost(observing: Table, answer: str) -> None:
    """The observation goes on."""
    assert observing.feed(answer, A if answer[0] == "6" else b"") == []
    newer = Message(1, Code.CONTENT, 2, b"t", ((6, b"\x07"),), b"new")
    assert observing.feed("5145 0002 74 61 07", b"new") == [Response(1, newer)]


def test_an_observation_ends(observing: Table) -> None:
    """By a notification with an error; by `stop`, also while a block is fetched."""
    end = Message(0, Code.NOT_FOUND, 2, b"t")
    assert observing.feed("4184 0002 74") == [H("6000 0002"), Response(1, end)]
    assert observing.feed("4145 0003 74 61 08", b"x") == [H("7000 0003")]
    observing.transfers.stop(1)


def test_an_observation_is_stopped(observing: Table) -> None:
    observing.transfers.stop(1)
    observing.transfers.stop(1)
    assert observing.feed("6445 1001 a0000001 d1 0a 10", b"b") == []
    assert observing.feed("4145 0003 74 61 08", b"x") == [H("7000 0003")]
    assert not observing.endpoint.is_busy


def test_an_observed_answer_that_is_replaced_is_broken(table: Table) -> None:
    """To read it anew would be to lose its Observe (chosen)."""
    table.transfers.request(Code.GET, 0.0, options=OBSERVE, token=b"t")
    table.told()
    table.feed("6145 1000 74 41 e1 21 05 d1 04 08", A)
    assert table.feed("6445 1001 a0000001 41 e2 d1 06 10", b"b") == [Failed(1, "broken")]


def test_what_is_stopped_lets_the_next_pass(table: Table) -> None:
    """A body in blocks, one that waits for it, and one more."""
    first = table.transfers.request(Code.POST, 0.0, payload=BODY)
    second = table.transfers.request(Code.POST, 0.0, payload=b"2")
    assert len(table.told()) == 1
    table.transfers.stop(second)
    table.transfers.stop(first)
    table.transfers.request(Code.POST, 0.0, payload=b"3")
    assert table.told() == [H("4402 1001 a0000002 ff 33")]


def test_a_body_too_large_for_the_peer_waits_for_another(table: Table) -> None:
    """4.13 for one that went out in one piece, while another goes out in blocks."""
    table.transfers.request(Code.POST, 0.0, payload=b"2" * 17)
    table.transfers.request(Code.POST, 0.0, payload=BODY)
    table.told()
    assert table.feed("648d 1000 a0000001 d1 0e 00") == []
    table.feed("645f 1001 a0000002 d1 0e 0e")
    assert table.feed("6444 1002 a0000002") == [
        Response(2, Message(2, Code.CHANGED, 0x1002, H("a0000002"))),
        H("4402 1003 a0000001 d1 0e 08 d1 14 11 ff") + b"2" * 16,
    ]


def test_what_is_nobody_s_is_passed_over(table: Table) -> None:
    assert table.transfers.take(Failed(99, "timeout"), 0.0) is None
    table.transfers.stop(99)


def test_the_owner_may_choose_smaller_blocks(table: Table) -> None:
    with pytest.raises(EngineError):
        table.transfers.request(Code.PUT, 0.0, payload=b"2" * 17, block_size=24)
    assert table.told() == []
    table.transfers.request(Code.PUT, 0.0, payload=b"2" * 17, block_size=16)
    assert table.told() == [H("4403 1000 a0000001 d1 0e 08 d1 14 11 ff") + b"2" * 16]
