"""WRITEs that come before the host has reported the resource: the module does not know of which
type it is, and prints its value in hex (manual 3.12, 5.6; decision 34)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from emulator.explore.ground import Ground
from emulator.explore.lines import Printed
from emulator.explore.placement import Placement
from emulator.faults.fault import Fault
from emulator.faults.whats import Insert

_PATH: Final = re.compile(r"^\+MIPLWRITE: ?\d+, ?\d+, ?(\d+), ?(\d+), ?(\d+),", re.I)
_DECLARES: Final = (
    re.compile(r"^AT\+MIPLNOTIFY=\d+,\d*,(\d+),(\d+),(\d+),", re.I),
    re.compile(r"^AT\+MIPLREADRSP=\d+,\d+,1,(\d+),(\d+),(\d+),", re.I),
)
_FIRST: Final = ("around", "rewritten-around", "repeated-before", "chained-before")
"""Positions of which the first line alone stands before the answer of the first command."""

_BEFORE: Final = ("before", "echo")


def as_printed(ground: Ground, placements: Iterable[Placement]) -> Iterator[Placement]:
    """The placements, with hex where the module prints that. A text that reads like a final result
    does not do so in hex: those are left out."""
    for placed in placements:
        lines = tuple(_spelt(ground, placed))
        if lines == placed.lines:
            yield placed
        elif not placed.position.startswith("telling"):
            texts = {a.text: b.text for a, b in zip(placed.lines, lines, strict=True)}
            made = tuple(_respelt(fault, texts) for fault in placed.made)
            yield replace(placed, lines=lines, made=made)


def _spelt(ground: Ground, placed: Placement) -> Iterator[Printed]:
    for number, line in enumerate(placed.lines):
        is_write = line.kind == "write" and line.mid is not None
        found = _PATH.match(line.text) if is_write else None
        if found is not None and _is_early(ground, placed, number, found.groups()):
            yield ground.printer.undeclared(line)
        else:
            yield line


def _is_early(ground: Ground, placed: Placement, number: int, path: tuple[str, ...]) -> bool:
    """Whether the line comes before the command that declares the resource is carried out."""
    exchanges = ground.sheet.exchanges
    matches = ((each.number, p.match(each.text)) for each in exchanges for p in _DECLARES)
    declaring = next((n for n, found in matches if found and found.groups() == path), None)
    if declaring is None:
        return False
    is_before = placed.position.rpartition("-")[2] in _BEFORE and not placed.own
    if placed.position in _FIRST:
        is_before = number == 0
    return placed.exchange.number < declaring + is_before


def _respelt(fault: Fault, texts: Mapping[str, str]) -> Fault:
    if not isinstance(fault.what, Insert):
        return fault
    changed = tuple(texts.get(text, text) for text in fault.what.lines)
    return replace(fault, what=replace(fault.what, lines=changed))
