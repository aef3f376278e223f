"""5/0 as the platform writes to it: Package (LwM2M 1.0 E.6; decision 33)."""

from typing import Any

import pytest

from tests.desk import ACCEPT, DELETED, GET
from tests.emulator.fota.packages import (
    FOREIGN,
    HEAD,
    HUNGRY,
    LARGE,
    LONGEST,
    SMALL,
    TOO_LONG,
    sealed,
)
from tests.emulator.fota.platform import DOWNLOADED, IDLE, OPAQUE, TEXT, TLV, instance

STATE, RESULT = "/5/0/3", "/5/0/5"


@pytest.mark.conformance("1.0-int-751", far="datagrams")
def test_what_the_module_says_of_updates(platform: Any) -> None:
    """Manual 3.3 note 1; decision 33: it is the module that answers; which resources it has, E.6
    decided."""
    server = platform()
    assert server.read() == IDLE
    assert server.printed == "+MIPLREAD: 0,701,5,0,-1"
    assert server.read(STATE) == bytes.fromhex("c10300")
    assert server.read(RESULT) == bytes.fromhex("c10500")
    assert server.ask(GET, "/5", (ACCEPT, b"\x28")) == "2.05"
    assert server.payload == (
        b"</5>,</5/0>,</5/0/0>,</5/0/1>,</5/0/2>,</5/0/3>,</5/0/5>,</5/0/8>;dim=1,</5/0/9>"
    )


@pytest.mark.conformance("1.0-int-755", far="datagrams")
@pytest.mark.parametrize("nothing", [b"\0", b""])
def test_a_package_in_one_datagram(platform: Any, nothing: bytes) -> None:
    """E.6 decided: NUL, or nothing, resets; a package makes it Downloaded. Decision 36: none of it
    is told to the MCU."""
    server = platform()
    assert server.write("/5/0/0", nothing) == "2.04"
    assert server.read() == IDLE
    assert (server.write("/5/0/0", SMALL), server.printed) == ("2.04", "")
    assert server.read() == DOWNLOADED
    assert (server.write("/5/0/0", nothing), server.printed) == ("2.04", "")
    assert server.read() == IDLE


def test_a_package_as_tlv_and_as_text(platform: Any) -> None:
    """LwM2M 1.0 6.4.1, 6.4.3: on the instance, on the resource, and as Base64."""
    server = platform()
    header = bytes.fromhex("c80022")  # resource 0, 34 bytes
    for path in ("/5/0", "/5/0/0"):
        assert server.write(path, header + SMALL, TLV) == "2.04"
        assert server.read() == DOWNLOADED
        assert server.write("/5/0/0", b"") == "2.04"
    base64 = b"TUlQTAAAABZXfOeYAAAAAAVNTjMxNgtNTjMxNl8yLjAuMA=="
    assert server.write("/5/0/0", base64, TEXT) == "2.04"
    assert server.read() == DOWNLOADED


def test_a_package_in_blocks(platform: Any) -> None:
    """E.6: Downloading while it comes in; 2.31 to each block but the last (RFC 7959 2.9.1)."""
    server = platform()
    assert server.block(0, 1, LARGE[:1024]) == "2.31"
    assert server.read(STATE) == bytes.fromhex("c10300"), "so much the engine holds by itself"
    assert server.block(1, 0, LARGE[1024:]) == "2.04"
    assert server.read() == DOWNLOADED
    assert server.write("/5/0/0", b"") == "2.04"
    for number in range(4):
        assert server.block(number, 1, LONGEST[number * 1024 :][:1024]) == "2.31"
        assert server.printed == ""
    assert server.read() == instance(1, 0)
    assert server.read(STATE) == bytes.fromhex("c10301")


