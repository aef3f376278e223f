"""OMA's JSON: the examples of LwM2M 1.0, 6.4.4, and what implementations make of its names."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import ContentError, Entry, Form, RawEntry, decode_entries, encode_entries
from lwm2m_core.message import ContentFormat
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType, Value

JSON = ContentFormat.JSON
STRING, OPAQUE, INTEGER, FLOAT, BOOLEAN = ResourceType

# "Get /3/0" of 6.4.4, the Device object of the example client, without its line breaks.
DEVICE = (
    '{"bn":"/3/0/","e":['
    '{"n":"0","sv":"Open Mobile Alliance"},'
    '{"n":"1","sv":"Lightweight M2M Client"},'
    '{"n":"2","sv":"345000123"},'
    '{"n":"3","sv":"1.0"},'
    '{"n":"6/0","v":1},'
    '{"n":"6/1","v":5},'
    '{"n":"7/0","v":3800},'
    '{"n":"7/1","v":5000},'
    '{"n":"8/0","v":125},'
    '{"n":"8/1","v":900},'
    '{"n":"9","v":100},'
    '{"n":"10","v":15},'
    '{"n":"11/0","v":0},'
    '{"n":"13","v":1367491215},'
    '{"n":"14","sv":"+02:00"},'
    '{"n":"16","sv":"U"}]}'
)
DEVICE_VALUES: list[tuple[int, int | None, Value]] = [
    (0, None, "Open Mobile Alliance"),
    (1, None, "Lightweight M2M Client"),
    (2, None, "345000123"),
    (3, None, "1.0"),
    (6, 0, 1),
    (6, 1, 5),
    (7, 0, 3800),
    (7, 1, 5000),
    (8, 0, 125),
    (8, 1, 900),
    (9, None, 100),
    (10, None, 15),
    (11, 0, 0),
    (13, None, 1367491215),
    (14, None, "+02:00"),
    (16, None, "U"),
]
DEVICE_ENTRIES = [
    Entry(Path(3, 0, resource), STRING if isinstance(value, str) else INTEGER, value, instance)
    for resource, instance, value in DEVICE_VALUES
]
POWER_SOURCES = DEVICE_ENTRIES[4:6]

# What the manual's example of 3.9 holds back and sends together; ids 5500, 5501, 5750.
MANUAL = [
    Entry(Path(3200, 0, 5500), BOOLEAN, False),
    Entry(Path(3200, 0, 5501), INTEGER, -12),
    Entry(Path(3200, 0, 5750), STRING, "test"),
]


@pytest.mark.parametrize(
    ("base", "entries", "body"),
    [
        pytest.param("/3/0", DEVICE_ENTRIES, DEVICE, id="6.4.4, Get /3/0"),
        pytest.param(
            "/3200/0",
            MANUAL,
            '{"bn":"/3200/0/","e":[{"n":"5500","bv":false},{"n":"5501","v":-12},'
            '{"n":"5750","sv":"test"}]}',
            id="manual 3.9",
        ),
        pytest.param(
            "/3200",
            MANUAL[2:],
            '{"bn":"/3200/","e":[{"n":"0/5750","sv":"test"}]}',
            id="object",
        ),
        # As Anjay and Leshan have it: the only value has the base name for its name.
        pytest.param(
            "/3200/0/5750", MANUAL[2:], '{"bn":"/3200/0/5750","e":[{"sv":"test"}]}', id="resource"
        ),
        pytest.param(
            "/3/0/6",
            POWER_SOURCES,
            '{"bn":"/3/0/6/","e":[{"n":"0","v":1},{"n":"1","v":5}]}',
            id="multiple resource",
        ),
        pytest.param("/3200/0", [], '{"bn":"/3200/0/","e":[]}', id="nothing"),
    ],
)
@pytest.mark.parametrize("content_format", [11543, 1543])
def test_body_of_what_is_read(
    content_format: int, base: str, entries: list[Entry], body: str
) -> None:
    assert encode_entries(content_format, Path.parse(base), entries) == body.encode()


@pytest.mark.parametrize(
    ("type_", "value", "member"),
    [
        (STRING, "", '"sv":""'),
        (STRING, 'a"b\\c\r\n\0', '"sv":"a\\"b\\\\c\\r\\n\\u0000"'),
        (STRING, "温度", '"sv":"温度"'),
        (OPAQUE, bytes.fromhex("E309C82FE6"), '"sv":"4wnIL+Y="'),  # the value of manual 3.9
        (OPAQUE, b"", '"sv":""'),
        (INTEGER, 2**63 - 1, '"v":9223372036854775807'),
        (INTEGER, -(2**63), '"v":-9223372036854775808'),
        (FLOAT, 22.4, '"v":22.4'),
        (FLOAT, 24.0, '"v":24'),
        (FLOAT, -0.1, '"v":-0.1'),
        (FLOAT, 1e-7, '"v":0.0000001'),
        (FLOAT, 1e21, '"v":1000000000000000000000'),
        (BOOLEAN, True, '"bv":true'),
    ],
)
def test_a_value_of_each_type(type_: ResourceType, value: Value, member: str) -> None:
    """Table of 6.4.4: v for numbers, bv, sv for all else, Base64 for opaque values."""
    path = Path(3200, 0, 5750)
    body = encode_entries(JSON, path, [Entry(path, type_, value)])
    assert body.decode() == f'{{"bn":"/3200/0/5750","e":[{{{member}}}]}}'


def test_bytes_of_a_string_go_out_as_they_are() -> None:
    """<type> 6 of manual 3.9 sends arbitrary bytes as a string, in every format."""
    path = Path(3200, 0, 5750)
    body = encode_entries(
        JSON, path, [Entry(path, STRING, b"\xce\xc2".decode("utf-8", "surrogateescape"))]
    )
    assert body == b'{"bn":"/3200/0/5750","e":[{"sv":"\xce\xc2"}]}'


def test_of_one_resource_twice_the_later_value_counts() -> None:
    """Decision 40."""
    entries = [*MANUAL[:1], Entry(Path(3200, 0, 5500), BOOLEAN, True)]
    assert encode_entries(JSON, Path(3200, 0), entries) == (
        b'{"bn":"/3200/0/","e":[{"n":"5500","bv":true}]}'
    )


def test_what_is_the_callers_error() -> None:
    with pytest.raises(EngineError):
        encode_entries(JSON, Path(3200, 1), MANUAL)
    path = Path(3, 0, 6)
    with pytest.raises(EngineError, match="one value and several"):
        encode_entries(JSON, path, [*POWER_SOURCES, Entry(path, INTEGER, 0)])


def raw(path: str, value: bytes, resource_instance: int | None = None) -> RawEntry:
    return RawEntry(Path.parse(path), value, Form.JSON, resource_instance)


TEST = raw("/3200/0/5750", b"test")


@pytest.mark.parametrize(
    ("base", "body", "entries"),
    [
        pytest.param(
            "/3/0",
            DEVICE,
            [
                raw(f"/3/0/{resource}", str(value).encode(), instance)
                for resource, instance, value in DEVICE_VALUES
            ],
            id="6.4.4, Get /3/0",
        ),
        # 6.4.4, "multiple historical representations": a Write takes the latest of them.
        pytest.param(
            "/72",
            '{"bn":"/72/","bt":25462634,"e":[{"n":"1/2","v":22.4,"t":-5},'
            '{"n":"1/2","v":22.9,"t":-30},{"n":"1/2","v":24.1,"t":-50}]}',
            [raw("/72/1/2", b"22.4")],
            id="6.4.4, temperature",
        ),
        pytest.param(
            "/72",
            '{"bn":"/72/","e":[{"n":"1/2","v":22.9,"t":-30},{"n":"1/2","v":22.4}]}',
            [raw("/72/1/2", b"22.4")],
            id="the latest comes last, at time 0",
        ),
        pytest.param(
            "/66",
            '{"bn":"/","e":[{"n":"66/0/0","sv":"myService1"},{"n":"66/0/2","ov":"67:0"}]}',
            [raw("/66/0/0", b"myService1"), raw("/66/0/2", b"67:0")],
            id="6.4.4, object links; base name of the root",
        ),
        pytest.param("/3200", '{"bn":"/3200/","e":[{"n":"0/5750","sv":"test"}]}', [TEST], id="obj"),
        pytest.param("/3200/0", '{"bn":"/3200/0/","e":[{"n":"5750","sv":"test"}]}', [TEST], id="i"),
        pytest.param(
            "/3200/0/5750", '{"bn":"/3200/0/5750","e":[{"sv":"test"}]}', [TEST], id="Anjay, Leshan"
        ),
        pytest.param(
            "/3200/0/5750", '{"bn":"/3200/0/5750","e":[{"n":"","sv":"test"}]}', [TEST], id="n is ''"
        ),
        pytest.param(
            "/3200/0/5750", '{"bn":"/3200/0/","e":[{"n":"5750","sv":"test"}]}', [TEST], id="Wakaama"
        ),
        pytest.param(
            "/3200/0", '{"e":[{"n":"/3200/0/5750","sv":"test"}]}', [TEST], id="no base name: full"
        ),
        pytest.param(
            "/3200/0", '{"e":[{"n":"5750","sv":"test"}]}', [TEST], id="no base name: the request's"
        ),
        pytest.param("/3200/0/5750", '{"e":[{"sv":"test"}]}', [TEST], id="no name at all"),
        # OMA_LwM2M_for_Developers, issue 380: slashes left out.
        pytest.param(
            "/3200/0", '{"bn":"/3200/0","e":[{"n":"5750","sv":"test"}]}', [TEST], id="no slash"
        ),
        pytest.param(
            "/3200/0", '{"bn":"/3200/0","e":[{"n":"/5750","sv":"test"}]}', [TEST], id="slash in n"
        ),
        pytest.param(
            "/3200/0", '{"bn":"3200/0/","e":[{"n":"5750","sv":"test"}]}', [TEST], id="none in front"
        ),
        # "Prepended" cuts where it likes, as Leshan's decoder has it as well.
        pytest.param(
            "/3/0/11",
            '{"bn":"/3/0/1","e":[{"n":"1/0","v":0},{"n":"1/1","v":7}]}',
            [raw("/3/0/11", b"0", 0), raw("/3/0/11", b"7", 1)],
            id="cut within an id",
        ),
        pytest.param(
            "/3/0/6",
            '{"bn":"/3/0/6/","e":[{"n":"0","v":1},{"n":"1","v":5}]}',
            [raw("/3/0/6", b"1", 0), raw("/3/0/6", b"5", 1)],
            id="multiple resource",
        ),
        pytest.param("/3200/0", '{"bn":"/3200/0/","e":[]}', [], id="nothing for an instance"),
        pytest.param(
            "/3200/0",
            '\r\n{ "x" : [ { } ], "e" : [ { "sv" : "\\u6e29", "n" : "5750", "u" : "Cel" } ] }\n',
            [raw("/3200/0/5750", "温".encode())],
            id="blanks, escapes, members that we do not know",
        ),
    ],
)
def test_values_of_a_body(base: str, body: str, entries: list[RawEntry]) -> None:
    for content_format in (11543, 1543):
        assert decode_entries(content_format, Path.parse(base), body.encode()) == tuple(entries)


@pytest.mark.parametrize(
    ("member", "type_", "value"),
    [
        ('"v":25', INTEGER, 25),
        ('"v":25.0', INTEGER, 25),
        ('"v":2.5e1', INTEGER, 25),
        ('"v":-0', INTEGER, 0),
        ('"v":9223372036854775807', INTEGER, 2**63 - 1),
        ('"v":-9223372036854775808', INTEGER, -(2**63)),
        ('"v":25', FLOAT, 25.0),
        ('"v":0.1', FLOAT, 0.1),
        ('"v":1E-3', FLOAT, 0.001),
        ('"v":1e300', FLOAT, 1e300),
        ('"bv":true', BOOLEAN, True),
        ('"bv":false', BOOLEAN, False),
        ('"v":1', BOOLEAN, True),
        ('"sv":""', STRING, ""),
        ('"sv":"a\\"\\\\\\/\\u000a\\ud83d\\ude00"', STRING, 'a"\\/\n😀'),
        ('"sv":"4wnIL+Y="', OPAQUE, bytes.fromhex("E309C82FE6")),
        ('"sv":""', OPAQUE, b""),
    ],
)
def test_a_value_once_its_type_is_known(member: str, type_: ResourceType, value: Value) -> None:
    (entry,) = decode_entries(JSON, Path(3200, 0, 5750), f'{{"e":[{{{member}}}]}}'.encode())
    assert entry.textual
    assert entry.as_type(type_) == value


@pytest.mark.parametrize(
    ("member", "type_"),
    [
        ('"v":25.5', INTEGER),
        ('"v":9223372036854775808', INTEGER),
        ('"v":1e400', FLOAT),
        ('"v":2', BOOLEAN),
        ('"bv":true', OPAQUE),
        ('"sv":"4wnIL+Y"', OPAQUE),
        ('"sv":"4wnI_Y=="', OPAQUE),
        ('"sv":"twelve"', INTEGER),
    ],
)
def test_a_value_that_is_none_of_its_type(member: str, type_: ResourceType) -> None:
    """Decision 34: the bytes do not fit the declared type."""
    (entry,) = decode_entries(JSON, Path(3200, 0, 5750), f'{{"e":[{{{member}}}]}}'.encode())
    with pytest.raises(ContentError):
        entry.as_type(type_)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'"e"',
        b'{"e":{}}',
        b'{"e":null}',
        b'{"e":[{"n":"5750","sv":"test"}]',
        b'{"e":[{"n":"5750","sv":"test"}]}}',
        b'{"e":[{"n":"5750","sv":"test"},]}',
        b"{'e':[{'n':'5750','sv':'test'}]}",
        b'\xef\xbb\xbf{"e":[]}',
        b'{"e":["5750"]}',
        b'{"e":[[]]}',
        b'{"e":[{"n":5750,"sv":"test"}]}',
        b'{"bn":3200,"e":[]}',
        b'{"bn":null,"e":[]}',
        b'{"bt":"now","e":[]}',
        b'{"e":[{"n":"5750","sv":"test","t":"-5"}]}',
        b'{"e":[{"n":"5750"}]}',
        b'{"e":[{"n":"5750","sv":"a","v":1}]}',
        b'{"e":[{"n":"5750","sv":1}]}',
        b'{"e":[{"n":"5750","v":"1"}]}',
        b'{"e":[{"n":"5750","v":true}]}',
        b'{"e":[{"n":"5750","bv":1}]}',
        b'{"e":[{"n":"5750","sv":null}]}',
        b'{"e":[{"n":"5750","v":NaN}]}',
        b'{"e":[{"n":"5750","v":-Infinity}]}',
        b'{"e":[{"n":"5750","v":01}]}',
        b'{"e":[{"n":"5750","v":1e99999999999999999999999}]}',
        b'{"e":[{"n":"5750","sv":"\\ud800"}]}',
        b'{"e":[{"n":"5750","sv":"\xff"}]}',
        b'{"e":[{"n":"5750","sv":"a\nb"}]}',
        b'{"e":[{"n":"5750","sv":"a","sv":"b"}]}',
        b'{"e":[],"e":[]}',
        b'{"e":[{"n":"5750","sv":"a"},{"n":"5750","sv":"b"}]}',
        b'{"e":[{"n":"5750","sv":"a"},{"n":"/3200/0/5750","sv":"b"}]}',
        b'{"e":[{"n":"3201/0/5750","sv":"test"}]}',
        b'{"bn":"/3200/1/","e":[{"n":"5750","sv":"test"}]}',
        b'{"bn":"/3200/0/","e":[{"sv":"test"}]}',
        b'{"bn":"/3200/0/","e":[{"n":"5750/","sv":"test"}]}',
        b'{"bn":"/3200/0/","e":[{"n":"5750/0/0","sv":"test"}]}',
        b'{"bn":"/3200/0/","e":[{"n":"65536","sv":"test"}]}',
        b'{"bn":"/3200/0/","e":[{"n":"temperature","sv":"test"}]}',
        b'{"bn":"/3200/0/","e":[{"n":"-1","sv":"test"}]}',
    ],
)
def test_what_is_no_body_for_an_instance(body: bytes) -> None:
    with pytest.raises(ContentError):
        decode_entries(JSON, Path(3200, 0), body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"e":[]}',
        b'{"bn":"/3200/0/","e":[{"n":"5500","bv":true}]}',
        b'{"bn":"/3200/0/","e":[{"n":"5750","sv":"a"},{"n":"5500","bv":true}]}',
    ],
)
def test_what_is_no_body_for_a_resource(body: bytes) -> None:
    """As in TLV: nothing, another resource (4.00 in conformance 9), another one as well."""
    with pytest.raises(ContentError):
        decode_entries(JSON, Path(3200, 0, 5750), body)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"x":' + b"[" * 4 + b"]" * 4 + b',"e":[]}', "deeper than 4"),
        (b"[" * 4000, "deeper than 4"),
        (b'{"e":[' + b'{"a":' * 600, "deeper than 4"),
        (b'{"e":[]}' + b" " * 4089, "more than 4096 bytes"),
    ],
)
def test_depth_and_size_are_bounded(body: bytes, why: str) -> None:
    with pytest.raises(ContentError, match=why):
        decode_entries(JSON, Path(3200, 0), body)


def test_brackets_within_strings_are_no_depth() -> None:
    (entry,) = decode_entries(JSON, Path(3200, 0), b'{"e":[{"n":"5750","sv":"[[[[{{{{\\"[["}]}')
    assert entry.raw == b'[[[[{{{{"[['


@given(st.sampled_from(["/3", "/3/0", "/3/0/1"]), st.binary(max_size=60))
def test_any_bytes_are_entries_or_a_content_error(base: str, body: bytes) -> None:
    with suppress(ContentError):
        decode_entries(JSON, Path.parse(base), body)


PIECES = st.sampled_from(
    ["{", "}", "[", "]", ",", ":", '"bn"', '"e"', '"n"', '"v"', '"sv"', '"bv"', '"t"', '"/3/0/"']
    + ['"1"', '"0/1"', "1", "-0.5", "1e9", "true", "null", "NaN", '"\\ud800"', '"', "\\", " "]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_pieces_are_entries_or_a_content_error(body: str) -> None:
    with suppress(ContentError):
        decode_entries(JSON, Path(3, 0), body.encode())


MEMBERS = st.dictionaries(
    st.sampled_from(["n", "v", "sv", "bv", "ov", "t"]),
    st.sampled_from(['"1"', '"6/0"', "1", "1.5", "true", "null", "[]", '""', "1e5000"]),
)


@given(st.lists(MEMBERS, max_size=4))
def test_any_members_are_entries_or_a_content_error(items: list[dict[str, str]]) -> None:
    objects = ",".join("{" + ",".join(f'"{k}":{v}' for k, v in i.items()) + "}" for i in items)
    with suppress(ContentError):
        decode_entries(JSON, Path(3, 0), f'{{"bn":"/3/0/","e":[{objects}]}}'.encode())
