"""Replays from the disk: the file is read twice, once for what it tells, once to be played."""

import argparse
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from emulator.cli import UsageError
from emulator.cloud.manners import MANNERS, manner_of
from emulator.narration import narrator
from emulator.profile import ProfileError, load_profile
from emulator.quirks import DIALECTS, Dialect, QuirkError, checked, parse_assignment
from emulator.recording.opening import journals_of
from emulator.replay.as_scenario import scenario_of
from emulator.replay.as_transcript import transcript_of
from emulator.replay.entry import Entry, LogError
from emulator.replay.explaining import explain
from emulator.replay.explanation import Explanation
from emulator.replay.header import Header
from emulator.replay.log_facts import ENTRIES_LIMIT, HIDDEN_KEPT, Facts, survey
from emulator.replay.matching import Matching
from emulator.replay.playing import Plan, play_log, with_steps
from emulator.replay.reading import LogReading
from emulator.replay.showing import Outcome
from emulator.scenario.document import Setup
from emulator.scenario.nodes import SIZE_LIMIT
from lwm2m_core.errors import EngineError

TELLING: Final = 0.5  # part of the lines whose side is a guess from which on that is told


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asks for; None: what the log says, else the usual."""

    model: str | None = None
    dialect: Dialect | None = None
    quirks: Mapping[str, Any] = field(default_factory=dict)
    platform: str | None = None
    format: str | None = None
    seed: int | None = None
    explain: bool = True
    thorough: bool = True
    verbose: bool = False
    make_test: Path | None = None
    make_scenario: Path | None = None


def replay(options: argparse.Namespace) -> Outcome:
    """As the command line says; writes the tests that it asks for."""
    try:
        quirks = dict(parse_assignment(text) for text in options.quirk)
    except QuirkError as error:
        raise UsageError(str(error)) from error
    wish = Wish(
        options.model,
        options.dialect,
        quirks,
        options.platform_kind,
        options.format,
        options.seed,
        explain=not options.no_explain,
        verbose=options.verbose,
        make_test=options.make_test,
        make_scenario=options.make_scenario,
    )
    return replay_file(options.log, wish)


def replay_file(log: Path | str, wish: Wish | None = None) -> Outcome:
    """Play a log, compare, and try what explains the first difference. UsageError, LogError."""
    wish = wish or Wish()
    file = journal_of(Path(log))
    with opened(file, wish.format) as reading:
        header, format_ = reading.header, reading.format
        facts = survey(reading)
        broken = reading.trouble
    if not facts.lines["host"]:
        raise LogError(
            f"{file}: no line of it is a command of the host, read as {format_.title}. Known are "
            "AT at the start, a mark before it such as '> ' or 'TX: ', and the formats of "
            "`mipl docs replay`; a terminal logs commands only with echo on, ATE1"
        )
    setup = with_steps(_setup(wish, header, facts, file), facts.observes)
    plan = Plan(setup, facts.has_stamps, thorough=wish.thorough)

    def entries() -> Iterator[Entry]:
        with opened(file, wish.format) as reading:
            yield from reading

    sinks = (narrator("", sys.stderr),) if wish.verbose else ()
    with _quiet():
        matching = play_log(plan, entries(), *sinks)
    notes = [
        *_unplayed(header),
        *_notes(facts),
        *_left_out(matching),
        *_make(wish, entries, setup, matching, Path(log).name),
    ]
    outcome = Outcome(str(log), format_.name, setup.model or "", matching, tuple(notes), broken)
    if matching.first is None or not wish.explain:
        return outcome
    with _quiet():
        explanation = explain(plan, entries, matching.first)
    made = [*_wishes_again(wish, explanation)]
    return replace(outcome, explanation=explanation, notes=(*outcome.notes, *made))


def _wishes_again(wish: Wish, explanation: Explanation) -> Iterator[str]:
    """A test is of the module as it was asked for, not of the one that is explained."""
    if (wish.make_test or wish.make_scenario) and explanation.remedies:
        yield (
            "the test is of a module without what explains the log, and fails; make it again with "
            f"{explanation.options}"
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """What platforms and modem warn of is what the log is about; errors are ours."""
    logger = logging.getLogger("mipl")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _left_out(matching: Matching) -> Iterator[str]:
    if matching.dropped:
        count = matching.dropped
        yield f"{count} lines of the module were not compared: the log has none of them"


def _unplayed(header: Header) -> Iterator[str]:
    if header.unplayed:
        yield (
            f"recorded with {' '.join(header.unplayed)}; a replay does without, and what that "
            "brought about is a difference"
        )


def _make(
    wish: Wish,
    entries: Callable[[], Iterator[Entry]],
    setup: Setup,
    matching: Matching,
    origin: str,
) -> Iterator[str]:
    """Write the tests that are asked for; what people should know of them."""
    if wish.make_test is not None:
        _write(wish.make_test, transcript_of(entries(), setup, origin))
        yield f"{wish.make_test} is a test now: mipl replay {wish.make_test}"
    if wish.make_scenario is not None:
        size = _write(wish.make_scenario, scenario_of(entries(), setup, origin, matching.early))
        yield f"{wish.make_scenario} is a scenario now: mipl play {wish.make_scenario}"
        if size > SIZE_LIMIT:
            yield f"{wish.make_scenario} is too long: {size} bytes, a scenario has {SIZE_LIMIT}"


def _write(file: Path, lines: Iterable[str]) -> int:
    """A new file; its size in bytes. UsageError where there is one."""
    size = 0
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            for line in lines:
                size += len(line.encode()) + 1
                stream.write(f"{line}\n")
    except FileExistsError as error:
        raise UsageError(f"{file}: is there already; name a new file, or remove it") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror})") from error
    return size


def journal_of(log: Path) -> Path:
    """The journal of a recording's folder. UsageError for a folder that is none."""
    if not log.is_dir():
        return log
    journals = journals_of(log)
    if len(journals) > 1:
        raise UsageError(f"{log}: is of several modems; name one of them: {journals[0].parent}")
    return journals[0]


