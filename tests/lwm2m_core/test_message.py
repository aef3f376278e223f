"""Message values: RFC 7252 sections 3, 5.4, 5.10 and 12."""

import pytest

from lwm2m_core.message import (
    Code,
    Message,
    Option,
    Type,
    code_text,
    is_request,
    is_response,
    is_success,
    options,
)


def message(*pairs: tuple[int, bytes]) -> Message:
    return Message(Type.CON, Code.GET, 1, options=pairs)


def test_codes_have_the_registered_values_of_rfc_7252_table_5_and_6() -> None:
    assert [int(code) for code in Code] == [
        *(0, 1, 2, 3, 4, 5, 6, 7),
        *(65, 66, 67, 68, 69, 95),
        *(128, 129, 130, 131, 132, 133, 134, 136, 140, 141, 143),
        *(160, 161, 162, 163, 164, 165),
    ]


def test_code_text_is_class_dot_detail_rfc_7252_section_3() -> None:
    assert [code_text(code) for code in (0, 1, 69, 95, 132, 160, 255)] == [
        *("0.00", "0.01", "2.05", "2.31", "4.04", "5.00", "7.31")
    ]


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        (0, ""),
        (1, "request"),
        (31, "request"),
        (32, ""),
        (63, ""),
        (64, "response success"),
        (95, "response success"),
        (96, "response"),
        (128, "response"),
        (191, "response"),
        (192, ""),
        (224, ""),
        (255, ""),
    ],
)
def test_ranges_of_codes_rfc_7252_section_12_1(code: int, kinds: str) -> None:
    tests = (("request", is_request), ("response", is_response), ("success", is_success))
    assert " ".join(name for name, test in tests if test(code)) == kinds


def test_option_returns_the_first_and_options_of_all_in_order() -> None:
    found = message((11, b"3200"), (11, b"0"), (15, b"a"))
    assert found.option(Option.URI_PATH) == b"3200"
    assert found.options_of(Option.URI_PATH) == (b"3200", b"0")
    assert found.option(Option.ACCEPT) is None
    assert found.options_of(Option.ACCEPT) == ()


@pytest.mark.parametrize(
    ("value", "number"), [(b"", 0), (b"\x01", 1), (b"\x2d\x16", 11542), (b"\x00\x00\x07", 7)]
)
def test_uint_is_big_endian_and_may_have_leading_zeros_rfc_7252_section_3_2(
    value: bytes, number: int
) -> None:
    assert message((6, value)).uint(Option.OBSERVE) == number


def test_a_number_longer_than_its_option_may_be_is_as_good_as_absent_rfc_7252_section_5_4_3() -> (
    None
):
    long = message((6, b"\x00\x00\x00\x01"), (12, b"\x00\x2d\x16"), (17, b"\x00\x2d\x16"))
    assert (long.observe, long.content_format, long.accept) == (None, None, None)
    assert message((6, b"\xff\xff\xff")).observe == 0xFFFFFF


def test_paths_queries_and_locations_are_texts_and_bad_utf_8_does_not_raise() -> None:
    found = message((8, b"rd"), (8, b"\xe4\xb8\xad"), (11, b"a\xff"), (15, b"lt=60"))
    assert found.location == ("rd", "中")
    assert found.path == ("a\N{REPLACEMENT CHARACTER}",)
    assert found.query == ("lt=60",)


def test_options_are_sorted_by_number_and_numbers_have_no_leading_zeros_rfc_7252_section_3_2() -> (
    None
):
    assert options(
        query=["lt=60", "b=U"],
        path=["rd"],
        content_format=40,
        accept=11542,
        observe=0,
        location=["x"],
        max_age=256,
        extra=((63, b"\x01"), (11, b"second")),
    ) == (
        (6, b""),
        (8, b"x"),
        (11, b"rd"),
        (11, b"second"),
        (12, b"\x28"),
        (14, b"\x01\x00"),
        (15, b"lt=60"),
        (15, b"b=U"),
        (17, b"\x2d\x16"),
        (63, b"\x01"),
    )
    assert options() == ()
