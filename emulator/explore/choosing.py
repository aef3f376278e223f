"""What the options of `mipl explore` say; everything that can be wrong with them is said here."""

import argparse
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

from emulator.cli import UsageError
from emulator.explore.document import document_of, text_of
from emulator.explore.found import Found
from emulator.explore.keeping import Keeping
from emulator.explore.lines import KINDS, Printer
from emulator.explore.positions import ranked
from emulator.explore.searching import NoBaseline, Search, Told, Wanted, calmest
from emulator.explore.sheet import Sheet
from emulator.explore.trial import Life, Plan
from emulator.explore.verb import JOBS_MOST, LONGEST_S
from emulator.faults.errors import nearest
from emulator.modem import build_firmware
from emulator.profile import ProfileError
from emulator.quirk_kinds import written
from emulator.quirks import QuirkError, Quirks, parse_assignment
from emulator.scenario.fault_kind import plain
from emulator.scenario.files import to_run
from emulator.scenario.nodes import compose
from emulator.scenario.platform_words import CloudDeed, parse_deed
from emulator.scenario.reading import read_scenario
from emulator.scenario.stage import settings_of
from emulator.scenario.trouble import ScenarioError, Wrong
from emulator.seeds import new_seed
from lwm2m_core.paths import Path

USUAL_PATH = Path(3200, 0, 5750)  # what the manual's examples are about

PLATFORM_DELAY = "0.1"  # seconds that a platform takes for each step (chosen)
SLOWER = "undisturbed the host passes only with the module's pauses (--timing module)"
CALM = (
    "undisturbed the host passes only with pauses of module and platform: lines of its own break it"
)

ANSWERED = {"late_rsp": "ok"}
"""The module takes an answer to a request that nobody has sent: to the host it is a real one."""

_NOTIFY = re.compile(r"AT\+MIPLNOTIFY=\d+,\d*,(\d+),(\d+),(\d+)", re.I)
_ADDOBJ = re.compile(r"AT\+MIPLADDOBJ=\d+,(\d+)", re.I)


@dataclass(frozen=True, slots=True)
class Chosen:
    """`document`: the scenario that every life has around it, as a file would have it. `out`: where
    the one with the collision goes. `slower`: the same with pauses, for a host that does not pass
    without them; `calmed` says with which. `asks`: its events are those of --ask."""

    plan: Plan
    wanted: Wanted
    document: Mapping[str, Any]
    quirks: Quirks
    path: Path | None
    out: File
    slower: "Chosen | None" = None
    calmed: str = ""
    asks: bool = False

    def printer(self, sheet: Sheet) -> Printer:
        """Lines about a resource of the host."""
        return Printer(self.quirks, self.path or path_of(sheet))

    def search(self, told: Told) -> Found:
        """Search, and write the scenario where something is found. LabError, PortError or OSError
        where the host cannot be started, NoBaseline where it does not pass undisturbed."""
        began = time.monotonic()
        steps = [*self._steps()]
        number, life = calmest([each.plan for each in steps], self.wanted.limit)
        found, step = self._found(steps[number:], life, told)
        found.warning = found.warning or step.calmed
        found.kept = Keeping(step.plan, step.document, step.out, step.asks).keep(found)
        found.seconds = time.monotonic() - began
        return found

    def _found(self, steps: "Sequence[Chosen]", life: Life, told: Told) -> "tuple[Found, Chosen]":
        """With the first of the steps with which the host passes twice."""
        failures: list[NoBaseline] = []
        for step in steps:
            first = None if failures else life
            try:
                return Search(step.plan, self.wanted, step.printer, told).run(first), step
            except NoBaseline as error:
                failures.append(error)
        raise failures[0]

    def _steps(self) -> "Iterator[Chosen]":
        yield self
        if self.slower is not None:
            yield from self.slower._steps()


def path_of(sheet: Sheet) -> Path:
    """The resource that requests are about: the first that the host has reported, else one of an
    object that it has added."""
    for exchange in sheet.exchanges:
        if found := _NOTIFY.match(exchange.text):
            return Path(*map(int, found.groups()))
    for exchange in sheet.exchanges:
        if found := _ADDOBJ.match(exchange.text):
            return Path(int(found[1]), 0, USUAL_PATH.resource)
    return USUAL_PATH


def choose(options: argparse.Namespace) -> Chosen:
    """UsageError for what cannot be, before anything is started."""
    chosen = _chosen(options)
    if options.timing is not None or _timing(options) is not None:
        return chosen
    slower = {**vars(options), "timing": "module", "seed": chosen.plan.seed}
    around = {**options.around, "switches": {"delay": PLATFORM_DELAY}}
    calm = _chosen(argparse.Namespace(**{**slower, "around": around}))
    calm = replace(calm, calmed=CALM)
    return replace(
        chosen, slower=replace(_chosen(argparse.Namespace(**slower)), calmed=SLOWER, slower=calm)
    )