@contextmanager
def opened(file: Path, format_name: str | None) -> Iterator[LogReading]:
    """A log to be read once. UsageError if there is none, LogError."""
    try:
        stream = file.open("rb")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    with stream:
        if not stream.seekable():
            raise UsageError(f"{file}: is no file; write it to one, for it is read twice")
        yield LogReading(stream, str(file), format_name)


def _setup(wish: Wish, header: Header, facts: Facts, file: Path) -> Setup:
    """What the user says rules over what the log says."""
    model = wish.model or header.model or "MN316"
    dialect = wish.dialect or _dialect(header, file)
    platform = wish.platform or header.platform
    try:
        name = load_profile(model).name
        quirks = {name: checked(name, value) for name, value in header.quirks.items()}
        if platform is not None:
            manner_of(platform)
    except (ProfileError, QuirkError, EngineError) as error:
        raise UsageError(str(error)) from error
    return Setup(
        model=name,
        dialect=dialect,
        quirks={**quirks, **wish.quirks},
        timing="fast" if header.timing == "fast" else None,
        seed=wish.seed,
        imei=facts.imei or header.imei,
        imsi=facts.imsi or header.imsi,
        platform=platform,
    )


def _dialect(header: Header, file: Path) -> Dialect | None:
    for dialect in DIALECTS:
        if header.dialect == dialect:
            return dialect
    if header.dialect is not None:
        raise UsageError(f"{file}: there is no dialect '{header.dialect}', but manual and field")
    return None


def _notes(facts: Facts) -> Iterator[str]:
    """What people should know of how the log was understood."""
    total = sum(facts.lines.values())
    if facts.guessed > total * TELLING:
        yield (
            f"the log does not say who said what: {facts.lines['host']} lines that are AT commands "
            f"are taken for the host's, {facts.lines['module']} for the module's"
        )
    if facts.begins_in_session is not None:
        yield (
            f"line {facts.begins_in_session}: the log begins in a session (no AT+MIPLCREATE or "
            "AT+MIPLCREATEEX before it); what came before cannot be played"
        )
    if facts.hidden:
        more = " and more" if len(facts.hidden) == HIDDEN_KEPT else ""
        lines = ", ".join(map(str, facts.hidden))
        yield f"line {lines}{more}: characters are hidden in it; 'a' was played for each"
    known = {manner.platform for manner in MANNERS.values()}
    for number in facts.platforms:
        if number not in known:
            yield f"no local platform has the number {number} of AT+MIPLCFG; see --platform-kind"
    if total > ENTRIES_LIMIT:
        yield f"only the first {ENTRIES_LIMIT} of {total} lines were played"
