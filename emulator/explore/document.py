"""The scenario of a search, as a file has it: what every life of the host has around it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from emulator.explore.judging import ANSWER_S
from emulator.explore.placement import Placement
from emulator.explore.sheet import Sheet
from emulator.scenario.platform_words import CloudDeed
from emulator.secrecy import redact

Document = Mapping[str, Any]
"""Lists, mappings, texts, numbers and truths, as a file of docs/scenarios.md has them."""

FIRST_ASK: Final = "50ms"  # so long after the platform is ready: the host has come to rest (chosen)
MARGIN_S: Final = 10.0  # what the disturbed host may take longer


def document_of(
    setup: Mapping[str, Any], asks: Sequence[CloudDeed], faults: Sequence[str] = ()
) -> dict[str, Any]:
    """A scenario of which the platform does one thing after the other."""
    events: list[dict[str, Any]] = []
    after, delay = "ready", FIRST_ASK
    for ask in asks:
        cause = {"after": {"platform": after}}
        events.append({**cause, **({"delay": delay} if delay else {}), "cloud": ask.text})
        path = f" {ask.path}" if ask.path is not None else ""
        after, delay = f"answered {ask.deed}{path}", ""
    said = {name: value for name, value in setup.items() if value not in (None, {}, ())}
    lists = {"faults": list(faults), "events": events}
    return {"schema": 1, "setup": said} | {key: items for key, items in lists.items() if items}


def without_last(document: Document, placed: Placement) -> Document:
    """Without what the platform asks last, if such a request collides: a host that has got it
    leaves when it has got the others, and may be gone before the platform asks."""
    *others, last = document["events"]
    if str(last["cloud"]).partition(" ")[0] not in {line.kind for line in placed.lines if line.mid}:
        return document
    return {**document, "events": others}


def disturbed(document: Document, placed: Placement, sheet: Sheet) -> dict[str, Any]:
    """The same with the collision, and with what the host is expected to write behind it."""
    faults = [*document.get("faults", ()), *map(str, placed.faults)]
    dialogue = document.get("dialogue") or [*_expected(placed, sheet)]
    title = f"{document.get('title', 'Collision')}: {placed}"
    end = document.get("end") or f"{sheet.seconds * 2 + ANSWER_S + MARGIN_S:.0f}s"
    kept = {key: value for key, value in document.items() if key not in ("schema", "title")}
    return {
        "schema": 1,
        "title": title,
        **kept,
        "faults": faults,
        "dialogue": dialogue,
        "end": end,
    }


def _expected(placed: Placement, sheet: Sheet) -> list[dict[str, Any]]:
    """The command, the answer to each request that collides with it, and the last command."""
    entries: list[dict[str, Any]] = [{"host": _pattern(placed.exchange.text)}]
    for line in placed.lines:
        if line.mid is not None:
            answer = f"AT{line.answer}={{ref}},{line.mid},{{*}}"
            entries.append({"host": answer, "within": f"{ANSWER_S + sheet.silence:.0f}s"})
    last = sheet.exchanges[-1]
    if last.number > placed.exchange.number:
        entries.append({"host": _pattern(last.text)})
    return entries


def _pattern(text: str) -> str:
    """A line of the host without its secrets; what answers a request has another message id each
    time."""
    command, _, rest = text.partition("=")
    if redact(text) != text:
        return f"{_escaped(command)}={{*}}"
    if not command.upper().endswith("RSP") or rest.count(",") < 1:
        return _escaped(text)
    ref, _, more = rest.partition(",")
    _, comma, tail = more.partition(",")
    return f"{_escaped(command)}={_escaped(ref)},{{*}}{comma}{_escaped(tail)}"


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def text_of(document: Document, comment: Sequence[str] = ()) -> str:
    """YAML: one line for every entry of a list, texts in quotes."""
    lines = [f"# {line}".rstrip() for line in comment]
    for key, value in document.items():
        if isinstance(value, list | tuple) and value:
            lines.append(f"{key}:")
            lines += [f"  - {_flow(item)}" for item in value]
        else:
            lines.append(f"{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
