"""RFC 6690, as LwM2M 1.0 uses it in Register (5.3.1) and Discover (5.4.2)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.formats.link import LINK_LIMIT, Link, decode_links, encode_links
from lwm2m_core.values import ContentError

LISTS = [
    pytest.param(b"", (), id="empty"),
    pytest.param(
        b'</>;rt="oma.lwm2m",</3200/0>,</3303/0>',
        (Link("/", (("rt", "oma.lwm2m"),)), Link("/3200/0"), Link("/3303/0")),
        id="registration (decision 20)",
    ),
    pytest.param(
        b"</3/0>;pmin=10;pmax=60,</3/0/6>;dim=8,</3/0/7>;dim=8;gt=50;lt=42.2",
        (
            Link("/3/0", (("pmin", "10"), ("pmax", "60"))),
            Link("/3/0/6", (("dim", "8"),)),
            Link("/3/0/7", (("dim", "8"), ("gt", "50"), ("lt", "42.2"))),
        ),
        id="attributes are bare numbers (5.4.2)",
    ),
    pytest.param(
        b'</>;lwm2m="1.0",</0/0>;ssid=1',
        (Link("/", (("lwm2m", "1.0"),)), Link("/0/0", (("ssid", "1"),))),
        id="a version is none",
    ),
    pytest.param(
        b'</sensors>;obs;title="a, \\"b\\"; \\\\c"',
        (Link("/sensors", (("obs", None), ("title", 'a, "b"; \\c'))),),
        id="quoted-string (RFC 2616 2.2)",
    ),
]


@pytest.mark.parametrize(("payload", "links"), LISTS)
def test_encode(payload: bytes, links: tuple[Link, ...]) -> None:
    assert encode_links(links) == payload


@pytest.mark.parametrize(("payload", "links"), LISTS)
def test_decode(payload: bytes, links: tuple[Link, ...]) -> None:
    assert decode_links(payload) == links


@pytest.mark.parametrize(
    ("payload", "links"),
    [
        (b"</1/0>, </3200/0>", (Link("/1/0"), Link("/3200/0"))),
        (b" </1/0> ; a=1 , </2> ", (Link("/1/0", (("a", "1"),)), Link("/2"))),
        (b"</>;rt=oma.lwm2m;ct=11543", (Link("/", (("rt", "oma.lwm2m"), ("ct", "11543"))),)),
        (b"</1>;empty=", (Link("/1", (("empty", ""),)),)),
    ],
)
def test_more_is_read_than_is_written(payload: bytes, links: tuple[Link, ...]) -> None:
    """Blanks: Wakaama and lwm2m-node-lib accept them (SV 2.1)."""
    assert decode_links(payload) == links


@pytest.mark.parametrize(
    "payload",
    [b",", b"</1>,", b"</1", b"/1", b"</1></2>", b"</1>,,</2>", b"</1>;", b'</1>;a="', b"<\xff>"],
)
def test_what_is_no_link_list(payload: bytes) -> None:
    with pytest.raises(ContentError):
        decode_links(payload)


def test_links_are_bounded() -> None:
    assert len(decode_links(b",".join([b"</1>"] * LINK_LIMIT))) == LINK_LIMIT
    with pytest.raises(ContentError, match="1024"):
        decode_links(b",".join([b"</1>"] * (LINK_LIMIT + 1)))


@given(st.text(alphabet='<>/;,="\\a1 ', max_size=40))
def test_any_text_is_a_list_or_a_content_error(text: str) -> None:
    with suppress(ContentError):
        decode_links(text.encode())
