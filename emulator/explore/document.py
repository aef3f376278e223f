"""The scenario of a search, as a file has it: what every life of the host has around it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from emulator.explore.expecting import Expected, seconds
from emulator.explore.lines import REQUESTS
from emulator.explore.placement import Placement
from emulator.scenario.platform_words import CloudDeed

Document = Mapping[str, Any]
"""Lists, mappings, texts, numbers and truths, as a file of docs/scenarios.md has them."""

FIRST_ASK: Final = "50ms"  # so long after the platform is ready: the host has come to rest (chosen)


def document_of(
    setup: Mapping[str, Any], asks: Sequence[CloudDeed], faults: Sequence[str] = ()
) -> dict[str, Any]:
    """A scenario of which the platform does one thing after the other."""
    events: list[dict[str, Any]] = []
    after, delay = "ready", FIRST_ASK
    answers: Counter[str] = Counter()
    for ask in asks:
        nth = {"nth": answers[after]} if answers[after] > 1 else {}
        cause = {"after": {"platform": after}, **nth}
        events.append({**cause, **({"delay": delay} if delay else {}), "cloud": ask.text})
        path = f" {ask.path}" if ask.path is not None else ""
        after, delay = f"answered {ask.deed}{path}", ""
        answers[after] += 1
    said = {name: value for name, value in setup.items() if value not in (None, {}, ())}
    lists = {"faults": list(faults), "events": events}
    return {"schema": 1, "setup": said} | {key: items for key, items in lists.items() if items}


def loosened(document: Document, placed: Placement, undone: Iterable[int]) -> Document:
    """Without events that had not happened when the host had left undisturbed. What platforms ask
    when each kind of their requests has been there once, those that collide among them, is
    optional: a host that is right may have all then, and leave."""
    if "events" not in document:
        return document
    late, collided = set(undone), {line.kind for line in placed.lines if line.mid is not None}
    events = [each for n, each in enumerate(document["events"] or ()) if n not in late]
    needed = {kind for each in events if (kind := _asked(each))} - collided
    loose: list[Mapping[str, Any]] = []
    for each in events:
        is_late = bool(collided) and not needed
        loose.append({**each, "optional": "on"} if is_late and _asked(each) else each)
        needed.discard(_asked(each))
    return {**document, "events": loose}


def _asked(event: Mapping[str, Any]) -> str:
    """The kind of a request of a platform; empty for other events."""
    deed = str(event.get("cloud", "")).partition(" ")[0]
    return deed if deed in REQUESTS else ""


def disturbed(document: Document, placed: Placement, expected: Expected | None) -> dict[str, Any]:
    """The same with the collision, and with what the host is expected to write behind it; with
    None, the dialogue that it has stays as it is."""
    faults = [*(document.get("faults") or ()), *map(str, placed.faults)]
    title = f"{document.get('title', 'Collision')}: {placed}"
    kept = {key: value for key, value in document.items() if key not in ("schema", "title")}
    kept = {"schema": 1, "title": title, **kept, "faults": faults}
    if placed.settles and kept.get("events"):
        first, *rest = kept["events"]
        kept["events"] = [{**first, "delay": seconds(placed.settles)}, *rest]
    if expected is None:
        return kept
    kept = {key: value for key, value in kept.items() if key not in ("dialogue", "end", "strict")}
    return {**kept, "dialogue": list(expected.entries), "end": seconds(expected.seconds)}


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
