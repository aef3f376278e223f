"""The lint of one modem at work: it hears the journal, and what it finds stands in it too."""

import logging
from collections.abc import Callable

from emulator.journal import Journal, Record
from emulator.lint.facts import Facts
from emulator.lint.finding import Finding
from emulator.lint.lint import Lint
from emulator.lint.rules import LintSettings

log = logging.getLogger("mipl.lint")


class Watch:
    """`facts()` tells of the module as it is now, `name()` what people know it by. `strict`: a bug
    of the lint raises; else it must not keep a command from its result."""

    def __init__(
        self,
        journal: Journal,
        facts: Callable[[], Facts],
        settings: LintSettings,
        name: Callable[[], str],
        *,
        strict: bool,
    ) -> None:
        self.lint = Lint(facts, settings, self._found)
        self._journal, self._name, self._strict = journal, name, strict
        journal.sinks.append(self._heed)

    def _heed(self, record: Record) -> None:
        try:
            self.lint(record)
        except Exception:
            if self._strict:
                raise
            log.exception("a bug of the host lint; the module goes on")

    def _found(self, finding: Finding) -> None:
        """Every finding is in the journal; of each kind the first is told with what to do."""
        self._journal.record(finding.time, "lint", finding.cause, text=str(finding))
        if finding.count == 1:
            log.warning("%s: %s\n  %s", self._name(), finding, finding.rule.instead)
