"""coap URIs and the options they become (RFC 7252 6.1, 6.4; RFC 3986)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.uris import URI_LIMIT, CoapUri, UriFault, parse_coap_uri

HOST, PATH, QUERY = 3, 11, 15


@pytest.mark.parametrize(
    ("uri", "host", "port", "options"),
    [
        # RFC 7252 6.3: these three are equivalent.
        (
            "coap://example.com:5683/~sensors/temp.xml",
            "example.com",
            5683,
            [(HOST, b"example.com"), (PATH, b"~sensors"), (PATH, b"temp.xml")],
        ),
        (
            "coap://EXAMPLE.com/%7Esensors/temp.xml",
            "example.com",
            5683,
            [(HOST, b"example.com"), (PATH, b"~sensors"), (PATH, b"temp.xml")],
        ),
        (
            "coap://EXAMPLE.com:/%7esensors/temp.xml",
            "example.com",
            5683,
            [(HOST, b"example.com"), (PATH, b"~sensors"), (PATH, b"temp.xml")],
        ),
        # An address is no Uri-Host (6.4 step 5).
        ("coap://127.0.0.1", "127.0.0.1", 5683, []),
        ("coap://127.0.0.1/", "127.0.0.1", 5683, []),
        ("CoAP://[::1]:1234/fw", "::1", 1234, [(PATH, b"fw")]),
        # Empty segments and arguments (Appendix B of RFC 7252).
        (
            "coap://127.0.0.1:61616//%2F//?%2F%2F&?%26",
            "127.0.0.1",
            61616,
            [(PATH, b""), (PATH, b"/"), (PATH, b""), (PATH, b"")]
            + [(QUERY, b"//"), (QUERY, b"?&")],
        ),
        ("coap://127.0.0.1?", "127.0.0.1", 5683, [(QUERY, b"")]),
        ("coap://127.0.0.1/%E3%81%93", "127.0.0.1", 5683, [(PATH, "こ".encode())]),
        # RFC 3986 5.2.4; what is escaped is no dot segment.
        ("coap://127.0.0.1/a/./b/../c", "127.0.0.1", 5683, [(PATH, b"a"), (PATH, b"c")]),
        ("coap://127.0.0.1/a/..", "127.0.0.1", 5683, []),
        ("coap://127.0.0.1/../../a/.", "127.0.0.1", 5683, [(PATH, b"a"), (PATH, b"")]),
        ("coap://127.0.0.1/a%2Fb/x.", "127.0.0.1", 5683, [(PATH, b"a/b"), (PATH, b"x.")]),
    ],
)
def test_a_uri_becomes_options(
    uri: str, host: str, port: int, options: list[tuple[int, bytes]]
) -> None:
    assert parse_coap_uri(uri) == CoapUri(host, port, tuple(options))


@pytest.mark.parametrize(
    ("uri", "fault"),
    [
        ("", "invalid URI"),
        ("fw.bin", "invalid URI"),
        ("/fw.bin", "invalid URI"),
        ("//127.0.0.1/fw", "invalid URI"),
        ("coap:", "invalid URI"),
        ("coap:///fw", "invalid URI"),
        ("coap:127.0.0.1/fw", "invalid URI"),
        ("coap://u@127.0.0.1/fw", "invalid URI"),
        ("coap://127.0.0.1:0/fw", "invalid URI"),
        ("coap://127.0.0.1:65536/fw", "invalid URI"),
        ("coap://127.0.0.1:5 683/fw", "invalid URI"),
        ("coap://127.0.0.1/fw#1", "invalid URI"),
        ("coap://127.0.0.1/f w", "invalid URI"),
        ("coap://127.0.0.1/f\nw", "invalid URI"),
        ("coap://127.0.0.1/fw\n", "invalid URI"),
        ("coap://127.0.0.1/%", "invalid URI"),
        ("coap://127.0.0.1/%4", "invalid URI"),
        ("coap://127.0.0.1/%zz", "invalid URI"),
        ("coap://127.0.0.1/?%zz", "invalid URI"),
        ("coap://127.0.0.1/%ff", "invalid URI"),
        ("coap://127.0.0.1/こ", "invalid URI"),
        ("coap://127.0.0.1/\udcff", "invalid URI"),
        ("coap://127.0.0.1/" + "a" * (URI_LIMIT - 16), "invalid URI"),
        ("coaps://127.0.0.1/fw", "unsupported scheme"),
        ("http://127.0.0.1/fw", "unsupported scheme"),
        ("coap+tcp://127.0.0.1/fw", "unsupported scheme"),
    ],
)
def test_what_is_no_coap_uri(uri: str, fault: UriFault) -> None:
    assert parse_coap_uri(uri) == fault


def test_the_longest_uri() -> None:
    uri = "coap://127.0.0.1/" + "a" * (URI_LIMIT - 17)
    assert len(uri) == 255
    assert parse_coap_uri(uri) == CoapUri("127.0.0.1", 5683, ((PATH, b"a" * 238),))


@given(st.text(max_size=40).map("coap://h".__add__) | st.text(max_size=60))
def test_no_text_raises(uri: str) -> None:
    found = parse_coap_uri(uri)
    if isinstance(found, CoapUri):
        assert all(len(value) <= 255 for _, value in found.options)
