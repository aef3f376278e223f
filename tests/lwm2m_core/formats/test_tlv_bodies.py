"""What a TLV body is for an object, an instance, a resource (LwM2M 1.0, 6.4.3)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import Entry, Form, RawEntry, decode_entries, encode_entries
from lwm2m_core.message import ContentFormat
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError, ResourceType

TLV = ContentFormat.TLV
STRING, OPAQUE, INTEGER, FLOAT, BOOLEAN = ResourceType

# The Server object of 6.4.3.2 C, "Req: Get /1".
SERVER = [
    Entry(Path(1, 0, 0), INTEGER, 1),
    Entry(Path(1, 0, 1), INTEGER, 86400),
    Entry(Path(1, 0, 6), BOOLEAN, True),
    Entry(Path(1, 0, 7), STRING, "U"),
]
SERVER_RESOURCES = "C1 00 01 C4 01 00 01 51 80 C1 06 01 C1 07 55"

# The Access Control object of 6.4.3.2 B, "Req: Get /2".
ACCESS_CONTROL = [
    Entry(Path(2, 0, 0), INTEGER, 1),
    Entry(Path(2, 0, 1), INTEGER, 0),
    Entry(Path(2, 0, 2), INTEGER, 7, 127),
    Entry(Path(2, 0, 3), INTEGER, 127),
    Entry(Path(2, 2, 0), INTEGER, 3),
    Entry(Path(2, 2, 1), INTEGER, 0),
    Entry(Path(2, 2, 2), INTEGER, 7, 127),
    Entry(Path(2, 2, 2), INTEGER, 1, 310),
    Entry(Path(2, 2, 3), INTEGER, 127),
]
ACCESS_CONTROL_BODY = (
    "08 00 0E C1 00 01 C1 01 00 83 02 41 7F 07 C1 03 7F"
    "08 02 12 C1 00 03 C1 01 00 87 02 41 7F 07 61 01 36 01 C1 03 7F"
)

# What the manual's example of 3.9 holds back and sends together; ids 5500, 5501, 5750.
MANUAL = [
    Entry(Path(3200, 0, 5500), BOOLEAN, False),
    Entry(Path(3200, 0, 5501), INTEGER, -12),
    Entry(Path(3200, 0, 5750), STRING, "test"),
]
MANUAL_BODY = "E1 15 7C 00 E1 15 7D F4 E4 16 76 74 65 73 74"


@pytest.mark.parametrize(
    ("base", "entries", "body"),
    [
        pytest.param(Path(1), SERVER, "08 00 0F" + SERVER_RESOURCES, id="object"),
        pytest.param(Path(2), ACCESS_CONTROL, ACCESS_CONTROL_BODY, id="object, two instances"),
        pytest.param(Path(1, 0), SERVER, SERVER_RESOURCES, id="instance"),
        pytest.param(Path(1, 0, 7), SERVER[3:], "C1 07 55", id="resource"),
        pytest.param(Path(2, 2, 2), ACCESS_CONTROL[6:8], "87 02 41 7F 07 61 01 36 01", id="array"),
        pytest.param(Path(3200, 0), MANUAL, MANUAL_BODY, id="manual 3.9"),
        # Decision 30: the answer to an Observe without a known value is an empty TLV.
        pytest.param(Path(3200, 0), [], "", id="nothing"),
    ],
)
def test_body_of_what_is_read(base: Path, entries: list[Entry], body: str) -> None:
    assert encode_entries(TLV, base, entries) == bytes.fromhex(body)


def test_both_numbers_of_the_format_hold_the_same() -> None:
    """Decision 44: 11542, and 1542 of the drafts."""
    body = bytes.fromhex(MANUAL_BODY)
    assert encode_entries(1542, Path(3200, 0), MANUAL) == body
    assert decode_entries(1542, Path(3200, 0), body) == decode_entries(11542, Path(3200, 0), body)


def test_of_one_resource_twice_the_later_value_counts() -> None:
    """Decision 40."""
    entries = [*MANUAL, Entry(Path(3200, 0, 5500), BOOLEAN, True)]
    assert encode_entries(TLV, Path(3200, 0), entries) == bytes.fromhex(
        "E1 15 7C 01 E1 15 7D F4 E4 16 76 74 65 73 74"
    )


def test_floats_have_the_width_that_is_asked_for() -> None:
    """Quirk *float_tlv*."""
    path = Path(3303, 0, 5700)
    entries = [Entry(path, FLOAT, 24.5)]
    assert encode_entries(TLV, path, entries).hex() == "e4164441c40000"
    assert encode_entries(TLV, path, entries, float_width=8).hex() == "e81644084038800000000000"


def test_entries_outside_of_the_base_are_the_callers_error() -> None:
    with pytest.raises(EngineError):
        encode_entries(TLV, Path(3200, 1), MANUAL)
    with pytest.raises(EngineError):
        encode_entries(TLV, Path(3200, 0, 5750), MANUAL)


def test_one_value_and_several_do_not_go_together() -> None:
    path = Path(3, 0, 11)
    with pytest.raises(EngineError):
        encode_entries(TLV, path, [Entry(path, INTEGER, 0), Entry(path, INTEGER, 0, 0)])


def raw(path: str, value: str, resource_instance: int | None = None) -> RawEntry:
    return RawEntry(Path.parse(path), bytes.fromhex(value), Form.TLV, resource_instance)


@pytest.mark.parametrize(
    ("base", "body", "entries"),
    [
        # A bootstrap server's PUT /1 (conformance 1.0-int-0: object level).
        pytest.param(
            "/1",
            "08 00 0F" + SERVER_RESOURCES,
            [
                raw("/1/0/0", "01"),
                raw("/1/0/1", "00015180"),
                raw("/1/0/6", "01"),
                raw("/1/0/7", "55"),
            ],
            id="object",
        ),
        pytest.param(
            "/2",
            ACCESS_CONTROL_BODY,
            [
                raw("/2/0/0", "01"),
                raw("/2/0/1", "00"),
                raw("/2/0/2", "07", 127),
                raw("/2/0/3", "7F"),
                raw("/2/2/0", "03"),
                raw("/2/2/1", "00"),
                raw("/2/2/2", "07", 127),
                raw("/2/2/2", "01", 310),
                raw("/2/2/3", "7F"),
            ],
            id="object, two instances",
        ),
        pytest.param(
            "/3200/0",
            MANUAL_BODY,
            [
                raw("/3200/0/5500", "00"),
                raw("/3200/0/5501", "F4"),
                raw("/3200/0/5750", "74657374"),
            ],
            id="instance",
        ),
        pytest.param(
            "/3200/0/5750",
            "E4 16 76 74 65 73 74",
            [raw("/3200/0/5750", "74657374")],
            id="resource, as Leshan (SV 2.2)",
        ),
        pytest.param(
            "/3200/0",
            "04 00 E1 15 7C 01",
            [raw("/3200/0/5500", "01")],
            id="instance wrapped in itself, as coap-shepherd (SV 2.2)",
        ),
        pytest.param(
            "/3200/0/5500",
            "04 00 E1 15 7C 01",
            [raw("/3200/0/5500", "01")],
            id="resource wrapped in its instance",
        ),
        pytest.param(
            "/3/0/6",
            "86 06 41 00 01 41 01 05",
            [raw("/3/0/6", "01", 0), raw("/3/0/6", "05", 1)],
            id="multiple resource (6.4.3.1)",
        ),
        pytest.param(
            "/3/0/6",
            "41 00 01 41 01 05",
            [raw("/3/0/6", "01", 0), raw("/3/0/6", "05", 1)],
            id="bare resource instances (MB 2.9)",
        ),
        pytest.param("/3/0/6", "80 06", [], id="multiple resource without instances"),
        pytest.param("/3200/0", "", [], id="nothing for an instance"),
        pytest.param("/3200", "00 00", [], id="an instance with nothing"),
        # Leshan's bootstrap writes resources without a value (SV 2.2).
        pytest.param("/0/0", "C0 03", [raw("/0/0/3", "")], id="empty value"),
    ],
)
def test_values_of_a_body(base: str, body: str, entries: list[RawEntry]) -> None:
    assert decode_entries(TLV, Path.parse(base), bytes.fromhex(body)) == tuple(entries)


@pytest.mark.parametrize(
    ("base", "body"),
    [
        pytest.param("/3200/0/5750", "E1 15 7C 01", id="id is not the path's (conformance 9)"),
        pytest.param("/3200/0/5500", "E1 15 7C 01 E1 15 7D F4", id="another resource as well"),
        pytest.param("/3200/0/5500", "", id="nothing for a resource"),
        pytest.param("/3200/0/5500", "00 00", id="an instance with nothing for a resource"),
        pytest.param("/3200/0", "04 01 E1 15 7C 01", id="another instance"),
        pytest.param("/3200/0", "04 00 E1 15 7C 01 04 01 E1 15 7C 01", id="two instances"),
        pytest.param("/3200/0", "04 00 E1 15 7C 01 E1 15 7D F4", id="wrapped and bare"),
        pytest.param("/3200/0", "41 00 01", id="resource instance of no resource"),
        pytest.param("/3200", "E1 15 7C 01", id="bare resource for an object"),
        pytest.param("/3200/0", "E1 15 7C 01 E1 15 7C 00", id="one resource twice"),
        pytest.param("/3/0/6", "86 06 41 00 01 41 00 05", id="one resource instance twice"),
        pytest.param("/3200/0", "E1 15", id="malformed"),
    ],
)
def test_bodies_that_do_not_fit_the_path(base: str, body: str) -> None:
    with pytest.raises(ContentError):
        decode_entries(TLV, Path.parse(base), bytes.fromhex(body))


@given(st.sampled_from(["/3", "/3/0", "/3/0/1"]), st.binary(max_size=60))
def test_any_bytes_are_entries_or_a_content_error(base: str, body: bytes) -> None:
    with suppress(ContentError):
        decode_entries(TLV, Path.parse(base), body)
