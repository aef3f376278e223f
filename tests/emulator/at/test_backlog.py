from emulator.at.backlog import BACKLOG_LIMIT, Backlog
from emulator.at.lines import Mark, Piece


def drained(backlog: Backlog) -> list[tuple[Piece, int]]:
    entries = []
    while (entry := backlog.pop()) is not None:
        entries.append(entry)
    return entries


def test_first_in_first_out_with_causes() -> None:
    backlog = Backlog()
    backlog.append(Piece(b"AT\r", "AT"), 1)
    backlog.append(Piece(b"A", None), 2)
    assert drained(backlog) == [(Piece(b"AT\r", "AT"), 1), (Piece(b"A", None), 2)]
    assert backlog.size == 0


def test_lines_beyond_the_limit_are_refused_one_by_one_behind_the_others() -> None:
    backlog = Backlog(limit=12)  # room for two of these: 3 bytes of echo, 2 of text, 1 for itself
    for cause in range(1, 6):
        backlog.append(Piece(b"AT\r", "AT"), cause)
    assert backlog.size == 12
    assert [(piece.item, cause) for piece, cause in drained(backlog)] == [
        ("AT", 1),
        ("AT", 2),
        (Mark.OVERLONG, 3),
        (Mark.OVERLONG, 3),
        (Mark.OVERLONG, 3),
    ]


def test_room_that_comes_free_does_not_let_a_line_overtake_refused_ones() -> None:
    backlog = Backlog(limit=12)
    backlog.append(Piece(b"AT+C\r", "AT+C"), 1)
    backlog.append(Piece(b"AT+C\r", "AT+C"), 2)
    assert backlog.pop() == (Piece(b"AT+C\r", "AT+C"), 1)
    backlog.append(Piece(b"AT\r", "AT"), 3)
    assert [piece.item for piece, _ in drained(backlog)] == [Mark.OVERLONG, Mark.OVERLONG]
    backlog.append(Piece(b"AT\r", "AT"), 4)
    assert drained(backlog) == [(Piece(b"AT\r", "AT"), 4)]


def test_echo_beyond_the_limit_is_lost_and_is_no_line() -> None:
    backlog = Backlog(limit=4)
    backlog.append(Piece(b"AT+CS", None), 1)
    assert drained(backlog) == []


def test_memory_is_bounded_for_any_number_of_lines() -> None:
    backlog = Backlog()
    for cause in range(50_000):
        backlog.append(Piece(b"A\r", "A"), cause)
    assert backlog.size <= BACKLOG_LIMIT
    assert backlog._pieces is not None and len(backlog._pieces) <= BACKLOG_LIMIT / 4
    assert len(drained(backlog)) == 50_000
