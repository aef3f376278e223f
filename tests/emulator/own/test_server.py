"""1/0, Server, of the module itself (decisions 23, 25, 33; LwM2M 1.0 E.2)."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from tests.desk import Desk, Sent

GET, POST, PUT = 1, 2, 3
CON, ACK = 0, 2
CHANGED, CONTENT, DELETED, NOT_FOUND = 0x44, 0x45, 0x42, 0x84
FORMAT, ACCEPT = 12, 17
TEXT, TLV, JSON = b"", b"\x2d\x16", b"\x2d\x17"
H = bytes.fromhex

Ready = Callable[..., Desk]
Rest = Callable[[Sent], str]
CodeOf = Callable[[Desk], str]

# Uri-Path rd, 1, and then Uri-Query: delta 4, so 45 is one of 5 bytes (RFC 7252 3.1).
UPDATE = "b272640131"
# 0: 1; 1: 300; 2: 0; 5: 86400; 6: true; 7: "U" (LwM2M 1.0 6.4.3)
AT_FIRST = "c10001c201012cc10200c40500015180c10601c10755"


def _write(table: Desk, resource: int, text: bytes, mid: int = 700) -> str:
    return table.ask(PUT, mid, f"/1/0/{resource}", (FORMAT, TEXT), payload=text)


_mids = count(900)


def _read(table: Desk, path: str = "/1/0") -> str:
    """The TLV body that a Read gives, in hex; its datagram is put aside."""
    mid = next(_mids)
    table.ask(GET, mid, path, (ACCEPT, TLV))
    (answer,) = (sent for sent in table.sent if (sent.kind, sent.mid) == (ACK, mid))
    assert answer.code == CONTENT
    table.sent.remove(answer)
    return answer.payload.hex()


@pytest.mark.conformance("1.0-int-102", far="datagrams")
@pytest.mark.conformance("1.1-int-227", far="datagrams")
def test_a_written_lifetime_is_told_by_an_update(ready: Ready, rest: Rest) -> None:
    """Decisions 25, 33: 2.04, then an Update with lt=20, event 11, and the timers follow; without
    UPDATESET no other Update comes (decision 26)."""
    table = ready(model="M5310-A", dialect="manual")
    assert _write(table, 1, b"20") == ""
    answer, update = table.sent
    assert answer.data.hex() == "624402bc02bc"  # 2.04 to mid 700, token 02bc
    assert (update.kind, update.code) == (CON, POST)
    assert rest(update) == UPDATE + "45" + b"lt=20".hex()
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert table.at("AT+MIPLLTRDP") == "+MIPLLTRDP: 19|OK"
    table.sent.clear()
    assert table.wait(30) == ""
    assert table.sent == []
    assert table.at("AT+MIPLLTRDP") == "+MIPLLTRDP: 0|OK"


def test_lifetimes_below_10_are_86400_only_in_the_command(ready: Ready, rest: Rest) -> None:
    """Manual 3.7 speaks of MIPLUPDATE; decision 25."""
    table = ready()
    _write(table, 1, b"9")
    assert rest(table.sent[-1]) == UPDATE + "44" + b"lt=9".hex()
    assert _read(table, "/1/0/1") == "c10109", "while the Update is under way"
    table.reply(CHANGED)
    assert _read(table, "/1/0/1") == "c10109"


def test_a_lifetime_that_the_platform_does_not_accept_is_none(ready: Ready) -> None:
    """Decision 23: 1/0/1 is what the registration lasts, OPEN's until an Update is accepted."""
    table = ready()
    _write(table, 1, b"60")
    assert table.reply(0x80) == ""
    assert _read(table, "/1/0/1") == "c201012c"
    assert table.at("AT+MIPLUPDATE=0,500,0") == "OK"
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert _read(table, "/1/0/1") == "c20101f4", "the host's own UPDATE counts as well"


@pytest.mark.conformance("1.0-int-104", far="datagrams")
@pytest.mark.parametrize(("mode", "query"), [(0, ""), (1, "43" + b"b=U".hex())])
def test_the_update_trigger(ready: Ready, rest: Rest, mode: int, query: str) -> None:
    """Decisions 18, 25, 33: 2.04, then an Update without parameters but `b`; event 11."""
    table = ready(f'AT+MIPLCFG="binding",0,{mode}')
    assert table.ask(POST, 700, "/1/0/8") == ""
    answer, update = table.sent
    assert (answer.kind, answer.code, answer.mid) == (ACK, CHANGED, 700)
    assert (update.kind, update.code, rest(update)) == (CON, POST, UPDATE + query)
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"


