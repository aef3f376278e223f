"""`mipl check FILE…`: whether scenarios are right; `mipl play FILE…`: whether all goes as they say.
Read at every start, so it imports little."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.scenario.trouble import Finding

VERBS = ("check", "play")


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

    play = verbs.add_parser(
        "play",
        help="play scenario files, the host's side included",
        description="Plays scenario files from end to end, host included, in virtual time: no "
        "device, no waiting. One line for each on stdout. Exit code 0: all went as written, 1: "
        "something did not.",
    )
    play.add_argument("files", nargs="+", metavar="FILE", type=Path, help="a scenario, YAML")
    play.add_argument("--json", action="store_true", help="one JSON document, for tools")
    play.add_argument(
        "--verbose", action="store_true", help="show AT lines and CoAP datagrams on stderr"
    )


def act(options: argparse.Namespace) -> int:
    """Check or play the files; UsageError if one cannot be read."""
    from emulator.cli import UsageError
    from emulator.scenario.trouble import ScenarioError

    try:
        return _check(options) if options.verb == "check" else _play(options)
    except ScenarioError as error:
        raise UsageError(str(error)) from None


def _check(options: argparse.Namespace) -> int:
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
        for file, findings in found.items():
            if _is_fleet(findings):
                say(f"{file} looks like a fleet; mipl fleet --dry-run {file} checks it")
        say(f"{len(found)} checked, {wrong or 'nothing'} wrong")
    return CHECK_FAILED if any(found.values()) else DONE


def _is_fleet(findings: "tuple[Finding, ...]") -> bool:
    """Whether the file has groups, which no scenario has."""
    return any(not each.field and each.text.startswith("there is no 'groups'") for each in findings)


def findings_of(file: Path) -> "tuple[Finding, ...]":
    """All that is wrong with it. ScenarioError if it cannot be read."""
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


def _play(options: argparse.Namespace) -> int:
    """Every file, also behind one that went wrong; none where one cannot be played."""
    from emulator.cli import CHECK_FAILED, DONE
    from emulator.console import put, say
    from emulator.narration import narrator
    from emulator.scenario.files import to_play
    from emulator.scenario.report import outcome, outcome_json
    from emulator.scenario.stage import play

    scenarios = {str(file): to_play(file) for file in options.files}
    sinks = (narrator("", sys.stderr),) if options.verbose else ()
    documents, wrong = [], 0
    for file, scenario in scenarios.items():
        over = play(scenario, *sinks)
        wrong += over.failure is not None
        documents.append(outcome_json(file, over))
        if not options.json:
            for line in outcome(file, over):
                put(line)
    if options.json:
        put(json.dumps({"files": documents}, indent=1, ensure_ascii=False))
    say(f"{len(scenarios)} played, {wrong or 'nothing'} wrong")
    return CHECK_FAILED if wrong else DONE
