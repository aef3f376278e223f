"""`mipl lint`, and the options of `mipl run` about the lint."""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.lint.finding import Finding
    from emulator.lint.recorded import Recorded
    from emulator.lint.rules import LintSettings
    from emulator.recording.reader import Reading

VERB = "lint"


def add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the verb."""
    lint = verbs.add_parser(
        VERB,
        help="say where the host of a recording broke the manual's rules, or list the rules",
        description="Looks at recordings of `mipl run --record`: one line on stdout for each "
        "finding. Exit code 0: none, 1: some. With --rules it lists the rules.",
    )
    lint.add_argument(
        "recordings",
        nargs="*",
        metavar="FILE",
        type=Path,
        help="a journal.jsonl, a recording's folder, or a folder of several modems",
    )
    lint.add_argument("--rules", action="store_true", help="list every rule with its source")
    lint.add_argument("--json", action="store_true", help="one JSON document, for tools")
    _add_choice(lint.add_argument, "--only", "--ignore")


def add_options(add: Callable[..., object]) -> None:
    """The options of `mipl run`."""
    add(
        "--lint",
        nargs="?",
        const="warn",
        default="off",
        choices=("warn", "error", "off"),
        help="say where the host breaks the manual's rules; error: exit code 1 if it did "
        "(default: off; --lint alone: warn)",
    )
    _add_choice(add, "--lint-only", "--lint-ignore")


def _add_choice(add: Callable[..., object], only: str, ignore: str) -> None:
    for option, what in ((only, "watch this rule alone"), (ignore, "not this")):
        add(
            option,
            action="append",
            default=[],
            metavar="RULE",
            help=f"{what} (may be given several times; mipl lint --rules lists them)",
        )


def show(options: argparse.Namespace) -> int:
    """Print the rules, or what is found in recordings."""
    from emulator.cli import DONE, UsageError
    from emulator.console import put
    from emulator.lint import sheet

    if not options.rules:
        if options.recordings:
            return _examine(options)
        raise UsageError("nothing to do; write `mipl lint DIR` or `mipl lint --rules`")
    if options.recordings or options.only or options.ignore:
        raise UsageError("--rules lists all rules, and looks at no recording")
    put(sheet.rules_json() if options.json else sheet.rules_text())
    return DONE


def _examine(options: argparse.Namespace) -> int:
    """Look at recordings: 1 if anything was found; else 3 if one could not be read to its end."""
    from emulator.cli import DONE, RUN_FAILED
    from emulator.console import put, say
    from emulator.lint.sheet import findings_json
    from emulator.recording.opening import journals_of, opened

    settings = _chosen(options.only, options.ignore)
    found = {}
    broken = False
    for file in (file for given in options.recordings for file in journals_of(given)):
        with opened(file) as reading:
            found[str(file)] = _lint(reading, file, settings, told=not options.json).lint
            if reading.trouble is not None:
                say(f"{reading.trouble}; what stands before it was looked at")
                broken = True
    if options.json:
        put(findings_json(found))
    code = conclude([lint.counts for lint in found.values()], "error")
    return RUN_FAILED if broken and code == DONE else code


def _lint(reading: "Reading", file: Path, settings: "LintSettings", *, told: bool) -> "Recorded":
    """Look at one recording; each finding is told as it is found."""
    from emulator.cli import UsageError
    from emulator.console import put
    from emulator.lint.recorded import Recorded
    from emulator.profile import ProfileError
    from emulator.quirks import QuirkError
    from emulator.recording.setup import firmware_of

    def tell(finding: "Finding") -> None:
        if told:
            put(f"{file}: {finding.time:.3f} s, record {finding.cause}: {finding}")
            if finding.count == 1:
                put(f"  {finding.rule.instead}")

    try:
        firmware = firmware_of(reading.head)
    except (ProfileError, QuirkError) as error:
        raise UsageError(f"{file}:1: {error}") from error
    recorded = Recorded(firmware.profile, firmware.quirks, settings, tell)
    recorded.read(reading)
    return recorded


def _chosen(only: Sequence[str], ignore: Sequence[str]) -> "LintSettings":
    """UsageError for a rule that there is not."""
    from emulator.cli import UsageError
    from emulator.lint.rules import LintSettings, RuleError

    try:
        return LintSettings(frozenset(only), frozenset(ignore))
    except RuleError as error:
        raise UsageError(str(error)) from error


def settings_of(options: argparse.Namespace) -> "LintSettings | None":
    """What the options of `mipl run` ask for; UsageError for a rule that there is not."""
    from emulator.cli import UsageError

    if options.lint == "off":
        if options.lint_only or options.lint_ignore:
            raise UsageError("--lint-only and --lint-ignore go with --lint")
        return None
    return _chosen(options.lint_only, options.lint_ignore)


def conclude(found_by_modem: Sequence[Mapping[str, int]], how: str) -> int:
    """Sum up what was found, by rule and modem, on stderr; the exit code."""
    from emulator.cli import CHECK_FAILED, DONE
    from emulator.console import say

    if how == "off":
        return DONE
    counts: Counter[str] = Counter()
    for found in found_by_modem:
        counts.update(found)
    listed = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    say(f"lint: {counts.total()} findings: {listed}" if listed else "lint: no findings")
    return CHECK_FAILED if counts and how == "error" else DONE
