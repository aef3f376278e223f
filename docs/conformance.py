"""Writes conformance.md: the conformance cases, and how they went in a test run.

    python docs/conformance.py build/junit.xml [--complete]

A test names the cases that it stands for, and who is at its far end; tests/conftest.py writes both
into the JUnit result. Our own cloud is no far end that counts. A case passed if a test of it passed
and none failed.
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
CASES = HERE / "conformance.toml"
PAGE = HERE / "conformance.md"
KINDS = {
    "E": "the engine alone",
    "A": "with a scripted MCU behind the AT commands",
    "D": "the module's documented behaviour, where it differs from the test specification",
    "N": "not for a module of this family: refused with a code, nothing printed, nothing changed",
}

HEAD = """\
# Conformance

Written by `docs/conformance.py` from the result of a test run. The cases are those of
[conformance.toml](conformance.toml), out of the suites that [sources.md](sources.md) names.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of conformance.toml. `shown_by`: the cases whose tests are this one's."""

    id: str
    group: str
    kind: str
    title: str
    reason: str
    later: int | None
    shown_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """A test of the run that stands for a case, and who was at its far end."""

    case: str
    far: str
    run: Run


def cases(document: Mapping[str, Any]) -> tuple[Case, ...]:
    return tuple(
        Case(
            name,
            group,
            row["kind"],
            row["title"],
            row.get("reason", ""),
            row.get("later"),
            frozenset((name, row.get("same_as", name))),
        )
        for group, rows in document.items()
        if group != "far_ends"
        for name, row in rows.items()
    )


def claims(tests: Iterable[Run]) -> Iterator[Claim]:
    for test in tests:
        for shown in test.shows:
            case, _, far = shown.rpartition(" with ")
            yield Claim(case, far, test)


@dataclass(frozen=True, slots=True)
class Report:
    """The cases, and what the tests claim of them. `far_ends`: those that count, described."""

    cases: tuple[Case, ...]
    claims: Mapping[str, list[Claim]]
    far_ends: Mapping[str, str]

    def result(self, case: Case) -> Result:
        results = {claim.run.result for claim in self._counting(case)}
        if Result.FAILED in results:
            return Result.FAILED
        return Result.PASSED if Result.PASSED in results else Result.SKIPPED

    def passed_with(self, case: Case) -> list[str]:
        """The far ends of the tests that passed."""
        seen = {c.far for c in self._counting(case) if c.run.result is Result.PASSED}
        return [far for far in self.far_ends if far in seen]

    def _counting(self, case: Case) -> Iterator[Claim]:
        for name in case.shown_by:
            yield from (claim for claim in self.claims.get(name, ()) if claim.far in self.far_ends)

    @property
    def missing(self) -> list[Case]:
        """Not passed, and no other issue's."""
        passed = Result.PASSED
        return [c for c in self.cases if c.later is None and self.result(c) is not passed]

    @property
    def unknown(self) -> list[Claim]:
        """What tests claim of cases or far ends that are not listed."""
        known = {case.id for case in self.cases}
        claims = (claim for some in self.claims.values() for claim in some)
        return [c for c in claims if c.case not in known or c.far not in self.far_ends]


def report(document: Mapping[str, Any], tests: Iterable[Run]) -> Report:
    by_case: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims(tests):
        by_case[claim.case].append(claim)
    return Report(cases(document), by_case, document["far_ends"])


def page(report: Report) -> str:
    """The document."""
    due = [case for case in report.cases if case.later is None]
    passed = len(due) - len(report.missing)
    lines = [
        HEAD,
        f"{passed} of {len(due)} cases passed; {len(report.cases) - len(due)} come later.",
    ]
    lines += ["", *(f"* {kind}: {means}" for kind, means in KINDS.items())]
    lines += ["", "Far ends:", "", *(f"* {far}: {who}" for far, who in report.far_ends.items())]
    group = ""
    for case in report.cases:
        if case.group != group:
            group = case.group
            lines += ["", f"## {group}", ""]
            lines += ["| case | kind | title | result | far ends | expected, and why |"]
            lines += ["| --- | --- | --- | --- | --- | --- |"]
        lines.append(_row(report, case))
    return "\n".join(lines) + "\n"


def _row(report: Report, case: Case) -> str:
    result = report.result(case)
    later = case.later is not None and result is Result.SKIPPED
    says = f"later: issue {case.later}" if later else result.value
    far_ends = ", ".join(report.passed_with(case))
    cells = (case.id, case.kind, case.title, says, far_ends, case.reason)
    return f"| {' | '.join(cells)} |"


def main(arguments: list[str] | None = None) -> int:
    """0 done; 1 a test names what is not listed, or with --complete a case has not passed."""
    parser = argparse.ArgumentParser(description="Write the conformance page from a JUnit result.")
    parser.add_argument("junit", type=Path)
    parser.add_argument("--output", type=Path, default=PAGE)
    parser.add_argument("--complete", action="store_true", help="fail if a case has not passed")
    options = parser.parse_args(arguments)
    document = tomllib.loads(CASES.read_text(encoding="utf-8"))
    tests = runs(ElementTree.parse(options.junit).getroot(), "conformance")
    made = report(document, tests)
    options.output.write_text(page(made), encoding="utf-8")
    for claim in made.unknown:
        says = f"{claim.run.test} stands for {claim.case} with {claim.far}: not listed"
        print(f"conformance: {says}", file=sys.stderr)
    missing = made.missing if options.complete else []
    for case in missing:
        says = f"{made.result(case).value}: {case.id}: {case.title}"
        print(f"conformance: {says}", file=sys.stderr)
    return 1 if made.unknown or missing else 0


if __name__ == "__main__":
    sys.exit(main())
