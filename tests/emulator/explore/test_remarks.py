"""What a host shows by its output, and whether a line is why it goes on."""

from dataclasses import dataclass

import pytest

from emulator.explore.account import Account, Said
from emulator.explore.calm import Order
from emulator.explore.remarks import Life, has_shown, remarks_of, witnesses

CLOSE, NOTIFY, SENT = "AT+MIPLCLOSE=0", "AT+MIPLNOTIFY=0,0,3200,0,5750", "+MIPLEVENT: 0,26,147"
READ, ANSWER = "+MIPLREAD: 0,501,3200,0,5750", "AT+MIPLREADRSP=0,501,1"
ORDER = Order(SENT, 1, CLOSE, 1, NOTIFY)


@dataclass(frozen=True)
class Entry:
    """`! ` stands before what the host prints."""

    at: float
    kind: str
    said: str


def life(*lines: str) -> Life:
    """A tenth of a second between two lines."""
    kinds = {">": "host >", "<": "host <", "!": "output"}
    entries = [Entry(n / 10, kinds[line[0]], line[2:]) for n, line in enumerate(lines)]
    said = [Said(e.at, e.kind == "host >", e.said) for e in entries if e.kind != "output"]
    return Account(tuple(said)), entries


WAITS = life(
    f"> {NOTIFY}", "< OK", f"< {SENT}", "! online", f"< {READ}", f"> {ANSWER}", f"> {CLOSE}"
)


def test_what_shows_a_line_of_host_or_module_is_no_remark() -> None:
    account, entries = life("! > AT+CSQ", "> AT+CSQ", "< OK", "! < OK", "! signal 23", "!  ")
    assert remarks_of(account, entries) == (Said(0.4, True, "signal 23"),)


def test_what_is_printed_once_in_each_life_between_line_and_command() -> None:
    twice = life("! online", f"> {NOTIFY}", f"< {SENT}", "! online", f"> {CLOSE}")
    before = life(f"> {NOTIFY}", "! online", f"< {SENT}", f"> {CLOSE}")
    assert witnesses([WAITS, WAITS], [ORDER]) == {ORDER: frozenset({"online"})}
    assert witnesses([WAITS, twice], [ORDER]) == {ORDER: frozenset()}
    assert witnesses([WAITS, before], [ORDER]) == {ORDER: frozenset()}


@pytest.mark.parametrize(
    ("lines", "is_shown"),
    [
        ((f"> {NOTIFY}", f"< {SENT}", f"> {CLOSE}"), True),
        ((f"> {NOTIFY}", f"< {SENT}", "! online", f"< {READ}", f"> {CLOSE}"), True),
        ((f"> {NOTIFY}", f"< {SENT}", f"< {READ}", f"> {ANSWER}", f"> {CLOSE}"), False),
        ((f"> {NOTIFY}", "! online", f"< {SENT}", f"< {READ}", f"> {CLOSE}"), False),
        ((f"> {NOTIFY}", f"< {READ}", f"> {ANSWER}", f"> {CLOSE}"), False),
    ],
)
def test_a_host_that_waits_for_a_request_does_not_wait_for_the_line_before(
    lines: tuple[str, ...], is_shown: bool
) -> None:
    """Manual 3.20: event 26 is the end of a report, a READ is not."""
    assert has_shown(ORDER, life(*lines), {"online"}) is is_shown
