"""Requests that come in blocks, or are too long (decision 36)."""

from typing import Any

import pytest

GET, POST, PUT = 1, 2, 3
FORMAT, BLOCK1 = 12, 27
TLV, OPAQUE, TEXT = b"\x2d\x16", b"\x2a", b""
CHANGED, CONTINUE = "2.04", "2.31"


def _ready(desk: Any, **settings: Any) -> Any:
    """Registered; 5750 declared as a string, 5505 as opaque, 5501 as an integer."""
    table = desk(**settings)
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0')
    table.at("AT+MIPLNOTIFY=0,0,3200,0,5505,2,2,00,0,0")
    table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,1,0,0,0")
    table.at("AT+MIPLOPEN=0,300")
    table.reply(0x41, (8, b"rd"), (8, b"1"))
    table.sent.clear()
    return table


def _answer(table: Any) -> str:
    """The code of the only datagram sent since the last look; "" for none."""
    codes = [f"{sent.code >> 5}.{sent.code & 31:02d}" for sent in table.sent]
    table.sent.clear()
    assert len(codes) < 2
    return "".join(codes)


def _block(
    table: Any,
    mid: int,
    block: str,
    payload: bytes,
    path: str = "/3200/0/5750",
    code: int = PUT,
    form: bytes = TEXT,
) -> str:
    """The lines that a block brings; `block` is the option as RFC 7959 writes it, 0/1/512."""
    number, more, size = map(int, block.split("/"))
    value = number << 4 | more << 3 | (size.bit_length() - 5)
    option = value.to_bytes((value.bit_length() + 7) // 8, "big")
    lines: str = table.ask(code, mid, path, (FORMAT, form), (BLOCK1, option), payload=payload)
    return lines


def test_up_to_1024_bytes_it_is_one_write_with_the_last_message_id(desk: Any) -> None:
    """Decisions 29 and 36: the request that waits for the MCU is the last one."""
    table = _ready(desk)
    assert _block(table, 700, "0/1/512", b"a" * 512) == ""
    assert _answer(table) == CONTINUE
    last = _block(table, 701, "1/0/512", b"b" * 512)
    assert last == "+MIPLWRITE: 0,701,3200,0,5750,1,1024," + "a" * 512 + "b" * 512 + ",0"
    assert _answer(table) == ""
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "+CIS ERROR: 653"
    assert table.at("AT+MIPLWRITERSP=0,701,2") == "OK"
    assert table.sent[0].data.hex() == "624402bd02bdd10e15"  # 2.04 with 1:1/0/512


def test_a_tlv_in_blocks_is_a_line_per_resource(desk: Any) -> None:
    table = _ready(desk)
    body = b"\xe1\x15\x7d\x2a" + b"\xe8\x16\x76\x14" + b"twenty characters..."
    assert _block(table, 700, "0/1/16", body[:16], "/3200/0", form=TLV) == ""
    assert _block(table, 701, "1/0/16", body[16:], "/3200/0", form=TLV) == (
        "+MIPLWRITE: 0,701,3200,0,5501,3,2,42,1"
        "|+MIPLWRITE: 0,701,3200,0,5750,1,20,twenty characters...,0"
    )


def test_beyond_1024_bytes_the_mcu_answers_each_block(desk: Any) -> None:
    """Manual 4.2 note 3. Decision 36: two lines with the current id, flags 1 and 2, then one each;
    2 is 2.31, at the end 2.04."""
    table = _ready(desk)
    for mid, number in ((700, 0), (701, 1)):
        assert _block(table, mid, f"{number}/1/512", b"a" * 512) == ""
        assert _answer(table) == CONTINUE
    assert _block(table, 702, "2/1/512", b"b" * 512) == (
        "+MIPLWRITE: 0,702,3200,0,5750,1,1024," + "a" * 1024 + ",1"
        "|+MIPLWRITE: 0,702,3200,0,5750,1,512," + "b" * 512 + ",2"
    )
    assert _answer(table) == ""
    assert table.at("AT+MIPLWRITERSP=0,702,2") == "OK"
    assert table.sent[0].data.hex() == "625f02be02bed10e2d"  # 2.31 with 1:2/1/512
    assert _answer(table) == CONTINUE
    assert _block(table, 703, "3/1/512", b"c" * 512) == (
        "+MIPLWRITE: 0,703,3200,0,5750,1,512," + "c" * 512 + ",2"
    )
    assert table.at("AT+MIPLWRITERSP=0,703,1") == "OK", "decision 37: 1 and 2 alike"
    assert _answer(table) == CONTINUE
    assert _block(table, 704, "4/0/512", b"end") == "+MIPLWRITE: 0,704,3200,0,5750,1,3,end,0"
    assert table.at("AT+MIPLWRITERSP=0,704,2") == "OK"
    assert table.sent[0].data.hex() == "624402c002c0d10e45"


def test_beyond_1024_bytes_with_the_last_block_the_flags_are_1_and_0(desk: Any) -> None:
    table = _ready(desk)
    _block(table, 700, "0/1/1024", b"a" * 1024)
    assert _block(table, 701, "1/0/1024", b"b") == (
        "+MIPLWRITE: 0,701,3200,0,5750,1,1024," + "a" * 1024 + ",1"
        "|+MIPLWRITE: 0,701,3200,0,5750,1,1,b,0"
    )
    _answer(table)
    table.at("AT+MIPLWRITERSP=0,701,2")
    assert _answer(table) == CHANGED


@pytest.mark.parametrize(
    ("resid", "type_", "settings"),
    [(5505, 2, {}), (5999, 6, {}), (5999, 2, {"quirks": {"write_undeclared": 2}})],
)
def test_opaque_and_undeclared_blocks_are_hex(
    desk: Any, resid: int, type_: int, settings: dict[str, Any]
) -> None:
    """Decision 34: `<len>` counts hex digits."""
    table = _ready(desk, **settings)
    path = f"/3200/0/{resid}"
    _block(table, 700, "0/1/1024", b"\xab" * 1024, path, form=OPAQUE)
    assert _block(table, 701, "1/0/1024", b"\x01", path, form=OPAQUE) == (
        f"+MIPLWRITE: 0,701,3200,0,{resid},{type_},2048," + "AB" * 1024 + ",1"
        f"|+MIPLWRITE: 0,701,3200,0,{resid},{type_},2,01,0"
    )


def test_ten_fields_where_the_quirk_has_them(desk: Any) -> None:
    table = _ready(desk, quirks={"write_fields": 10})
    _block(table, 700, "0/1/1024", b"a" * 1024)
    assert _block(table, 701, "1/0/1024", b"b").endswith(
        ",1,0|+MIPLWRITE: 0,701,3200,0,5750,1,1,b,0,0"
    )


def test_a_block_that_would_forge_lines_is_printed_as_undeclared(desk: Any) -> None:
    """Decision 12."""
    table = _ready(desk)
    _block(table, 700, "0/1/1024", b"a" * 1024)
    assert _block(table, 701, "1/0/1024", b"\r\nOK").endswith(
        "|+MIPLWRITE: 0,701,3200,0,5750,6,8,0D0A4F4B,0"
    )


def test_every_block_by_itself_as_a_module_was_seen_to_do(desk: Any) -> None:
    """Quirk block_passthrough; MB 2.12, SOTA on M531x: `<len>` 1024, 1024, … 346, flags 1, 2, 0."""
    table = _ready(desk, quirks={"block_passthrough": "always", "write_undeclared": 2})
    for mid, block, payload, flag in (
        (700, "0/1/512", b"\x01" * 512, 1),
        (701, "1/1/512", b"\x02" * 512, 2),
        (702, "2/1/512", b"\x03" * 512, 2),
        (703, "3/0/512", b"\x04" * 173, 0),
    ):
        assert _block(table, mid, block, payload, "/3200/0/1", form=OPAQUE) == (
            f"+MIPLWRITE: 0,{mid},3200,0,1,2,{2 * len(payload)},{payload.hex().upper()},{flag}"
        )
        assert table.at(f"AT+MIPLWRITERSP=0,{mid},2") == "OK"
        assert _answer(table) == (CONTINUE if flag else CHANGED)


@pytest.mark.parametrize(
    ("result", "code"), [(11, "4.00"), (12, "4.01"), (13, "4.04"), (14, "4.05")]
)
def test_another_result_ends_the_transfer(desk: Any, result: int, code: str) -> None:
    table = _ready(desk)
    _block(table, 700, "0/1/1024", b"a" * 1024)
    _block(table, 701, "1/1/1024", b"b" * 1024)
    _answer(table)
    assert table.at(f"AT+MIPLWRITERSP=0,701,{result}") == "OK"
    assert _answer(table) == code
    assert _block(table, 702, "2/0/1024", b"c") == ""
    assert _answer(table) == "4.08"


def test_a_silent_mcu_ends_the_transfer(desk: Any) -> None:
    """Decision 32: nothing is sent; the next block is one without those before it."""
    table = _ready(desk)
    _block(table, 700, "0/1/1024", b"a" * 1024)
    _answer(table)
    _block(table, 701, "1/1/1024", b"b" * 1024)
    table.wait(31)
    assert _answer(table) == ""
    assert _block(table, 702, "2/0/1024", b"c") == ""
    assert _answer(table) == "4.08"


@pytest.mark.parametrize(("quirk", "times"), [("on", 1), ("off", 0)])
def test_a_repeated_block_prints_its_lines_again(desk: Any, quirk: str, times: int) -> None:
    """Decision 31, in every NMI mode: these lines were not kept back."""
    for mode in (0, 1, 2):
        table = _ready(desk, quirks={"duplicate_urc": quirk})
        table.at(f"AT+MIPLNMI=0,{mode},0")
        _block(table, 700, "0/1/1024", b"a" * 1024)
        lines = _block(table, 701, "1/1/1024", b"b" * 1024)
        assert lines.count("+MIPLWRITE: 0,701,") == 2
        assert _block(table, 701, "1/1/1024", b"b" * 1024) == (lines if times else "")


def test_a_block_that_is_missing_is_4_08_without_a_line(desk: Any) -> None:
    table = _ready(desk)
    assert _block(table, 700, "1/1/512", b"b" * 512) == ""
    assert _answer(table) == "4.08"


def test_an_execute_in_blocks(desk: Any) -> None:
    """Manual 3.14: up to 1024 bytes one line; over it 4.13 and none (decision 36)."""
    table = _ready(desk)
    _block(table, 700, "0/1/512", b"a" * 512, code=POST)
    _answer(table)
    assert _block(table, 701, "1/0/512", b"b" * 512, code=POST) == (
        '+MIPLEXECUTE: 0,701,3200,0,5750,1024,"' + "a" * 512 + "b" * 512 + '"'
    )
    assert table.at("AT+MIPLEXECUTERSP=0,701,2") == "OK"
    assert _answer(table) == CHANGED
    _block(table, 702, "0/1/1024", b"a" * 1024, code=POST)
    _answer(table)
    assert _block(table, 703, "1/0/1024", b"b", code=POST) == ""
    assert _answer(table) == "4.13"


# f0 1676 0514: resource 5750 of 1300 bytes; e8 1676 c8: of 200 (LwM2M 1.0, 6.4.3).
ONE = b"\xf0\x16\x76\x05\x14" + b"x" * 1300
TWO = b"\xf0\x16\x76\x04\x4c" + b"x" * 1100 + b"\xe8\x15\x81\xc8" + b"y" * 200


@pytest.mark.parametrize("path", ["/3200/0", "/3200/0/5750"])
def test_a_tlv_of_one_resource_is_printed_without_its_header(desk: Any, path: str) -> None:
    table = _ready(desk)
    _block(table, 700, "0/1/1024", ONE[:1024], path, form=TLV)
    assert _block(table, 701, "1/0/1024", ONE[1024:], path, form=TLV) == (
        "+MIPLWRITE: 0,701,3200,0,5750,1,1019," + "x" * 1019 + ",1"
        "|+MIPLWRITE: 0,701,3200,0,5750,1,281," + "x" * 281 + ",0"
    )


def test_a_tlv_of_several_resources_is_4_13(desk: Any) -> None:
    table = _ready(desk)
    _block(table, 700, "0/1/1024", TWO[:1024], "/3200/0", form=TLV)
    _answer(table)
    assert _block(table, 701, "1/0/1024", TWO[1024:], "/3200/0", form=TLV) == ""
    assert _answer(table) == "4.13"


def test_a_number_does_not_come_in_so_many_bytes(desk: Any) -> None:
    """Decision 34: 4.00, no line; it ends the transfer."""
    table = _ready(desk)
    _block(table, 700, "0/1/1024", b"0" * 1024, "/3200/0/5501")
    _answer(table)
    assert _block(table, 701, "1/1/1024", b"0" * 1024, "/3200/0/5501") == ""
    assert _answer(table) == "4.00"
    assert _block(table, 702, "2/0/1024", b"1", "/3200/0/5501") == ""
    assert _answer(table) == "4.08"


def test_bodies_for_the_modules_own_objects_are_never_printed(desk: Any) -> None:
    """Decisions 33, 36."""
    table = _ready(desk)
    for mid, block, length, code in (
        (700, "0/1/1024", 1024, CONTINUE),
        (701, "1/1/1024", 1024, "4.05"),
        (702, "2/0/1024", 1, "4.08"),
    ):
        assert _block(table, mid, block, b"x" * length, "/3/0/0", form=OPAQUE) == ""
        assert _answer(table) == code


@pytest.mark.parametrize("mode", [1, 2])
def test_long_bodies_bypass_nmi(desk: Any, mode: int) -> None:
    """Manual 4.2 note 3; decision 36."""
    table = _ready(desk)
    table.at(f"AT+MIPLNMI=0,{mode},0")
    _block(table, 700, "0/1/1024", b"a" * 1024)
    assert _block(table, 701, "1/1/1024", b"b" * 1024).count("+MIPLWRITE: 0,701,") == 2
    assert table.at("AT+MIPLWRITERSP=0,701,2") == "OK"
    assert _block(table, 702, "2/0/1024", b"c") == "+MIPLWRITE: 0,702,3200,0,5750,1,1,c,0"
    body = b"d" * 1025
    assert table.ask(PUT, 703, "/3200/0/5750", (FORMAT, TEXT), payload=body) == (
        "+MIPLWRITE: 0,703,3200,0,5750,1,1025," + "d" * 1025 + ",0"
    )
    assert table.at("AT+MIPLQMGR=0") == "+MIPLQMGR: 0,QUEUES=0,DROPPED=0,BUFFERS=0|OK"
    assert table.at("AT+MIPLMGR=0") == "OK"


@pytest.mark.parametrize(("mode", "told"), [(1, "+MIPLNMI: 0"), (2, "")])
def test_bodies_of_up_to_1024_bytes_do_not(desk: Any, mode: int, told: str) -> None:
    table = _ready(desk)
    table.at(f"AT+MIPLNMI=0,{mode},0")
    _block(table, 700, "0/1/512", b"a" * 512)
    assert _block(table, 701, "1/0/512", b"a" * 512) == told
    assert table.at("AT+MIPLQMGR=0") == "+MIPLQMGR: 0,QUEUES=1,DROPPED=0,BUFFERS=1024|OK"
    assert table.at("AT+MIPLMGR=0") == (
        "+MIPLWRITE: 0,701,3200,0,5750,1,1024," + "a" * 1024 + ",0|OK"
    )


def test_over_1024_bytes_in_one_datagram_is_one_line(desk: Any) -> None:
    """Manual 4.2 note 3; decision 36; but an Execute is 4.13."""
    table = _ready(desk)
    body = b"d" * 1400
    assert table.ask(PUT, 700, "/3200/0/5750", (FORMAT, TEXT), payload=body) == (
        "+MIPLWRITE: 0,700,3200,0,5750,1,1400," + "d" * 1400 + ",0"
    )
    assert table.ask(POST, 701, "/3200/0/5750", payload=b"x" * 1025) == ""
    assert _answer(table) == "4.13"
    assert table.ask(POST, 702, "/3200/0/5750", payload=b"x" * 1024).startswith(
        "+MIPLEXECUTE: 0,702,3200,0,5750,1024,"
    )


def test_a_tunnel_takes_blocks_without_the_mcu(desk: Any) -> None:
    """Decision 38: object 19 of CTWing is answered by the module, block by block."""
    table = desk()
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLCFG="platform",0,1,0')
    table.at('AT+MIPLADDOBJ=0,19,1,"1",0,0')
    table.at("AT+MIPLOPEN=0,300")
    table.reply(0x41, (8, b"rd"), (8, b"1"))
    table.sent.clear()
    for mid, block, payload, code in (
        (700, "0/1/1024", b"a" * 1024, CONTINUE),
        (701, "1/1/1024", b"b" * 1024, CONTINUE),
        (702, "2/0/1024", b"c", CHANGED),
    ):
        lines = _block(table, mid, block, payload, "/19/0/0", form=OPAQUE)
        assert lines.count("+MIPLWRITE") == (0, 2, 1)[mid - 700]
        assert _answer(table) == code


# Datagrams that are too long


def _datagram(length: int) -> bytes:
    """CON PUT /3200/0/5750 with message id 700 and as much text as makes `length` bytes."""
    head = bytes.fromhex("400302bcb4333230300130043537353010ff")
    return head + b"x" * (length - len(head))


def test_a_datagram_of_more_than_1500_bytes_is_dropped_and_told(desk: Any) -> None:
    """Manual 3.20 event 33; decision 36."""
    table = _ready(desk)
    assert table.platform(_datagram(1500)).startswith("+MIPLWRITE: 0,700,3200,0,5750,1,1482,")
    assert table.platform(_datagram(1501)) == "+MIPLEVENT: 0,33"
    assert table.platform(b"\xff" * 65507) == "+MIPLEVENT: 0,33"
    assert _answer(table) == ""


def test_nothing_is_told_where_nothing_arrives(desk: Any) -> None:
    """Off the network, or on a link that is gone."""
    table = _ready(desk)
    assert table.at("AT+CGATT=0").startswith("OK")
    assert "+MIPLEVENT" not in table.platform(_datagram(1501))
    table = _ready(desk)
    old = table.open_link
    table.at("AT+MIPLDELETE=0")
    table.firmware.datagram_received(old, _datagram(1501), table.now)
    assert table.wait(1) == ""
