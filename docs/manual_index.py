"""Writes manual-index.md: what the manual says, and the tests that show that it is so.

    python docs/manual_index.py build/junit.xml [--no-gaps]

Tests cite the manual in their docstrings, names, parameters and transcripts; tests/conftest.py
writes each citation into the JUnit result. Only tests that passed in that run count.
"""

import argparse
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docs.junit import Result, Run, runs

HERE = Path(__file__).parent
NOTES = HERE / "manual-notes.toml"
INDEX = HERE / "manual-index.md"
NAMED_LIMIT = 12  # tests that are named one by one; of more, only the files

HEAD = """\
# Manual index

Written by `docs/manual_index.py` from the result of a test run. The sections and notes are those of
[manual-notes.toml](manual-notes.toml). A test stands here if it cites the place and passed.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """One thing the manual says. `key` as it is cited."""

    key: str
    section: str
    says: str


def places(document: Mapping[str, Any]) -> tuple[Place, ...]:
    """Sections, then what is numbered within them, in the order of the manual."""
    return tuple(
        Place(f"{section} {inner}".rstrip(), section, says)
        for section, content in document.items()
        for inner, says in _inner(content)
    )


def _inner(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    command = content.get("command") or content.get("line")
    yield "", f"{content['title']} ({command})" if command else content["title"]
    for number, says in enumerate(content.get("notes", ()), 1):
        yield f"note {number}", says
    for kind in ("footnote", "event", "code"):
        for number, says in content.get(f"{kind}s", {}).items():
            yield f"{kind} {number}", says


@dataclass(frozen=True, slots=True)
class Index:
    """Places with the tests that cite them. `whole`: the cases of each test function."""

    places: tuple[Place, ...]
    citing: Mapping[str, list[Run]]
    whole: Mapping[str, int]

    def with_result(self, place: Place, result: Result) -> list[Run]:
        return [case for case in self.citing.get(place.key, []) if case.result is result]

    @property
    def gaps(self) -> list[Place]:
        """Not cited at all."""
        return [place for place in self.places if not self.citing.get(place.key)]

    @property
    def not_shown(self) -> list[Place]:
        """Cited, but by no test that passed."""
        return [
            place
            for place in self.places
            if self.citing.get(place.key) and not self.with_result(place, Result.PASSED)
        ]

    @property
    def unknown(self) -> list[tuple[str, Run]]:
        """Citations of what the manual does not have."""
        known = {place.key for place in self.places}
        known |= {place.section.partition(".")[0] for place in self.places}  # chapters
        return [(key, cases[0]) for key, cases in self.citing.items() if key not in known]


def index(places: tuple[Place, ...], cases: Iterable[Run]) -> Index:
    citing: dict[str, list[Run]] = defaultdict(list)
    whole: dict[str, int] = defaultdict(int)
    for case in cases:
        whole[case.test] += 1
        for key in case.shows:
            citing[key].append(case)
    return Index(places, citing, whole)


def page(index: Index) -> str:
    """The document."""
    shown = [place for place in index.places if index.with_result(place, Result.PASSED)]
    lines = [HEAD, f"{len(shown)} of {len(index.places)} places are shown by tests.", ""]
    lines += ["## Gaps", "", *(_listed(index.gaps) or ["None."])]
    if index.not_shown:
        lines += ["", "## Cited, but no test passed", "", *_listed(index.not_shown)]
    section = ""
    for place in index.places:
        if place.section != section:
            section = place.section
            lines += ["", f"## {section} {place.says}", ""]
        lines += _entry(index, place)
    return "\n".join(lines) + "\n"


def _listed(places: Iterable[Place]) -> list[str]:
    return [f"* manual {place.key}: {place.says}" for place in places]


def _entry(index: Index, place: Place) -> list[str]:
    """`* note 2: what it says` and below it the tests."""
    inner = place.key.removeprefix(place.section).strip()
    passed = index.with_result(place, Result.PASSED)
    lines = [f"* {inner}: {place.says}" if inner else "* the section"]
    lines += [f"  * {name}" for name in _names(index, place, passed)]
    for result in (Result.SKIPPED, Result.FAILED):
        names = _names(index, place, index.with_result(place, result))
        lines += [f"  * {result.value}: {name}" for name in names]
    if not index.citing.get(place.key):
        lines.append("  * **GAP**")
    return lines


def _names(index: Index, place: Place, cases: list[Run]) -> list[str]:
    """The tests by name; those of whose cases only some cite the place with the cases."""
    if len({case.test for case in cases}) > NAMED_LIMIT:
        return sorted({f"`{case.test.partition('::')[0]}`" for case in cases})
    by_test: dict[str, list[Run]] = defaultdict(list)
    for case in cases:
        by_test[case.test].append(case)
    names = []
    for test, some in sorted(by_test.items()):
        citing = [case for case in index.citing[place.key] if case.test == test]
        alone = len(citing) == index.whole[test] and len(some) == len(citing)
        names += [f"`{test}`"] if alone else [f"`{test}[{case.case}]`" for case in some]
    return names


def main(arguments: list[str] | None = None) -> int:
    """0 done; 1 a test cites what the manual does not have, or with --no-gaps there are gaps."""
    parser = argparse.ArgumentParser(description="Write the manual index from a JUnit result.")
    parser.add_argument("junit", type=Path)
    parser.add_argument("--output", type=Path, default=INDEX)
    parser.add_argument("--no-gaps", action="store_true", help="fail if something is not shown")
    options = parser.parse_args(arguments)
    document = tomllib.loads(NOTES.read_text(encoding="utf-8"))
    made = index(places(document), runs(ElementTree.parse(options.junit).getroot(), "cites"))
    options.output.write_text(page(made), encoding="utf-8")
    for key, case in made.unknown:
        print(f"manual_index: {case.test} cites manual {key}: no such place", file=sys.stderr)
    missing = [*made.gaps, *made.not_shown] if options.no_gaps else []
    for place in missing:
        print(f"manual_index: not shown: manual {place.key}: {place.says}", file=sys.stderr)
    return 1 if made.unknown or missing else 0


if __name__ == "__main__":
    sys.exit(main())
