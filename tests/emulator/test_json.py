"""OMA's JSON on both sides of the module (LwM2M 1.0, 6.4.4), <contentType> 4 of NOTIFY."""

from collections.abc import Callable
from typing import Any

import pytest

GET, POST, PUT = 1, 2, 3
OBSERVE, FORMAT, ACCEPT = 6, 12, 17
JSON, JSON_OLD = b"\x2d\x17", b"\x06\x07"  # 11543, 1543

DECLARE = (
    'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0',
    "AT+MIPLNOTIFY=0,0,3200,0,5501,3,3,-12,0,0",
    "AT+MIPLNOTIFY=0,0,3200,0,5500,5,1,0,0,0",
    "AT+MIPLNOTIFY=0,0,3200,0,5504,4,4,50.8,0,0",
    'AT+MIPLNOTIFY=0,0,3200,0,5505,2,10,"E309C82FE6",0,0',
    'AT+MIPLNOTIFY=0,0,3200,0,5506,6,8,"34353637",0,0',
)


def _ready(desk: Callable[..., Any], path: str = "/3200/0", **settings: Any) -> Any:
    """Every type declared; `path` observed where there is one."""
    table = desk(**settings)
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    for line in DECLARE:
        assert table.at(line) == "OK"
    table.at("AT+MIPLOPEN=0,300")
    assert table.reply(0x41, (8, b"rd"), (8, b"1")) == "+MIPLEVENT: 0,6"
    if path:
        table.observed(path)
    table.sent.clear()
    return table


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/3200", b'{"bn":"/3200/","e":[{"n":"0/5750","sv":"test"}]}'),
        ("/3200/0", b'{"bn":"/3200/0/","e":[{"n":"5750","sv":"test"}]}'),
        ("/3200/0/5750", b'{"bn":"/3200/0/5750","e":[{"sv":"test"}]}'),
    ],
)
def test_content_type_4_is_json_as_seen_from_what_is_observed(
    desk: Any, path: str, body: bytes
) -> None:
    """Manual 3.9; decision 44: Content-Format 11543 (12 is option 62 behind Observe, two bytes)."""
    table = _ready(desk, path)
    assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0,7,4') == "OK"
    assert table.sent[0].data.endswith(b"\x62\x2d\x17\xff" + body)


@pytest.mark.parametrize(
    ("resid", "type_", "value", "member"),
    [
        (5750, 1, '"a"b,"', '"sv":"a\\"b,"'),
        (5505, 2, "E309C82FE6", '"sv":"4wnIL+Y="'),
        (5501, 3, "-12", '"v":-12'),
        (5504, 4, "50.80", '"v":50.8'),
        (5500, 5, "1", '"bv":true'),
        (5506, 6, "34353637", '"sv":"4567"'),
    ],
)
def test_each_type_as_json(desk: Any, resid: int, type_: int, value: str, member: str) -> None:
    """Manual 3.9, <type>; 6.4.4: opaque values in Base64."""
    table = _ready(desk)
    assert table.at(f"AT+MIPLNOTIFY=0,0,3200,0,{resid},{type_},1,{value},0,0,7,4") == "OK"
    body = f'{{"bn":"/3200/0/","e":[{{"n":"{resid}",{member}}}]}}'
    assert table.sent[0].payload == body.encode()


@pytest.mark.parametrize("model", ["MN319", "MN316A"])
def test_where_content_type_changes_no_encoding_the_option_alone_says_json(
    desk: Any, model: str
) -> None:
    """Manual 3.9, footnote 4; decisions, section 7."""
    table = _ready(desk, model=model)
    assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0,7,4') == "OK"
    assert table.sent[0].data.endswith(b"\x62\x2d\x17\xff\xe4\x16\x76test")


def test_json_is_not_put_together_from_several_lines(desk: Any) -> None:
    """Manual 3.9, footnote 4: 651."""
    table = _ready(desk)
    assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",1,1,7,4') == "+CIS ERROR: 651"


def test_what_is_longer_than_1000_bytes_as_json_is_100(desk: Any) -> None:
    """Manual 3.9 note 5; decision 43. 44 bytes stand around the value:
    `{"bn":"/3200/0/","e":[{"n":"5750","sv":""}]}`."""
    table = _ready(desk)
    longest = "x" * 956
    assert table.at(f'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"{longest}",0,0,7,4') == "OK"
    assert len(table.sent[0].payload) == 1000
    assert table.at(f'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"{longest}x",0,0,8,4') == "+CIS ERROR: 100"


@pytest.mark.parametrize("accept", [JSON, JSON_OLD])
def test_a_read_with_accept_json_is_answered_in_json(desk: Any, accept: bytes) -> None:
    """Conformance 1.0-int-204."""
    table = _ready(desk, path="")
    assert table.ask(GET, 700, "/3200/0", (ACCEPT, accept)) == "+MIPLREAD: 0,700,3200,0,-1"
    table.at('AT+MIPLREADRSP=0,700,1,3200,0,5750,1,4,"abcd",1,1')
    table.at("AT+MIPLREADRSP=0,700,1,3200,0,5501,3,2,42,0,0")
    body = b'{"bn":"/3200/0/","e":[{"n":"5501","v":42},{"n":"5750","sv":"abcd"}]}'
    assert table.sent[0].data == bytes.fromhex("624502bc02bc c2") + accept + b"\xff" + body