def test_a_request_that_comes_again_is_done_once(ready: Ready, rest: Rest) -> None:
    """RFC 7252 4.5: the same answer, no second Update."""
    table = ready()
    trigger = H("4402 02bc deadbeef b1 31 01 30 01 38")
    for _ in range(3):
        table.deliver(trigger)
    assert [sent.data.hex() for sent in table.sent if sent.kind == ACK] == ["644402bcdeadbeef"] * 3
    assert [rest(sent) for sent in table.sent if sent.kind == CON] == [UPDATE]


def test_a_non_confirmable_request_gets_a_non_confirmable_answer(ready: Ready) -> None:
    table = ready()
    table.deliver(H("5401 02bc deadbeef b1 31 01 30 01 31"))  # GET /1/0/1
    (answer,) = table.sent
    assert (answer.kind, answer.code, answer.token.hex()) == (1, CONTENT, "deadbeef")
    assert answer.payload == b"300"


def test_an_update_that_the_platform_wanted_may_end_the_session(ready: Ready) -> None:
    """Decision 25: 4.04, event 31."""
    table = ready()
    table.ask(POST, 700, "/1/0/8")
    assert table.reply(NOT_FOUND) == "+MIPLEVENT: 0,31"
    assert table.at("AT+MIPLUPDATE=0,300,0") == "+CIS ERROR: 602"


@pytest.mark.conformance("1.0-int-103", far="datagrams")
@pytest.mark.conformance("1.0-int-555", far="datagrams")
def test_disable(ready: Ready, rest: Rest) -> None:
    """LwM2M 1.0 E.2, decision 33: 2.04, DELETE, event 15; after the Disable Timeout it registers by
    itself, with the lifetime it had and what the host has listed (chosen)."""
    table = ready('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"')
    _write(table, 5, b"60")
    table.sent.clear()
    assert table.ask(POST, 701, "/1/0/4") == ""
    answer, delete = table.sent
    assert (answer.code, answer.mid) == (CHANGED, 701)
    assert (delete.kind, delete.code, rest(delete)) == (CON, 4, UPDATE)
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
    assert table.open_link == 0
    assert table.at("AT+MIPLUPDATE=0,300,0") == "+CIS ERROR: 602"
    table.sent.clear()
    table.wait(58)
    assert table.sent == []
    table.wait(2)
    (register,) = table.sent
    assert b"lt=300" in register.data and b"</3200/0>" in register.payload
    assert table.reply(0x41, (8, b"rd"), (8, b"2")) == "+MIPLEVENT: 0,6"
    table.ask(GET, 702, "/3200", (ACCEPT, b"\x28"))
    assert table.sent[-1].payload == b"</3200>,</3200/0>,</3200/0/5750>"


def test_disable_lasts_a_day_where_nothing_else_was_written(ready: Ready) -> None:
    """LwM2M 1.0 E.2: 86400 s."""
    table = ready()
    table.ask(POST, 701, "/1/0/4")
    table.reply(DELETED)
    table.sent.clear()
    table.wait(86390)
    assert table.sent == []
    table.wait(10)
    assert b"lt=300" in table.sent[0].data


def test_the_host_may_open_before_a_disable_is_over_and_delete_ends_it(ready: Ready) -> None:
    """Chosen: a driver that sees event 15 opens anew (MB 12)."""
    for command in ("AT+MIPLOPEN=0,400,30", "AT+MIPLDELETE=0"):
        table = ready()
        _write(table, 5, b"60")
        table.ask(POST, 701, "/1/0/4")
        table.reply(DELETED)
        table.sent.clear()
        assert table.at(command) == "OK"
        registers = list(table.sent)
        if registers:
            assert table.reply(0x41, (8, b"rd"), (8, b"2")) == "+MIPLEVENT: 0,6"
            assert b"lt=400" in registers[0].data
        table.sent.clear()
        assert table.wait(120) == ""
        assert table.sent == [], "nothing is left of it"


def test_an_unanswered_delete_leaves_the_module_registered(ready: Ready) -> None:
    """Decision 27; the DELETE is given up after 31 times 2 s (decision 28)."""
    table = ready()
    _write(table, 5, b"1")
    table.ask(POST, 701, "/1/0/4")
    assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,1,"a",0,0') == "+CIS ERROR: 602"
    assert table.wait(100) == ""
    assert table.at("AT+MIPLUPDATE=0,300,0") == "OK", "and no login follows"


def test_a_close_of_the_host_is_for_good(ready: Ready) -> None:
    table = ready()
    _write(table, 5, b"10")
    table.ask(POST, 701, "/1/0/4")
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
    table.sent.clear()
    table.wait(60)
    assert table.sent == []


@pytest.mark.conformance("1.0-int-205", far="datagrams")
def test_integers_in_text_with_leading_zeros(ready: Ready, code: CodeOf) -> None:
    table = ready()
    for mid, resource, text in ((700, 2, b"0101"), (701, 3, b"1010"), (702, 5, b"2000")):
        assert _write(table, resource, text, mid) == ""
        assert code(table) == "2.04"
    assert len(table.sent) == 3, "no Update: the registration says nothing of them"
    body = _read(table)
    assert body == "c10001c201012cc10265c20303f2c20507d0c10601c10755"


