"""docs/recordings.md shows lines and kinds as they are."""

import re
from pathlib import Path

from emulator.journal import KINDS
from emulator.recording.lines import head_line, head_of, line_of, record_of
from emulator.recording.operations import Operations, details

PAGE = (Path(__file__).parents[2] / "docs" / "recordings.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\{.*\}$", PAGE, re.M)


def test_the_lines_of_the_page_are_what_is_written() -> None:
    head, *lines = LINES
    assert head_line(head_of(head)) == head
    operations = Operations()
    for line in lines:
        record = record_of(line)
        assert line_of(record, **details(record, operations.of(record))) == line
    assert len(lines) >= 5


def test_every_kind_is_on_the_page() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([A-Z].*\.) \|$", PAGE, re.M))
    assert rows == KINDS
