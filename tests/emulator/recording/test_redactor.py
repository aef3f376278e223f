"""Recordings without keys, auth codes and identities, however these travel."""

import base64
import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as some

from emulator.journal import Record
from emulator.recording.redactor import Redactor

IMEI, IMSI = "869975030000461", "460001357924680"


def hidden(kind: str, *pieces: bytes | str, text: str = "link 1") -> list[bytes]:
    """The data of records of one kind, as others may see it."""
    redactor = Redactor(IMEI, IMSI)
    raw = [bytes.fromhex(each) if isinstance(each, str) else each for each in pieces]
    shown = [redactor.redact(Record(n, 0, 0.0, kind, each, text)) for n, each in enumerate(raw, 1)]
    assert [len(each.data) for each in shown] == [len(each) for each in raw]
    return [each.data for each in shown]


def cut(data: bytes, size: int) -> Iterable[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


LINES = [
    (b'AT+MIPLCREATEEX="h:5684",1,"code","psk"\rAT\r', b'AT+MIPLCREATEEX="h:5684",1,%b\rAT\r'),
    (b"at+miplcreateex = h,0,a,b\r\nAT\r", b"at+miplcreateex = h,0,%b\r\nAT\r"),
    (b"AT+MIPLCREATE=83,130053F1000310,0,40,0\r", b"AT+MIPLCREATE=83,%b\r"),
    (b"AT+MIPLCRX\b\bREATEEX=h,0,a,b\rAT\r", b"AT+MIPLCRX\b\bREATEEX=h,0,%b\rAT\r"),
]


@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize(("line", "shown"), LINES, ids=range(4))
def test_a_secret_is_hidden_wherever_a_line_is_cut(line: bytes, shown: bytes, size: int) -> None:
    stars = b"*" * (len(line) - len(shown) + 2)
    assert b"".join(hidden("serial_in", *cut(line, size))) == shown % stars


def test_the_module_tells_its_configuration() -> None:
    told = b'\r\n+MIPLDEVINFO: "h:5684",0,,"psk"\r\n\r\nOK\r\n'
    assert hidden("serial_out", told) == [b'\r\n+MIPLDEVINFO: "h:5684",0,******\r\n\r\nOK\r\n']


def test_a_line_that_is_too_long_to_be_a_command_hides_all_that_follows() -> None:
    line = b'AT+MIPLCREATEEX="' + b"h" * 5000 + b'",0,,"secret"\rAT\r'
    (shown,) = hidden("serial_in", line)
    assert b"secret" not in shown and shown.endswith(b"*\rAT\r")


@pytest.mark.parametrize("number", [IMEI, IMSI])
def test_identities_are_hidden_in_every_spelling(number: str) -> None:
    """A TLV integer takes 8 bytes (LwM2M 1.0, table 22)."""
    raw = number.encode()
    spellings = [raw, raw.hex().encode(), int(number).to_bytes(8, "big"), base64.b64encode(raw)]
    for spelt in spellings:
        (shown,) = hidden("serial_out", b"<" + spelt + b">")
        assert shown[:1] + shown[-1:] == b"<>"
        assert spelt not in shown
        assert not {*shown[1:-1]} - {*b"*2aA"}


@pytest.mark.parametrize("before", [b"", b"a", b"ab"])
def test_base64_is_found_at_any_place_of_its_group(before: bytes) -> None:
    (shown,) = hidden("serial_out", base64.b64encode(before + IMEI.encode() + b"xyz"))
    assert IMEI[1:-1].encode() not in base64.b64decode(shown)
    assert base64.b64decode(shown).endswith(b"xyz")


@pytest.mark.parametrize("size", range(1, 8))
def test_of_an_identity_in_pieces_three_digits_can_be_seen(size: int) -> None:
    """The fourth makes it known."""
    shown = b"".join(hidden("serial_in", *cut(b"AT+X=" + IMEI.encode() + b",8699\r", size)))
    seen = shown.removeprefix(b"AT+X=").removesuffix(b"\r")
    digits, rest = seen.split(b",")
    assert not digits.strip(b"*").strip(b"869")
    assert rest in (b"8699", b"869*", b"****")  # the last may yet become one


def block(number: int, more: bool, payload: bytes) -> bytes:
    """2.05 with Block2 (option 23, one byte) of size 16 (RFC 7959 2.2)."""
    return b"\x61\x45\x00\x0a\x01\xd1\x0a" + bytes([number << 4 | more << 3]) + b"\xff" + payload


def test_an_identity_that_two_blocks_share_is_hidden_also_when_one_is_repeated() -> None:
    first, second = b"x" * 10 + IMEI[:6].encode(), IMEI[6:].encode() + b"xyz"
    one, two = block(0, True, first), block(1, False, second)
    assert [each[9:] for each in hidden("datagram_out", one, one, two, two)] == [
        b"x" * 10 + b"*" * 6,
        b"x" * 10 + b"*" * 6,
        b"*" * 9 + b"xyz",
        b"*" * 9 + b"xyz",
    ]


# Message 000a with token 01, and options by RFC 7252 3.1
DATAGRAMS = {
    # Uri-Path rd, Uri-Query ep=IMEI
    "ep": ("4102000a01b272644d0565703d" + IMEI.encode().hex(), "65703d" + "2a" * 15),
    # Uri-Path bs, Uri-Query authcode=abc
    "authcode": ("4102000a01b262734c61757468636f64653d616263", "68636f64653d2a2a2a"),
    # Uri-Path bs, option 63: 13 more than 11 is 24, 28 more is 39
    "option 63": ("4102000a01b26273d327616263", "d3272a2a2a"),
    # PUT 0/1, Content-Format 11542: 0/1/0 "c", 0/1/5 of 4 bytes, 0/1/10 1
    "key": (
        "4103000a01b1300131122d16ffc10063c405deadbeefc10a01",
        "c10063c4052a2a2a2ac10a01",
    ),
    # the same as instance 1 of PUT 0
    "key inside an instance": (
        "4103000a01b130122d16ff080109c10063c405deadbeef",
        "080109c10063c4052a2a2a2a",
    ),
    # PUT 0/1/5
    "key alone": ("4103000a01b13001310135ffdeadbeef", "0135ff2a2a2a2a"),
    # JSON, 11543; whatever is in it
    "key in JSON": ("4103000a01b1300131122d17ff7b7d", "2d17ff2a2a"),
    "broken TLV": ("4103000a01b1300131122d16ffc405dead", "2d16ff2a2a2a2a"),
    "a block of it": ("4103000a01b1300131122d16d10208ffc405dead", "08ff2a2a2a2a"),
    "no CoAP": ("ff" + IMEI.encode().hex(), "ff" + "2a" * 15),
}


@pytest.mark.parametrize(("data", "end"), DATAGRAMS.values(), ids=DATAGRAMS)
def test_a_datagram_keeps_its_form(data: str, end: str) -> None:
    (shown,) = hidden("datagram_in", data)
    assert shown.hex().endswith(end)
    assert shown.hex()[: -len(end)] == data[: -len(end)]


def test_what_is_no_secret_stays() -> None:
    """PUT 0/1/0, a write to 3/0/5, an auth code's name elsewhere."""
    plain = ["4103000a01b13001310130ff63", "4103000a01b13301300135ff05", "4102000a01b272644163"]
    assert [each.hex() for each in hidden("datagram_in", *plain)] == plain


def test_a_spelling_of_its_own_is_not_shown_at_all() -> None:
    """Uri-Path rd, then Content-Format 0 as a byte, which the shortest form leaves out (RFC 7252
    3.2), Uri-Query authcode=x."""
    (shown,) = hidden("datagram_in", "4102000a01b2726411003a61757468636f64653d78")
    assert shown == bytes.fromhex("4102000a01ff") + b"*" * 15


def test_the_secret_of_a_session_is_no_more() -> None:
    assert hidden("session_secret", b"CLIENT_RANDOM 00 11") == [b"*" * 19]


def test_what_else_has_data_is_taken_for_a_line() -> None:
    assert hidden("fault", b'+MIPLDEVINFO: "h",0,a') == [b'+MIPLDEVINFO: "h",0,*']


def test_an_identity_in_a_handshake_is_hidden() -> None:
    assert hidden("ciphertext_out", b"\x16\xfe\xfd" + IMEI.encode()) == [
        b"\x16\xfe\xfd" + b"*" * 15
    ]


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("command", 'AT+MIPLCREATEEX="h",0,"c"', 'AT+MIPLCREATEEX="h",0,***'),
        ("bug", "AT+MIPLCREATE=8,13: ValueError()", "AT+MIPLCREATE=8,****************"),
        ("lint", f"the IMEI {IMEI} 温", f"the IMEI {'*' * 15} 温"),
    ],
)
def test_words_are_redacted_too(kind: str, text: str, shown: str) -> None:
    assert Redactor(IMEI, IMSI).redact(Record(1, 0, 0.0, kind, text=text)).text == shown