SOME = "c10265c20303f2c20507d0c10601c2075551"
SOME_JSON = (
    b'{"bn":"/1/0/","e":[{"n":"2","v":101},{"n":"3","v":1010},{"n":"5","v":2000},'
    b'{"n":"6","bv":true},{"n":"7","sv":"UQ"}]}'
)
SAVED_JSON = (
    b'{"bn":"/1/0/","e":[{"n":"1","v":300},{"n":"2","v":0},{"n":"5","v":86400},'
    b'{"n":"6","bv":true},{"n":"7","sv":"U"}]}'
)


@pytest.mark.conformance("1.0-int-215", far="datagrams")
@pytest.mark.conformance("1.0-int-220", far="datagrams")
@pytest.mark.conformance("1.0-int-551", far="datagrams")
@pytest.mark.parametrize(
    ("form", "some", "saved"),
    [(TLV, H(SOME), H(AT_FIRST[6:])), (JSON, SOME_JSON, SAVED_JSON)],
    ids=["TLV", "JSON"],
)
def test_post_merges_and_put_replaces(
    ready: Ready, rest: Rest, code: CodeOf, form: bytes, some: bytes, saved: bytes
) -> None:
    """A binding that is written is told by an Update with `b`; 3/0/16 follows it (decision 33)."""
    table = ready()
    assert _read(table) == AT_FIRST
    table.ask(POST, 700, "/1/0", (FORMAT, form), payload=some)
    answer, update = table.sent
    assert (answer.code, rest(update)) == (CHANGED, UPDATE + "44" + b"b=UQ".hex())
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert _read(table) == "c10001c201012c" + SOME
    assert _read(table, "/3/0/16") == "c210" + b"UQ".hex()
    table.sent.clear()

    table.ask(PUT, 701, "/1/0", (FORMAT, form), payload=saved)
    answer, update = table.sent
    assert (answer.code, rest(update)) == (
        CHANGED,
        UPDATE + "46" + b"lt=300".hex() + "03" + b"b=U".hex(),
    )
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert _read(table) == AT_FIRST, "3 was not among them"
    table.sent.clear()
    assert table.at("AT+MIPLUPDATE=0,300,0") == "OK"
    assert rest(table.sent[0]) == UPDATE + "46" + b"lt=300".hex() + "03" + b"b=U".hex()


@pytest.mark.conformance("1.1-int-226", far="datagrams")
def test_a_partial_write_leaves_the_rest(ready: Ready) -> None:
    """1 and 6 alone: POST on the instance."""
    table = ready()
    table.ask(POST, 700, "/1/0", (FORMAT, TLV), payload=H("c1013f c10600"))
    assert table.sent[0].code == CHANGED
    assert _read(table) == "c10001c1013fc10200c40500015180c10600c10755"


@pytest.mark.conformance("1.1-int-256", far="datagrams")
def test_what_is_read_only_is_4_05(ready: Ready, code: CodeOf) -> None:
    """The case has the MCU answer 14; of 1/0 the module answers by itself (decision 33)."""
    table = ready()
    assert _write(table, 0, b"2") == ""
    assert code(table) == "4.05"
    assert _read(table) == AT_FIRST


