"""The kept minimum behind every deadline()."""

from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.timers import Timers


def test_the_earliest_is_due_first_and_each_only_once() -> None:
    timers: Timers[str] = Timers()
    assert timers.deadline() is None
    timers.set("late", 9.0)
    timers.set("early", 3.0)
    assert timers.deadline() == 3.0
    assert timers.pop_due(2.999) is None
    assert timers.pop_due(10.0) == "early"
    assert timers.pop_due(10.0) == "late"
    assert timers.pop_due(10.0) is None
    assert timers.deadline() is None


def test_keys_of_the_same_time_come_in_the_order_they_were_set() -> None:
    timers: Timers[str] = Timers()
    for key in "zay":
        timers.set(key, 1.0)
    assert [timers.pop_due(1.0) for _ in range(3)] == ["z", "a", "y"]


def test_setting_again_replaces_and_cancelling_removes() -> None:
    timers: Timers[str] = Timers()
    timers.set("a", 1.0)
    timers.set("a", 5.0)
    timers.set("b", 2.0)
    timers.cancel("b")
    timers.cancel("never set")
    assert timers.deadline() == 5.0
    assert timers.pop_due(4.0) is None
    assert timers.pop_due(5.0) == "a"


def test_cancelled_entries_do_not_pile_up() -> None:
    """20000 acknowledged messages within one ACK_TIMEOUT must not leave 20000 entries."""
    timers: Timers[int] = Timers()
    for key in range(20_000):
        timers.set(key, 2.0)
        timers.cancel(key)
    assert len(timers._heap) <= 65


def test_cancelled_entries_do_not_stay_behind_an_earlier_one() -> None:
    timers: Timers[int] = Timers()
    timers.set(0, 1.0)
    for key in range(1, 100):
        timers.set(key, 2.0)
    for key in range(1, 100):
        timers.cancel(key)
    assert timers.deadline() == 1.0
    assert len(timers._heap) <= 2 + 64


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 99)), max_size=300))
def test_it_agrees_with_looking_at_all_of_them(steps: list[tuple[int, int | None]]) -> None:
    timers: Timers[int] = Timers()
    model: dict[int, int] = {}
    for key, when in steps:
        if when is None:
            timers.cancel(key)
            model.pop(key, None)
        else:
            timers.set(key, when)
            model[key] = when
        assert timers.deadline() == min(model.values(), default=None)
