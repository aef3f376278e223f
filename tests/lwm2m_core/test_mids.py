"""Message ids of our own: RFC 7252 section 4.4 and decision 42."""

import pytest

from lwm2m_core.errors import EngineError
from lwm2m_core.mids import MessageIds


def take(mids: MessageIds, now: float, *taken: set[int]) -> int:
    mid = mids.fresh(now, *taken)
    mids.use(mid, now, rejectable=False)
    return mid


def test_ids_count_upwards_and_wrap_around() -> None:
    mids = MessageIds(0xFFFE, 247.0)
    assert mids.last is None
    assert [take(mids, 0.0) for _ in range(4)] == [0xFFFE, 0xFFFF, 0x0000, 0x0001]
    assert mids.last == 1


def test_a_chosen_id_is_skipped_for_247_seconds_and_then_free() -> None:
    mids = MessageIds(10, 247.0)
    mids.use(11, 0.0, rejectable=False)
    assert [take(mids, 246.999) for _ in range(2)] == [10, 12]
    mids = MessageIds(10, 247.0)
    mids.use(11, 0.0, rejectable=False)
    assert [take(mids, 247.0) for _ in range(2)] == [10, 11]


def test_a_chosen_id_used_again_counts_from_the_last_time() -> None:
    mids = MessageIds(11, 247.0)
    mids.use(11, 0.0, rejectable=False)
    mids.use(11, 100.0, rejectable=False)
    assert take(mids, 300.0) == 12


def test_ids_taken_by_messages_under_way_are_skipped_however_old() -> None:
    mids = MessageIds(10, 247.0)
    assert mids.fresh(1000.0, {10, 12}, {11}) == 13


def test_with_all_ids_used_the_one_used_longest_ago_is_next() -> None:
    mids = MessageIds(0, 247.0)
    assert [take(mids, 0.0) for _ in range(0x10000)] == list(range(0x10000))
    mids.use(0, 1.0, rejectable=False)
    assert mids.fresh(1.0) == 1
    assert mids.fresh(1.0, {1}) == 2
    with pytest.raises(EngineError):
        mids.fresh(1.0, set(range(0x10000)))


def test_a_rejection_counts_once_within_the_lifetime_for_what_can_be_rejected() -> None:
    mids = MessageIds(0, 247.0)
    for mid, rejectable in ((1, True), (2, False), (3, True)):
        mids.use(mid, 0.0, rejectable=rejectable)
    assert [mids.reject(mid, 1.0) for mid in (1, 1, 2, 9)] == [True, False, False, False]
    assert mids.reject(3, 247.0) is False


def test_an_id_used_for_something_else_cannot_be_rejected_any_more() -> None:
    mids = MessageIds(0, 247.0)
    mids.use(1, 0.0, rejectable=True)
    mids.use(1, 1.0, rejectable=False)
    assert mids.reject(1, 2.0) is False