def test_a_package_as_tlv_in_blocks(platform: Any) -> None:
    """The header of a TLV value is no part of the package (decision 36)."""
    server = platform()
    body = bytes.fromhex("d00007f2") + LARGE  # resource 0, 2034 bytes: a length of 16 bits
    option, path = 27, "/5/0"
    for number, more in ((0, 1), (1, 0)):
        value = bytes([number << 4 | more << 3 | 6])
        piece = body[number * 1024 :][:1024]
        code = server.ask(2, path, (12, TLV), (option, value), body=piece)
        assert code == ("2.31" if more else "2.04")
    assert server.read() == DOWNLOADED


@pytest.mark.parametrize("size", [16, 512, 1024])
def test_block_sizes(platform: Any, size: int) -> None:
    server = platform()
    codes = server.push(LARGE, size)
    assert codes == ["2.31"] * ((2034 + size - 1) // size - 1) + ["2.04"]
    assert server.read() == DOWNLOADED


@pytest.mark.conformance("1.0-int-773", far="datagrams")
def test_a_package_that_cannot_be_stored(platform: Any) -> None:
    """256 KiB is what fits (chosen). The block that is too much is 4.13 (RFC 7959 2.9.3), where
    the test specification has 2.04; state and result are E.6's."""
    server = platform()
    codes = server.push(TOO_LONG)
    assert codes == ["2.31"] * 256 + ["4.13"]
    assert server.read() == instance(0, 2)
    assert server.push(LONGEST) == ["2.31"] * 255 + ["2.04"]
    assert server.read() == DOWNLOADED


def test_a_package_that_is_too_long_goes_no_further(platform: Any) -> None:
    """4.13 before its end, and what still comes of it is 4.08."""
    server = platform()
    endless = bytes(300 * 1024)
    assert server.push(endless) == ["2.31"] * 256 + ["4.13"]
    assert server.block(257, 1, endless[:1024]) == "4.08"
    assert server.read() == instance(0, 2)


@pytest.mark.conformance("1.0-int-774", far="datagrams")
def test_a_package_that_takes_too_much_ram(platform: Any) -> None:
    """E.6 decided: result 3, where the test specification prints 2."""
    server = platform()
    assert server.write("/5/0/0", HUNGRY) == "2.04"
    assert server.read() == instance(0, 3)


@pytest.mark.conformance("1.0-int-776", far="datagrams")
def test_a_package_with_a_wrong_byte(platform: Any) -> None:
    """E.6 decided; the Write itself is 2.04, only the result tells."""
    server = platform()
    assert server.write("/5/0/0", SMALL[:-1] + b"1") == "2.04"
    assert server.read() == instance(0, 5)
    wrong = sealed(HEAD + bytes(2000))[:-1] + b"\1"
    assert server.push(wrong) == ["2.31", "2.04"]
    assert server.read() == instance(0, 5)


@pytest.mark.conformance("1.0-int-777", far="datagrams")
def test_a_package_of_another_kind(platform: Any) -> None:
    """State 0: E.6 decided, where the test specification prints 1."""
    server = platform()
    assert server.write("/5/0/0", b"PK\x03\x04" + bytes(40)) == "2.04"
    assert server.read() == instance(0, 6)


def test_a_result_goes_with_the_next_delivery(platform: Any) -> None:
    """E.6, resource 5: whatever begins resets it."""
    server = platform()
    server.write("/5/0/0", HUNGRY)
    assert server.read() == instance(0, 3)
    assert server.write("/5/0/0", SMALL) == "2.04"
    assert server.read() == DOWNLOADED
    server.write("/5/0/0", b"")
    server.write("/5/0/0", FOREIGN)
    assert server.read(RESULT) == bytes.fromhex("c10500")


def test_one_package_at_a_time(platform: Any) -> None:
    """What the table of E.6 has no row for is 4.05, and changes nothing."""
    server = platform()
    server.write("/5/0/0", SMALL)
    assert server.write("/5/0/0", FOREIGN) == "4.05"
    assert server.write("/5/0/1", b"coap://127.0.0.1/f", TEXT) == "4.05"
    assert server.push(LARGE) == ["2.31", "4.05"]
    assert server.read() == DOWNLOADED


def begun(server: Any) -> None:
    """A package of which 4 of 256 blocks have come."""
    for number in range(4):
        assert server.block(number, 1, LONGEST[number * 1024 :][:1024]) == "2.31"


def test_a_package_that_stops_coming(platform: Any) -> None:
    """247 s after its last block nothing more is expected of it (RFC 7252 4.8.2): result 4."""
    server = platform()
    begun(server)
    server.table.wait(240)
    assert server.read(STATE) == bytes.fromhex("c10301")
    server.table.wait(8)
    assert server.read() == instance(0, 4)
    assert server.block(4, 1, LONGEST[4096:5120]) == "4.08"


def test_a_package_whose_first_block_comes_again_begins_anew(platform: Any) -> None:
    """RFC 7959 2.5."""
    server = platform()
    begun(server)
    assert server.push(LARGE) == ["2.31", "2.04"]
    assert server.read() == DOWNLOADED


def test_a_reset_in_the_middle(platform: Any) -> None:
    server = platform()
    begun(server)
    assert server.write("/5/0/0", b"\0") == "2.04"
    assert server.read() == IDLE


@pytest.mark.parametrize("command", ["AT+MIPLCLOSE=0", "AT+MIPLDELETE=0"])
def test_a_package_ends_with_the_session(platform: Any, command: str) -> None:
    server = platform()
    begun(server)
    assert server.table.at(command).startswith("OK")
    if "CLOSE" in command:
        assert server.table.reply(DELETED) == "+MIPLEVENT: 0,15"
        server.table.at("AT+MIPLDELETE=0")
    server.table.log_in()
    assert server.read() == instance(0, 4)


def test_the_mcu_takes_object_5_over(platform: Any) -> None:
    """Decision 33: all of it then goes to the MCU; without it, it is the module's again."""
    server = platform()
    server.write("/5/0/0", SMALL)
    table = server.table
    assert table.at('AT+MIPLADDOBJ=0,5,1,"1",0,0') == "OK"
    hexes = SMALL.hex().upper()
    asked = table.ask(3, 900, "/5/0/0", (12, OPAQUE), payload=SMALL)
    assert asked == f"+MIPLWRITE: 0,900,5,0,0,6,68,{hexes},0"
    assert table.ask(2, 901, "/5/0/2") == "+MIPLEXECUTE: 0,901,5,0,2"
    assert table.ask(1, 902, "/5/0/3") == "+MIPLREAD: 0,902,5,0,3"
    assert table.at("AT+MIPLDELOBJ=0,5") == "OK"
    assert server.read() == DOWNLOADED


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/5/0/3", b"2", "4.05"),
        ("/5/0/5", b"1", "4.05"),
        ("/5/0/2", b"1", "4.05"),
        ("/5/0/4", b"1", "4.04"),
        ("/5/1/0", b"1", "4.04"),
        ("/5/0/0", b"not Base64", "4.00"),
        ("/5/0/1", b"\xff", "4.00"),
    ],
)
def test_what_cannot_be_written(platform: Any, path: str, value: bytes, code: str) -> None:
    """E.6; conformance 9."""
    server = platform()
    assert server.write(path, value, TEXT) == code
    assert server.read() == IDLE


def test_one_delivery_in_a_write(platform: Any) -> None:
    """A package and an address at once are 4.00 (chosen)."""
    server = platform()
    both = bytes.fromhex("c80022") + SMALL + bytes.fromhex("c401") + b"coap"
    assert server.write("/5/0", both, TLV) == "4.00"
    assert server.read() == IDLE


def test_what_cannot_be_read_or_executed(platform: Any) -> None:
    """E.6: Package is only written; a name that there is not, as any optional resource, 4.04."""
    server = platform()
    assert server.ask(GET, "/5/0/0") == "4.05"
    assert server.ask(GET, "/5/0/2") == "4.05"
    assert server.ask(GET, "/5/0/6") == "4.04"
    assert server.execute("/5/0/3") == "4.05"
