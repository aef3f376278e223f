"""The scenario that repeats a break: written, and run with the host before it is told of."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from emulator.explore.document import Document, disturbed, loosened, text_of
from emulator.explore.expecting import expected
from emulator.explore.found import Break, Found, Kept
from emulator.explore.proof import Proof, proved
from emulator.explore.trial import Plan
from emulator.scenario.document import Pause
from emulator.scenario.reading import read_scenario

CANDIDATES: Final = 4
"""Breaks that are tried at most for one of which the scenario fails."""

TIMES: Final = 2
"""How often a scenario is run with the host: it has to fail each time."""

LINK: Final = "/tmp/modem0"


Notes = tuple[str, ...]


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
        best = Kept()
        for tried, (each, document, notes) in enumerate(self._candidates(found, found.least), 1):
            self._write(each, document)
            kept = self._proved()
            kept = replace(kept, shown=each, tried=tried, notes=(*notes, *kept.notes))
            if kept.failed == TIMES:
                return kept
            if best.shown is None or (kept.failed, bool(kept.code)) > (
                best.failed,
                bool(best.code),
            ):
                best, text = kept, self.out.read_text(encoding="utf-8")
        self.out.write_text(text, encoding="utf-8")
        return replace(best, tried=tried)

    def _candidates(self, found: Found, least: Break) -> "Iterator[tuple[Break, Document, Notes]]":
        """A scenario of each break, the simplest first; and what is to be said of it. One with a
        dialogue stays as it is; if that does not show the break, what the host wrote undisturbed
        takes its place."""
        for each in [*_breaks(found, least)][:CANDIDATES]:
            if self.document.get("dialogue"):
                yield each, disturbed(self.document, each.placed, None), ()
            document = loosened(self.document, each.placed, found.usual.undone)
            wanted = expected(each.placed, found.sheet, found.usual, each.sign, each.late)
            yield each, disturbed(document, each.placed, wanted), tuple(self._notes(document))

    def _notes(self, document: Document) -> Iterator[str]:
        if self.document.get("dialogue"):
            yield "its dialogue is what the host writes undisturbed: with yours, all is as written"
        left = len(self.document.get("events") or ()) - len(document.get("events") or ())
        if left and not self.asks:
            yield f"{left} of your events left out: the host may have left before"

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
        runs: list[Proof] = []
        while len(runs) < TIMES and all(each.failure for each in runs):
            runs.append(proved(self.out, self.plan, scenario.limit, pauses))
        # an event that comes too late, or never, says nothing about the host
        failures = [e.failure for e in runs if e.failure and not e.failure.startswith("events[")]
        missed = next((e.failure for e in runs if e.failure.startswith("events[")), "")
        code = next((each.code for each in runs if each.code), None)
        failure, notes = failures[0] if failures else "", (missed,) if missed else ()
        kept = Kept(str(self.out), None, failure, len(failures), len(runs), code)
        return replace(kept, notes=notes)


def _breaks(found: Found, least: Break) -> Iterator[Break]:
    """The simplest first, each placement once."""
    seen: list[object] = []
    for each in (least, *found.breaks, *reversed(found.others)):
        if each.placed not in seen:
            seen.append(each.placed)
            yield each
