"""Server URIs (0/x/0): RFC 7252 6.1 and 6.2, and what bootstrap servers really write."""

import pytest

from lwm2m_core.accounts import Account, account_from_uri


@pytest.mark.parametrize(
    ("uri", "account"),
    [
        ("coap://183.230.40.40:5683", Account("183.230.40.40", 5683)),
        ("coap://183.230.40.40", Account("183.230.40.40", 5683)),
        ("coap://127.0.0.1:15683/", Account("127.0.0.1", 15683)),
        ("COAP://nbiotbt.heclouds.com:5683", Account("nbiotbt.heclouds.com", 5683)),
        ("coaps://183.230.40.40", Account("183.230.40.40", 5684, True, b"id", b"key")),
        ("coaps://183.230.40.40:6684", Account("183.230.40.40", 6684, True, b"id", b"key")),
        ("coap://[::1]:5683", Account("::1", 5683)),
    ],
)
def test_uri_names_an_account(uri: str, account: Account) -> None:
    assert account_from_uri(uri, b"id", b"key") == account


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "183.230.40.40:5683",
        "http://183.230.40.40",
        "coap+tcp://183.230.40.40",
        "coap://",
        "coap://:5683",
        "coap://host:0",
        "coap://host:65536",
        "coap://host:123456",
        "coap://host:x",
        "coap://ho st",
        "coap://host/path",
        "coap://host?query",
        "coap://user@host",
        "coap://h\udcffst",
        "coap://host\n",
    ],
)
def test_no_account(uri: str) -> None:
    assert account_from_uri(uri) is None


def test_the_key_is_not_printed() -> None:
    account = Account("127.0.0.1", 5684, True, b"869975030000461", b"topsecret")
    assert "topsecret" not in repr(account)
