"""Every row of the firmware update's table, and that every pair without a row is refused."""

import pytest

from emulator.fota.states import Event, Result, State, follow

# As LwM2M 1.0 has it in E.6: state, event, then the values of 5/0/3 and 5/0/5.
ROWS = """
IDLE         RESET             0  0
DOWNLOADING  RESET             0  0
DOWNLOADED   RESET             0  0
IDLE         DELIVERY          1  0
DOWNLOADING  DELIVERED         2  0
DOWNLOADED   UPDATE            3  0
UPDATING     INSTALLED         0  1
UPDATING     NOT_INSTALLED     2  8
"""
DRAWN = {
    (State[state], Event[event]): (int(after), int(result))
    for state, event, after, result in (row.split() for row in ROWS.strip().splitlines())
}
FAILING = (State.DOWNLOADING, Event.DELIVERY_FAILED)


@pytest.mark.parametrize(("row", "after"), DRAWN.items())
def test_drawn_rows(row: tuple[State, Event], after: tuple[int, int]) -> None:
    assert follow(*row) == after


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6, 7, 9])
def test_a_failed_delivery_goes_back_to_idle_with_its_result(number: int) -> None:
    assert follow(*FAILING, Result(number)) == (0, number)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_anything_else_is_refused(state: State, event: Event) -> None:
    if (state, event) not in DRAWN and (state, event) != FAILING:
        assert follow(state, event) is None


def test_the_results_have_the_numbers_of_the_specification() -> None:
    """E.6, resource 5."""
    names = (
        "INITIAL UPDATED NO_STORAGE NO_MEMORY CONNECTION_LOST "
        "INTEGRITY PACKAGE_TYPE INVALID_URI UPDATE_FAILED PROTOCOL"
    )
    assert " ".join(result.name for result in sorted(Result)) == names
    assert [result.value for result in sorted(Result)] == list(range(10))
