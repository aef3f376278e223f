"""Which rows are shown."""

import pytest

from emulator.diagram.fates import settled
from emulator.diagram.rows import rows_of
from emulator.diagram.wanted import FilterError, Wanted, kinds_named, path_named, wanted_rows
from emulator.journal import Record
from tests.emulator.diagram.journals import DAY, OBSERVE, OBSERVED


def shown(wanted: Wanted, records: list[Record] | None = None) -> list[int]:
    rows = settled(rows_of(records or DAY, quiet=wanted.quiet))
    return [row.number for row in wanted_rows(rows, wanted)]


ALL = [1, 3, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]


def test_all_of_it() -> None:
    assert shown(Wanted()) == ALL


def test_by_time() -> None:
    assert shown(Wanted(1.002, 1.6)) == [5, 6, 7, 8]


def test_by_kind() -> None:
    assert shown(Wanted(kinds=kinds_named(["datagram_out", "lint"]))) == [8, 12, 14, 17]
    assert shown(Wanted(kinds=kinds_named(["notes"]))) == [17, 18]
    assert shown(Wanted(kinds=kinds_named(["command"]))) == [4, 11]


def test_by_path_with_what_follows_from_it() -> None:
    """The notification's ACK and event 26 name no path; AT+MIPLOPEN has nothing to do with it."""
    expected = [7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20]
    assert shown(Wanted(paths=((3200,),))) == expected
    assert shown(Wanted(paths=((3200, 0, 5750),))) == expected
    assert shown(Wanted(paths=((3200, 1),))) == []
    assert shown(Wanted(paths=((3,),))) == []


def test_by_message_id() -> None:
    assert shown(Wanted(mids=frozenset({8194}))) == [12, 14, 15, 16]
    assert shown(Wanted(mids=frozenset({4097}))) == [7, 8, 9, 18, 20]


def test_an_answer_of_the_host_goes_with_what_was_asked() -> None:
    """AT+MIPLWRITERSP names the message id alone."""
    records = [
        Record(1, 0, 0.0, "serial_out", b"\r\n+MIPLWRITE: 0,500,3200,0,5750,1,1,x,0\r\n"),
        Record(2, 0, 0.1, "serial_in", b"AT+MIPLWRITERSP=0,500,2\r"),
        Record(3, 2, 0.1, "serial_out", b"\r\nOK\r\n"),
        Record(4, 0, 0.2, "serial_in", b"AT+MIPLWRITERSP=0,501,2\r"),
        Record(5, 4, 0.2, "serial_out", b"\r\nOK\r\n"),
    ]
    other = Record(6, 0, 0.3, "serial_out", b"\r\n+MIPLREAD: 0,500,3300,0,-1\r\n")
    assert shown(Wanted(paths=((3200, 0),)), [*records, other]) == [1, 2, 3]


def test_a_further_line_of_a_record_brings_nothing_else_with_it() -> None:
    records = [
        Record(1, 0, 0.0, "serial_out", b"\r\nOK\r\n\r\n+MIPLREAD: 0,500,3200,0,-1\r\n"),
        Record(2, 0, 0.1, "reset"),
    ]
    assert shown(Wanted(paths=((3200, 0),)), records) == [0]


def test_a_record_out_of_order_is_found() -> None:
    """What a handshake has secured is told with the time at which it began."""
    records = [
        Record(1, 0, 5.0, "datagram_in", OBSERVE, "link 1"),
        Record(2, 1, 9.0, "datagram_out", OBSERVED, "link 1"),
        Record(3, 0, 4.0, "open_link", text="link 1 secured with X, by y"),
    ]
    assert shown(Wanted(end=8.0), records) == [1, 3]


def test_what_comes_later_is_not_read() -> None:
    def endless() -> object:
        number = 0
        while True:
            number += 1
            assert number < 1000, "it reads on and on"
            yield Record(number, 0, float(number), "reset")

    rows = settled(rows_of(endless()))  # type: ignore[arg-type]
    assert [row.number for row in wanted_rows(rows, Wanted(end=3.0))] == [1, 2, 3]


@pytest.mark.parametrize("text", ["/3200/0/5750", "3200/0/5750", "/3200/0/5750/"])
def test_paths(text: str) -> None:
    assert path_named(text) == (3200, 0, 5750)


@pytest.mark.parametrize("text", ["", "/", "/rd/5", "3200:0", "/1/2/3/4", "/²"])
def test_no_paths(text: str) -> None:
    with pytest.raises(FilterError, match="write /3200/0/5750"):
        path_named(text)


def test_an_unknown_kind() -> None:
    with pytest.raises(FilterError) as caught:
        kinds_named(["serial"])
    assert "there is no kind 'serial'; did you mean 'serial_" in str(caught.value)
    with pytest.raises(FilterError, match="groups of kinds: at, lwm2m, dtls, links, state, notes"):
        kinds_named(["xyz"])
