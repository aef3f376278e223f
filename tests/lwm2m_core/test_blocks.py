"""Bodies in blocks (RFC 7959; decision 36): what is put together, passed on, and refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.block_option import Block
from lwm2m_core.blocks import ASKED_LIMIT, TRANSFER_LIFETIME, TRANSFER_LIMIT, Blocks
from lwm2m_core.message import Code, Message
from lwm2m_core.operations import Execute, Part, Refusal, Write
from lwm2m_core.paths import Path

RESOURCE, INSTANCE = Path(3200, 0, 5750), Path(3200, 0)
CONTINUE = Refusal(Code.CONTINUE)
INCOMPLETE = Refusal(Code.REQUEST_ENTITY_INCOMPLETE)
TOO_LARGE = Refusal(Code.REQUEST_ENTITY_TOO_LARGE)
BAD = Refusal(Code.BAD_REQUEST)
OPAQUE, TLV, JSON = 42, 11542, 11543


def value(number: int, more: bool, size: int) -> bytes:
    """NUM, M, SZX of a Block1 option as RFC 7959 2.2 has them."""
    number = number << 4 | more << 3 | (size.bit_length() - 5)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


class Sender:
    """Sends blocks of 2^n bytes, each with the next message id, from 1 on."""

    def __init__(self, blocks: Blocks, code: Code = Code.PUT, path: Path = RESOURCE) -> None:
        self.blocks = blocks
        self.code = code
        self.path = path
        self.mid = 0

    def block(
        self,
        number: int,
        more: bool,
        size: int,
        payload: bytes | None = None,
        content_format: int | None = OPAQUE,
        now: float = 0.0,
    ) -> Write | Execute | Refusal:
        payload = b"." * size if payload is None else payload
        return self.send(value(number, more, size), payload, content_format, now)

    def send(
        self, option: bytes, payload: bytes, content_format: int | None = OPAQUE, now: float = 0.0
    ) -> Write | Execute | Refusal:
        self.mid += 1
        message = Message(0, self.code, self.mid, b"", ((27, option),), payload)
        operation: Write | Execute = (
            Write(self.mid, self.path, content_format, payload, self.code == Code.PUT)
            if self.code == Code.PUT or self.path.resource is None
            else Execute(self.mid, self.path, content_format, payload)
        )
        return self.blocks.take(message, operation, now)

    def body(
        self, body: bytes, size: int, content_format: int | None = OPAQUE
    ) -> list[Write | Execute | Refusal]:
        """All blocks of `body`, each answered 2.31 as its owner would; what came of them."""
        outcomes = []
        for number in range((len(body) + size - 1) // size):
            piece = body[number * size : (number + 1) * size]
            more = (number + 1) * size < len(body)
            outcomes.append(self.block(number, more, size, piece, content_format))
            self.blocks.answered(self.mid, Code.CONTINUE)
        return outcomes


@pytest.fixture
def sender() -> Sender:
    return Sender(Blocks())


# What an option says


@pytest.mark.parametrize(
    ("raw", "number", "more", "size"),
    [
        # RFC 7959, figures 7 and 9, and the bounds of 2.2.
        (0x0B, 0, True, 128),
        (0x1B, 1, True, 128),
        (0x23, 2, False, 128),
        (0x0A, 0, True, 64),
        (0x08, 0, True, 16),
        (0x06, 0, False, 1024),
        (0xFFFFFE, 1048575, True, 1024),
    ],
)
def test_the_option(raw: int, number: int, more: bool, size: int) -> None:
    block = Block(raw)
    assert (block.number, block.more, block.size) == (number, more, size)
    assert block.start == number * size


# Put together


@pytest.mark.parametrize("size", [16, 32, 64, 128, 256, 512, 1024])
@pytest.mark.parametrize("length", [1, 16, 17, 700, 1023, 1024])
def test_up_to_1024_bytes_are_put_together(sender: Sender, size: int, length: int) -> None:
    """2.31 for each block; the request is that of the last, whose answer is the final one."""
    body = bytes(i % 251 for i in range(length))
    *before, last = sender.body(body, size)
    assert before == [CONTINUE] * ((length + size - 1) // size - 1)
    assert last == Write(sender.mid, RESOURCE, OPAQUE, body, True)


def test_an_execute_is_put_together_as_well() -> None:
    sender = Sender(Blocks(), Code.POST)
    *before, last = sender.body(b"x" * 1024, 512)
    assert before == [CONTINUE]
    assert last == Execute(2, RESOURCE, OPAQUE, b"x" * 1024)


def test_a_write_of_an_instance_by_post() -> None:
    sender = Sender(Blocks(), Code.POST, INSTANCE)
    assert sender.body(b"x" * 20, 16, TLV)[-1] == Write(2, INSTANCE, TLV, b"x" * 20, False)


def test_the_size_may_change_on_the_way(sender: Sender) -> None:
    """RFC 7959 2.3: NUM then counts in the new size."""
    assert sender.block(0, True, 64, b"a" * 64) == CONTINUE
    assert sender.block(4, True, 16, b"b" * 16) == CONTINUE
    assert sender.block(5, True, 16, b"c" * 16) == CONTINUE
    assert sender.block(3, True, 32, b"d" * 32) == CONTINUE
    assert sender.block(1, False, 128, b"e" * 9) == Write(
        5, RESOURCE, OPAQUE, b"a" * 64 + b"b" * 16 + b"c" * 16 + b"d" * 32 + b"e" * 9, True
    )


def test_the_last_block_may_be_empty(sender: Sender) -> None:
    sender.block(0, True, 16, b"a" * 16)
    assert sender.block(1, False, 16, b"") == Write(2, RESOURCE, OPAQUE, b"a" * 16, True)


def test_a_block_sent_again_with_a_new_id_counts_once(sender: Sender) -> None:
    sender.block(0, True, 16, b"a" * 16)
    for _ in range(3):
        assert sender.block(1, True, 16, b"b" * 16) == CONTINUE
    assert sender.block(2, False, 16, b"c") == Write(
        5, RESOURCE, OPAQUE, b"a" * 16 + b"b" * 16 + b"c", True
    )


def test_block_0_begins_anew(sender: Sender) -> None:
    sender.block(0, True, 16, b"a" * 16)
    sender.block(1, True, 16, b"b" * 16)
    assert sender.block(0, True, 32, b"c" * 32) == CONTINUE
    assert sender.block(1, False, 32, b"d") == Write(4, RESOURCE, OPAQUE, b"c" * 32 + b"d", True)


def test_several_bodies_at_a_time_by_method_and_path() -> None:
    blocks = Blocks()
    senders = [
        Sender(blocks),
        Sender(blocks, path=Path(3200, 0, 5751)),
        Sender(blocks, path=INSTANCE),
        Sender(blocks, Code.POST, INSTANCE),
    ]
    assert len(senders) == TRANSFER_LIMIT
    for sender in senders:
        assert sender.block(0, True, 16) == CONTINUE
    for sender in senders:
        whole = sender.block(1, False, 16, b"end")
        assert isinstance(whole, Write)
        assert (whole.path, whole.payload) == (sender.path, b"." * 16 + b"end")


def test_one_body_more_and_the_longest_silent_is_forgotten() -> None:
    blocks = Blocks()
    senders = [Sender(blocks, path=Path(3200, 0, n)) for n in range(TRANSFER_LIMIT + 1)]
    for sender in senders[:-1]:
        sender.block(0, True, 16)
    senders[0].block(1, True, 16)
    senders[-1].block(0, True, 16)
    assert senders[1].block(1, True, 16) == INCOMPLETE
    assert senders[0].block(2, True, 16) == CONTINUE
    assert senders[-1].block(1, True, 16) == CONTINUE


def test_a_body_is_forgotten_when_nothing_more_comes(sender: Sender) -> None:
    sender.block(0, True, 16, now=0.0)
    sender.block(1, True, 16, now=200.0)
    assert sender.block(2, True, 16, now=200.0 + TRANSFER_LIFETIME - 0.1) == CONTINUE
    assert sender.block(3, True, 16, now=200.0 + 2 * TRANSFER_LIFETIME) == INCOMPLETE


# Refused


def test_a_block_without_those_before_it_is_4_08(sender: Sender) -> None:
    assert sender.block(1, True, 16) == INCOMPLETE
    assert sender.block(2, False, 16, b"x") == INCOMPLETE


@pytest.mark.parametrize("number", [1, 3, 4, 1048575])
def test_a_gap_is_4_08_and_ends_it(sender: Sender, number: int) -> None:
    """2 follows; 1 has been, but was another."""
    sender.block(0, True, 16, b"a" * 16)
    sender.block(1, True, 16, b"b" * 16)
    assert sender.block(number, True, 16, b"c" * 16) == INCOMPLETE
    assert sender.block(2, True, 16) == INCOMPLETE


def test_a_gap_by_a_change_of_size_is_4_08(sender: Sender) -> None:
    sender.block(0, True, 16)
    assert sender.block(1, True, 32) == INCOMPLETE


def test_another_content_format_is_4_08(sender: Sender) -> None:
    """RFC 7959 2.9.2."""
    sender.block(0, True, 16)
    assert sender.block(1, False, 16, b"x", content_format=0) == INCOMPLETE


@pytest.mark.parametrize(
    ("option", "payload"),
    [
        (b"\x08", b"x" * 15),  # M, and not a full block
        (b"\x08", b"x" * 17),
        (b"\x08", b""),
        (b"", b"x" * 17),  # the last, and more than a block
        (b"\x06", b"x" * 1025),
        (b"\x07", b"x"),  # the reserved size
        (b"\x0f", b"x" * 2048),
    ],
)
def test_a_block_of_another_size_than_it_says_is_4_00(
    sender: Sender, option: bytes, payload: bytes
) -> None:
    """RFC 7959 2.2."""
    assert sender.send(option, payload) == BAD


def test_a_bad_block_ends_the_body(sender: Sender) -> None:
    sender.block(0, True, 16)
    assert sender.block(1, True, 16, b"short") == BAD
    assert sender.block(1, True, 16) == INCOMPLETE


@pytest.mark.parametrize("size", [16, 512, 1024])
def test_an_execute_over_1024_bytes_is_4_13(size: int) -> None:
    """Decision 36, also where every block of a Write is passed on."""
    for blocks in (Blocks(), Blocks(0)):
        sender = Sender(blocks, Code.POST)
        *before, last = sender.body(b"x" * 1025, size)
        assert before == [CONTINUE] * (1024 // size)
        assert last == TOO_LARGE
        assert sender.block(1024 // size + 1, True, size) == INCOMPLETE


@pytest.mark.parametrize(("length", "outcome"), [(1024, None), (1025, TOO_LARGE)])
def test_so_it_is_in_one_datagram(length: int, outcome: Refusal | None) -> None:
    asked = Execute(1, RESOURCE, None, b"x" * length)
    message = Message(0, Code.POST, 1, b"", (), asked.payload)
    assert Blocks().take(message, asked, 0.0) == (outcome or asked)


def test_a_write_in_one_datagram_is_left_as_it_is() -> None:
    asked = Write(1, RESOURCE, None, b"x" * 1400, True)
    assert Blocks().take(Message(0, Code.PUT, 1, b"", (), asked.payload), asked, 0.0) == asked


# Passed on


def part(
    mid: int, payload: bytes, before: bytes | None, last: bool, content_format: int | None = OPAQUE
) -> Write:
    return Write(mid, RESOURCE, content_format, payload, True, Part(before, last))


def test_beyond_1024_bytes_blocks_are_passed_on(sender: Sender) -> None:
    """Decision 36: what is held and the current block; then each block by itself."""
    pieces = [bytes((i,)) * 512 for i in range(4)]
    assert sender.body(b"".join(pieces) + b"end", 512) == [
        CONTINUE,
        CONTINUE,
        part(3, pieces[2], pieces[0] + pieces[1], last=False),
        part(4, pieces[3], None, last=False),
        part(5, b"end", None, last=True),
    ]


def test_beyond_1024_bytes_with_the_last_block(sender: Sender) -> None:
    assert sender.body(b"x" * 1025, 1024) == [CONTINUE, part(2, b"x", b"x" * 1024, last=True)]


def test_after_the_last_nothing_follows(sender: Sender) -> None:
    sender.body(b"x" * 1040, 1024)
    assert sender.block(2, True, 1024) == INCOMPLETE


def test_every_block_is_passed_on_where_the_quirk_has_it() -> None:
    """Quirk block_passthrough, MB 2.12: the transcript of M531x SOTA, 512, 512, 173 bytes."""
    sender = Sender(Blocks(0))
    assert sender.body(b"x" * 1197, 512) == [
        part(1, b"x" * 512, b"", last=False),
        part(2, b"x" * 512, None, last=False),
        part(3, b"x" * 173, None, last=True),
    ]


def test_the_only_block_is_a_body_in_every_case() -> None:
    for blocks in (Blocks(), Blocks(0)):
        assert Sender(blocks).body(b"x" * 9, 16) == [Write(1, RESOURCE, OPAQUE, b"x" * 9, True)]


@pytest.mark.parametrize("content_format", [None, 0, OPAQUE])
def test_text_and_opaque_bodies_are_the_value_itself(
    sender: Sender, content_format: int | None
) -> None:
    outcome = sender.body(b"x" * 1040, 1024, content_format)[-1]
    assert outcome == part(2, b"x" * 16, b"x" * 1024, True, content_format)


# TLV: type 11 1 10 000, id 5750 = 1676, 2 bytes of length (LwM2M 1.0, 6.4.3).
HEAD_1500 = bytes.fromhex("F0 1676 05DC")
VALUE_1500 = bytes(i % 251 for i in range(1500))


@pytest.mark.parametrize("path", [RESOURCE, INSTANCE])
@pytest.mark.parametrize(
    "head",
    [
        pytest.param(HEAD_1500, id="resource"),
        pytest.param(bytes.fromhex("10 00 05E1") + HEAD_1500, id="wrapped in its instance"),
    ],
)
@pytest.mark.parametrize(("size", "passed"), [(16, 31), (512, 1), (1024, 1)])
def test_a_tlv_of_one_resource_loses_its_header(
    path: Path, head: bytes, size: int, passed: int
) -> None:
    """Decision 36; the instance around it as coap-shepherd writes (SV 2.2). Of 95 blocks of 16
    bytes the 65th goes beyond 1024, of 3 or 2 larger ones the last."""
    for limit in (1024, 0):
        sender = Sender(Blocks(limit), path=path)
        parts = [o for o in sender.body(head + VALUE_1500, size, TLV) if isinstance(o, Write)]
        pieces = [(p.part.before or b"") + p.payload for p in parts if p.part is not None]
        assert {p.path for p in parts} == {RESOURCE}
        assert b"".join(pieces) == VALUE_1500
        assert [p.part == Part(None, False) for p in parts[1:-1]] == [True] * (len(parts) - 2)
        if limit:
            assert len(parts) == passed


def test_what_is_held_loses_the_header(sender: Sender) -> None:
    outcomes = sender.body(HEAD_1500 + VALUE_1500, 1024, TLV)
    assert outcomes == [
        CONTINUE,
        part(2, VALUE_1500[1019:], VALUE_1500[:1019], True, TLV),
    ]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        pytest.param(bytes.fromhex("F0 1676 0258") + bytes(600) + bytes(600), TOO_LARGE, id="two"),
        pytest.param(HEAD_1500 + VALUE_1500 + b"\xc1\x01\x01", TOO_LARGE, id="another at the end"),
        pytest.param(bytes.fromhex("B0 1676 05DC") + VALUE_1500, TOO_LARGE, id="multiple"),
        pytest.param(bytes.fromhex("70 0001 05DC") + VALUE_1500, TOO_LARGE, id="instances of it"),
        pytest.param(
            bytes.fromhex("10 00 07D0") + HEAD_1500 + bytes(2000),
            TOO_LARGE,
            id="two in an instance",
        ),
        pytest.param(bytes.fromhex("10 01 05E1") + HEAD_1500 + VALUE_1500, BAD, id="instance 1"),
        pytest.param(bytes.fromhex("F0 1677 05DC") + VALUE_1500, BAD, id="another resource"),
        pytest.param(HEAD_1500 + VALUE_1500[:-1], BAD, id="cut off"),
    ],
)
def test_other_tlv_bodies_are_refused(sender: Sender, body: bytes, outcome: Refusal) -> None:
    """Decision 36: several resources are 4.13; 4.00 for what does not fit (conformance 9)."""
    outcomes = sender.body(body, 512, TLV)
    refused = outcomes.index(outcome)
    assert all(o == CONTINUE or isinstance(o, Write) for o in outcomes[:refused])
    assert all(o == INCOMPLETE for o in outcomes[refused + 1 :])


def test_json_cannot_be_passed_on(sender: Sender) -> None:
    """Chosen: the value cannot be told from what stands around it before all has come."""
    body = b'{"bn":"/3200/0/5750","e":[{"sv":"' + b"x" * 1500
    assert sender.body(body, 1024, JSON) == [CONTINUE, TOO_LARGE]


# Answers


def test_the_option_goes_with_every_good_answer(sender: Sender) -> None:
    """RFC 7959 2.3; an error says nothing of blocks."""
    sender.block(0, True, 16)
    assert sender.blocks.answered(1, Code.CONTINUE) == ((27, b"\x08"),)
    sender.block(1, False, 16, b"x")
    assert sender.blocks.answered(2, Code.CHANGED) == ((27, b"\x10"),)
    sender.block(0, False, 16, b"x")
    assert sender.blocks.answered(3, Code.CHANGED) == ((27, b""),)
    sender.block(3, False, 16, b"x")
    assert sender.blocks.answered(4, Code.REQUEST_ENTITY_INCOMPLETE) == ()
    assert sender.blocks.answered(4, Code.CHANGED) == ()
    assert sender.blocks.answered(99, Code.CHANGED) == ()


@pytest.mark.parametrize("code", [Code.BAD_REQUEST, Code.NOT_FOUND, Code.CHANGED])
def test_any_other_answer_ends_it(code: Code) -> None:
    sender = Sender(Blocks(0))
    sender.block(0, True, 16)
    sender.blocks.answered(1, code)
    assert sender.block(1, True, 16) == INCOMPLETE


def test_a_block_that_is_never_answered_ends_it() -> None:
    """Decision 32."""
    sender = Sender(Blocks(0))
    sender.block(0, True, 16)
    sender.blocks.forget(1)
    assert sender.block(1, True, 16) == INCOMPLETE


def test_what_began_anew_is_not_ended_by_an_older_answer() -> None:
    sender = Sender(Blocks(0))
    sender.block(0, True, 16)
    sender.block(0, True, 16)
    sender.blocks.answered(1, Code.BAD_REQUEST)
    assert sender.block(1, True, 16, b"y" * 16) == part(3, b"y" * 16, None, last=False)


def test_what_was_asked_can_be_asked_again(sender: Sender) -> None:
    outcomes = sender.body(b"x" * 1025, 1024)
    sender.block(0, False, 16, b"y")
    assert sender.blocks.asked(3) == Write(3, RESOURCE, OPAQUE, b"y", True)
    assert sender.blocks.asked(1) is None
    sender = Sender(Blocks())
    sender.block(0, True, 1024)
    asked = sender.block(1, False, 1024, b"x")
    assert sender.blocks.asked(2) == asked
    assert outcomes[1] == part(2, b"x", b"x" * 1024, last=True)


def test_what_waits_for_an_answer_is_bounded() -> None:
    sender = Sender(Blocks(0))
    for number in range(ASKED_LIMIT + 1):
        sender.block(number, True, 16)
    assert sender.blocks.asked(1) is None
    assert sender.blocks.answered(1, Code.BAD_REQUEST) == ()
    assert sender.blocks.answered(2, Code.CONTINUE) == ((27, b"\x18"),)


BLOCK = st.tuples(
    st.integers(0, 4), st.booleans(), st.sampled_from([16, 32]), st.sampled_from([0, 5, 16, 32])
)


@given(st.sampled_from([0, 40, 1024]), st.lists(BLOCK, max_size=12))
def test_any_blocks_are_refused_or_follow_one_another(
    limit: int, steps: list[tuple[int, bool, int, int]]
) -> None:
    """Whatever comes: what is passed on or put together is a run of blocks without gaps."""
    sender = Sender(Blocks(limit))
    run = 0
    for number, more, size, length in steps:
        outcome = sender.block(number, more, size, b"x" * length)
        if number == 0:
            run = 0
        if outcome == CONTINUE or isinstance(outcome, Write):
            run = max(run, number * size + length)
        if isinstance(outcome, Write) and outcome.part is None:
            assert len(outcome.payload) == run
