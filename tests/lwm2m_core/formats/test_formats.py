import pytest

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import FORMATS, Form, RawEntry, acceptable, decode_entries, encode_entries
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError

OBJECT, INSTANCE, RESOURCE = Path(3200), Path(3200, 0), Path(3200, 0, 5750)


def test_the_formats_of_decision_44() -> None:
    assert sorted(FORMATS) == [0, 40, 42, 1542, 1543, 11542, 11543]


@pytest.mark.parametrize(
    ("content_format", "accepted"),
    [
        (None, [OBJECT, INSTANCE, RESOURCE]),
        (0, [RESOURCE]),
        (42, [RESOURCE]),
        (11542, [OBJECT, INSTANCE, RESOURCE]),
        (1542, [OBJECT, INSTANCE, RESOURCE]),
        (11543, [OBJECT, INSTANCE, RESOURCE]),
        (1543, [OBJECT, INSTANCE, RESOURCE]),
        (40, []),  # a Read with Accept 40 is a Discover; nobody writes links
        (60, []),  # CBOR: 1.1-int-211
        (110, []),  # SenML JSON: 1.1-int-231
        (9999, []),
    ],
)
def test_what_a_server_may_ask_for_or_write(
    content_format: int | None, accepted: list[Path]
) -> None:
    assert [p for p in (OBJECT, INSTANCE, RESOURCE) if acceptable(content_format, p)] == accepted
    assert acceptable(content_format) == bool(accepted)


def test_without_a_format_a_resource_is_text_and_more_is_tlv() -> None:
    """MB 2.9; LwM2M 1.0 6.4: TLV is the format of what has several values."""
    body = bytes.fromhex("E4 16 76 74 65 73 74")
    assert decode_entries(None, RESOURCE, body) == (RawEntry(RESOURCE, body, Form.TEXT),)
    assert decode_entries(None, INSTANCE, body) == (RawEntry(RESOURCE, b"test", Form.TLV),)


@pytest.mark.parametrize("content_format", [40, 60, 9999])
def test_other_formats_are_refused(content_format: int) -> None:
    with pytest.raises(ContentError, match=str(content_format)):
        decode_entries(content_format, RESOURCE, b"")


def test_encoding_an_unknown_format_is_the_callers_error() -> None:
    with pytest.raises(EngineError, match="9999"):
        encode_entries(9999, RESOURCE, [])
