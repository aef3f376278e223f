"""The lint over a recording: what the module was like stands in its head."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from emulator.journal import Record
from emulator.lint.facts import Facts, facts_of
from emulator.lint.finding import Finding
from emulator.lint.lint import Lint
from emulator.lint.rules import LintSettings
from emulator.profile import Profile
from emulator.quirks import QuirkError, Quirks, parse_assignment


class Recorded:
    """Takes the records of one modem in their order; `found` gets each finding.

    A switch that was changed while the module ran counts from then on. What a lint of that time
    found is passed over: this one finds it anew. `lint.findings` and `lint.counts` as ever.
    """

    def __init__(
        self,
        profile: Profile,
        quirks: Quirks,
        settings: LintSettings,
        found: Callable[[Finding], None],
    ) -> None:
        self._profile, self._quirks = profile, quirks
        self.lint = Lint(self._facts, settings, found)

    def _facts(self) -> Facts:
        return facts_of(self._profile, self._quirks)

    def read(self, records: Iterable[Record]) -> None:
        """All of them; the module is taken to be switched off after the last."""
        now = 0.0
        for record in records:
            now = record.time
            if record.kind == "quirk":
                self._switch(record.text)
            self.lint(record)
        self.lint.finish(now)

    def _switch(self, text: str) -> None:
        """`name=value name=value`; a switch that only another version has changes nothing."""
        for word in text.split():
            try:
                name, value = parse_assignment(word)
            except QuirkError:
                continue
            self._quirks = replace(self._quirks, **{name: value})
