"""Bodies of one bare value (LwM2M 1.0, 6.4.1 and 6.4.2)."""

import pytest

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import Entry, Form, RawEntry, decode_entries, encode_entries
from lwm2m_core.message import ContentFormat
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError, ResourceType, Value

PATH = Path(3200, 0, 5750)
TEXT, LINK, OPAQUE = ContentFormat.TEXT, ContentFormat.LINK, ContentFormat.OPAQUE


@pytest.mark.parametrize(
    ("content_format", "type_", "value", "body"),
    [
        (TEXT, ResourceType.STRING, "Open Mobile Alliance", b"Open Mobile Alliance"),
        (TEXT, ResourceType.INTEGER, -12, b"-12"),
        (TEXT, ResourceType.FLOAT, 24.5, b"24.5"),
        (TEXT, ResourceType.OPAQUE, b"\x01\x02\x03\x04\x05", b"AQIDBAU="),
        # Decision 44: <contentType> 1 sends the value as given.
        (LINK, ResourceType.STRING, "</3200/0>", b"</3200/0>"),
        # Manual 3.9: ...,5505,2,10,"E309C82FE6",...
        (OPAQUE, ResourceType.OPAQUE, bytes.fromhex("E309C82FE6"), b"\xe3\x09\xc8\x2f\xe6"),
        (OPAQUE, ResourceType.STRING, "test", b"test"),
        (OPAQUE, ResourceType.INTEGER, -12, b"-12"),
    ],
)
def test_one_value_is_the_body(
    content_format: int, type_: ResourceType, value: Value, body: bytes
) -> None:
    assert encode_entries(content_format, PATH, [Entry(PATH, type_, value)]) == body


@pytest.mark.parametrize("content_format", [TEXT, LINK, OPAQUE])
def test_several_values_or_another_path_are_the_callers_error(content_format: int) -> None:
    entry = Entry(PATH, ResourceType.INTEGER, 1)
    with pytest.raises(EngineError):
        encode_entries(content_format, PATH, [])
    with pytest.raises(EngineError):
        encode_entries(content_format, PATH, [entry, entry])
    with pytest.raises(EngineError):
        encode_entries(content_format, Path(3200, 0), [entry])
    with pytest.raises(EngineError):
        encode_entries(content_format, PATH, [Entry(PATH, ResourceType.INTEGER, 1, 0)])


def test_a_body_is_one_raw_value() -> None:
    assert decode_entries(TEXT, PATH, b"test") == (RawEntry(PATH, b"test", Form.TEXT),)
    assert decode_entries(OPAQUE, PATH, b"\xff") == (RawEntry(PATH, b"\xff", Form.OPAQUE),)
    assert decode_entries(TEXT, PATH, b"") == (RawEntry(PATH, b"", Form.TEXT),)


@pytest.mark.parametrize("content_format", [TEXT, OPAQUE])
@pytest.mark.parametrize("base", [Path(3200), Path(3200, 0)])
def test_a_bare_value_for_more_than_a_resource_is_refused(content_format: int, base: Path) -> None:
    with pytest.raises(ContentError):
        decode_entries(content_format, base, b"1")
