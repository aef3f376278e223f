"""Faults as one line of text and as mappings, read and written. docs/faults.md has the grammar.

parse_fault('command +MIPLNOTIFY nth 3: busy')
fault_from({"where": "command +MIPLNOTIFY", "nth": 3, "what": "busy"})
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

from emulator.faults import hints
from emulator.faults.errors import FaultError, nearest
from emulator.faults.fault import (
    CONDITIONS,
    DEFAULTS,
    NAME,
    STATES,
    Fault,
    often_text,
    what_text,
)
from emulator.faults.syntax import COUNT, SECONDS, Arg, Syntax
from emulator.faults.whats import PLACES, POSSIBLE, What
from emulator.faults.words import Word, words_of

__all__ = ["STATES", "Fault", "FaultError", "fault_from", "mapping_of", "parse_fault"]

EXAMPLE: Final = "command +MIPLNOTIFY nth 3: busy"
OFTEN: Final = "once, N times or always"
WHENS: Final = ("match", "nth", "every", "chance", "at", "after", "until", "state")


def parse_fault(text: str) -> Fault:
    """A fault of one line, `WHERE [NAME] [WHEN …]: WHAT [, HOW OFTEN]`. FaultError."""
    words = words_of(text)
    colon = next((i for i, word in enumerate(words) if _is(word, ":")), None)
    if colon is None:
        raise FaultError("fault", f"'{text[:60]}' has no colon before what happens: {EXAMPLE}")
    head, body = words[:colon], words[colon + 1 :]
    comma = next((i for i, word in enumerate(body) if _is(word, ",")), len(body))
    given = _head(head)
    if hint := hints.unquoted_line(text, words, colon):
        raise FaultError("match", hint)
    given["what"] = _what(body[:comma])
    if comma < len(body):
        given["times"] = _often(" ".join(map(str, body[comma + 1 :])))
    return _made(given)


def fault_from(mapping: Mapping[str, Any]) -> Fault:
    """A fault of a mapping: `where` (with its name, or with `name` beside it), the conditions by
    their names, `what` as text or as `{kind: …}` with its arguments by name, `often`. FaultError.
    """
    known = ("where", "name", *WHENS, "what", "often")
    for name in mapping:
        if name not in known:
            raise FaultError(str(name), f"a fault has no such field{nearest(str(name), known)}")
    for name in ("where", "what"):
        if name not in mapping:
            raise FaultError(name, f"is missing; for example: {EXAMPLE}")
    where = mapping["where"]
    if not isinstance(where, str):
        raise FaultError("where", f"'{where}' is no text")
    given = _head(words_of(where))
    if "name" in mapping:
        given["name"] = _read(NAME, mapping["name"], "name")
    for when in WHENS:
        if mapping.get(when) is not None:
            name, value = _condition(when, mapping[when])
            given[name] = value
    what = mapping["what"]
    given["what"] = _what(words_of(what)) if isinstance(what, str) else _what_from(what)
    if mapping.get("often") is not None:
        given["times"] = _often(mapping["often"])
    return _made(given)


def mapping_of(fault: Fault) -> dict[str, Any]:
    """What fault_from() makes the same fault of; texts and numbers only."""
    mapping: dict[str, Any] = {"where": f"{fault.where} {fault.name}".rstrip()}
    for name, syntax in CONDITIONS.items():
        value = getattr(fault, name)
        if value is None or value == DEFAULTS[name]:
            continue
        match name:
            case "pattern":
                mapping["match"] = syntax.write(value)
            case "period":
                mapping["every"] = syntax.write(value)
            case "match" if value.startswith("/") and value.endswith("/"):
                mapping["match"] = syntax.write(value)
            case _:
                mapping[name] = value
    return {**mapping, "what": what_text(fault.what), "often": often_text(fault.times)}


def _made(given: dict[str, Any]) -> Fault:
    times = given.pop("times", MISSING)
    fault = Fault(**given, times=None)
    return Fault(**given, times=fault.usual_times if times is MISSING else times)


def _is(word: Word, mark: str) -> bool:
    return word.kind == "mark" and word.value == mark


def _head(words: list[Word]) -> dict[str, Any]:
    """The place, its name and the conditions."""
    if not words:
        raise FaultError("where", f"is missing; for example: {EXAMPLE}")
    where = words[0].value.lower()
    if words[0].kind != "word" or where not in PLACES:
        raise FaultError("where", f"'{words[0]}' is no place{nearest(words[0].value, PLACES)}")
    given: dict[str, Any] = {"where": where}
    rest = words[1:]
    if rest and rest[0].kind == "word" and rest[0].value.lower() not in WHENS:
        name = NAME.read(rest[0].value)
        if name is None:
            hint = hints.plus(rest[0].value) or nearest(rest[0].value, WHENS)
            raise FaultError("when", f"'{rest[0]}' is no condition, and not {NAME.expected}{hint}")
        given["name"] = name
        rest = rest[1:]
    while rest:
        when = rest[0].value.lower()
        if rest[0].kind != "word" or when not in WHENS:
            raise FaultError("when", f"'{rest[0]}' is no condition{nearest(when, WHENS)}")
        if len(rest) == 1:
            raise FaultError(when, f"needs {CONDITIONS[when].expected} behind it")
        value = rest[1].value if rest[1].kind in ("word", "text") else str(rest[1])
        name, found = _condition(when, value, quoted=rest[1].kind == "text")
        if name in given:
            raise FaultError(when, "is there twice")
        given[name] = found
        rest = rest[2:]
    return given


def _condition(when: str, value: object, *, quoted: bool | None = None) -> tuple[str, Any]:
    """The field of Fault and its value. `quoted` None: out of a mapping, where a text between
    slashes is a pattern."""
    if when == "match":
        is_pattern = isinstance(value, str) and len(value) > 2 and value[0] == value[-1] == "/"
        if is_pattern and not quoted and isinstance(value, str):
            return "pattern", _read(CONDITIONS["pattern"], value[1:-1], when)
        if quoted is None and isinstance(value, str) and value[:2] == '"/' and value[-2:] == '/"':
            return "match", words_of(value)[0].value
        if quoted is False:
            raise FaultError("match", hints.NO_TEXT.format(value))
    if when == "every" and COUNT.read(value) is None:
        if SECONDS.read(value) is None:
            raise FaultError("every", f"'{value}' is neither a number nor a time such as 10s")
        return "period", SECONDS.read(value)
    return when, _read(CONDITIONS[when], value, when)


def _read(syntax: Syntax, value: object, field: str) -> Any:
    found = syntax.read(value)
    if found is None:
        raise FaultError(field, f"'{value}' is not {syntax.expected}")
    return found


def _often(value: object) -> int | None:
    text = str(value).strip().lower()
    if text in ("once", "always"):
        return 1 if text == "once" else None
    times = COUNT.read(text.removesuffix("times").removesuffix("time").strip())
    if times is None:
        raise FaultError("often", f"'{value}' is not {OFTEN}")
    return int(times)


# What happens


def _what(words: list[Word]) -> What:
    if not words:
        raise FaultError("what", f"is missing; there are {', '.join(POSSIBLE)}")
    kind = _kind(words[0].value)
    arguments = _arguments(kind)
    given: dict[str, Any] = {}
    rest = words[1:]
    while rest:
        taken = _key(arguments, rest, given) or _place(arguments, rest, given)
        if not taken:
            raise FaultError("what", hints.unknown(words, len(words) - len(rest), arguments))
        rest = rest[taken:]
    return _built(kind, given, words[0].value)


def _key(arguments: dict[str, Arg], rest: list[Word], given: dict[str, Any]) -> int:
    """How many words an argument with its name has taken."""
    name = rest[0].value.lower()
    arg = arguments.get(name)
    if rest[0].kind != "word" or arg is None or arg.how != "key":
        return 0
    if len(rest) == 1:
        raise FaultError(name, f"needs {arg.syntax.expected} behind it")
    _give(given, name, _read(arg.syntax, rest[1].value, name))
    return 2


def _place(arguments: dict[str, Arg], rest: list[Word], given: dict[str, Any]) -> int:
    """How many words an argument by its place has taken: one or none."""
    first = rest[0]
    fitting = ("yes", "may") if first.kind == "text" else ("no", "may")
    for name, arg in arguments.items():
        if arg.how == "key" or arg.syntax.quotes not in fitting:
            continue
        if name in given and arg.how != "many":
            continue
        found = arg.syntax.read(first.value)
        if found is not None:
            if arg.how == "many":
                given[name] = (*given.get(name, ()), found)
            else:
                given[name] = found
            return 1
    return 0


def _give(given: dict[str, Any], name: str, value: Any) -> None:
    if name in given:
        raise FaultError(name, "is there twice")
    given[name] = value


def _what_from(value: object) -> What:
    """`{kind: delay, seconds: 5}`."""
    if not isinstance(value, Mapping):
        raise FaultError("what", f"'{value}' is neither a text such as 'delay 5s' nor a mapping")
    if "kind" not in value:
        raise FaultError("what", f"has no kind; there are {', '.join(POSSIBLE)}")
    kind = _kind(str(value["kind"]))
    arguments = _arguments(kind)
    given: dict[str, Any] = {}
    for name, said in value.items():
        if name == "kind":
            continue
        arg = arguments.get(name)
        if arg is None:
            hint = nearest(str(name), arguments) if arguments else ", which has none"
            raise FaultError(str(name), f"is no argument of {value['kind']}{hint}")
        if arg.how == "many":
            parts = said if isinstance(said, list | tuple) else [said]
            given[name] = tuple(_read(arg.syntax, part, name) for part in parts)
        elif not (arg.how == "word" and said is False):
            given[name] = _read(arg.syntax, said, name)
    return _built(kind, given, str(value["kind"]))


def _kind(name: str) -> type[What]:
    row = POSSIBLE.get(name.lower())
    if row is None:
        raise FaultError("what", f"'{name}' is no fault{nearest(name, POSSIBLE)}")
    return row[0]


def _arguments(kind: type[What]) -> dict[str, Arg]:
    return {each.name: each.metadata["arg"] for each in fields(kind)}


def _built(kind: Callable[..., What], given: dict[str, Any], name: str) -> What:
    missing = [
        each
        for each in fields(kind)  # type: ignore[arg-type]
        if each.default is MISSING and each.name not in given
    ]
    if missing:
        arg: Arg = missing[0].metadata["arg"]
        raise FaultError(missing[0].name, f"{name} needs {arg.syntax.expected}")
    return kind(**given)
