"""YAML text as nodes that know their lines. Bounded, and read by the rules of YAML 1.2: `on` and
`off` are words. PyYAML splits the text into events; what they mean is decided here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from emulator.scenario.trouble import Malformed, quoted

SIZE_LIMIT: Final = 262144
"""Bytes of one file."""

DEPTH_LIMIT: Final = 16
"""Mappings and lists within one another."""

NODE_LIMIT: Final = 20000
"""Nodes of one document, what stands behind aliases counted each time."""

_CORE: Final = "tag:yaml.org,2002:"
BOM: Final = "\ufeff"
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """`plain`: written without quotes, so that it may be something else than a text."""

    text: str
    plain: bool
    line: int


@dataclass(frozen=True, slots=True)
class Listing:
    items: "tuple[Node, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    pairs: "tuple[tuple[Scalar, Node], ...]"
    line: int


Node = Scalar | Listing | Table


def decoded(data: bytes) -> str:
    """The text of a file. Malformed."""
    if len(data) > SIZE_LIMIT:
        raise Malformed(1, f"the file is longer than {SIZE_LIMIT} bytes")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Malformed(1, "the file is UTF-16; save it as UTF-8")
    try:
        text = data.decode().removeprefix(BOM)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Malformed(line, f"byte 0x{data[error.start]:02x} is not UTF-8") from None
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise Malformed(line, f"character U+{ord(found[0]):04X} has no place in a text file")
    return text


def compose(text: str) -> Node:
    """The one document in `text`. Malformed for what is no YAML, or more than a scenario needs."""
    composer = _Composer()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        problem = error.problem or ""
        ended = "end of stream" in problem  # what is open says more than where the file ends
        mark = (ended and error.context_mark) or error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise Malformed(line, _explained(problem, text, line)) from None
    except yaml.YAMLError as error:
        raise Malformed(1, f"no YAML: {error}") from None
    except (ValueError, OverflowError):  # PyYAML takes an escape beyond Unicode to chr()
        raise Malformed(1, "a text in quotes has an escape that stands for no character") from None
    if composer.root is None:
        raise Malformed(1, "the file is empty; it begins with 'schema: 1'")
    return composer.root


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come."""

    anchor: str | None
    line: int
    is_table: bool
    items: list[Node]


class _Composer:
    """Builds the tree without recursion, so that no nesting is too deep for it."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0

    def take(self, event: yaml.Event) -> None:
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                raise Malformed(line, "a second document begins; a file has one")
            case yaml.AliasEvent():
                self._alias(event.anchor or "", line)
            case yaml.ScalarEvent():
                _without_tag(event.tag, line)
                plain = event.style is None
                _without_surrogates(event.value, line)
                self._put(Scalar(event.value, plain, line), event.anchor)
            case yaml.CollectionStartEvent():
                _without_tag(event.tag, line)
                if len(self._stack) == DEPTH_LIMIT:
                    raise Malformed(line, f"nested deeper than {DEPTH_LIMIT} levels")
                is_table = isinstance(event, yaml.MappingStartEvent)
                self._stack.append(_Open(event.anchor, line, is_table, []))
            case yaml.CollectionEndEvent():
                done = self._stack.pop()
                self._put(_closed(done), done.anchor)

    def _put(self, node: Node, anchor: str | None, count: int = 1) -> None:
        self._count += count
        if self._count > NODE_LIMIT:
            raise Malformed(node.line, f"more than {NODE_LIMIT} values, aliases counted each time")
        if anchor is not None:
            self._anchors[anchor] = node, _size(node)
        if self._stack:
            self._stack[-1].items.append(node)
        else:
            self.root = node

    def _alias(self, name: str, line: int) -> None:
        if name not in self._anchors:
            raise Malformed(
                line, f"'*{name}' means an anchor that is not there; a text with * goes in quotes"
            )
        node, size = self._anchors[name]
        self._put(node, None, size)


def _size(node: Node) -> int:
    """How many nodes there are, itself included; at most a little over NODE_LIMIT."""
    count, stack = 0, [node]
    while stack and count <= NODE_LIMIT:
        count += 1
        stack += _inside(stack.pop())
    return count


def _inside(node: Node) -> Iterator[Node]:
    match node:
        case Listing(items):
            yield from items
        case Table(pairs):
            for key, value in pairs:
                yield from (key, value)


def _without_tag(tag: str | None, line: int) -> None:
    if tag is not None and tag != "!":
        name = quoted(tag.replace(_CORE, "!!"))
        raise Malformed(line, f"{name} is a tag, which has no meaning here; put a text in quotes")


def _without_surrogates(text: str, line: int) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Malformed(line, "an escape stands for half a character (a surrogate)")


def _closed(done: _Open) -> Node:
    if not done.is_table:
        return Listing(tuple(done.items), done.line)
    keys, values = done.items[::2], done.items[1::2]
    seen: dict[str, int] = {}
    pairs = []
    for key, value in zip(keys, values, strict=True):
        if not isinstance(key, Scalar):
            raise Malformed(key.line, "a key is one word; text with { or [ goes in quotes")
        if key.text in seen:
            raise Malformed(
                key.line, f"{quoted(key.text)} stands here twice, first in line {seen[key.text]}"
            )
        seen[key.text] = key.line
        pairs.append((key, value))
    return Table(tuple(pairs), done.line)


def _explained(problem: str, text: str, line: int) -> str:
    """PyYAML's finding in words for who writes a scenario."""
    lines = text.splitlines()
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in shown[: len(shown) - len(shown.lstrip())] or "'\\t'" in problem:
        return "a tab; YAML is indented with blanks"
    if "end of stream" in problem:
        return "a quote or bracket is opened here, and never closed"
    if "alphabetic or numeric character" in problem and re.search(r"\{\s*\*|=\*|[*&]", shown):
        return 'a text with * or & in it goes in quotes between { and }: {host: "AT+CSQ{*}"}'
    if "mapping values are not allowed" in problem:
        return "a text with ': ' in it goes in quotes, as \"+MIPLEVENT: 0,6\""
    if found := re.search(r"found character '(.)' that cannot start any token", problem):
        return f"no text begins with {found[1]} unless it is in quotes"
    if "expected the node content" in problem:
        return "a value is missing"
    if problem.startswith("did not find expected") or problem.startswith("expected <block end>"):
        return f"not indented as the lines before, or a quote or bracket is missing ({problem})"
    return f"no YAML: {problem}"
