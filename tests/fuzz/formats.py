"""Bodies of a Write and lists of links: values below the path, or a ContentError."""

from contextlib import suppress

from lwm2m_core.formats import ContentError, decode_entries, find_value
from lwm2m_core.formats.link import LINK_LIMIT, decode_links
from lwm2m_core.message import ContentFormat
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType, check_value

BASES = tuple(map(Path.parse, ("/3", "/3/0", "/3/0/1", "/3200/0/5750", "/65535/65535/65535")))
BEGINNING = 16  # bytes, at least, of a body that has begun to arrive: the smallest block


def tlv(data: bytes) -> None:
    """The first byte chooses the path, the rest is the body."""
    _decode(ContentFormat.TLV, data)
    if len(data) > BEGINNING:
        base = _base(data)
        with suppress(ContentError):
            span = find_value(ContentFormat.TLV, base, data[1:])
            assert span is None or base.covers(span.path)
            assert span is None or span.start <= BEGINNING


def json(data: bytes) -> None:
    """As in `tlv`."""
    _decode(ContentFormat.JSON, data)


def link(data: bytes) -> None:
    with suppress(ContentError):
        links = decode_links(data)
        assert len(links) <= LINK_LIMIT
        assert not any(set("<>") & set(each.target) for each in links)


def _base(data: bytes) -> Path:
    return BASES[data[0] % len(BASES)] if data else BASES[0]


def _decode(content_format: int, data: bytes) -> None:
    base = _base(data)
    with suppress(ContentError):
        entries = decode_entries(content_format, base, data[1:])
        places = {(entry.path, entry.resource_instance) for entry in entries}
        assert len(places) == len(entries)
        for entry in entries:
            assert base.covers(entry.path) and entry.path.resource is not None
            for type_ in ResourceType:
                with suppress(ContentError):
                    check_value(type_, entry.as_type(type_))