def test_a_key_of_a_command_is_known_from_then_on() -> None:
    redactor = Redactor(IMEI, IMSI)
    redactor.redact(Record(1, 0, 0.0, "command", text='AT+MIPLCREATEEX="h",0,"authed",,"x"'))
    shown = redactor.redact(Record(2, 0, 0.0, "lint", text="authed 617574686564 x"))
    assert shown.text == "****** 2a2a2a2a2a2a x"


SAID = (
    f'ATE1\rAT+X="{IMEI}"\rAT+MIPLCREATEEX="h:5684",1,"codecode","keykeykey"\r\n'
    f"AT+MIPLCREATE=83,13005{IMSI},0,9,0\rAT+Y={IMSI.encode().hex()}\rAT\r"
).encode()
SECRETS = (IMEI[:4], IMSI[:4], IMEI[-4:], IMSI[-4:], "code", "key", "13005")


@given(some.lists(some.integers(0, len(SAID)), max_size=12))
def test_however_the_host_cuts_its_lines(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(SAID)]
    pieces = [SAID[begin:end] for begin, end in itertools.pairwise(edges)]
    shown = b"".join(hidden("serial_in", *pieces))
    assert not [each for each in SECRETS if each.encode() in shown]
    assert IMSI.encode().hex().encode()[8:] not in shown
    assert shown.startswith(b'ATE1\rAT+X="') and shown.endswith(b"\rAT\r")


