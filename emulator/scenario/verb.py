"""`mipl check FILE…`: whether scenarios are right. Read at every start, so it imports little."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.scenario.trouble import Finding

VERBS = ("check",)


def add_verbs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of these verbs."""
    check = verbs.add_parser(
        "check",
        help="say what is wrong with scenario files",
        description="Says what is wrong with scenario files, and what in them can never happen: "
        "one finding a line on stdout. Exit code 0: nothing is wrong, 1: something is.",
    )
    check.add_argument("files", nargs="*", metavar="FILE", type=Path, help="a scenario, YAML")
    check.add_argument("--json", action="store_true", help="one JSON document, for tools")
    check.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of scenarios, for editors"
    )


def act(options: argparse.Namespace) -> int:
    """Check the files; UsageError if one cannot be read."""
    from emulator.cli import CHECK_FAILED, DONE, UsageError
    from emulator.console import put, say

    if options.schema:
        from emulator.scenario.schema import schema_text

        put(schema_text().removesuffix("\n"))
        return DONE
    if not options.files:
        raise UsageError("which files? For example: mipl check scenario.yaml")
    found = {str(file): findings_of(file) for file in options.files}
    if options.json:
        put(_json(found))
    else:
        for file, findings in found.items():
            for finding in findings:
                put(f"{file}:{finding.line}: {finding}")
        wrong = sum(map(bool, found.values()))
        say(f"{len(found)} checked, {wrong or 'nothing'} wrong")
    return CHECK_FAILED if any(found.values()) else DONE


def findings_of(file: Path) -> "tuple[Finding, ...]":
    """All that is wrong with it. UsageError if it cannot be read."""
    from emulator.scenario.files import load

    return load(file).findings


def _json(found: "dict[str, tuple[Finding, ...]]") -> str:
    """`{"files": [{"file": …, "findings": [{"line": 3, "field": "…", "text": "…"}]}]}`"""
    files = [
        {
            "file": file,
            "findings": [
                {"line": each.line, "field": each.field, "text": each.text} for each in findings
            ],
        }
        for file, findings in found.items()
    ]
    return json.dumps({"files": files}, indent=1, ensure_ascii=False)
