"""`mipl lint --rules`, and the options of `mipl run` about the lint."""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.lint.rules import LintSettings

VERB = "lint"


def add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the verb."""
    lint = verbs.add_parser(VERB, help="list the rules that `mipl run --lint` watches")
    lint.add_argument("--rules", action="store_true", help="list every rule with its source")
    lint.add_argument("--json", action="store_true", help="one JSON document, for tools")


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
    for option, what in (("--lint-only", "watch this rule alone"), ("--lint-ignore", "not this")):
        add(
            option,
            action="append",
            default=[],
            metavar="RULE",
            help=f"{what} (may be given several times; mipl lint --rules lists them)",
        )


def show(options: argparse.Namespace) -> int:
    """Print the rules."""
    from emulator.cli import DONE, UsageError
    from emulator.console import put
    from emulator.lint import sheet

    if not options.rules:
        raise UsageError("nothing to do; write `mipl lint --rules`")
    put(sheet.rules_json() if options.json else sheet.rules_text())
    return DONE


def settings_of(options: argparse.Namespace) -> "LintSettings | None":
    """What the options of `mipl run` ask for; UsageError for a rule that there is not."""
    from emulator.cli import UsageError
    from emulator.lint.rules import LintSettings, RuleError

    if options.lint == "off":
        if options.lint_only or options.lint_ignore:
            raise UsageError("--lint-only and --lint-ignore go with --lint")
        return None
    try:
        return LintSettings(frozenset(options.lint_only), frozenset(options.lint_ignore))
    except RuleError as error:
        raise UsageError(str(error)) from error


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
