"""The scenario that repeats a break: written, and run with the host before it is told of."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from emulator.explore.document import Document, disturbed, text_of, without_last
from emulator.explore.expecting import expected
from emulator.explore.found import Break, Found, Kept
from emulator.explore.proof import proved
from emulator.explore.trial import Plan
from emulator.scenario.document import Pause
from emulator.scenario.reading import read_scenario

CANDIDATES: Final = 6
"""Breaks that are tried at most for one of which the scenario fails."""

TIMES: Final = 2
"""How often a scenario is run with the host: it has to fail each time."""

LINK: Final = "/tmp/modem0"


@dataclass(frozen=True, slots=True)
class Keeping:
    """`document`: the scenario that every life has around it. `out`: where the one with the
    collision goes. `asks`: its events are those of --ask."""

    plan: Plan
    document: Document
    out: Path
    asks: bool = False

    def keep(self, found: Found) -> Kept:
        """Write the scenario of the simplest break of which it fails with this host; where there is
        none, that of the simplest. LabError and the like, and OSError."""
        if found.least is None:
            return Kept()
        best, candidates = Kept(), [*_candidates(found, found.least)][:CANDIDATES]
        for tried, each in enumerate(candidates, 1):
            document, notes = self._document(each, found)
            self._write(each, document)
            kept = replace(self._proved(), shown=each, tried=tried, notes=notes)
            if kept.failed == TIMES:
                return kept
            if best.shown is None or (kept.failed, bool(kept.code)) > (
                best.failed,
                bool(best.code),
            ):
                best = kept
        assert best.shown is not None
        self._write(best.shown, self._document(best.shown, found)[0])
        return replace(best, tried=len(candidates))

    def _document(self, broken: Break, found: Found) -> tuple[Document, tuple[str, ...]]:
        """And what is to be said of it."""
        own, notes = bool(self.document.get("dialogue")), []
        document = self.document
        if own and document.get("events"):
            notes.append("its dialogue is yours: a host that leaves earlier may miss its events")
        if not own:
            document = without_last(document, broken.placed)
            if document is not self.document and not self.asks:
                notes.append("the last event is left out: a host that has got it may have left")
        wanted = expected(broken.placed, found.sheet, found.usual, broken.sign, broken.late)
        return disturbed(document, broken.placed, wanted), tuple(notes)

    def _write(self, broken: Break, document: Document) -> None:
        host = shlex.join(word.replace("{port}", LINK) for word in self.plan.host)
        comment = (
            f"{broken.placed.rank}: {broken.placed}",
            broken.why,
            "Start the module, and when it has told where its HTTP API is, the host:",
            f"    mipl run --scenario {self.out} --link {LINK}",
            f"    {host}",
        )
        self.out.write_text(text_of(document, comment), encoding="utf-8")

    def _proved(self) -> Kept:
        """What comes of the written scenario with the host."""
        reading = read_scenario(self.out.read_bytes())
        if reading.scenario is None:
            raise AssertionError([str(each) for each in reading.findings])
        scenario = reading.scenario
        pauses = sum(each.seconds for each in scenario.dialogue if isinstance(each, Pause))
        runs = [proved(self.out, self.plan, scenario.limit, pauses) for _ in range(TIMES)]
        failures = [each.failure for each in runs if each.failure]
        code = next((each.code for each in runs if each.code), None)
        failure = failures[0] if failures else ""
        return Kept(str(self.out), None, failure, len(failures), len(runs), code)


def _candidates(found: Found, least: Break) -> Iterator[Break]:
    """The simplest first, each placement once."""
    seen: list[object] = []
    for each in (least, *found.breaks, *reversed(found.others)):
        if each.placed not in seen:
            seen.append(each.placed)
            yield each
