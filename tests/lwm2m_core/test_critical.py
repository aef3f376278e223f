"""Critical options: RFC 7252 sections 5.4.1, 5.4.3, 5.4.5 and table 4."""

import pytest

from lwm2m_core.critical import bad_option
from lwm2m_core.message import Options


@pytest.mark.parametrize(
    "options",
    [
        (),
        ((3, b"localhost"), (7, b"\x16\x33")),
        ((11, b"a"), (11, b"b"), (15, b"q=1"), (15, b"q=1")),
        ((17, b"\x2d\x16"), (23, b"\x06"), (27, b"\x0e"), (63, b"code")),
        ((4, b""), (6, b""), (12, b"\x28"), (14, b""), (60, b"\x01"), (2048, b"elective")),
        ((35, b"coap://a"), (39, b"coap")),
    ],
    ids=["none", "uri", "repeatable", "others", "elective", "proxy"],
)
def test_understood(options: Options) -> None:
    assert bad_option(options) is None


@pytest.mark.parametrize(
    ("options", "number"),
    [
        (((1, b""),), 1),
        (((5, b""),), 5),
        (((9, b""),), 9),
        (((11, b"a"), (2049, b"")), 2049),
        (((3, b""),), 3),
        (((3, b"h" * 256),), 3),
        (((7, b"\x01\x00\x00"),), 7),
        (((11, b"p" * 256),), 11),
        (((15, b"q" * 256),), 15),
        (((23, bytes(4)),), 23),
        (((27, bytes(4)),), 27),
        (((3, b"a"), (3, b"b")), 3),
        (((17, b""), (17, b"\x01")), 17),
        (((27, b"\x06"), (27, b"\x16")), 27),
    ],
)
def test_not_understood(options: Options, number: int) -> None:
    """Unknown; of a length outside table 4; repeated though not repeatable."""
    assert bad_option(options) == number