def _timing(options: argparse.Namespace) -> str | None:
    """What the scenario says of it."""
    return None if options.scenario is None else to_run(options.scenario).setup.timing


def _chosen(options: argparse.Namespace) -> Chosen:
    words = options.host[1:] if options.host[:1] == ["--"] else options.host
    if not words:
        raise UsageError("which program is the host? mipl explore -- build/firmware {port}")
    _check_numbers(options)
    document = _document(options)
    reading = read_scenario(text_of(document).encode())
    if reading.scenario is None:
        raise UsageError("\n".join(f"{each.field}: {each.text}" for each in reading.findings))
    seed = next(s for s in (options.seed, reading.scenario.setup.seed, new_seed()) if s is not None)
    document = {**document, "setup": {**document.get("setup", {}), "seed": seed}}
    host = tuple(words)
    plan = Plan(host, reading.scenario, seed, options.until, options.serial, options.folder)
    wanted = Wanted(
        _positions(options),
        _kinds(options.urc),
        options.jobs,
        options.limit,
        options.every,
        options.go_on,
        options.most,
    )
    try:
        firmware = build_firmware(settings_of(reading.scenario, seed))
    except (ProfileError, QuirkError) as error:
        raise UsageError(str(error)) from error
    path, asks = _path(options.path), bool(options.ask)
    return Chosen(plan, wanted, document, firmware.quirks, path, options.out, asks=asks)


def _positions(options: argparse.Namespace) -> tuple[str, ...]:
    """Those of long chains of requests only where it is known when a platform asks: it has to wait
    for their end."""
    names = ranked(options.harsh)
    asks = options.scenario is None
    return tuple(name for name in names if asks or not name.startswith("chained-"))


def _check_numbers(options: argparse.Namespace) -> None:
    if not 1 <= options.jobs <= JOBS_MOST:
        raise UsageError(f"--jobs {options.jobs} is not between 1 and {JOBS_MOST}")
    if options.limit is not None and not 0 < options.limit <= LONGEST_S:
        raise UsageError(f"--limit {options.limit:g} is not between 0 and {LONGEST_S:g} seconds")
    if options.most is not None and options.most < 1:
        raise UsageError(f"--most {options.most} is not 1 or more")
    if not options.out.parent.is_dir():
        raise UsageError(f"--out {options.out}: there is no folder {options.out.parent}")


def _document(options: argparse.Namespace) -> dict[str, Any]:
    """The scenario of a file with the options on top, or that of the options alone."""
    asks = [_ask(text) for text in options.ask]
    try:
        quirks = dict(parse_assignment(text) for text in options.quirk)
    except (ProfileError, QuirkError) as error:
        raise UsageError(str(error)) from error
    said = {"model": options.model, "dialect": options.dialect, "timing": options.timing}
    setup: dict[str, Any] = {key: value for key, value in said.items() if value is not None}
    if options.scenario is None:
        named = {"model": "MN316", "timing": "fast", **setup, "quirks": _written(quirks)}
        return document_of({**named, **options.around}, asks, options.fault)
    if asks:
        raise UsageError("--ask goes without --scenario: write an event into the file")
    try:
        to_run(options.scenario)
    except ScenarioError as error:
        raise UsageError(str(error)) from error
    document: dict[str, Any] = plain(compose(options.scenario.read_text(encoding="utf-8")))
    base = document.get("setup") or {}
    merged = {"timing": "fast", **base, **setup, **options.around}
    switches = {**(base.get("switches") or {}), **options.around.get("switches", {})}
    merged |= {"switches": switches} if switches else {}
    merged["quirks"] = _written({**(base.get("quirks") or {}), **quirks})
    faults = [*(document.get("faults") or ()), *options.fault]
    return {**document, "setup": merged, **({"faults": faults} if faults else {})}


def _written(quirks: Mapping[str, Any]) -> dict[str, Any]:
    return {**ANSWERED, **{name: written(value) for name, value in quirks.items()}}


def _ask(text: str) -> CloudDeed:
    try:
        return parse_deed(text)
    except Wrong as error:
        raise UsageError(f"--ask '{text}': {error}") from error


def _kinds(text: str | None) -> tuple[str, ...]:
    names = tuple(filter(None, (name.strip() for name in (text or "").split(","))))
    for name in names:
        if name not in KINDS:
            raise UsageError(f"--urc: no line is called '{name}'{nearest(name, KINDS)}")
    return tuple(dict.fromkeys(names))


def _path(text: str | None) -> Path | None:
    if text is None:
        return None
    try:
        path = Path.parse(text)
    except ValueError as error:
        raise UsageError(f"--path '{text}': {error}") from error
    if path.resource is None:
        raise UsageError(f"--path {text} is no resource, such as /3200/0/5750")
    return path