def test_the_modules_own_object_is_read_in_json(desk: Any) -> None:
    """Conformance 1.0-int-204; decision 33."""
    table = _ready(desk, path="")
    table.ask(GET, 700, "/3/0", (ACCEPT, JSON))
    body = table.sent[0].payload
    assert body.startswith(b'{"bn":"/3/0/","e":[{"n":"0","sv":"CMIOT"},{"n":"1","sv":"MN316"},')
    assert b'{"n":"11/0","v":0},{"n":"13","v":' in body
    assert body.endswith(b'{"n":"16","sv":"U"},{"n":"17","sv":"NB-IoT module"}]}')


def test_what_is_observed_in_json_is_reported_in_json(desk: Any) -> None:
    """Decision 44: the Accept of the Observe, unless <contentType> says otherwise."""
    table = _ready(desk, path="")
    table.ask(GET, 500, "/3200/0/5501", (OBSERVE, b""), (ACCEPT, JSON))
    assert table.sent[0].payload == b'{"bn":"/3200/0/5501","e":[{"v":-12}]}'
    assert table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,2,42,0,0") == "OK"
    assert table.sent[1].payload == b'{"bn":"/3200/0/5501","e":[{"v":42}]}'
    assert table.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,2,43,0,0,7,0") == "OK"
    assert table.sent[2].payload == b"43"


def test_nothing_known_is_a_list_of_nothing(desk: Any) -> None:
    """Decision 30, in the format that was asked for."""
    table = desk()
    table.log_in()
    table.ask(GET, 500, "/3200/0", (OBSERVE, b""), (ACCEPT, JSON))
    assert table.sent[-1].payload == b'{"bn":"/3200/0/","e":[]}'


@pytest.mark.parametrize("content_format", [JSON, JSON_OLD])
@pytest.mark.parametrize("code", [PUT, POST])
def test_a_write_in_json_prints_a_line_per_resource(
    desk: Any, code: int, content_format: bytes
) -> None:
    """Conformance 1.0-int-220; manual 3.12: types as declared, undeclared 6; decision 34."""
    table = _ready(desk, path="")
    body = (
        b'{"bn":"/3200/0/","e":[{"n":"5750","sv":"a\\"b"},{"n":"5501","v":1.86e3},'
        b'{"n":"5500","bv":true},{"n":"5504","v":24.5},{"n":"5505","sv":"4wnIL+Y="},'
        b'{"n":"5506","sv":"4567"},{"n":"5999","v":7}]}'
    )
    assert table.ask(code, 700, "/3200/0", (FORMAT, content_format), payload=body).split("|") == [
        "+MIPLWRITE: 0,700,3200,0,5500,5,1,1,1",
        "+MIPLWRITE: 0,700,3200,0,5501,3,4,1860,2",
        "+MIPLWRITE: 0,700,3200,0,5504,4,4,24.5,2",
        "+MIPLWRITE: 0,700,3200,0,5505,2,10,E309C82FE6,2",
        "+MIPLWRITE: 0,700,3200,0,5506,6,8,34353637,2",
        '+MIPLWRITE: 0,700,3200,0,5750,1,3,a"b,2',
        "+MIPLWRITE: 0,700,3200,0,5999,6,2,37,0",
    ]
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "OK"
    assert table.sent[0].data.hex() == "624402bc02bc"


@pytest.mark.parametrize(
    "body",
    [
        b'{"bn":"/3200/0/5750","e":[{"sv":"test"}]}',
        b'{"bn":"/3200/0/5750","e":[{"n":"","sv":"test"}]}',
        b'{"bn":"/3200/0/","e":[{"n":"5750","sv":"test"}]}',
        b'{"e":[{"n":"/3200/0/5750","sv":"test"}]}',
    ],
)
def test_a_write_in_json_to_a_resource(desk: Any, body: bytes) -> None:
    table = _ready(desk, path="")
    assert (
        table.ask(PUT, 700, "/3200/0/5750", (FORMAT, JSON), payload=body)
        == "+MIPLWRITE: 0,700,3200,0,5750,1,4,test,0"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"e":[]}',
        b'{"bn":"/3200/1/","e":[{"n":"5750","sv":"test"}]}',
        b'{"bn":"/3200/0/","e":[{"n":"5501","v":1.5}]}',
        b'{"bn":"/3200/0/","e":[{"n":"5501","sv":"12a"}]}',
        b'{"bn":"/3200/0/","e":[{"n":"5505","sv":"E309C82FE6"}]}',
        b'{"bn":"/3200/0/","e":[{"n":"5500","v":2}]}',
        b'{"bn":"/3200/0/","e":[{"n":"5504","v":1e400}]}',
    ],
)
def test_what_does_not_fit_is_4_00_without_a_line(desk: Any, body: bytes) -> None:
    """Decision 34."""
    table = _ready(desk, path="")
    assert table.ask(PUT, 700, "/3200/0", (FORMAT, JSON), payload=body) == ""
    assert table.sent[0].data.hex() == "628002bc02bc"
