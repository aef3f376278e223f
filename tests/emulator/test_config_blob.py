"""The configuration of AT+MIPLCREATE= (manual 3.1; decision 13; MB 2.1), decoded by hand.

13 0031 version 1, three items, 49 bytes · F1 0003 · F2 0023 MTU 2, link 1, [flags 1,] APN, user,
password, host, user data, each with 2 bytes of length · F3 0008 log 1, size 2, user data.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.at.results import Failed
from emulator.config_blob import parse_blob
from emulator.instance import Target

SYNTAX = "+CIS ERROR: 601"
CREATED = "+MIPLCREATE: 0|OK"

M5310 = (
    "130031F10003F2002304001100000000000010123138332E3233302E34302E33393A35363833000131"
    "F300080000000000"
)
M5310_A = (
    "130031F10003F2002304001100000000000000123138332E3233302E34302E34303A35363833000131"
    "F30008C000000000"
)
M5310_A_OTHER = (
    "130031F10003F2002304001100000000000000123131322E31332E3136372E36333A35363833000131"
    "F300087100000000"
)
# eagleEasylove/NBIOT: APN CMIOT, host without port, user, password and user data "0" or none.
EAGLE_51 = (
    "130033F10003F200250400110005434D494F54000130000130000D3138332E3233302E34302E3339000130"
    "F30008E200C80000"
)
EAGLE_48 = (
    "130030F10003F200220400110005434D494F5400000000000D3138332E3233302E34302E33390000"
    "F30008E200C80000"
)
EC_BOOTSTRAP = (
    "130045F10003F20037050011800005434D494F540000000000123138332E3233302E34302E33393A35363833"
    "000F41757468436F64653A3B50534B3A3BF30008E400C80000"
)
EC_DIRECT = (
    "130045F10003F20037050011000005434D494F540000000000123138332E3233302E34302E34303A35363833"
    "000F41757468436F64653A3B50534B3A3BF30008E400C80000"
)
EC_DTLS = (
    "130053F10003F20045050011C00005434D494F540000000000123138332E3233302E34302E33393A35363834"
    "001D41757468436F64653A45433631363B50534B3A454947454E434F4D4D3BF30008E400C80000"
)
XY_NEW = (
    "130045f10003f20037040011800005434d494f540000000000123138332e3233302e34302e33393a35363833"
    "000f41757468436f64653a3b50534b3a3bf30008e400c80000"
)

SAMPLES = [
    pytest.param(M5310, Target("183.230.40.39", 5683, False, 1), id="M5310"),
    pytest.param(M5310_A, Target("183.230.40.40", 5683, False, 0), id="M5310-A"),
    pytest.param(M5310_A_OTHER, Target("112.13.167.63", 5683, False, 0), id="M5310-A, other"),
    # No bit says bootstrap, but there is nothing else at this address.
    pytest.param(EAGLE_51, Target("183.230.40.39", 5683, False, 1), id="eagleEasylove, 51"),
    pytest.param(EAGLE_48, Target("183.230.40.39", 5683, False, 1), id="eagleEasylove, MT, 48"),
    pytest.param(EC_BOOTSTRAP, Target("183.230.40.39", 5683, False, 1), id="EC"),
    pytest.param(EC_DIRECT, Target("183.230.40.40", 5683, False, 0), id="EC, direct"),
    pytest.param(
        EC_DTLS, Target("183.230.40.39", 5684, True, 1, "EC616", b"EIGENCOMM"), id="EC, DTLS"
    ),
    pytest.param(XY_NEW, Target("183.230.40.39", 5683, False, 1), id="XY-NEW"),
]


@pytest.mark.parametrize(("blob", "target"), SAMPLES)
def test_every_sample_of_the_field(blob: str, target: Target) -> None:
    assert parse_blob(bytes.fromhex(blob)) == target


@pytest.mark.parametrize(("blob", "size"), [(M5310, 49), (EAGLE_51, 51), (EC_DTLS, 83)])
def test_the_command_takes_bytes_or_hex_digits_as_sizes(desk: Any, blob: str, size: int) -> None:
    """Decision 13: field samples count bytes, the manual "by ASCII"."""
    for total in (size, 2 * size):
        for current in (size, 2 * size):
            assert desk().at(f"AT+MIPLCREATE={total},{blob},0,{current},0") == CREATED


def test_what_it_asked_for_is_what_devinfo_shows(desk: Any) -> None:
    """Decision 19."""
    table = desk()
    assert table.at(f"AT+MIPLCREATE=83,{EC_DTLS},0,83,0") == CREATED
    assert table.at("AT+MIPLDEVINFO?") == (
        '+MIPLDEVINFO: "183.230.40.39:5684",1,"EC616","EIGENCOMM"|OK'
    )


def test_the_hosts_of_the_field_write_it_like_this(desk: Any) -> None:
    """LOG: a blank at the end of the line; lower case; the configuration in quotes (decision 4)."""
    assert desk().at(f"AT+MIPLCREATE=49,{M5310},0,49,0 ") == CREATED
    assert desk().at(f"AT+MIPLCREATE=69,{XY_NEW},0,69,0") == CREATED
    assert desk().at(f'AT+MIPLCREATE=49,"{M5310}",0,49,0') == CREATED


def test_the_layout_that_a_module_insists_on(desk: Any) -> None:
    """Quirk blob_layout: a parser that knows the byte of flags only."""
    table = desk(quirks={"blob_layout": "new"})
    assert table.at(f"AT+MIPLCREATE=49,{M5310},0,49,0") == SYNTAX
    assert table.at(f"AT+MIPLCREATE=69,{EC_BOOTSTRAP},0,69,0") == CREATED


def text(characters: str) -> str:
    """Two bytes of length, then the characters, in hex."""
    return f"{len(characters):04x}" + characters.encode().hex()


def item(kind: str, content: str) -> str:
    """The byte of its kind, two bytes for all of it, its content."""
    return f"{kind}{3 + len(bytes.fromhex(content)):04x}{content}"


def blob_of(head: str, *items: str) -> bytes:
    """The byte of version and count, two bytes for all of it, the items."""
    content = bytes.fromhex("".join(items))
    return bytes.fromhex(head) + (3 + len(content)).to_bytes(2, "big") + content


OLD = "0500 11" + text("") * 3  # MTU, link, no access point
NEW_PLAIN, NEW_BOOTSTRAP, NEW_DTLS, NEW_RESERVED = (
    f"0500 11 {flags}" + text("") * 3 for flags in ("00", "80", "40", "3F")
)
HOST = text("localhost")


@pytest.mark.parametrize(
    ("content", "target"),
    [
        pytest.param(
            NEW_DTLS + text("localhost:5683") + text(""),
            Target("localhost", 5683, True, 0),
            id="DTLS by its bit, on any port",
        ),
        pytest.param(
            NEW_PLAIN + text("localhost:5684") + text(""),
            Target("localhost", 5684, True, 0),
            id="DTLS by its port (decision 14)",
        ),
        pytest.param(
            NEW_RESERVED + HOST + text(""), Target("localhost", 5683, False, 0), id="reserved bits"
        ),
        pytest.param(OLD + HOST + text(""), Target("localhost", 5683, False, 0), id="old"),
        pytest.param(
            OLD + "1" + HOST[1:] + text(""), Target("localhost", 5683, False, 1), id="old, nibble 1"
        ),
        pytest.param(
            OLD + HOST + text("PSK:abc123;;"),
            Target("localhost", 5683, False, 0),
            id="old, user data that is no setting",
        ),
        pytest.param(
            OLD + HOST + text("AuthCode:xyz;PSK:abc1;"),
            Target("localhost", 5683, False, 0, "xyz", b"abc1"),
            id="old, settings",
        ),
        pytest.param(
            NEW_BOOTSTRAP + HOST + text("AuthCode:;PSK:;"),
            Target("localhost", 5683, False, 1),
            id="empty settings",
        ),
        pytest.param(
            NEW_BOOTSTRAP + HOST + text("PSK:12345678;"),
            Target("localhost", 5683, False, 1, "", b"12345678"),
            id="PSK alone (MB 2.1: RDA)",
        ),
        pytest.param(
            NEW_BOOTSTRAP + HOST + text("AuthCode:a b:c;"),
            Target("localhost", 5683, False, 1, "a b:c"),
            id="auth code alone",
        ),
        pytest.param(
            "0500 11 80" + text("CMIOT") + text("u") + text("p") + HOST + text(""),
            Target("localhost", 5683, False, 1),
            id="an access point means nothing here",
        ),
    ],
)
def test_the_net_item(content: str, target: Target) -> None:
    assert parse_blob(blob_of("11", item("F2", content))) == target


@pytest.mark.parametrize(
    "content",
    [
        OLD + "2" + HOST[1:] + text(""),  # a nibble that nobody has seen
        OLD + HOST,  # no user data
        OLD + HOST + text("") + "00",
        NEW_PLAIN + HOST,
        NEW_PLAIN + HOST + text("") + "00",
        NEW_PLAIN + text("") + text(""),  # no host
        NEW_PLAIN + text("localhost:99999") + text(""),
        NEW_PLAIN + text("local host") + text(""),
        NEW_PLAIN + text("localhost:") + text(""),
        NEW_PLAIN + HOST + text("1"),
        NEW_PLAIN + HOST + text("PSK:abc;AuthCode:abc;"),
        NEW_PLAIN + HOST + text("AuthCode:abc"),
        NEW_PLAIN + HOST + text("AuthCode:;PSK:;;"),
        NEW_PLAIN + HOST + text("AuthCode:a\r\nb;PSK:;"),  # would forge lines in DEVINFO
        NEW_PLAIN + HOST + text("AuthCode:;PSK:ab-c;"),  # decision 14: letters and digits
        NEW_PLAIN + HOST + text("AuthCode:;PSK:0123456789abcdefg;"),
        "0500 11",
        "",
    ],
)
def test_a_net_item_that_does_not_fit_is_601(content: str) -> None:
    with pytest.raises(Failed) as caught:
        parse_blob(blob_of("11", item("F2", content)))
    assert caught.value.code == 601


NET = item("F2", NEW_BOOTSTRAP + HOST + text(""))
INIT = "F10003"


@pytest.mark.parametrize(
    ("head", "items"),
    [
        ("11", [NET]),
        ("12", [INIT, NET]),
        ("12", [NET, "F30008 00 0000 0000"]),
        ("12", [NET, "F30009 00 0000 00 0000"]),  # with the byte that new parsers want
        ("12", [NET, "F3000A 00 0000 0002 6162"]),
        ("13", [NET, "F30008 71 00C8 0000", INIT]),
        ("21", [NET]),  # another version
        ("11", ["02" + NET[2:]]),  # the upper bits of an item's id
    ],
)
def test_items_around_it(head: str, items: list[str]) -> None:
    assert parse_blob(blob_of(head, *items)) == Target("localhost", 5683, False, 1)


@pytest.mark.parametrize(
    "blob",
    [
        b"\x13",
        bytes.fromhex("110003"),
        bytes.fromhex("100003"),
        blob_of("01", NET),  # version 0
        blob_of("11", NET) + b"\0",  # another size than it has
        blob_of("11", NET + "00"),
        blob_of("12", NET),  # an item is missing
        blob_of("10", NET),  # an item too many
        blob_of("12", NET, NET),
        blob_of("11", INIT),
        blob_of("12", NET, "F40003"),
        blob_of("12", NET, "F00003"),
        blob_of("12", NET, "F1000400"),
        blob_of("12", NET, "F10002"),
        blob_of("12", NET, "F10004"),
        blob_of("12", NET, "F30007 00 0000 00"),
        blob_of("12", NET, "F30008 00 0000 0001"),
        blob_of("12", NET, "F3000A 00 0000 00 00 0000"),
        blob_of("12", INIT, NET[:-2]),
    ],
)
def test_malformed_blobs_are_601(desk: Any, blob: bytes) -> None:
    with pytest.raises(Failed) as caught:
        parse_blob(blob)
    assert caught.value.code == 601
    assert desk().at(f"AT+MIPLCREATE={len(blob)},{blob.hex()},0,{len(blob)},0") == SYNTAX


@pytest.mark.parametrize("blob", [M5310, EC_DTLS])
def test_no_part_of_a_blob_is_a_blob(blob: str) -> None:
    data = bytes.fromhex(blob)
    for length in range(len(data)):
        part = (
            data[:1] + length.to_bytes(2, "big") + data[3:length] if length > 2 else data[:length]
        )
        with pytest.raises(Failed):
            parse_blob(part)


@given(st.sampled_from([M5310, EC_DTLS]), st.integers(0, 82), st.binary(min_size=1, max_size=2))
def test_arbitrary_bytes_are_a_target_or_601(blob: str, at: int, noise: bytes) -> None:
    data = bytearray.fromhex(blob)
    data[at : at + len(noise)] = noise
    try:
        parse_blob(bytes(data))
    except Failed as failure:
        assert failure.code == 601


@pytest.mark.parametrize(
    "parameters",
    [
        f"49,{M5310},0,49",
        f"49,{M5310},0,49,0,0",
        f",{M5310},0,49,0",
        "49,,0,49,0",
        f"49,{M5310}0,0,49,0",
        f"49,{M5310[:-1]}G,0,49,0",
        f"48,{M5310},0,49,0",
        f"50,{M5310},0,49,0",
        f"49,{M5310},0,48,0",
        f"49,{M5310},0,97,0",
        f"0,{M5310},0,49,0",
        f"-49,{M5310},0,49,0",
        f"49,{M5310},0,49,1",
        f"49,{M5310},1,49,0",
        f"49,{M5310},-1,49,1",
        f"49,{M5310},0,49,3",
        f"2049,{M5310[:40]},1,20,1",
        "1025," + "00" * 1025 + ",0,1025,0",
    ],
)
def test_parameters_that_do_not_fit_are_601(desk: Any, parameters: str) -> None:
    """Manual 3.1; decisions 8, 13."""
    assert desk().at("AT+MIPLCREATE=" + parameters) == SYNTAX


def test_a_second_instance_is_653_when_the_rest_is_sound(desk: Any) -> None:
    table = desk()
    assert table.at(f"AT+MIPLCREATE=49,{M5310},0,49,0") == CREATED
    assert table.at(f"AT+MIPLCREATE=49,{M5310},0,49,0") == "+CIS ERROR: 653"
    assert table.at(f"AT+MIPLCREATE=49,{M5310[:40]},1,20,1") == "+CIS ERROR: 653"
    assert table.at(f"AT+MIPLCREATE=49,{M5310[40:]},0,29,0") == SYNTAX


FIRST = f"AT+MIPLCREATE=49,{M5310[:40]},2,20,1"
MIDDLE = f"AT+MIPLCREATE=49,{M5310[40:80]},1,20,2"
LAST = f"AT+MIPLCREATE=49,{M5310[80:]},0,9,0"


def test_in_three_pieces(desk: Any) -> None:
    """MB 2.1, XY: only the last is answered with more than OK."""
    table = desk()
    assert table.at(FIRST) == "OK"
    assert table.at("AT+MIPLDEVINFO?") == "+CIS ERROR: 653"
    assert table.at(MIDDLE) == "OK"
    assert table.at(LAST) == CREATED
    assert table.at("AT+MIPLDEVINFO?") == '+MIPLDEVINFO: "183.230.40.39:5683",1|OK'


def test_in_pieces_counted_in_hex_digits(desk: Any) -> None:
    table = desk()
    assert table.at(f"AT+MIPLCREATE=98,{M5310[:40]},1,40,1") == "OK"
    assert table.at(f"AT+MIPLCREATE=98,{M5310[40:]},0,58,0") == CREATED


def test_other_commands_between_the_pieces_do_not_matter(desk: Any) -> None:
    """Chosen."""
    table = desk()
    table.at(FIRST)
    assert table.at("AT+CSQ").endswith("OK")
    assert table.at("AT+MIPLCLOSE=0") == "+CIS ERROR: 653"
    table.at(MIDDLE)
    assert table.at(LAST) == CREATED


@pytest.mark.parametrize(
    "before",
    [
        [FIRST],  # the same piece again
        [FIRST, MIDDLE],  # an index that has been
        [f"AT+MIPLCREATE=83,{EC_DTLS[:80]},3,40,1"],  # another size
    ],
)
def test_a_sequence_may_begin_anew(desk: Any, before: list[str]) -> None:
    """Chosen: a host that was reset begins with its first piece."""
    table = desk()
    for line in (*before, FIRST, MIDDLE):
        assert table.at(line) == "OK"
    assert table.at(LAST) == CREATED


def test_a_piece_that_is_all_of_it_begins_anew(desk: Any) -> None:
    table = desk()
    table.at(f"AT+MIPLCREATE=49,{M5310[:40]},1,20,1")
    assert table.at(f"AT+MIPLCREATE=49,{M5310},0,49,0") == CREATED


@pytest.mark.parametrize(
    "broken",
    [
        LAST,  # the middle is missing
        f"AT+MIPLCREATE=49,{M5310[40:80]},1,19,2",  # not as long as it says
        f"AT+MIPLCREATE=49,{M5310[40:80]},1,20,0",  # the last by its flag alone
        f"AT+MIPLCREATE=49,{M5310[40:80]},0,20,2",  # the last by its index alone
        f"AT+MIPLCREATE=49,{M5310[:60]},1,30,2",  # together longer than announced
        f"AT+MIPLCREATE=49,{M5310[40:78]}ZZ,1,20,2",  # no hex
    ],
)
def test_a_piece_that_does_not_fit_is_601(desk: Any, broken: str) -> None:
    table = desk()
    table.at(FIRST)
    assert table.at(broken) == SYNTAX


def test_after_an_error_the_pieces_are_gone(desk: Any) -> None:
    """Chosen; but a line that is no such command at all, as one with bad hex, changes nothing."""
    table = desk()
    table.at(FIRST)
    assert table.at(f"AT+MIPLCREATE=49,{M5310[40:78]}ZZ,1,20,2") == SYNTAX
    assert table.at(MIDDLE) == "OK"
    assert table.at(f"AT+MIPLCREATE=49,{M5310[80:]},0,8,0") == SYNTAX
    assert table.at(LAST) == SYNTAX
    for line in (FIRST, MIDDLE):
        assert table.at(line) == "OK"
    assert table.at(LAST) == CREATED


def test_an_incomplete_last_piece_is_601(desk: Any) -> None:
    table = desk()
    table.at(FIRST)
    table.at(MIDDLE)
    assert table.at(f"AT+MIPLCREATE=49,{M5310[80:-2]},0,8,0") == SYNTAX


@pytest.mark.parametrize("command", ["AT+MIPLCREATE", 'AT+MIPLCREATEEX="h",0'])
def test_an_instance_made_otherwise_forgets_the_pieces(desk: Any, command: str) -> None:
    table = desk()
    table.at(FIRST)
    table.at(MIDDLE)
    assert table.at(command).endswith("OK")
    assert table.at("AT+MIPLDELETE=0") == "OK"
    assert table.at(LAST) == SYNTAX
