"""3/0, Device, of the module itself: what it is, its reboot (decisions 10, 33; LwM2M 1.0 E.4)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import Desk, Sent

GET, POST, PUT, DELETE = 1, 2, 3, 4
CHANGED, CONTENT = 0x44, 0x45
FORMAT, ACCEPT = 12, 17
TEXT, TLV, LINKS = b"", b"\x2d\x16", b"\x28"
H = bytes.fromhex

Ready = Callable[..., Desk]
Rest = Callable[[Sent], str]
CodeOf = Callable[[Desk], str]

NEW_YEAR = 1767225600  # 2026-01-01 UTC, what the clock says at power-on (chosen)


def _device(model: str, revision: str, time: int) -> bytes:
    """The TLV of /3/0 by LwM2M 1.0 6.4.3; figures are those of profiles/base.toml."""
    return (
        H("c500") + b"CMIOT" + H(f"c{len(model)}01") + model.encode()
        + H("c8020f") + b"869975030000461" + H(f"c803{len(revision):02x}") + revision.encode()
        + H("8306 410000") + H("8407 42000ed8") + H("8308 41003c")  # DC power, 3800 mV, 60 mA
        + H("c10964") + H("c20a0080")  # battery 100 %, 128 KiB free
        + H("830b 410000")  # no error
        + H("c40d") + time.to_bytes(4, "big")
        + H("c60e") + b"+08:00" + H("c80f0d") + b"Asia/Shanghai"
        + H("c11055")  # U
        + H("c8110d") + b"NB-IoT module"
    )  # fmt: skip


@pytest.mark.conformance("1.0-int-203", far="datagrams")
@pytest.mark.conformance("1.1-int-223", far="datagrams")
def test_the_instance(ready: Ready) -> None:
    """Bare resource TLVs; which resources the module has: MB 2.13 and the mandatory ones."""
    table = ready()
    now = NEW_YEAR + int(table.now)
    assert table.ask(GET, 700, "/3/0", (ACCEPT, TLV)) == "+MIPLREAD: 0,700,3,0,-1"
    expected = H("6245 02bc 02bc c2 2d16 ff") + _device("MN316", "MN316-DBRS_1.0.0", now)
    assert table.sent[0].data == expected


@pytest.mark.conformance("1.1-int-222", far="datagrams")
@pytest.mark.conformance("1.1-int-237", far="datagrams")
def test_the_object_without_accept(ready: Ready) -> None:
    """Instance TLVs, in TLV because nothing else was asked for (decision 44)."""
    table = ready()
    now = NEW_YEAR + int(table.now)
    assert table.ask(GET, 700, "/3") == "+MIPLREAD: 0,700,3,-1,-1"
    inside = _device("MN316", "MN316-DBRS_1.0.0", now)
    assert table.sent[0].data == H("6245 02bc 02bc c2 2d16 ff") + H("0800 80") + inside
    assert len(inside) == 128


@pytest.mark.conformance("1.0-int-201", far="datagrams")
@pytest.mark.conformance("1.1-int-224", far="datagrams")
@pytest.mark.parametrize(
    ("resource", "text"),
    [(0, b"CMIOT"), (1, b"MN316"), (2, b"869975030000461"), (9, b"100"), (14, b"+08:00")],
)
def test_a_resource_in_text(ready: Ready, resource: int, text: bytes) -> None:
    table = ready()
    line = table.ask(GET, 700, f"/3/0/{resource}", (ACCEPT, TEXT))
    assert line == f"+MIPLREAD: 0,700,3,0,{resource}"
    assert table.sent[0].data == H("6245 02bc 02bc c0 ff") + text


@pytest.mark.conformance("1.0-int-652", far="datagrams")
@pytest.mark.parametrize(
    ("model", "revision"), [("MN316", "MN316-DBRS_1.0.0"), ("M5311", "MLVH_1.0.0")]
)
def test_the_firmware_version_in_the_modules_own_format(
    ready: Ready, model: str, revision: str
) -> None:
    """Text on a resource (decision 44); what AT+CGMR and ATI say."""
    table = ready(model=model)
    table.ask(GET, 700, "/3/0/3")
    assert table.sent[0].data == H("6245 02bc 02bc c0 ff") + revision.encode()
    assert f"{revision}|OK" in table.at("ATI")


def test_a_resource_of_several_values_is_tlv(ready: Ready, code: CodeOf) -> None:
    """LwM2M 1.0 6.4.3; text and octet-stream hold one value: 4.06."""
    table = ready()
    table.ask(GET, 700, "/3/0/7")
    assert table.sent[0].data == H("6245 02bc 02bc c2 2d16 ff 8407 42000ed8")
    for mid, accept in ((701, TEXT), (702, b"\x2a")):
        assert table.ask(GET, mid, "/3/0/7", (ACCEPT, accept)) == ""
        assert code(table) == "4.06"
        assert table.ask(GET, mid + 10, "/3/0/7", (6, b""), (ACCEPT, accept)) == ""
        assert code(table) == "4.06"


def test_discover_lists_what_is_there(ready: Ready) -> None:
    """Conformance 1.0-int-260: `dim` on what has several values; 4 is there to be executed."""
    table = ready()
    table.ask(GET, 700, "/3", (ACCEPT, LINKS))
    paths = ["/3", "/3/0", *(f"/3/0/{n}" for n in (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11))]
    paths += [f"/3/0/{n}" for n in (13, 14, 15, 16, 17)]
    several = ("/3/0/6", "/3/0/7", "/3/0/8", "/3/0/11")
    links = [f"<{path}>;dim=1" if path in several else f"<{path}>" for path in paths]
    assert table.sent[0].payload == ",".join(links).encode()


@pytest.mark.conformance("1.0-int-680", far="datagrams")
@pytest.mark.conformance("1.0-int-685", far="datagrams")
def test_neither_create_nor_delete(ready: Ready, code: CodeOf) -> None:
    table = ready()
    assert table.ask(POST, 700, "/3", (FORMAT, TLV), payload=H("080100")) == ""
    assert code(table) == "4.05"
    assert table.ask(DELETE, 701, "/3/0") == ""
    assert code(table) == "4.05"
    table.ask(GET, 702, "/3/0/0")
    assert table.sent[-1].payload == b"CMIOT"


def test_time_and_zone_are_written_and_restored(ready: Ready, code: CodeOf) -> None:
    """Conformance 1.0-int-651, of the module's own object (decision 33): the clock goes on from
    what was written; a replacement puts offset and zone back that it does not mention."""
    table = ready()
    body = H("c40d 51818eff c60e") + b"+02:00" + H("c80f0d") + b"Europe/Berlin"
    table.ask(POST, 700, "/3/0", (FORMAT, TLV), payload=body)
    assert code(table) == "2.04"
    table.wait(9)
    for mid, resource, text in ((701, 13, b"1367445257"), (702, 14, b"+02:00")):
        table.ask(GET, mid, f"/3/0/{resource}")
        assert table.sent[-1].payload == text
    table.ask(PUT, 703, "/3/0", (FORMAT, TLV), payload=H("c60e") + b"+01:00")
    assert code(table) == "2.04"
    for mid, resource, text in ((704, 13, b"1367445260"), (705, 14, b"+01:00")):
        table.ask(GET, mid, f"/3/0/{resource}")
        assert table.sent[-1].payload == text
    table.ask(GET, 706, "/3/0/15")
    assert table.sent[-1].payload == b"Asia/Shanghai"
    table.ask(PUT, 707, "/3/0", (FORMAT, TLV), payload=H("c80f0d") + b"Europe/Berlin")
    table.ask(GET, 708, "/3/0/14")
    assert table.sent[-1].payload == b"+08:00"


def test_the_clock_goes_on_while_the_zone_is_written(ready: Ready) -> None:
    table = ready()
    table.now = 100.0
    for offset in range(10):
        table.now += 0.9
        table.deliver(H(f"4403 02{offset:02x} aaaaaaaa b1 33 01 30 02 3134 10 ff") + b"+01:00")
    table.now = 110.0
    table.ask(GET, 701, "/3/0/13")
    assert table.sent[-1].payload == str(NEW_YEAR + 110).encode()


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("/3/0/13", b"-1", "4.00"),
        ("/3/0/13", b"noon", "4.00"),
        ("/3/0/14", b"UTC+8", "4.00"),  # ISO 8601 spells it +08:00
        ("/3/0/14", b"+08:00\n", "4.00"),
        ("/3/0/15", b"x" * 65, "4.00"),
        ("/3/0/0", b"x", "4.05"),
        ("/3/0/11", b"1", "4.05"),
        ("/3/0/4", b"", "4.05"),
        ("/3/0/12", b"", "4.04"),
    ],
)
def test_what_cannot_be_written(
    ready: Ready, code: CodeOf, path: str, text: bytes, wanted: str
) -> None:
    table = ready()
    assert table.ask(PUT, 700, path, (FORMAT, TEXT), payload=text) == ""
    assert code(table) == wanted


# The reboot (1.0-int-241: decision 33 makes it the module's, decision 10 what the host sees)


@pytest.mark.conformance("1.0-int-241", far="datagrams")
def test_reboot(ready: Ready, rest: Rest) -> None:
    """2.04 leaves first; then the links are closed, instance and settings are gone, and nothing is
    answered for 500 ms. The MCU logs in anew; both modes of NMI are 0 (manual 4.2 note 1)."""
    table = ready("AT+MIPLNMI=0,0,1")
    table.at("ATE1")
    table.deliver(H("4202 02bc 02bc b1 33 01 30 01 34"))  # POST /3/0/4
    assert [sent.data.hex() for sent in table.sent] == ["624402bc02bc"]
    assert table.open_link == 0
    table.now += 0.499
    assert table.at("AT") == ""
    table.now += 0.001
    assert table.at("AT") == "OK", "and the echo is off again"
    assert table.at("AT+MIPLNMI?") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLOPEN=0,300,30") == "+CIS ERROR: 653"
    table.sent.clear()
    table.wait(1)
    table.log_in()
    assert b"ep=869975030000461" in table.sent[0].data
    assert table.at("AT+MIPLNMI?") == "+MIPLNMI: 0,0,0|OK", "manual 4.2 note 1"


@pytest.mark.parametrize(
    ("model", "lines"),
    [
        ("MN316", ""),
        ("ML305A", ""),
        ("M5311", "*ATREADY: 1|+CFUN: 1|+CPIN: READY"),
        ("M5310-A", "REBOOT_CAUSE_APPLICATION_AT|OK"),
    ],
)
def test_the_boot_lines_come_when_the_boot_is_over(ready: Ready, model: str, lines: str) -> None:
    """Decision 10; M5310-A's cause of a reboot by the platform is chosen. M5311 tells its address,
    which is a new one, when the network has given it."""
    table = ready(model=model)
    table.deliver(H("4202 02bc 02bc b1 33 01 30 01 34"))
    assert table.wait(0.4) == ""
    assert table.wait(0.2) == lines
    assert table.wait(1) == ("+IP: 10.57.20.18" if model == "M5311" else "")


def test_a_reboot_takes_no_time_without_delays(ready: Ready) -> None:
    """Decision 3: `--timing fast`; quirk boot_ms."""
    for settings in ({"timing": "fast"}, {"quirks": {"boot_ms": 0}}):
        table = ready(model="M5310-A", **settings)
        table.deliver(H("4202 02bc 02bc b1 33 01 30 01 34"))
        assert table.lines() == "REBOOT_CAUSE_APPLICATION_AT|OK"
        assert table.at("AT") == "OK"


def test_what_the_module_was_doing_is_over(ready: Ready) -> None:
    """Decision 9: a READ that waits, a command that waits for its result, a half-written line."""
    table = ready(quirks={"close_order": "15,OK"})
    table.ask(GET, 600, "/3200/0/5750")
    assert table.at("AT+MIPLCLOSE=0") == ""
    table.deliver(H("4202 02bc 02bc b1 33 01 30 01 34"))
    table.firmware.serial_received(b"AT+MIPL", table.now)
    table.sent.clear()
    assert table.wait(300) == ""
    assert table.at("AT") == "OK"
    assert table.sent == []


def test_the_radio_is_on_again_and_reports_nothing(ready: Ready) -> None:
    table = ready()
    assert table.at("AT+CEREG=2") == "OK"
    table.deliver(H("4202 02bc 02bc b1 33 01 30 01 34"))
    table.wait(1)
    assert table.at("AT+CEREG?") == "+CEREG: 0,1|OK"
    assert table.at("AT+CFUN?") == "+CFUN: 1|OK"


def test_the_clock_goes_on(ready: Ready) -> None:
    """What the platform has set outlives instance and reboot (chosen)."""
    table = ready()
    table.ask(PUT, 700, "/3/0/14", (FORMAT, TEXT), payload=b"+02:00")
    table.deliver(H("4202 02bd 02bd b1 33 01 30 01 34"))
    table.wait(1)
    table.log_in()
    table.ask(GET, 701, "/3/0/14")
    assert table.sent[-1].payload == b"+02:00"


@pytest.mark.parametrize("arguments", [b"", b"0='x'"])
def test_reboot_needs_no_arguments(ready: Ready, arguments: bytes) -> None:
    """SV 2.2: node-lib sends text/plain even without any."""
    table = ready()
    assert table.ask(POST, 700, "/3/0/4", (FORMAT, TEXT), payload=arguments) == ""
    assert table.sent[0].code == CHANGED
    assert table.open_link == 0


def test_the_mcu_reboots_by_itself_where_it_has_object_3(ready: Ready) -> None:
    """Decision 33: an MCU that adds it answers the Execute."""
    table = ready('AT+MIPLADDOBJ=0,3,1,"1",0,0')
    assert table.ask(POST, 700, "/3/0/4") == "+MIPLEXECUTE: 0,700,3,0,4"
    assert table.at("AT+MIPLEXECUTERSP=0,700,2") == "OK"
    assert table.open_link != 0


def test_a_blob_in_pieces_is_forgotten(desk: Any) -> None:
    """MB 2.1: what follows the first piece is no blob without it."""
    table = desk()
    assert table.at("AT+MIPLCREATE=49,130031F1,1,4,1") == "OK"
    table.firmware.reboot("command", table.now)
    table.wait(1)
    rest = (
        "0003F2002304001100000000000000123138332E3233302E34302E34303A35363833000131F30008C000000000"
    )
    assert table.at(f"AT+MIPLCREATE=49,{rest},0,45,0") == "+CIS ERROR: 601"


def test_at_commands_that_reboot_will_do_the_same(desk: Any) -> None:
    """The mechanism is the module's, whoever asks for it: here after a reset (decision 10)."""
    table = desk(model="M5310-A")
    table.firmware.reboot("reset", table.now)
    assert table.at("AT") == ""
    assert table.wait(1) == "REBOOT_CAUSE_SECURITY_RESET_PIN|OK"
