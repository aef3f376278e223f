"""5/0/2: the module installs a package, and reboots (LwM2M 1.0 E.6; decisions 9, 10, 33)."""

from typing import Any

import pytest

from tests.desk import CON, PATH, POST, coap
from tests.emulator.fota.packages import FOREIGN, SMALL
from tests.emulator.fota.platform import DOWNLOADED, IDLE, NAMES, TEXT, Platform, instance

INSTALLING = 10  # seconds (chosen)
OLD = b"\xc8\x03\x10MN316-DBRS_1.0.0"  # 3/0/3 as TLV
BOOTED = "*ATREADY: 1|+CFUN: 1|+CPIN: READY|+IP: 10.57.20.18"  # a new address


def execute_update(mid: int) -> bytes:
    """POST /5/0/2, CON."""
    path = ((PATH, b"5"), (PATH, b"0"), (PATH, b"2"))
    return coap(CON, POST, mid, b"\x01\x02", path)


def version(server: Platform) -> bytes:
    """3/0/3 as TLV."""
    return server.read("/3/0/3")


@pytest.mark.conformance("1.0-int-770", far="datagrams")
def test_a_package_is_installed(platform: Any) -> None:
    """E.6 decided what the platform sees; decisions 9 and 10 that the host logs in anew."""
    server = platform()
    table = server.table
    assert version(server) == OLD
    assert server.write("/5/0/0", b"\0") == "2.04"
    assert server.write("/5/0/0", SMALL) == "2.04"
    assert (server.execute(), server.printed) == ("2.04", "")
    assert server.read() == instance(3, 0, names=NAMES)
    assert version(server) == OLD
    assert table.wait(INSTALLING - 4) == ""
    assert table.wait(2) == "" and table.open_link == 0
    assert table.wait(2) == ""
    assert table.at("ATI") == "CMIOT|MN316|MN316_2.0.0|OK"
    table.log_in()
    assert server.read() == instance(0, 1)
    assert version(server) == b"\xc8\x03\x0bMN316_2.0.0"
    assert server.write("/5/0/0", b"") == "2.04"
    assert server.read() == IDLE


@pytest.mark.conformance("1.0-int-772", far="datagrams")
def test_nothing_to_install(platform: Any) -> None:
    """E.6, resource 2 decided: 4.05 in any State but Downloaded."""
    server = platform()
    assert server.execute() == "4.05"
    assert server.read() == IDLE
    server.write("/5/0/1", b"coap://10.1.2.3/f", TEXT)
    assert server.execute() == "4.05"
    assert server.read() == instance(1, 0, b"coap://10.1.2.3/f")
    server.write("/5/0/0", b"")
    server.write("/5/0/0", SMALL)
    assert server.execute() == "2.04"
    assert server.execute() == "4.05"
    assert server.read() == instance(3, 0, names=NAMES)


@pytest.mark.conformance("1.0-int-779", far="datagrams")
def test_a_package_that_cannot_be_installed(platform: Any) -> None:
    """For another model. State 2 again, with result 8: E.6, resource 3, and the test itself."""
    server = platform()
    server.write("/5/0/0", FOREIGN)
    names = bytes.fromhex("c506") + b"M5311" + bytes.fromhex("c8070b") + b"MN316_2.0.0"
    assert server.read() == instance(2, 0, names=names)
    assert server.execute() == "2.04"
    assert server.read() == instance(3, 0, names=names)
    server.table.wait(INSTALLING)
    assert server.read() == instance(2, 8, names=names)
    assert version(server) == OLD
    assert server.execute() == "2.04", "it may be tried again, in vain"
    assert server.read() == instance(3, 0, names=names)
    server.table.wait(INSTALLING)
    assert server.write("/5/0/0", b"") == "2.04"
    assert server.read() == IDLE


def test_nothing_stops_an_installation(platform: Any) -> None:
    """State 3 has no arrow but its own (E.6), and the module needs no instance for it."""
    server = platform()
    server.write("/5/0/0", SMALL)
    server.execute()
    assert server.write("/5/0/0", b"") == "4.05"
    assert server.write("/5/0/1", b"", TEXT) == "4.05"
    assert server.table.at("AT+MIPLDELETE=0") == "OK"
    server.table.wait(INSTALLING)
    assert server.table.at("ATI") == "CMIOT|MN316|MN316_2.0.0|OK"


def test_a_package_outlives_the_session(platform: Any) -> None:
    server = platform()
    server.write("/5/0/0", SMALL)
    server.table.at("AT+MIPLDELETE=0")
    server.table.log_in()
    assert server.read() == DOWNLOADED


def test_a_package_outlives_a_reboot(platform: Any) -> None:
    """E.6: one that is there and not installed is there afterwards. Here by 3/0/4 (decision 10)."""
    server = platform()
    server.write("/5/0/0", SMALL)
    assert server.execute("/3/0/4") == "2.04"
    server.table.log_in()
    assert server.read() == DOWNLOADED
    assert version(server) == OLD


def test_a_reboot_ends_a_download(platform: Any) -> None:
    server = platform()
    server.write("/5/0/1", b"coap://10.1.2.3/f", TEXT)
    assert server.execute("/3/0/4") == "2.04"
    assert server.table.download_link == 0
    server.table.log_in()
    assert server.read() == instance(0, 4, b"coap://10.1.2.3/f")


def test_an_installation_that_a_reboot_cuts_short_has_failed(platform: Any) -> None:
    """Result 8, and the package is still there (chosen)."""
    server = platform()
    server.write("/5/0/0", SMALL)
    server.execute()
    assert server.execute("/3/0/4") == "2.04"
    assert server.table.wait(INSTALLING) == ""
    server.table.log_in()
    assert server.read() == instance(2, 8, names=NAMES)
    assert version(server) == OLD


def test_nothing_is_answered_while_the_module_boots(platform: Any) -> None:
    """Decision 10; the M5311 says when it is there again."""
    server = platform(model="M5311", dialect="manual", timing="fast", quirks={"boot_ms": 500})
    server.write("/5/0/0", FOREIGN)
    server.table.sent.clear()
    server.table.deliver(execute_update(900))
    assert server.table.lines() == ""
    server.table.handle(server.table.now)
    assert server.table.at("AT") == ""
    assert server.table.wait(1) == BOOTED
    assert server.table.at("ATI") == "CMIOT|M5311|MN316_2.0.0|OK"


def test_how_long_it_takes(platform: Any) -> None:
    """fota_install_s; nothing with --timing fast (decision 3)."""
    server = platform(quirks={"fota_install_s": 60})
    server.write("/5/0/0", SMALL)
    server.execute()
    server.table.wait(58)
    assert server.read("/5/0/3") == bytes.fromhex("c10303")
    server = platform(timing="fast")
    server.write("/5/0/0", SMALL)
    server.execute()
    assert server.table.at("ATI") == "CMIOT|MN316|MN316_2.0.0|OK"
