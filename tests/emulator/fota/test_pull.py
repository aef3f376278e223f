"""5/0 as the module fetches a package: Package URI (LwM2M 1.0 E.6; decisions 33, 48)."""

from typing import Any

import pytest

from lwm2m_core.accounts import Account
from tests.desk import ACK, CONTENT, DELETED, GET, RST, coap
from tests.emulator.fota.packages import FOREIGN, HUNGRY, LARGE, LONGEST, SMALL, TOO_LONG
from tests.emulator.fota.platform import IDLE, NAMES, TEXT, Platform, instance

BLOCK2, SIZE2 = 23, 28
URI = b"coap://10.1.2.3/f"
STATE = "/5/0/3"
PATIENCE = 62  # seconds until a CON is given up: 31 times 2 (decision 28)


def piece(server: Platform, body: bytes, size: int = 512) -> bytes:
    """The answer to the last request of the module: the block that it asks for (RFC 7959 2.2)."""
    request = server.table.fetching[-1]
    _, _, option = request.data[8:].partition(b"\xb1f")  # behind Uri-Path
    assert option[0] >> 4 == 0xC, "Block2 is next"
    number = int.from_bytes(option[1 : 1 + (option[0] & 15)], "big") >> 4
    more = int((number + 1) * size < len(body))
    value = number << 4 | more << 3 | size.bit_length() - 5
    option = value.to_bytes((value.bit_length() + 7) // 8, "big")
    payload = body[number * size : (number + 1) * size]
    return coap(ACK, CONTENT, request.mid, request.token, ((BLOCK2, option),), payload)


def serve(server: Platform, body: bytes, size: int = 512) -> None:
    """Answer whatever the module asks for, until it asks no more."""
    served = -1
    while server.table.download_link and served != server.table.fetching[-1].mid:
        served = server.table.fetching[-1].mid
        server.table.file_server(piece(server, body, size))


def asked(server: Platform) -> int:
    """How many blocks the module has asked for, repetitions left out."""
    return len({sent.mid for sent in server.table.fetching})


def refuse(server: Platform, code: int) -> None:
    request = server.table.fetching[-1]
    server.table.file_server(coap(ACK, code, request.mid, request.token))


def begin(server: Platform, uri: bytes = URI) -> None:
    assert server.write("/5/0/1", uri, TEXT) == "2.04"


@pytest.mark.conformance("1.0-int-756", "1.0-int-771", far="datagrams")
def test_a_package_is_fetched(platform: Any) -> None:
    """E.6 decided: State 1 while it comes, 2 when it is there. It is asked for in the modules'
    blocks of 512 bytes (MB 2.3), over a link of its own."""
    server = platform()
    assert server.write("/5/0/1", b"", TEXT) == "2.04"
    assert server.read() == IDLE
    begin(server)
    opened = server.table.links[-1]
    assert (opened.account, opened.role) == (Account("10.1.2.3", 5683), "download")
    # CON GET, token of four bytes; Uri-Path f, Block2 0/0/512, Size2 empty
    first = server.table.fetching[-1].data
    assert (first[:2].hex(), first[8:].hex()) == ("4401", "b166c10550")
    assert server.read() == instance(1, 0, URI)
    server.table.file_server(piece(server, LARGE))
    second = server.table.fetching[-1].data
    assert (second[:2].hex(), second[8:].hex()) == ("4401", "b166c115"), "Block2 1/0/512"
    serve(server, LARGE)
    assert asked(server) == 4
    assert server.table.download_link == 0, "its link is closed"
    assert server.read() == instance(2, 0, URI, NAMES)
    assert server.write("/5/0/1", b"", TEXT) == "2.04"
    assert server.read() == IDLE


def test_a_package_of_one_datagram(platform: Any) -> None:
    server = platform()
    begin(server)
    request = server.table.fetching[-1]
    server.table.file_server(coap(ACK, CONTENT, request.mid, request.token, (), SMALL))
    assert server.read() == instance(2, 0, URI, NAMES)


def test_a_file_server_that_chooses_smaller_blocks(platform: Any) -> None:
    """RFC 7959 2.4."""
    server = platform()
    begin(server)
    serve(server, LARGE, size=64)
    assert asked(server) == 32
    assert server.read() == instance(2, 0, URI, NAMES)


def test_the_uri_tells_where_and_what(platform: Any) -> None:
    """RFC 7252 6.4; what it leads to in the end is for decision 48."""
    server = platform()
    begin(server, b"coap://Files.example:7000/a/b?v=2")
    assert server.table.links[-1].account == Account("files.example", 7000)
    # Uri-Host of 13 bytes, Uri-Path a and b, Uri-Query, Block2 0/0/512, Size2
    options = b"\x3d\x00files.example" + b"\x81a\x01b" + b"\x43v=2" + b"\x81\x05" + b"\x50"
    assert server.table.fetching[-1].data[8:] == options


def test_the_registration_goes_on_meanwhile(platform: Any) -> None:
    server = platform()
    server.table.observed(mid=600)
    begin(server)
    table = server.table
    assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0') == "OK"
    assert table.sent[-1].token == b"\x02\x58"
    assert table.ask(GET, 900, "/3200/0/5750") == "+MIPLREAD: 0,900,3200,0,5750"
    assert table.at('AT+MIPLREADRSP=0,900,1,3200,0,5750,1,4,"abcd",0,0') == "OK"
    assert table.at("AT+MIPLUPDATE=0,300,0") == "OK"
    assert table.reply(0x44) == "+MIPLEVENT: 0,11"
    serve(server, LARGE)
    assert server.read() == instance(2, 0, URI, NAMES)


@pytest.mark.parametrize(
    ("body", "result"), [(b"PK\x03\x04", 6), (LARGE[:-1], 5), (HUNGRY, 3), (b"", 6)]
)
def test_what_is_fetched_is_checked(platform: Any, body: bytes, result: int) -> None:
    """E.6, resource 5."""
    server = platform()
    begin(server)
    serve(server, body)
    assert server.read() == instance(0, result, URI)
    assert server.write("/5/0/1", b"\0", TEXT) == "2.04"
    assert server.read() == IDLE


def test_a_file_that_cannot_be_stored(platform: Any) -> None:
    """Given up as soon as the server tells its size (RFC 7959 4), or after 256 KiB (chosen)."""
    server = platform()
    begin(server)
    request = server.table.fetching[-1]
    options = ((BLOCK2, b"\x0d"), (SIZE2, b"\x04\x00\x01"))  # 262145
    server.table.file_server(coap(ACK, CONTENT, request.mid, request.token, options, bytes(512)))
    assert server.read() == instance(0, 2, URI)
    begin(server)
    serve(server, TOO_LONG)
    assert asked(server) == 1 + 513
    assert server.read() == instance(0, 2, URI)
    begin(server)
    serve(server, LONGEST)
    assert server.read() == instance(2, 0, URI, NAMES)


@pytest.mark.conformance("1.0-int-775", far="datagrams")
def test_a_file_server_that_dies(platform: Any) -> None:
    """E.6 decided: State 1 until the last request is given up (decision 28), then result 4."""
    server = platform()
    begin(server)
    server.table.file_server(piece(server, LARGE))
    server.table.wait(PATIENCE - 1)
    assert [sent.mid for sent in server.table.fetching[1:]] == [server.table.fetching[1].mid] * 5
    assert server.read() == instance(1, 0, URI)
    server.table.wait(1)
    assert server.read() == instance(0, 4, URI)
    assert server.table.download_link == 0


def test_a_lossy_way(platform: Any) -> None:
    """Every first request and every second answer is lost: the package comes whole all the same."""
    server = platform()
    begin(server)
    lost = 0
    while server.table.download_link:
        asked = len(server.table.fetching)
        if asked % 4 != 3:  # neither heard nor answered
            server.table.wait(server.table.firmware.deadline() - server.table.now)
            lost += 1
        else:
            server.table.file_server(piece(server, LARGE))
    assert lost >= 8
    assert server.read() == instance(2, 0, URI, NAMES)


@pytest.mark.parametrize(
    ("code", "result"),
    [(0x84, 7), (0x80, 7), (0x81, 7), (0xA0, 4), (0xA3, 4)],  # 4.04, 4.00, 4.01, 5.00, 5.03
)
def test_a_file_server_that_refuses(platform: Any, code: int, result: int) -> None:
    """4.xx: there is nothing for us at that address; 5.xx: the server cannot (chosen)."""
    server = platform()
    begin(server)
    refuse(server, code)
    assert server.read() == instance(0, result, URI)


def test_blocks_that_do_not_fit_together(platform: Any) -> None:
    """Asked for block 1, the server sends block 3: what came is not whole, result 5 (chosen)."""
    server = platform()
    begin(server)
    server.table.file_server(piece(server, LARGE))
    request = server.table.fetching[-1]
    wrong = ((BLOCK2, b"\x3d"),)  # 3/1/512
    server.table.file_server(coap(ACK, CONTENT, request.mid, request.token, wrong, bytes(512)))
    assert server.read() == instance(0, 5, URI)


def test_a_file_server_that_resets(platform: Any) -> None:
    server = platform()
    begin(server)
    server.table.file_server(coap(RST, 0, server.table.fetching[-1].mid))
    assert server.read() == instance(0, 4, URI)


@pytest.mark.conformance("1.0-int-778", far="datagrams")
@pytest.mark.parametrize("uri", [b"nonsense", b"coap://", b"coap://10.1.2.3:0/f"])
def test_an_address_that_is_none(platform: Any, uri: bytes) -> None:
    """E.6 decided: the Write is 2.04, the result tells."""
    server = platform()
    begin(server, uri)
    assert server.read() == instance(0, 7, uri)
    assert server.table.download_link == 0


@pytest.mark.conformance("1.0-int-780", far="datagrams")
@pytest.mark.parametrize("uri", [b"http://10.1.2.3/f", b"coaps://10.1.2.3/f", b"coap+tcp://h/f"])
def test_a_protocol_that_the_module_lacks(platform: Any, uri: bytes) -> None:
    """E.6 decided; resource 8 names CoAP alone."""
    server = platform()
    begin(server, uri)
    assert server.read() == instance(0, 9, uri)


def test_a_link_that_cannot_be_had(platform: Any) -> None:
    server = platform()
    begin(server)
    link = server.table.download_link
    server.table.firmware.link_lost(link, "no route", server.table.now)
    assert server.read() == instance(0, 4, URI)


def test_a_reset_ends_the_download(platform: Any) -> None:
    server = platform()
    begin(server)
    assert server.write("/5/0/0", b"\0") == "2.04"
    assert server.table.download_link == 0
    assert server.read() == IDLE
    begin(server)
    serve(server, LARGE)
    assert server.read() == instance(2, 0, URI, NAMES)


def test_the_rest_of_another_delivery_does_not_matter(platform: Any) -> None:
    """A package that was given up 247 s ago is no part of what is fetched now."""
    server = platform()
    assert [server.block(number, 1, bytes(1024)) for number in range(3)] == ["2.31"] * 3
    server.table.wait(240)
    assert server.write("/5/0/0", b"") == "2.04"
    begin(server)
    server.table.wait(10)
    assert server.read() == instance(1, 0, URI)
    serve(server, LARGE)
    assert server.read() == instance(2, 0, URI, NAMES)


def test_one_delivery_at_a_time(platform: Any) -> None:
    """What the table of E.6 has no row for is 4.05, and changes nothing."""
    server = platform()
    begin(server)
    assert server.write("/5/0/1", b"coap://10.1.2.3/g", TEXT) == "4.05"
    assert server.write("/5/0/0", FOREIGN) == "4.05"
    assert server.push(LARGE) == ["2.31", "4.05"]
    serve(server, LARGE)
    assert server.read() == instance(2, 0, URI, NAMES)


@pytest.mark.parametrize("command", ["AT+MIPLCLOSE=0", "AT+MIPLDELETE=0"])
def test_a_download_ends_with_the_session(platform: Any, command: str) -> None:
    server = platform()
    begin(server)
    assert server.table.at(command).startswith("OK")
    if "CLOSE" in command:
        assert server.table.reply(DELETED) == "+MIPLEVENT: 0,15"
        server.table.at("AT+MIPLDELETE=0")
    assert server.table.download_link == 0
    server.table.log_in()
    assert server.read() == instance(0, 4, URI)


def test_without_a_network_the_download_is_given_up(platform: Any) -> None:
    """AT+CFUN=0: nothing passes, either way."""
    server = platform()
    begin(server)
    assert server.table.at("AT+CFUN=0").endswith("OK")
    server.table.wait(PATIENCE)
    assert len(server.table.fetching) == 1
    assert server.table.at("AT+CFUN=1").endswith("OK")
    server.table.wait(1)
    assert server.read() == instance(0, 4, URI)


def test_an_address_that_is_too_long(platform: Any) -> None:
    """E.6: 255 bytes at most. 4.00 (chosen); in blocks 4.13."""
    server = platform()
    longest = b"coap://10.1.2.3/" + 239 * b"a"
    assert server.write("/5/0/1", longest + b"a", TEXT) == "4.00"
    assert server.read() == IDLE
    begin(server, longest)
    assert server.read() == instance(1, 0, longest)
