"""sent = received + known lost, and what makes that wrong."""

import pytest

from emulator.fleet.books import Account, Books, settle, total

NONE: frozenset[int] = frozenset()


def lacking(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (
            Account(confirm=True, sent=10, acked=10, received=10, lacking=NONE),
            Books(sent=10, received=10),
        ),
        (  # 7 was never confirmed, and has not come
            Account(True, 10, 9, 1, 9, given_up=lacking(7), lacking=lacking(7)),
            Books(sent=10, received=9, lost=1),
        ),
        (  # 7 was never confirmed, but has come: the confirmation was lost
            Account(True, 10, 9, 1, 10, given_up=lacking(7), lacking=NONE),
            Books(sent=10, received=10),
        ),
        (  # 7 was never confirmed and has come, 8 was confirmed and has not
            Account(True, 10, 9, 1, 9, given_up=lacking(7), lacking=lacking(8)),
            Books(sent=10, received=9, unaccounted=1),
        ),
        (  # without confirmation nobody knows of a loss
            Account(False, 10, received=9, lacking=lacking(3)),
            Books(sent=10, received=9, unaccounted=1),
        ),
        (  # no numbers, only counts
            Account(True, 10, 8, 2, 8),
            Books(sent=10, received=8, lost=2),
        ),
        (
            Account(True, 10, 9, 1, 7),
            Books(sent=10, received=7, lost=1, unaccounted=2),
        ),
        (Account(True, 10, 10, 0, 12), Books(sent=10, received=10, surplus=2)),
        (  # the worker was killed with two under way; one of them has come
            Account(True, 10, 8, 0, 9, given_up=None, lacking=lacking(10)),
            Books(sent=10, received=9, lost=1),
        ),
        (
            Account(True, 10, 8, 0, 7, given_up=None, lacking=lacking(8, 9, 10)),
            Books(sent=10, received=7, lost=2, unaccounted=1),
        ),
        (  # killed between the final result and the datagram
            Account(False, 10, received=9, given_up=None, lacking=lacking(10)),
            Books(sent=10, received=9, lost=1),
        ),
    ],
)
def test_what_a_local_platform_has_counted(account: Account, expected: Books) -> None:
    assert settle(account, "platform") == expected


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (Account(True, 10, 9, 1), Books(sent=10, received=9, lost=1)),
        (Account(True, 10, 8, 1), Books(sent=10, received=8, lost=1, unaccounted=1)),
        (Account(True, 10, 8, 0, given_up=None), Books(sent=10, received=8, lost=2)),
        (Account(False, 10), Books(sent=10, unknown=10)),
    ],
)
def test_with_a_foreign_server_confirmations_count(account: Account, expected: Books) -> None:
    assert settle(account, "none") == expected


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (Account(True, 10, 6, 4, 5), Books(sent=10, received=6, lost=4)),
        (Account(False, 10, received=6), Books(sent=10, received=6, unknown=4)),
    ],
)
def test_a_local_platform_that_has_died_leaves_its_count(account: Account, expected: Books) -> None:
    assert settle(account, "gone") == expected


def test_one_modem_does_not_make_up_for_another() -> None:
    books = total([Account(True, 5, 5, 0, 6), Account(True, 5, 5, 0, 4)], "platform")
    assert books == Books(sent=10, received=9, unaccounted=1, surplus=1)
    assert not books.balanced


def test_lost_reports_that_are_known_leave_the_books_balanced() -> None:
    assert Books(sent=3, received=2, lost=1).balanced
    assert not Books(sent=3, received=2, unaccounted=1).balanced
