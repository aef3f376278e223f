"""Observations of one session: RFC 7641, decisions 31, 42 and 44."""

import pytest

from lwm2m_core.observations import (
    NOTIFICATION_MEMORY,
    OBSERVATION_LIMIT,
    Observation,
    Observations,
)
from lwm2m_core.paths import Path

OBJECT = Observation(Path(3200), b"\x01", 39120, None)
INSTANCE = Observation(Path(3200, 0), b"\x02", 39121, None)
RESOURCE = Observation(Path(3200, 0, 5750), b"\x03", 39122, 0)


@pytest.fixture
def observations() -> Observations:
    found = Observations()
    for observation in (RESOURCE, OBJECT, INSTANCE):
        found.add(observation)
    return found


@pytest.mark.parametrize(
    ("paths", "observation"),
    [
        (["/3200/0/5750"], RESOURCE),
        (["/3200/0/5751"], INSTANCE),
        (["/3200/0/5750", "/3200/0/5751"], INSTANCE),
        (["/3200/0/5750", "/3200/1/5750"], OBJECT),
        (["/3200/1/5750"], OBJECT),
        (["/3200/0/5750", "/3303/0/5700"], None),
        (["/3303/0/5700"], None),
        ([], None),
    ],
)
def test_the_narrowest_that_covers_all_decision_42(
    observations: Observations, paths: list[str], observation: Observation | None
) -> None:
    assert observations.covering(map(Path.parse, paths)) == observation


def test_observing_again_with_another_token_replaces_mb_2_10(observations: Observations) -> None:
    again = Observation(Path(3200, 0), b"\x09", 39200, 11542)
    observations.add(again)
    assert len(observations) == 3
    assert observations.by_path(Path(3200, 0)) == again


def test_a_token_names_one_observation_rfc7641_3_1(observations: Observations) -> None:
    moved = Observation(Path(3303, 0), b"\x02", 39200, None)
    observations.add(moved)
    assert set(observations) == {OBJECT, RESOURCE, moved}


def test_cancelling_one_path_leaves_the_others_conformance_303(observations: Observations) -> None:
    assert observations.cancel(Path(3200, 0)) == INSTANCE
    assert observations.cancel(Path(3200, 0)) is None
    assert set(observations) == {OBJECT, RESOURCE}


def test_numbers_begin_at_1_rise_and_wrap_in_24_bits_rfc7641_2() -> None:
    observations = Observations()
    assert [observations.next_number() for _ in range(3)] == [1, 2, 3]
    old = Observations(last_number=0xFFFFFE)
    assert [old.next_number() for _ in range(3)] == [0xFFFFFF, 1, 2]


def test_an_observation_too_many_has_no_room() -> None:
    observations = Observations()
    for number in range(OBSERVATION_LIMIT):
        assert observations.has_room_for(Path(number))
        observations.add(Observation(Path(number), number.to_bytes(2, "big"), number, None))
    assert not observations.has_room_for(Path(OBSERVATION_LIMIT))
    assert observations.has_room_for(Path(0))


def test_rst_ends_the_observation_of_that_notification_conformance_302(
    observations: Observations,
) -> None:
    observations.sent(7, RESOURCE, confirmable=False)
    observations.sent(8, INSTANCE, confirmable=True)
    assert observations.rejected(7) == (True, RESOURCE)
    assert observations.rejected(7) == (False, None)
    assert observations.unacknowledged == 1
    assert observations.rejected(8) == (True, INSTANCE)
    assert observations.unacknowledged == 0
    assert set(observations) == {OBJECT}


def test_rst_for_an_observation_renewed_since_leaves_the_new_one() -> None:
    observations = Observations()
    observations.add(INSTANCE)
    observations.sent(7, INSTANCE, confirmable=False)
    renewed = Observation(Path(3200, 0), b"\x0a", 39300, None)
    observations.add(renewed)
    assert observations.rejected(7) == (True, None)
    assert observations.by_path(Path(3200, 0)) == renewed


def test_only_a_confirmable_notification_is_settled_and_once(observations: Observations) -> None:
    observations.sent(7, RESOURCE, confirmable=False)
    observations.sent(8, RESOURCE, confirmable=True)
    assert [observations.settled(mid) for mid in (7, 8, 8, 9)] == [False, True, False, False]


def test_memory_of_sent_notifications_is_bounded(observations: Observations) -> None:
    observations.sent(0, RESOURCE, confirmable=True)
    for mid in range(1, NOTIFICATION_MEMORY + 1):
        observations.sent(mid, RESOURCE, confirmable=False)
    assert observations.rejected(1) == (False, None)
    assert observations.rejected(0) == (True, RESOURCE)
