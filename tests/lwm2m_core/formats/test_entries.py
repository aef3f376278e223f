import pytest

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import Entry, Form, RawEntry
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError, ResourceType, Value

STRING, OPAQUE, INTEGER, FLOAT, BOOLEAN = ResourceType
PATH = Path(3200, 0, 5750)


@pytest.mark.parametrize(
    ("form", "raw", "type_", "value"),
    [
        (Form.TEXT, b"0101", INTEGER, 101),
        (Form.TEXT, b"9", FLOAT, 9.0),
        (Form.TEXT, b"AQID", OPAQUE, b"\x01\x02\x03"),
        (Form.TLV, b"\x0e\xd8", INTEGER, 3800),
        (Form.TLV, b"0101", INTEGER, 0x30313031),
        (Form.TLV, b"test", STRING, "test"),
        (Form.OPAQUE, b"\x01\x02", OPAQUE, b"\x01\x02"),
        (Form.OPAQUE, b"test", STRING, "test"),
    ],
)
def test_raw_bytes_are_read_by_form_and_type(
    form: Form, raw: bytes, type_: ResourceType, value: Value
) -> None:
    assert RawEntry(PATH, raw, form).as_type(type_) == value


@pytest.mark.parametrize(
    ("form", "raw", "type_"),
    [
        (Form.TEXT, b"abc", INTEGER),
        (Form.TLV, b"abc", INTEGER),
        (Form.OPAQUE, b"\x01", INTEGER),  # one byte would be an integer in TLV
        (Form.OPAQUE, b"\x01", BOOLEAN),
        (Form.OPAQUE, b"1234", FLOAT),
        (Form.OPAQUE, b"\xff", STRING),
    ],
)
def test_bytes_that_do_not_fit_the_declared_type(
    form: Form, raw: bytes, type_: ResourceType
) -> None:
    """Decision 34: 4.00, no line."""
    with pytest.raises(ContentError):
        RawEntry(PATH, raw, form).as_type(type_)


def test_only_text_and_json_are_textual() -> None:
    assert [f for f in Form if RawEntry(PATH, b"1", f).textual] == [Form.TEXT, Form.JSON]


@pytest.mark.parametrize(
    ("form", "raw", "width"),
    [
        (Form.TLV, bytes.fromhex("3DCCCCCD"), 4),
        (Form.TLV, bytes.fromhex("3FB999999999999A"), 8),
        (Form.TEXT, b"24.5", 8),
    ],
)
def test_float_width_is_that_of_the_tlv_item(form: Form, raw: bytes, width: int) -> None:
    """Decision 34: the same number in the received width."""
    assert RawEntry(PATH, raw, form).float_width == width


def test_an_entry_is_a_value_of_its_type_on_a_resource() -> None:
    with pytest.raises(EngineError, match="no resource"):
        Entry(Path(3200, 0), INTEGER, 1)
    with pytest.raises(EngineError, match="INTEGER"):
        Entry(PATH, INTEGER, "1")