@pytest.mark.parametrize(
    ("method", "path", "form", "body", "wanted"),
    [
        (PUT, "/1/0", TLV, "c1013c", "4.00"),  # without 6 and 7, which are mandatory
        (PUT, "/1/0", TLV, "", "4.00"),
        (POST, "/1/0", TLV, "", "4.00"),
        (POST, "/1/0", TLV, "c10002", "4.05"),  # AJ: a resource that is read-only
        (POST, "/1/0", TLV, "c1013c c10002", "4.05"),
        (POST, "/1/0", TLV, "c10400", "4.05"),  # one that is executed
        (POST, "/1/0", TLV, "c10900", "4.04"),  # 1/0/9 is of LwM2M 1.1
        (POST, "/1/0", TLV, "8301 41003c", "4.00"),  # one of several values, where there is one
        (POST, "/1/0", TLV, "c10205 c10305", "4.00"),  # pmax not above pmin
        (POST, "/1/0", TLV, "c101", "4.00"),
        (POST, "/1/0", TLV, "c30100003c", "4.00"),  # an integer of three bytes
        (PUT, "/1/0/1", TLV, "c1023c", "4.00"),  # AJ: another id than the path's
        (PUT, "/1/0/1", TEXT, b"x".hex(), "4.00"),
        (PUT, "/1/0/1", TEXT, b"0".hex(), "4.00"),
        (PUT, "/1/0/1", TEXT, b"-5".hex(), "4.00"),
        (PUT, "/1/0/1", TEXT, b"268435456".hex(), "4.00"),
        (PUT, "/1/0/1", TEXT, b"9223372036854775808".hex(), "4.00"),
        (PUT, "/1/0/2", TEXT, b"-1".hex(), "4.00"),
        (PUT, "/1/0/2", TEXT, b"2147483648".hex(), "4.00"),
        (PUT, "/1/0/3", TEXT, b"0".hex(), "4.00"),  # not above pmin, which is 0
        (PUT, "/1/0/5", TEXT, b"-1".hex(), "4.00"),
        (PUT, "/1/0/6", TEXT, b"2".hex(), "4.00"),
        (PUT, "/1/0/7", TEXT, b"US".hex(), "4.00"),  # the module has no SMS binding
        (PUT, "/1/0/7", TEXT, b"".hex(), "4.00"),
        (PUT, "/1/0/1", b"\x3c", "", "4.15"),  # CBOR
        (PUT, "/1/0", TEXT, b"60".hex(), "4.15"),
        (POST, "/1/0/1", TEXT, "", "4.05"),
        (POST, "/1/0/9", TEXT, "", "4.04"),
        (PUT, "/1/0/4", TEXT, b"1".hex(), "4.05"),
        (GET, "/1/0/4", TEXT, "", "4.05"),
        (GET, "/1/0/3", TEXT, "", "4.04"),  # not there before it is written
        (GET, "/1/1", TEXT, "", "4.04"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    ready: Ready, code: CodeOf, method: int, path: str, form: bytes, body: str, wanted: str
) -> None:
    """Conformance 9; decision 33."""
    table = ready()
    assert table.ask(method, 700, path, (FORMAT, form), payload=H(body)) == ""
    assert code(table) == wanted
    assert len(table.sent) == 1
    assert _read(table) == AT_FIRST


def test_the_server_object_may_be_switched_off(ready: Ready, code: CodeOf) -> None:
    """Quirk server_object; MB 2.5."""
    table = ready(quirks={"server_object": "off"})
    for method, path in ((GET, "/1/0"), (POST, "/1/0/8"), (PUT, "/1/0/1"), (GET, "/1")):
        assert table.ask(method, 700 + method, path, (FORMAT, TEXT), payload=b"1") == ""
        assert code(table) == "4.04"


def test_the_short_id_is_the_bootstraps(desk: Any) -> None:
    """LwM2M 1.0 E.2: 0/x/10 and 1/x/0; OneNET writes 0/0 alone (MB 2.5)."""
    table = desk()
    assert table.at('AT+MIPLCREATEEX="183.230.40.39:5683",1').endswith("OK")
    assert table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0') == "OK"
    assert table.at("AT+MIPLOPEN=0,300,30") == "OK"
    table.reply(CHANGED)
    security = H("c80019") + b"coap://183.230.40.40:5683" + H("c10100 c20a 007b")
    table.ask(PUT, 600, "/0/0", (FORMAT, TLV), payload=security)
    assert table.ask(POST, 601, "/bs") == "+MIPLEVENT: 0,2"
    assert table.reply(0x41, (8, b"rd"), (8, b"1")) == "+MIPLEVENT: 0,6"
    assert _read(table, "/1/0/0") == "c1007b"


@pytest.mark.parametrize("quirks", [{}, {"block_passthrough": "always"}])
def test_a_body_in_blocks_is_put_together(ready: Ready, code: CodeOf, quirks: Any) -> None:
    """Decision 36, RFC 7959: nothing is printed, the write happens with the last block."""
    table = ready(quirks=quirks)
    # Block1 (27) 0/1/16 and 1/0/16: the text +00000000000000000002, in the smallest blocks
    for mid, block, piece, wanted in (
        (700, b"\x08", b"0000000000000000", "2.31"),
        (701, b"\x10", b"0002", "2.04"),
    ):
        assert table.ask(PUT, mid, "/1/0/2", (FORMAT, TEXT), (27, block), payload=piece) == ""
        assert code(table) == wanted
    assert _read(table, "/1/0/2") == "c10202"


def test_a_body_over_the_limit_is_4_13(ready: Ready, code: CodeOf) -> None:
    """1024 bytes (chosen): no value of these objects is that long."""
    table = ready()
    table.ask(PUT, 700, "/1/0/7", (FORMAT, TEXT), (27, b"\x0e"), payload=b"U" * 1024)
    assert code(table) == "2.31"
    table.ask(PUT, 701, "/1/0/7", (FORMAT, TEXT), (27, b"\x16"), payload=b"Q")
    assert code(table) == "4.13"
    assert _read(table) == AT_FIRST
