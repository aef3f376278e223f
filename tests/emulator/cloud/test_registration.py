"""Endpoint names and registrations (MB 2.4, decisions 18, 20, 21, 51)."""

import pytest

from emulator.cloud.registration import (
    BadRequest,
    Changes,
    auth_code_of,
    parse_register,
    parse_update,
)
from lwm2m_core.message import Message
from lwm2m_core.paths import Path

EP = (15, b"ep=869975030000461;460001357924680")
LIST = b'</>;rt="oma.lwm2m",</3200/0>,</3/0>,</3200/0>'


def post(*options: tuple[int, bytes], payload: bytes = LIST) -> Message:
    return Message(0, 2, 1, b"", options, payload)


def test_a_cis_register_has_neither_version_nor_format() -> None:
    # MB 2.4: ep, b=U, lt; the security object is in the list
    message = post(EP, (15, b"b=U"), (15, b"lt=86400"), payload=b"</0/0>,</3200/0>")
    registration = parse_register(message)
    assert registration.objects == (Path(0, 0), Path(3200, 0))
    assert (registration.lifetime, registration.binding) == (86400, "U")


def test_objects_come_once_and_in_order_whatever_else_is_in_the_list() -> None:
    objects = parse_register(post(EP, payload=b"</3200/0/5750>,</x>," + LIST)).objects
    assert objects == (Path(3, 0), Path(3200, 0))


def test_a_lifetime_not_given_is_a_day() -> None:
    assert parse_register(post(EP)).lifetime == 86400


def test_of_two_parameters_with_one_name_the_first_counts() -> None:
    assert parse_register(post(EP, (15, b"lt=5"), (15, b"lt=6"))).lifetime == 5


def test_the_auth_code_is_not_shown() -> None:
    registration = parse_register(post(EP, (15, b"authcode=geheim")))
    assert registration.auth_code == "geheim"
    assert "geheim" not in repr(registration)
    assert auth_code_of(post(EP, (63, b"cmiot"))) == "cmiot"
    assert auth_code_of(post(EP)) is None


def test_an_update_says_only_what_changes() -> None:
    assert parse_update(post(payload=b"")) == Changes()
    assert parse_update(post((15, b"lt=20"), (15, b"b=UQ"), payload=b"</19/0>")) == Changes(
        20, "UQ", (Path(19, 0),)
    )


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (post(), 128),
        (post((15, b"ep=")), 128),
        (post((15, b"ep=\x1b]0;x\x07")), 128),
        (post(EP, (15, b"lwm2m=2.0")), 140),
        (post(EP, payload=b""), 128),
        (post((12, b"\x00"), EP), 143),  # text/plain: 4.15
        (post(EP, (15, b"lt=1" + b"0" * 250)), 128),
        (post(EP, (15, "lt=٣".encode())), 128),
    ],
)
def test_refused(message: Message, code: int) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_register(message)
    assert caught.value.code == code
    assert str(caught.value).isprintable()
