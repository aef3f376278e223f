"""Diagrams as SVG: well-formed whatever is said, nothing upon anything else."""

from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.diagram.fates import settled
from emulator.diagram.layout import CHARACTER, picture
from emulator.diagram.row import Row
from emulator.diagram.rows import rows_of
from emulator.diagram.svg import svg
from emulator.diagram.widths import width
from emulator.journal import KINDS, Record
from emulator.recording.lines import Head
from tests.emulator.diagram.journals import DAY

HEAD = Head("mipl 1", "MN316", "manual")
SVG = "{http://www.w3.org/2000/svg}"
MANUAL = Path(__file__).parents[3] / "docs" / "img" / "5.1.svg"


def rows(records: list[Record]) -> list[Row]:
    return list(settled(rows_of(records, quiet=False)))


records = st.builds(
    Record,
    st.integers(1, 50),
    st.integers(0, 50),
    st.floats(0, 1e6),
    st.sampled_from([*KINDS, "novel"]),
    st.binary(max_size=40) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace")),
    st.text(max_size=40) | st.sampled_from(["link 1", "off", "1, coap-up: drop", "<&>\"'"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(records, max_size=12), st.text(max_size=10))
def test_every_picture_is_well_formed_and_says_all(found: list[Record], model: str) -> None:
    drawing = svg(Head("p", model, "field", start="<&>"), rows(found))
    tree = ElementTree.fromstring(drawing.text.encode("utf-8"))
    titles = [each.text or "" for each in tree.iterfind(f".//{SVG}g/{SVG}title")]
    assert titles == [row.worded for row in rows(found)]
    assert {each.tag.removeprefix(SVG) for each in tree.iter()} <= {
        *("svg", "title", "desc", "style", "rect", "text", "g", "a"),
        *("line", "polygon", "path", "circle"),
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(records, max_size=12))
def test_no_text_is_wider_than_its_place(found: list[Record]) -> None:
    drawn = picture(rows(found))
    tops = [each.top for each in drawn.rows]
    assert all(later - earlier >= 26 for earlier, later in zip(tops, tops[1:], strict=False))
    for each in drawn.rows:
        left, right = each.span
        assert drawn.lanes.mcu < left <= right < drawn.lanes.platform
        if each.row.is_arrow:
            assert not left < drawn.lanes.module < right


def _boxes(tree: ElementTree.Element) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right, bottom of every text, as wide as the font can be."""
    found = []
    for each in tree.iter(f"{SVG}text"):
        text = each.text or ""
        size, x, y = width(text) * CHARACTER, float(each.attrib["x"]), float(each.attrib["y"])
        left = x - {"end": size, "middle": size / 2}.get(each.get("text-anchor", ""), 0)
        found.append((left, y - 10, left + size, y + 3, text))
    return found


def test_no_text_of_the_manuals_dialogue_lies_upon_another_or_outside() -> None:
    """Section 5.1, as docs/diagram.py draws it."""
    tree = ElementTree.parse(MANUAL).getroot()
    boxes = _boxes(tree)
    assert len(boxes) > 150
    sizes = float(tree.attrib["width"]), float(tree.attrib["height"])
    for at, (left, top, right, bottom, text) in enumerate(boxes):
        assert left >= 0 and right <= sizes[0] and top >= 0 and bottom <= sizes[1], text
        for other in boxes[at + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (text, other[4])


def test_what_it_says_of_itself() -> None:
    tree = ElementTree.fromstring(svg(HEAD, rows(DAY)).text)
    assert tree.get("role") == "img"
    assert tree.findtext(f"{SVG}title") == "Sequence diagram: MCU, module MN316, platform"
    assert tree.findtext(f"{SVG}desc") == (
        "20 rows from 0.000 s to 64.000 s. MN316, dialect manual, mipl 1, secrets hidden."
    )
    style = tree.findtext(f"{SVG}style") or ""
    assert "prefers-color-scheme:dark" in style and "url(" not in style


def test_causes_are_links() -> None:
    """Observe (7) brings +MIPLOBSERVE (9) about, AT+MIPLNOTIFY (10) both Notifies' first."""
    found = list(settled(rows_of(DAY)))
    tree = ElementTree.fromstring(svg(HEAD, found).text)
    line = tree.find(f".//{SVG}g[@id='r9']/{SVG}a")
    assert line is not None and line.get("href") == "#r7"
    drawn = picture(found)
    heights = {each.line: each.row.number for each in drawn.rows if each.row.number}
    assert [(heights[link.start], heights[link.end]) for link in drawn.links] == [
        (7, 9),
        (10, 12),
        (15, 16),
    ]
    assert len(tree.findall(f".//{SVG}path")) == 3


def test_the_modules_line_is_drawn_as_it_is() -> None:
    drawn = picture(list(settled(rows_of(DAY))))
    assert [stretch.life for stretch in drawn.stretches] == ["on", "registered", "asleep", "off"]
    assert all(
        before.end == after.start
        for before, after in zip(drawn.stretches, drawn.stretches[1:], strict=False)
    )


def test_what_has_no_room_is_counted() -> None:
    drawing = svg(HEAD, iter(rows_of(DAY)), 4)
    assert (drawing.rows, drawing.left_out, drawing.last) == (4, 14, 1.5)
    assert "14 more rows are not shown; the last one here was at 1.500 s" in drawing.text


def test_nothing_is_a_picture_too() -> None:
    drawing = svg(HEAD, [])
    ElementTree.fromstring(drawing.text)
    assert (drawing.rows, drawing.left_out) == (0, 0)
