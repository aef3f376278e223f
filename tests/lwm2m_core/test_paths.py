import pytest

from lwm2m_core.paths import Path


@pytest.mark.parametrize(
    ("segments", "path"),
    [
        (("3200",), Path(3200)),
        (("3200", "0"), Path(3200, 0)),
        (("3200", "0", "5750"), Path(3200, 0, 5750)),
        (("65535", "65535", "65535"), Path(65535, 65535, 65535)),
    ],
)
def test_one_to_three_numbers_are_a_path(segments: tuple[str, ...], path: Path) -> None:
    assert Path.from_uri_path(segments) == path


@pytest.mark.parametrize(
    "segments",
    [
        (),
        ("",),
        ("3", "0", ""),
        ("rd",),
        ("3", "0", "11", "0"),
        ("65536",),
        ("999999999999",),
        ("-1",),
        ("+1",),
        ("03",),
        ("3 ",),
        ("٣",),  # a digit, but not a decimal one of ASCII
        ("3\n",),
    ],
)
def test_nothing_else_is_a_path(segments: tuple[str, ...]) -> None:
    assert Path.from_uri_path(segments) is None


@pytest.mark.parametrize("text", ["/3200", "/3200/0", "/3200/0/5750"])
def test_text_and_back(text: str) -> None:
    assert str(Path.parse(text)) == text


@pytest.mark.parametrize("text", ["", "/", "3200", "/3200/", "//3200", "/3/0/11/0", "/a"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an LwM2M path"):
        Path.parse(text)


def test_a_path_has_no_gap_and_no_id_over_16_bits() -> None:
    with pytest.raises(ValueError, match="object instance"):
        Path(3, None, 9)
    with pytest.raises(ValueError, match="65536"):
        Path(3, 65536)
    with pytest.raises(ValueError, match="-1"):
        Path(-1)


def test_fields_are_those_of_unsolicited_lines() -> None:
    """Manual 3.10: -1 reads all of the object, or all of the instance."""
    assert Path(3200).fields() == (3200, -1, -1)
    assert Path(3200, 0).fields() == (3200, 0, -1)
    assert Path(3200, 0, 5750).fields() == (3200, 0, 5750)


def test_a_path_covers_itself_and_what_lies_below() -> None:
    assert Path(3, 0).covers(Path(3, 0))
    assert Path(3, 0).covers(Path(3, 0, 9))
    assert Path(3).covers(Path(3, 7, 9))
    assert not Path(3, 0).covers(Path(3))
    assert not Path(3, 0).covers(Path(3, 1, 9))
    assert not Path(3, 0, 9).covers(Path(3, 0, 90))


def test_order_is_numeric_and_top_down() -> None:
    paths = [Path(20), Path(3, 1), Path(3, 0, 10), Path(3), Path(3, 0, 9), Path(3, 0)]
    assert list(map(str, sorted(paths))) == ["/3", "/3/0", "/3/0/9", "/3/0/10", "/3/1", "/20"]
    assert Path(3) <= Path(3)
    assert Path(20) > Path(3, 1)


def test_depth_counts_the_ids() -> None:
    assert (Path(3).depth, Path(3, 0).depth, Path(3, 0, 9).depth) == (1, 2, 3)
