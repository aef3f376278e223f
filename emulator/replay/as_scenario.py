"""A log as a scenario: what the host wrote and the module said, and what the platform asked."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from emulator.cloud.manners import GENERIC
from emulator.cloud.operations import (
    CancelObserve,
    Discover,
    Execute,
    Observe,
    Operation,
    Read,
    Write,
    WriteAttributes,
)
from emulator.quirks import written
from emulator.replay.binding import asks_who, begins_session, in_answers, in_requests, without_place
from emulator.replay.entry import Entry
from emulator.replay.mids import Names
from emulator.replay.requests import Request, operation_of, request_of
from emulator.scenario.document import Setup
from emulator.scenario.platform_words import parse_deed
from emulator.scenario.trouble import Wrong
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import Path
from lwm2m_core.values import Value

PAUSE_S: Final = 1.0
"""Pauses from which on the scenario has them: shorter ones are the time that lines take."""

SPARE_S: Final = 300  # seconds that a scenario may take beyond its pauses
_NAMED: Final = re.compile(
    r"<(?:number|time|rssi|ber|signal|cell|address|version|operator|secrets|seconds)>"
)
_MARK: Final = "\0"  # around the name of a message id, while braces are doubled


def scenario_of(
    entries: Iterable[Entry], setup: Setup, origin: str, early: Mapping[int, int]
) -> Iterator[str]:
    """Its lines, as YAML. The log has to fit into memory: a scenario has at most 256 KiB. `early`
    as of `Matching`: a scenario waits for lines in the order in which the module says them."""
    lines = list(entries)
    pauses = max((each.at or 0.0 for each in lines), default=0.0)
    yield "schema: 1"
    yield f"title: {_quoted(f'From {origin}')}"
    yield from _setup(setup)
    if events := list(_events(lines)):
        yield "events:"
        yield from events
    yield "dialogue:"
    yield from _dialogue(_in_our_order(lines, early))
    yield f"end: {pauses + SPARE_S:.0f}s"


def _in_our_order(lines: Sequence[Entry], early: Mapping[int, int]) -> list[Entry]:
    """The same with early lines behind the result of the command that they came behind."""
    moved: dict[int, list[Entry]] = {}
    for entry in lines:
        if entry.line in early:
            after = (e.line for e in lines if e.line >= early[entry.line] and e.is_final)
            moved.setdefault(next(after, entry.line), []).append(entry)
    there = {entry.line for group in moved.values() for entry in group}
    order: list[Entry] = []
    for entry in lines:
        order += [entry] if entry.line not in there else []
        order += moved.get(entry.line, [])
    return order


def _setup(setup: Setup) -> Iterator[str]:
    yield "setup:"
    for name in ("model", "dialect", "timing", "imei", "imsi", "platform"):
        value = getattr(setup, name)
        if value is not None:
            yield f"  {name}: {_quoted(str(value))}"
    if setup.quirks:
        quirks = ", ".join(f"{n}: {_quoted(written(v))}" for n, v in setup.quirks.items())
        yield f"  quirks: {{{quirks}}}"
    if setup.switches:
        yield f"  switches: {{{', '.join(f'{n}: {v}' for n, v in setup.switches.items())}}}"


def _events(lines: Sequence[Entry]) -> Iterator[str]:
    """What the platform asks, each after the line that stands before it in the log."""
    seen: dict[str, int] = {}
    cause = ""
    asked: dict[str, str] = {}
    for number, entry in enumerate(lines):
        request = request_of(entry.text) if entry.by == "module" else None
        if request is not None and asked.get(request.mid) != entry.text:
            parts = (request, *_parts(lines, number, request))
            asked.update((part.mid, lines[number + n].text) for n, part in enumerate(parts))
            if cause and (deed := deed_of(parts)):
                yield f"  - after: {cause}"
                if seen[cause] > 1:
                    yield f"    nth: {seen[cause]}"
                gap = (entry.at or 0.0) - (lines[number - 1].at or 0.0)
                if gap >= PAUSE_S:
                    yield f"    delay: {gap:.3f}s"
                yield f"    cloud: {_quoted(deed)}"
        if entry.by == "host" and begins_session(entry.text):
            asked.clear()
        cause = _cause(entry)
        seen[cause] = seen.get(cause, 0) + 1


def _parts(lines: Sequence[Entry], number: int, request: Request) -> Iterator[Request]:
    while request.is_part and (number := number + 1) < len(lines):
        following = request_of(lines[number].text)
        if following is None or following.mid != request.mid:
            return
        yield following
        request = following


def _cause(entry: Entry) -> str:
    if entry.by == "module":
        return _quoted(_pattern(in_requests(entry.text, lambda _: _MARK * 2), lambda _: "{*}"))
    text = in_answers(entry.text, lambda _: _MARK * 2)
    return f"{{host: {_quoted(_pattern(text, lambda _: '{*}'))}}}"


def _pattern(line: str, named: Callable[[str], str]) -> str:
    """A line with wildcards: braces doubled, marked ids by their names."""
    text = line.replace("{", "{{").replace("}", "}}")
    text = re.sub(f"{_MARK}(.*?){_MARK}", lambda found: named(found[1]), text)
    return _NAMED.sub("{*}", text)


def _dialogue(lines: Sequence[Entry]) -> Iterator[str]:
    names = Names(_MARK)
    about_itself = False
    gaps = dict(_gaps(lines))
    together = dict(_together(lines))
    until = 0
    for number, entry in enumerate(lines):
        if entry.by == "host":
            about_itself = asks_who(entry.text)
            if number in gaps:
                yield f"  - pause: {gaps[number]:.3f}s"
            yield f"  - host: {_quoted(_pattern(names.of_host(entry.text), _wild))}"
        elif not about_itself or entry.is_final or entry.text.startswith("+MIPL"):
            text = names.of_module(without_place(entry.text))
            if number in together:
                until = together[number]
                yield "  - unordered:"
            lead = "      - " if number < until else "  - module: "
            yield f"{lead}{_quoted(_pattern(text, _wild))}"


def _together(lines: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    """Where a request of the platform stands before an event, up to behind the last such event: the
    platform might as well have asked a moment later."""
    number = 0
    while number < len(lines):
        end = number
        while end < len(lines) and _unsolicited(lines[end]):
            end += 1
        asked = [n for n in range(number, end) if request_of(lines[n].text) is not None]
        told = [n for n in range(number, end) if request_of(lines[n].text) is None]
        if asked and told and asked[0] < told[-1]:
            yield asked[0], told[-1] + 1
        number = end + 1


def _unsolicited(entry: Entry) -> bool:
    return entry.by == "module" and (
        entry.text.startswith("+MIPLEVENT") or request_of(entry.text) is not None
    )


def _wild(name: str) -> str:
    return f"{{{name}}}"


def _gaps(lines: Sequence[Entry]) -> Iterator[tuple[int, float]]:
    """The number of each command that comes long after what stands before it, and how long."""
    for number, entry in enumerate(lines[1:], 1):
        gap = (entry.at or 0.0) - (lines[number - 1].at or 0.0)
        if entry.by == "host" and gap >= PAUSE_S:
            yield number, gap


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def deed_of(parts: Sequence[Request]) -> str:
    """What the platform does, in a scenario's words; empty for what these cannot say."""
    try:
        text = _deed(operation_of(parts, GENERIC))
        parse_deed(text)
    except (EngineError, Wrong):
        return ""
    return text


def _deed(operation: Operation) -> str:
    match operation:
        case Observe(path):
            return f"observe {path}"
        case CancelObserve(path):
            return f"cancel {path}"
        case Discover(path):
            return f"discover {path}"
        case Read(path):
            return f"read {path}"
        case Execute(path, arguments):
            return f"execute {path} {_quoted(arguments)}" if arguments else f"execute {path}"
        case WriteAttributes(path, attributes):
            return " ".join(("attributes", str(path), *attributes))
        case Write(path, entries):
            values = {each.path.resource: each.value for each in entries}
            return _write(path, values)
    return ""


def _write(path: Path, values: Mapping[int | None, Value]) -> str:
    if path.resource is not None:
        return f"write {path} {_value(values[path.resource])}"
    if any(isinstance(value, bytes) for value in values.values()):
        return ""
    return f"write {path} {json.dumps({str(n): v for n, v in values.items()}, ensure_ascii=False)}"


def _value(value: Value) -> str:
    return (
        f"hex:{value.hex()}" if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False)
    )
