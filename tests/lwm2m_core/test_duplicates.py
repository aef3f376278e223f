"""What is kept of the peer's messages: RFC 7252 section 4.5, decisions 31, 32 and 50."""

from lwm2m_core.duplicates import Duplicates
from lwm2m_core.message import Code, Message, Type

REQUEST = Message(Type.CON, Code.GET, 1)


def test_a_message_is_known_for_247_seconds_and_no_longer() -> None:
    heard = Duplicates(247.0, 10)
    heard.add(1, b"", 0.0, b"reply")
    found = heard.find(1, 246.999)
    assert found is not None and found.reply == b"reply"
    assert heard.find(1, 247.0) is None
    assert heard.find(2, 0.0) is None


def test_expired_messages_make_room_when_the_next_one_comes() -> None:
    heard = Duplicates(247.0, 10)
    for mid in range(10):
        heard.add(mid, b"", float(mid))
    heard.add(10, b"", 251.0)
    assert len(heard._heard) == 6  # heard at 5 to 9, and the new one


def test_the_oldest_goes_early_when_the_limit_is_reached() -> None:
    heard = Duplicates(247.0, 3)
    for mid in range(4):
        heard.add(mid, b"", 0.0)
    assert [heard.find(mid, 0.0) is not None for mid in range(4)] == [False, True, True, True]


def test_a_waiting_request_is_known_beyond_the_limit() -> None:
    heard = Duplicates(247.0, 3)
    heard.wait(REQUEST, b"", 0.0)
    for mid in range(100, 110):
        heard.add(mid, b"", 1.0)
    found = heard.find(1, 2.0)
    assert found is not None and found.request == REQUEST
    heard.settle(1, b"late")
    assert heard.find(1, 2.0) is None


def test_a_waiting_request_keeps_its_place_when_its_id_may_be_used_again() -> None:
    heard = Duplicates(247.0, 3)
    heard.wait(REQUEST, b"", 0.0)
    assert heard.find(1, 247.0) is None
    assert 1 in heard.waiting


def test_settled_requests_wait_no_more_and_repeats_find_the_reply() -> None:
    heard = Duplicates(247.0, 3)
    heard.wait(REQUEST, b"", 0.0)
    heard.settle(1, b"answer")
    found = heard.find(1, 1.0)
    assert heard.waiting == {}
    assert found is not None and (found.request, found.reply) == (None, b"answer")


def test_only_the_strict_compare_the_bytes_and_none_keep_them() -> None:
    lenient, strict = Duplicates(247.0, 3), Duplicates(247.0, 3, strict=True)
    entries = [each.add(1, b"same", 0.0) for each in (lenient, strict)]
    assert [len(entry.digest) for entry in entries] == [0, 16]
    long = strict.add(2, bytes(65507), 0.0)
    assert len(long.digest) == 16 and strict.is_repeat(long, bytes(65507))
    assert lenient.is_repeat(entries[0], b"other")
    assert strict.is_repeat(entries[1], b"same")
    assert not strict.is_repeat(entries[1], b"other")
