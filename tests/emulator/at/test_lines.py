"""Lines out of bytes: V.250 section 5.2, decisions 4 and 6, HF 17."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.at.lines import LINE_LIMIT, LineReader, Mark


def items(*chunks: bytes) -> list[str | Mark]:
    reader = LineReader()
    return [piece.item for chunk in chunks for piece in reader.feed(chunk) if piece.item]


def echo(*chunks: bytes) -> bytes:
    reader = LineReader()
    return b"".join(piece.echo for chunk in chunks for piece in reader.feed(chunk))


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_cr_lf_and_crlf_end_a_line(end: bytes) -> None:
    """Decision 4; HF 17: D6 sends CR only, D26 LF only."""
    assert items(b"AT+CSQ" + end + b"AT" + end) == ["AT+CSQ", "AT"]


def test_the_lf_of_a_crlf_may_come_later() -> None:
    """HF 17: D1 and D8 write CR and LF separately."""
    assert items(b"AT\r", b"\nATI\r", b"\n") == ["AT", "ATI"]


def test_a_lf_behind_the_lf_of_a_crlf_ends_a_blank_line_only() -> None:
    assert items(b"AT\r\n\nATI\n") == ["AT", "ATI"]


def test_line_in_pieces_of_three_bytes() -> None:
    """HF 17: D8."""
    assert items(b"AT+", b"CGS", b"N=1", b"\r\n") == ["AT+CGSN=1"]


def test_nul_is_ignored_everywhere() -> None:
    """HF 17: D15 sends its whole array of 128 bytes, NULs behind the CRLF."""
    assert items(b"AT\r\n" + bytes(124) + b"A\x00TI\r\x00\n\r\n") == ["AT", "ATI"]


def test_trailing_and_leading_blanks_go_but_bytes_of_other_alphabets_stay() -> None:
    """Decision 4; HF 18: D17. 0x85 and 0xA0 are blanks to Unicode, and GBK trail bytes here."""
    assert items(b" AT+X=\xc4\x85\xa0 \t\r") == ["AT+X=\xc4\x85\xa0"]


def test_bytes_that_are_no_utf8_come_through() -> None:
    line = bytes(set(range(256)) - {0, 8, 10, 13, 32, 127})
    (item,) = items(b"AT" + line + b"\r")
    assert isinstance(item, str)
    assert item.encode("latin-1") == b"AT" + line


@pytest.mark.parametrize("blank", [b"\r", b"\n", b"\r\n", b" \t \r\n", b"\x00\r"])
def test_blank_lines_mean_nothing(blank: bytes) -> None:
    assert items(blank + blank + b"AT\r") == ["AT"]


@pytest.mark.parametrize("rubout", [b"\x08", b"\x7f"])
def test_backspace_and_delete_take_a_byte_back(rubout: bytes) -> None:
    """V.250 6.2.3 (S5); at the start of a line there is nothing to take."""
    assert items(rubout + b"ATX" + rubout + b"E" + rubout * 2 + b"TI\r") == ["ATI"]


class TestRepeat:
    """V.250 5.2.4: A/ acts at once, without a terminator."""

    @pytest.mark.parametrize("chunks", [[b"A/"], [b"A", b"/"], [b"a/"], [b"\r\nA/"]])
    def test_at_the_start_of_a_line(self, chunks: list[bytes]) -> None:
        assert items(*chunks) == [Mark.REPEAT]

    def test_what_follows_is_a_new_line(self) -> None:
        assert items(b"A/A/\rA/ATI\r\nAT\r") == [
            Mark.REPEAT,
            Mark.REPEAT,
            Mark.REPEAT,
            "ATI",
            "AT",
        ]

    def test_nowhere_else(self) -> None:
        assert items(b'AT+X="A/"\r', b"XA/\r") == ['AT+X="A/"', "XA/"]

    def test_after_editing(self) -> None:
        assert items(b"AT\x08/") == [Mark.REPEAT]


class TestLimit:
    """Decision 6: over 4096 bytes, consumed to its end."""

    def test_4096_bytes_are_a_line(self) -> None:
        assert items(b"A" * 4096 + b"\r") == ["A" * 4096]

    def test_4097_bytes_are_not(self) -> None:
        assert items(b"A" * 4097 + b"\rAT\r") == [Mark.OVERLONG, "AT"]

    def test_the_next_line_is_clean(self) -> None:
        assert items(b"A" * 3000, b"B" * 3000, b"C" * 9000 + b"\r\nATI\r") == [
            Mark.OVERLONG,
            "ATI",
        ]

    def test_its_end_alone_is_no_line(self) -> None:
        assert items(b"x" * 5000, b"AT\r", b"AT\r") == [Mark.OVERLONG, "AT"]

    def test_repeat_and_rubout_mean_nothing_inside(self) -> None:
        assert items(b"x" * 5000, b"A/", b"\x08" * 5000, b"A/\r") == [Mark.OVERLONG]

    def test_memory_is_bounded(self) -> None:
        reader = LineReader()
        for _ in range(100):
            reader.feed(b"x" * 4096)
            assert len(reader._line) <= LINE_LIMIT
            assert not reader._echo
        assert not reader.in_line


class TestEcho:
    """V.250 6.2.4: what arrived, byte for byte, but for NUL and the LF of a CRLF."""

    def test_of_lines(self) -> None:
        assert echo(b"AT\r\nATI\n\r\n") == b"AT\rATI\n\r"
        assert echo(b"AT\r", b"\n", b"\n") == b"AT\r\n"

    def test_of_half_lines_as_they_come(self) -> None:
        reader = LineReader()
        assert [piece.echo for piece in reader.feed(b"AT\r\nAT+C")] == [b"AT\r", b"AT+C"]
        assert [piece.echo for piece in reader.feed(b"SQ\r")] == [b"SQ\r"]

    def test_of_rubouts_and_overlong_lines(self) -> None:
        assert echo(b"AX\x08T\r" + bytes(9)) == b"AX\x08T\r"
        assert echo(b"x" * 5000, b"y\r") == b"x" * 5000 + b"y\r"


def test_in_line_while_a_line_is_being_sent() -> None:
    reader = LineReader()
    assert not reader.in_line
    reader.feed(b"AT\r\nA")
    assert reader.in_line
    reader.feed(b"T\r")
    assert not reader.in_line


@given(st.binary(max_size=400), st.lists(st.integers(0, 400)))
def test_every_way_of_cutting_gives_the_same_lines(data: bytes, cuts: list[int]) -> None:
    edges = sorted({0, len(data), *(cut for cut in cuts if cut <= len(data))})
    chunks = [data[a:b] for a, b in zip(edges, edges[1:], strict=False)]
    single = [data[i : i + 1] for i in range(len(data))]
    assert items(data) == items(*chunks) == items(*single)
    assert echo(data) == echo(*chunks) == echo(*single)


@given(st.lists(st.sampled_from([b"AT", b"A", b"/", b"\r", b"\n", b"\0", b"\b", b"x"])))
def test_every_way_of_cutting_around_the_special_bytes(tokens: list[bytes]) -> None:
    assert items(b"".join(tokens)) == items(*tokens)
    assert echo(b"".join(tokens)) == echo(*tokens)