def test_what_a_fault_has_struck_is_hidden_as_on_its_way_and_whatever_is_left_of_it() -> None:
    """The record has the bytes as they were; corrupted or in pieces they are no line that has
    secrets, and carry them all the same."""
    line = b'AT+MIPLCREATEEX="h:5684",1,,"1234abcd"\r'
    redactor = Redactor(IMEI, IMSI)
    struck = redactor.redact(Record(1, 0, 0.0, "fault", line, "1, at-in: corrupt"))
    assert struck.data == b'AT+MIPLCREATEEX="h:5684",1,' + b"*" * 11 + b"\r"
    spoiled = line.replace(b"MIPLCREATEEX", b"MIQLCREATEEX")
    after = redactor.redact(Record(2, 0, 0.0, "serial_in", spoiled, ""))
    assert b"1234abcd" not in after.data
    told = b'\r\n+MIPLDEVINFO: "h:5684",0,,"psk"\r\n\r\nOK\r\n'
    assert hidden("fault", told) == [b'\r\n+MIPLDEVINFO: "h:5684",0,******\r\n\r\nOK\r\n']
    key = bytes.fromhex("4003000a b1 30 01 30 01 35 ff") + b"keykeykey"  # PUT /0/0/5 (E.1)
    assert hidden("fault", key) == [key[:-9] + b"*" * 9]
