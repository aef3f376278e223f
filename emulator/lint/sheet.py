"""The rules as a listing, as JSON, and as the table of docs/host-lint.md."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from textwrap import wrap

from emulator.lint.lint import Lint
from emulator.lint.rules import RULES

WIDTH = 100
INDENT = "    "


def rules_text() -> str:
    """For people, in lines of 100 characters."""
    lines = ["Rules of mipl run --lint; --lint-ignore RULE leaves one out.", ""]
    for rule in RULES:
        lines += [f"{rule.name}  ({rule.severity}; {rule.source})"]
        for text in (rule.sentence, rule.instead):
            lines += wrap(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
        lines += [""]
    return "\n".join(lines[:-1])


def rules_json() -> str:
    """A list of objects: name, severity, sentence, source, instead."""
    return json.dumps([asdict(rule) for rule in RULES], indent=2, ensure_ascii=False)


def findings_json(found: Mapping[str, Lint]) -> str:
    """`files` by name: how many of each rule, and the first findings (FINDING_LIMIT)."""
    files = [
        {
            "file": name,
            "counts": dict(lint.counts),
            "findings": [
                {
                    "rule": each.rule.name,
                    "severity": each.rule.severity,
                    "time": round(each.time, 6),
                    "record": each.cause,
                    "line": each.line,
                    "detail": each.detail,
                }
                for each in lint.findings
            ],
        }
        for name, lint in found.items()
    ]
    return json.dumps({"files": files}, indent=2, ensure_ascii=False)


def rules_table() -> str:
    """The Markdown table of docs/host-lint.md."""
    rows = [
        f"| `{rule.name}` | {rule.severity} | {rule.sentence} | {rule.instead} | {rule.source} |"
        for rule in RULES
    ]
    head = "| rule | severity | what the host does | what to do instead | source |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows, ""])


if __name__ == "__main__":
    print(rules_table(), end="")
