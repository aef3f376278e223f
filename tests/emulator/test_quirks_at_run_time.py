"""A quirk that is changed while the module runs does what it would have done from the start on.

Each of them is tried three ways over the same hours: as it was, set before the module is switched
on, and set when the module is logged in. From the moment at which it is said to show (its row's
`effect`), the last two write and send the same bytes at the same times; the first does not.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emulator.at.channel import Written
from emulator.journal import Record
from emulator.modem_settings import ModemSettings, build_firmware
from emulator.outputs import OpenLink, SendDatagram
from emulator.quirks import AnyOf, Between, Quirk, checked, register
from tests.desk import (
    ACK,
    CHANGED,
    CON,
    CREATED,
    DELETE,
    DELETED,
    FORMAT,
    GET,
    LOCATION,
    OBSERVE,
    POST,
    PUT,
    QUERY,
    RST,
    Sent,
    coap,
)
from tests.emulator.fota.packages import SMALL

OPAQUE, TLV = b"\x2a", b"\x2d\x16"  # Content-Format 42 and 11542
THERE = (LOCATION, b"rd"), (LOCATION, b"1")
CREATE = 'AT+MIPLCREATEEX="183.230.40.40:5683",0,"abcdefgh"'
FIRST = "AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"
M5310 = (  # as in test_config_blob.py: the layout of older firmware
    "130031F10003F2002304001100000000000010123138332E3233302E34302E33393A35363833000131"
    "F300080000000000"
)


class Tape:
    """A module alone, and all that leaves it since `rewind`, with its time. Links come up."""

    def __init__(self, **quirks: Any) -> None:
        self.firmware = build_firmware(ModemSettings(strict=True, seed=1, quirks=quirks))
        self.firmware.journal.sinks.append(self._receiver)
        self.now = 0.0
        self.sent = [Sent(b"")]
        self.seen: list[str] = []
        self._link = 0

    def _receiver(self, record: Record) -> None:
        if record.kind == "receiver":
            self.seen.append(f"{self.now:.3f} receiver {record.text}")

    def _drain(self) -> None:
        while outputs := self.firmware.outputs():
            for output in outputs:
                match output:
                    case Written(_, data, _):
                        self.seen.append(f"{self.now:.3f} {data!r}")
                    case SendDatagram(_, data, _):
                        self.sent.append(Sent(data))
                        self.seen.append(f"{self.now:.3f} {data.hex()}")
                    case OpenLink(link):
                        self._link = link
                        self.firmware.link_up(link, self.now)

    def rewind(self) -> None:
        self.seen.clear()

    def at(self, *lines: str, then: float = 1.0) -> None:
        for line in lines:
            self.firmware.serial_received(line.encode() + b"\r", self.now)
            self.wait(then)

    def wait(self, seconds: float) -> None:
        self._drain()
        end = self.now + seconds
        while (due := self.firmware.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.firmware.handle_timeout(self.now)
            self._drain()
        self.now = end

    def platform(self, data: bytes) -> None:
        self.firmware.datagram_received(self._link, data, self.now)
        self.wait(1)

    def ask(self, code: int, mid: int, path: str, *options: Any, payload: bytes = b"") -> None:
        uri = tuple((11, part.encode()) for part in path.strip("/").split("/"))
        self.platform(coap(CON, code, mid, b"%d" % mid, (*uri, *options), payload))

    def reply(self, code: int, *options: Any) -> None:
        """To the last datagram."""
        last = self.sent[-1]
        self.platform(coap(ACK, code, last.mid, last.token if code else b"", options))

    def change(self, name: str, value: Any) -> None:
        quirks = replace(self.firmware.quirks, **{name: checked(name, value)})
        self.firmware.behave(quirks, self.now)


def _made(tape: Tape) -> None:
    tape.at(CREATE, 'AT+MIPLADDOBJ=0,3200,1,"1",3,1')


def _logged_in(tape: Tape) -> None:
    _made(tape)
    _login(tape)


def _bootstrapped(tape: Tape) -> None:
    tape.at(CREATE.replace(",0,", ",1,"), "AT+MIPLOPEN=0,3000,30")
    tape.reply(CHANGED)
    security = bytes.fromhex("c8000f") + b"coap://10.0.0.1" + bytes.fromhex("c10a01")
    tape.ask(PUT, 1, "/0/0", (FORMAT, TLV), payload=security)
    tape.ask(POST, 2, "/bs")
    tape.reply(CREATED, *THERE)


def _left(tape: Tape) -> None:
    tape.at("AT+MIPLCLOSE=0")
    tape.reply(DELETED)
    tape.wait(10)


# What shows a quirk. Each begins with a module that is logged in.


def _lines(tape: Tape) -> None:
    tape.at("AT+CSQ", "AT+CCLK?", "AT+CGPADDR=1", "AT+MIPLFOO", "AT+MIPLDELETE=5")
    tape.at("AT+MIPLOPEN=0,0,30", "AT+MIPLOPEN?")
    tape.reply(CHANGED)


def _downlink(tape: Tape) -> None:
    ask, attributes = tape.ask, [(QUERY, text) for text in (b"pmin=5", b"gt=9", b"st=2")]
    ask(GET, 901, "/3200/0", (OBSERVE, b""))
    tape.at(f'{FIRST}"abcd",0,0')
    ask(GET, 902, "/3200/0")
    tape.at('AT+MIPLREADRSP=0,902,1,3200,0,5700,4,4,"1.5",0,0')
    ask(GET, 903, "/3200/0")
    ask(GET, 903, "/3200/0")  # repeated
    ask(GET, 904, "/3200/0/5750")
    tape.at('AT+MIPLREADRSP=0,903,1,3200,0,5750,1,4,"abcd",0,0')
    tape.wait(10)
    tape.at('AT+MIPLREADRSP=0,904,1,3200,0,5750,1,4,"abcd",0,0')
    ask(GET, 914, "/3200/0/5750")
    tape.wait(40)  # it is not answered
    tape.at('AT+MIPLREADRSP=0,914,1,3200,0,5750,1,4,"abcd",0,0')
    ask(GET, 905, "/3/0")
    ask(GET, 906, "/1/0")
    ask(GET, 907, "/3200", (17, b"\x28"))  # Accept 40: Discover
    ask(PUT, 908, "/3200/0/5750", *attributes)
    ask(PUT, 909, "/3200/0/5750", (FORMAT, b""), payload=b"ab\r\ncd")
    ask(PUT, 910, "/3200/0/5750", (FORMAT, b""), payload=b"efgh")
    ask(PUT, 911, "/3200/0/5999", (FORMAT, OPAQUE), payload=b"\xab\xcd")
    floats = bytes.fromhex("e41644 3dcccccd e81645 08 4415af1d78b58c40".replace(" ", ""))
    ask(POST, 912, "/3200/0", (FORMAT, TLV), payload=floats)
    tape.at(
        'AT+MIPLNOTIFY=0,0,3200,0,5700,4,8,"1.5",0,1', 'AT+MIPLNOTIFY=0,0,3200,0,5701,2,2,"ab",0,1'
    )
    huge = bytes.fromhex("e81644 08 4415af1d78b58c40 e2164501 02".replace(" ", ""))
    ask(POST, 913, "/3200/0", (FORMAT, TLV), payload=huge)
    ask(PUT, 915, "/3200/0/5701", (FORMAT, OPAQUE), payload=b"\xef")
    ask(POST, 916, "/3200/0/5750", payload=b"go")
    ask(POST, 917, "/3200/0/5750")
    tape.at('AT+MIPLNOTIFY=0,0,3200,0,5700,4,8,"0.1",0,0')
    ask(GET, 920, "/3200/0/5700", (OBSERVE, b""))
    ask(DELETE, 918, "/3200/0")
    ask(POST, 919, "/3200", (FORMAT, TLV), payload=b"")


def _uplink(tape: Tape) -> None:
    tape.at(f'{FIRST}"abcd",0,0', f'{FIRST}"abcd",0,0,5')  # nobody observes
    tape.ask(GET, 921, "/3200/0", (OBSERVE, b""))
    tape.at(f'{FIRST}"abcd",0,0', f'{FIRST}"abcd",0,0,147')
    tape.reply(0)
    tape.at(f'{FIRST}"abcd",0,0,148')
    tape.wait(200)  # never acknowledged
    tape.at('AT+MIPLNOTIFY=0,921,3200,0,5700,4,4,"1.5",0,0', f'{FIRST[:-2]}9,"abcd",0,0')
    tape.at(f'{FIRST}"abcd",0,0,0,0', f'{FIRST}"abcd",0,0,149,2')
    tape.at(f'{FIRST}"held",0,1', 'AT+MIPLNOTIFY=0,0,3200,0,5700,4,4,"2.5",0,0,,4')  # 651
    tape.at(
        'AT+MIPLNOTIFY=0,0,3200,0,5700,4,4,"1.5",0,0', 'AT+MIPLNOTIFY=0,0,3200,0,5701,3,4,"1",0,0'
    )
    tape.at(
        'AT+MIPLNOTIFY=0,0,3200,0,5702,3,4,"1",0,1', 'AT+MIPLNOTIFY=0,0,3200,0,5703,3,4,"1",0,1'
    )
    tape.at('AT+MIPLNOTIFY=0,0,3200,0,5704,3,4,"1",0,1')


def _updates(tape: Tape) -> None:
    tape.at("AT+MIPLUPDATE=0,5,0")
    tape.reply(CHANGED)
    tape.at("AT+MIPLUPDATE=0,500,0")
    tape.reply(0x80)  # 4.00
    tape.wait(20)
    tape.at("AT+MIPLUPDATE=0,600,0")
    tape.wait(200)


def _reset(tape: Tape) -> None:
    tape.ask(GET, 931, "/3200/0", (OBSERVE, b""))
    tape.at(f'{FIRST}"abcd",0,0')
    tape.platform(coap(RST, 0, tape.sent[-1].mid))
    tape.at("AT+MIPLOPEN?")


def _leaving(tape: Tape) -> None:
    tape.at("AT+MIPLCLOSE=0")
    tape.reply(DELETED)
    tape.at("AT+MIPLDELETE=0")
    _logged_in(tape)
    tape.at("AT+MIPLDELETE=0")
    tape.reply(DELETED)
    tape.at(CREATE)


def _login(tape: Tape) -> None:
    tape.at("AT+MIPLOPEN=0,3000,30")
    tape.reply(CREATED, *THERE)
    tape.wait(30)


def _making(tape: Tape) -> None:
    tape.at("AT+MIPLDELETE=0", f"AT+MIPLCREATE=49,{M5310},0,49,0", "AT+MIPLDELETE=0", CREATE)
    tape.at('AT+MIPLADDOBJ=0,3200,5,"10010",1,0', 'AT+MIPLADDOBJ=0,3200,5,"10010",1,0')
    tape.at(f'{FIRST}"abcd",0,0', 'AT+MIPLNOTIFY=0,0,3200,0,5751,1,4,"abcd",0,0')
    tape.at("AT+MIPLOPEN=0,3000,30")
    tape.wait(200)  # nobody answers
    tape.at("AT+MIPLOPEN=0,3000,30", "AT+MIPLDELETE=0")


def _bootstrap(tape: Tape) -> None:
    tape.at("AT+MIPLDELETE=0", CREATE.replace(",0,", ",1,"), "AT+MIPLOPEN=0,3000,30")
    tape.reply(0x84)  # 4.04 to the bootstrap request
    tape.wait(300)


def _another_platform(tape: Tape) -> None:
    tape.at("AT+MIPLDELETE=0", CREATE, 'AT+MIPLCFG="platform",0,1', "AT+MIPLNMI=0,1,0")


def _radio(tape: Tape) -> None:
    tape.at("AT+CSCON=1", "AT+MIPLUPDATE=0,3000,0")
    tape.reply(CHANGED)
    tape.wait(60)
    tape.at("AT+CFUN=0", "AT+CEREG=1", "AT+CFUN=1")
    tape.wait(10)


def _psm(tape: Tape) -> None:
    tape.at('AT+CPSMS=1,,,"00111000","00000001"')
    tape.wait(60)
    tape.at("AT+CSQ", "AT+CSQ")


def _firmware_update(tape: Tape) -> None:
    tape.ask(PUT, 941, "/5/0/0", (FORMAT, OPAQUE), payload=SMALL)
    tape.ask(POST, 942, "/5/0/2")
    tape.wait(8)
    tape.at("ATI")


def _reboot(tape: Tape) -> None:
    tape.at("AT+CEREG=1", "AT+NRB", then=0.2)
    for _ in range(60):
        tape.at("AT", then=0.1)


def _opened(tape: Tape) -> None:
    for _ in range(2):
        tape.firmware.host_opened(tape.now)
        tape.wait(3)
        tape.at("AT+MIPLDELETE=0", CREATE)


def _next_session(tape: Tape) -> None:
    """Behind a CLOSE: what a login and its requests look like."""
    tape.at('AT+MIPLCFG="binding",0,2', "AT+MIPLOPEN=0,3000,30")
    tape.wait(5)  # the Register is repeated
    tape.ask(GET, 951, "/3200/0")  # early
    tape.reply(CREATED, *THERE)
    tape.ask(POST, 952, "/0/0", (FORMAT, TLV), payload=b"")
    tape.ask(DELETE, 953, "/3200/0")
    tape.ask(POST, 954, "/3200", (FORMAT, TLV), payload=b"\x08\x05")
    tape.ask(GET, 955, "/3200/0")
    block = (FORMAT, OPAQUE), (27, b"\x0a")  # Block1: number 0, more, 64 bytes
    tape.ask(PUT, 956, "/3200/0/5750", *block, payload=bytes(64))
    tape.wait(200)


def _next_bootstrap(tape: Tape) -> None:
    tape.at("AT+MIPLOPEN=0,3000,30")
    tape.wait(3)


SHOWS: dict[Callable[[Tape], None], str] = {
    _lines: "mipl_colon general_colon cclk_format cgpaddr_quotes open_bad_param_silent "
    "reply_delay_ms double_error_line",
    _downlink: "hex_case unsafe_string read_fields module_read_urc write_fields "
    "write_string_quotes write_opaque_len write_undeclared write_order float_overflow exec_style "
    "step_name observe_mid observe_payload auto_answer duplicate_urc mcu_answer_timeout_s "
    "after_timeout late_rsp rsp_only_last server_object tlv_content_format float_tlv",
    _uplink: "notify_unobserved notify_mid_zero notify_type con_notify_once rai_param event_25 "
    "ackid_as_mid packing_error_clears len_check count_limit",
    _updates: "update_lifetime_small update_fail extra_events",
    _reset: "rst_halts",
    _leaving: "close_wire close_order delete_registered createex_async",
    _login: "spurious_update",
    _making: "notify_before_open bitmap_reversed object_again blob_layout reg_retry "
    "reg_timeout_event",
    _bootstrap: "bs_fail",
    _another_platform: "nmi_platforms",
    _radio: "urc_gap_ms rrc_idle_s search_ms",
    _psm: "wake_loses_bytes",
    _firmware_update: "fota_install_s",
    _reboot: "boot_ms echo_at_boot",
    _opened: "boot_on_open",
    _next_session: "cis_codes empty_ack_after_s block_passthrough lwm2m_query "
    "security_object_in_register module_objects_in_register authcode_carrier ack_timeout_s "
    "queue_awake_s",
    _next_bootstrap: "bootstrap_each_open",
}
SHOW = {name: show for show, names in SHOWS.items() for name in names.split()}
FIGURES = {"ack_timeout_s": 3, "empty_ack_after_s": 0.25, "wake_loses_bytes": 2}


def _values(row: Quirk) -> list[Any]:
    """All but the default; of a figure or of a choice of several, one."""
    found: list[Any] = []
    for value in row.values:
        match value:
            case AnyOf(parts):
                found.append(() if row.default else parts)
            case Between() | "number":
                found.append(FIGURES.get(row.name, 7))
            case _ if value != row.default:
                found.append(value)
    return found


# Where the usual value does the same on this platform: from which one it is changed instead.
OTHERS = {
    ("write_undeclared", 6): 2,
    ("module_objects_in_register", "off"): "on",
    ("authcode_carrier", "option63"): "query",
}
BEGINS = {"spurious_update": _made, "bootstrap_each_open": _bootstrapped}

CASES = [
    (row, OTHERS.get((row.name, value), row.default), value)
    for row in register()
    for value in _values(row)
]


def _tape(row: Quirk, value: Any, change: Any = None) -> list[str]:
    """What leaves the module from the moment on at which a change shows."""
    tape = Tape(**{row.name: value})
    BEGINS.get(row.name, _logged_in)(tape)
    if change is not None:
        tape.change(row.name, change)
    if row.effect == "at the next login":
        _left(tape)
    elif row.effect == "at the next boot":
        tape.at("AT+NRB")
        tape.wait(10)
    tape.rewind()
    SHOW[row.name](tape)
    return tape.seen


@pytest.mark.parametrize(
    ("row", "before", "after"), CASES, ids=[f"{row.name}={after}" for row, _, after in CASES]
)
def test_a_change_at_run_time_is_as_good_as_one_at_the_start(
    row: Quirk, before: Any, after: Any
) -> None:
    as_it_was, from_the_start = _tape(row, before), _tape(row, after)
    assert _tape(row, before, after) == from_the_start
    assert _tape(row, after, before) == as_it_was
    assert from_the_start != as_it_was


def test_every_quirk_is_shown() -> None:
    assert sorted(SHOW) == sorted(row.name for row in register())
