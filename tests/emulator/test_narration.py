"""What people see with --verbose: AT lines and datagrams in words, secrets left out."""

import io

import pytest

from emulator.journal import Record
from emulator.narration import describe, narrator
from emulator.secrecy import redact


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('AT+MIPLCREATEEX="h:5683",1,"cmiot"', 'AT+MIPLCREATEEX="h:5683",1,***'),
        ('AT+MIPLCREATEEX="h:5684",0,,"secret"', 'AT+MIPLCREATEEX="h:5684",0,***'),
        ("at+miplcreateex = h,0,a,b", "at+miplcreateex = h,0,***"),
        ('AT+MIPLCREATEEX="h:5683",1', 'AT+MIPLCREATEEX="h:5683",1'),
        ('+MIPLDEVINFO: "h:5684",0,,"secret"', '+MIPLDEVINFO: "h:5684",0,***'),
        ('+MIPLDEVINFO:"h:5684",0,"a"', '+MIPLDEVINFO:"h:5684",0,***'),
        ('+MIPLDEVINFO: "h:5683",1', '+MIPLDEVINFO: "h:5683",1'),
        ("AT+MIPLCREATE=82,1300AB,0,82,0", "AT+MIPLCREATE=82,***"),
        ("AT+MIPLCREATE=x,1300AB,0,82,0", "AT+MIPLCREATE=x,***"),
        ('AT+MIPLCREATEX="h:5684",1,"a","b"', 'AT+MIPLCREATEX="h:5684",1,***'),
        ("AT+MIPLCREATE", "AT+MIPLCREATE"),
        ("AT+CSQ", "AT+CSQ"),
    ],
)
def test_auth_codes_and_keys_are_left_out(line: str, shown: str) -> None:
    assert redact(line) == shown


@pytest.mark.parametrize(
    ("datagram", "words"),
    [
        # CON POST mid 1 token ab, Uri-Path rd, Uri-Query lt=60 and authcode=x
        # Uri-Path rd, Uri-Query ep=1 and authcode=x
        (
            "41020001abb272644465703d310a61757468636f64653d78",
            "CON POST mid 1 token ab /rd?ep=1&authcode=***",
        ),
        ("60000007", "ACK empty mid 7"),
        ("4001000a", "CON GET mid 10 /"),
        ("ff", "malformed datagram of 1 bytes: not CoAP version 1"),
        ("6145000aabc0ff74657374", "ACK 2.05 mid 10 token ab ct=0 'test'"),
        ("6141000a01827264ff"[:-2], "ACK 2.01 mid 10 token 01 location /rd"),
        # Block1 0x0e, Block2 0x22 (RFC 7959 2.2: number, more, exponent)
        ("40020001b27264d1030e", "CON POST mid 1 /rd block1=0/1/1024"),
        ("6045000ad10a22", "ACK 2.05 mid 10 block2=2/0/64"),
        ("6045000ac0ff" + "00" * 70, "ACK 2.05 mid 10 ct=0 " + "00" * 60 + "… 70 bytes"),
    ],
)
def test_a_datagram_in_words(datagram: str, words: str) -> None:
    """Bytes typed by RFC 7252 3."""
    assert describe(bytes.fromhex(datagram)) == words


def test_lines_are_shown_one_by_one_with_their_time() -> None:
    out = io.StringIO()
    narrate = narrator("modem0", out)
    narrate(Record(1, 0, 10.0, "serial_in", b"AT+C"))
    narrate(Record(1, 0, 10.0, "serial_in", b"SQ\r"))
    narrate(Record(1, 0, 10.0, "echo_out", b"AT+CSQ\r"))
    narrate(Record(1, 0, 10.0, "command", text="AT+CSQ"))
    narrate(Record(2, 1, 10.25, "serial_out", b"\r\n+CSQ: 23,99\r\n\r\nOK\r\n"))
    narrate(Record(3, 0, 11.0, "datagram_in", bytes.fromhex("60000007")))
    narrate(Record(4, 0, 11.0, "login", text="not shown"))
    narrate(Record(5, 0, 104.0, "receiver", text="off"))
    narrate(Record(6, 0, 105.0, "datagram_unheard", bytes.fromhex("4001000a")))
    assert out.getvalue() == (
        "modem0     0.000 host  > AT+CSQ\n"
        "modem0     0.250 host  < +CSQ: 23,99\n"
        "modem0     0.250 host  < OK\n"
        "modem0     1.000 cloud < ACK empty mid 7\n"
        "modem0    94.000 receiver: off\n"
        "modem0    95.000 unheard CON GET mid 10 /\n"
    )
