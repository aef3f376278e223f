"""What a host does undisturbed, out of a journal."""

from emulator.explore.sheet import Exchange, Neighbours, Reader, answer_of
from emulator.journal import Kind, Record

CREATED = b"\r\n+MIPLCREATEEX: 0\r\n\r\nOK\r\n"
OK = b"\r\nOK\r\n"


def read(*records: tuple[float, Kind, bytes]) -> Reader:
    reader = Reader()
    for number, (at, kind, data) in enumerate(records, 1):
        text = data.decode() if kind == "command" else ""
        reader.take(Record(number, 0, at, kind, data, text))
    return reader


def asked(at: float, line: str, reply: bytes) -> list[tuple[float, Kind, bytes]]:
    return [
        (at, "serial_in", line.encode() + b"\r\n"),
        (at, "command", line.encode()),
        (at, "serial_out", reply),
    ]


def test_commands_with_their_answers_and_when_the_module_is_registered() -> None:
    """Manual 5.1: event 6 is the login's end, CLOSE that of the session."""
    reader = read(
        *asked(1.0, 'AT+MIPLCREATEEX="183.230.40.40:5683",0', CREATED),
        *asked(2.0, "AT+MIPLOPEN=0,3000,30", OK),
        (2.1, "serial_out", b"\r\n+MIPLEVENT: 0,6\r\n"),
        *asked(3.0, "AT+CSQ", b"\r\n+CSQ: 23,99\r\n\r\nOK\r\n"),
        *asked(4.0, "AT+MIPLCLOSE=0", OK),
        *asked(9.0, "AT+MIPLDELETE=0", OK),
    )
    sheet = reader.sheet(0.5, 9.5, ["/3200/0/5750"])
    assert [(e.text[:11], e.is_registered, e.follows, e.has_data) for e in sheet.exchanges] == [
        ("AT+MIPLCREA", False, False, True),
        ("AT+MIPLOPEN", False, True, False),
        ("AT+CSQ", True, False, True),
        ("AT+MIPLCLOS", True, False, False),
        ("AT+MIPLDELE", False, False, False),
    ]
    assert (sheet.seconds, sheet.silence) == (9.0, 5.0)
    assert sheet.reports == {"/3200/0/5750": 1}
    assert sheet.sent["AT+CSQ"] == 1


def test_lines_of_two_kinds_with_no_command_between_are_neighbours() -> None:
    """Manual 3.18, 3.20: event 6 and the observation come from two sides, 0,2 and 0,6 from one."""
    reader = read(
        *asked(1.0, "AT+MIPLOPEN=0,3000,30", OK),
        (1.1, "serial_out", b"\r\n+MIPLEVENT: 0,2\r\n"),
        (1.2, "serial_out", b"\r\n+MIPLEVENT: 0,6\r\n"),
        (1.3, "serial_out", b"\r\n+MIPLOBSERVE: 0,7,1,3200,0,-1\r\n"),
        (1.4, "serial_in", b"AT+CSQ\r"),
        (1.5, "serial_out", b"\r\n+MIPLDISCOVER: 0,8,3200\r\n"),
        (2.5, "serial_out", b"\r\n+MIPLREAD: 0,9,3,0,-1\r\n"),
    )
    assert reader.sheet(1.0, 2.0, []).neighbours == (
        Neighbours(
            ("event", "+MIPLEVENT: 0,6"),
            ("observe", "+MIPLOBSERVE: 0,7,1,3200,0,-1"),
            1,
            "+MIPLEVENT",
            2,
        ),
    )


def test_requests_that_the_host_answers_are_known_by_their_lines() -> None:
    """Manual 3.10 and 3.11; a line that comes in pieces is one."""
    reader = read(
        (1.0, "serial_out", b"\r\n+MIPLREAD: 0,501,3200,0,5750\r\n"),
        (1.1, "serial_out", b"\r\n+MIPLREAD: 0,502,3,0,-1\r\n"),
        (1.2, "serial_in", b"AT+MIPLREADRSP=0,501,1,3200,0"),
        (1.3, "serial_in", b',5750,1,4,"abcd",0,0\r'),
    )
    sheet = reader.sheet(1.0, 2.0, [])
    assert sheet.asked == {"read": "+MIPLREAD: 0,501,3200,0,5750"}
    assert sheet.mids == {501, 502}
    assert sheet.sent == {'AT+MIPLREADRSP=0,501,1,3200,0,5750,1,4,"abcd",0,0': 1}


def test_which_request_a_line_answers() -> None:
    assert answer_of("AT+MIPLWRITERSP=0,64000,2") == 64000
    assert answer_of("at+miplexecutersp=0, 7,2") == 7
    assert answer_of("AT+MIPLNOTIFY=0,0,3200,0,5750,1,1,a,0,0") is None


def test_a_final_result_alone_is_no_data() -> None:
    assert not Exchange(0, "AT", b"\r\n+CIS ERROR: 653\r\n").has_data
    assert not Exchange(0, "AT", b"0\r").is_framed


def test_a_host_that_does_not_wait_for_a_final_result_v_250_5_4_1() -> None:
    reader = read(
        *asked(1.0, "AT+CSQ", b"\r\n+CSQ: 23,99\r\n\r\nOK\r\n\r\n+CEREG: 1\r\n"),
        (2.0, "serial_in", b"AT+CGATT?\r"),
        (2.0, "command", b"AT+CGATT?"),
        (2.1, "serial_out", b"\r\n+CEREG: 1\r\n"),
        (2.2, "serial_in", b"AT\r"),
    )
    assert reader.hasty == ("AT+CGATT?", "AT")
