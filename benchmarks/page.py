"""The figures for people: Markdown from what `--json` writes."""

import re
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from benchmarks.plot import plot
from benchmarks.rounds import Figure, ratios
from benchmarks.section import MEMORY, TIME

HEAD = """\
# Performance

{smoke}Written by `{command}`; do not edit.

How fast the emulator is, and what a modem costs, each figure next to a named reference of the same
run. The references are programs that do nothing else: a loop in C on a pty, bare asyncio, aiocoap's
and libcoap's own, and modules that were written by hand for one exchange. Subjects take turns round
by round, so that drift of the machine hits all alike; a ratio is that of two turns of one round.
Read ratios: digits are those of one machine.

- Of times and of memory less is better, of rates (so many a second) more. A ratio is a subject's
  figure divided by the reference's, so its direction is the same.
- "Floor": what one would write by hand for one exchange alone, on the same libraries. It checks,
  remembers and refuses nothing; a whole module on them cannot be quicker.
- "By hand": written for that one purpose, with nothing of the emulator in it.
- "Raw server": a C program that accepts each registration at once and acknowledges what wants it,
  the least that a server can do.
- "Our cloud": the local platform of this project, in Python. It answers, and asks each modem what a
  platform asks after a registration.
- Memory is what a process has resident, for each modem; rows of 0–1 KiB are below what can be
  measured.

{machine}

To repeat it: `./mipl setup`, then `.venv/bin/python -m benchmarks` on a quiet machine, with a C
compiler, some minutes long; `--only NAME` measures one part, `--json FILE` keeps every round.
"""

SMOKE = """\
**This is a smoke run: it only shows that all of it runs. Its figures mean nothing, and no goal is
held against them.**

"""

PACKAGES = ("emulator.", "lwm2m_core.", "transport.", "pty_bridge.")
REST = {
    **dict.fromkeys(("str", "bytes", "bytearray", "float", "int"), "texts, bytes and numbers"),
    **dict.fromkeys(("list", "tuple", "dict"), "lists, tuples and dictionaries"),
    "collections.OrderedDict": "lists, tuples and dictionaries",
    **dict.fromkeys(("method", "builtin_function_or_method"), "bound methods"),
}
OTHERS = "asyncio, selectors and sockets"
CLASSES = 12  # that are named

COST = re.compile(r"(\d+) modems?, (.+)")
CURVES = {
    "a value": "a value (µs of CPU)",
    "a login": "a login (µs elapsed)",
    "memory": "memory (KiB)",
}
CURVES_TOLD = """\
Across: modems in one process, on a logarithmic scale. Up: what one of them costs. "A value": µs of
the process's own time for one value that is reported. "A login": µs from the first OPEN until all
are registered, divided by their number. "Memory": KiB that the process has more, divided likewise.
"""


def page(document: Mapping[str, Any], picture: str | None = None) -> str:
    """All of a run. `picture`: the name of the file that `picture_of` has gone to."""
    sections = document["sections"]
    head = HEAD.format(
        smoke=SMOKE if document["smoke"] else "",
        command=document["command"],
        machine=machine(document),
    )
    parts = [head] if document["smoke"] else [head, "## Goals\n", *_goals(document)]
    for section in sections:
        parts += ["", *section_lines(section)]
        if section["name"] == "cost" and picture is not None:
            parts += ["", f"![Cost per modem, from one to many]({picture})", "", CURVES_TOLD]
    for work in document["where"]:
        parts += ["", *where_lines(work)]
    for held in document["held"]:
        parts += ["", *held_lines(held)]
    return "\n".join(parts) + "\n"


def machine(document: Mapping[str, Any]) -> str:
    """One sentence about where and how long."""
    return (
        f"Machine: {document['machine']['processor']}, {document['machine']['cores']} cores, "
        f"{document['machine']['system']}, Python {document['machine']['python']}; "
        f"{document['date']}, load {document['load']:.1f} at the start, "
        f"{document['seconds']:.0f} s in all."
    )


def section_lines(section: Mapping[str, Any]) -> list[str]:
    """A heading, and a table: median of the rounds, their spread, and ratios to references."""
    figures = [
        Figure(each["subject"], each["unit"], tuple(each["values"])) for each in section["figures"]
    ]
    bases = [figure for figure in figures if figure.subject in section["references"]]
    heads = "".join(f" ratio to {base.subject} |" for base in bases)
    return [
        f"## {section['title']}\n",
        f"| subject | median | min–max |{heads}",
        "| --- | --- | --- |" + " --- |" * len(bases),
        *(_row(figure, bases) for figure in figures),
    ]


def where_lines(work: Mapping[str, Any]) -> list[str]:
    """A heading, the rooms, and the functions that take most."""
    functions = ", ".join(f"`{name}` {share:.0f} %" for name, share in work["functions"].items())
    return [
        f"## {TIME.format(work['work'])}\n",
        f"One takes {_digits(work['us'])} µs of the process's own time, the kernel's work for it "
        f"included; of {work['reference']} {_digits(work['reference_us'])} µs.\n",
        "| of the process's own time | share | µs |",
        "| --- | --- | --- |",
        *(
            f"| {room} | {share:.0f} % | {_digits(work['us'] * share / 100)} |"
            for room, share in work["rooms"].items()
        ),
        "",
        f"{work['samples']} samples; the functions that were met most: {functions}.",
    ]


def held_lines(held: Mapping[str, Any]) -> list[str]:
    """A heading, the packages, and the classes that take most."""
    rows: dict[str, tuple[float, float]] = held["rows"]
    packages: dict[str, tuple[float, float]] = {}
    for name, (objects, size) in rows.items():
        package = name.partition(".")[0] if name.startswith(PACKAGES) else REST.get(name, OTHERS)
        before = packages.get(package, (0.0, 0.0))
        packages[package] = before[0] + objects, before[1] + size
    total = sum(objects for objects, _ in rows.values()), sum(size for _, size in rows.values())
    most = sorted(rows, key=lambda name: -rows[name][1])[:CLASSES]
    return [
        f"## {MEMORY}\n",
        "| of a modem | objects | bytes |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {objects:.0f} | {size:.0f} |"
            for name, (objects, size) in sorted(packages.items(), key=lambda each: -each[1][1])
        ),
        f"| all | {total[0]:.0f} | {total[1]:.0f} |",
        "",
        f"{held['modems']} modems; what they share does not count. The classes that take most: "
        + ", ".join(f"`{name}` {rows[name][1]:.0f}" for name in most)
        + ". What the process takes beyond it is mostly free again: while all of them wait for the"
        " answer to their registration, each has about 2 KB more, and values are put there later."
        " Each record of the journal, of a command, an answer or a datagram, adds some 100 bytes,"
        " up to 4096 records.",
    ]


def picture_of(document: Mapping[str, Any]) -> str | None:
    """The cost of one modem as SVG; None where it was not measured."""
    curves: dict[str, dict[int, float]] = {}
    for section in document["sections"]:
        for figure in section["figures"] if section["name"] == "cost" else ():
            if found := COST.fullmatch(figure["subject"]):
                curves.setdefault(CURVES[found[2]], {})[int(found[1])] = median(figure["values"])
    smoke = " (a smoke run: the figures mean nothing)" if document["smoke"] else ""
    return plot(f"What one modem costs{smoke}", "µs or KiB", curves) if curves else None


def _goals(document: Mapping[str, Any]) -> Iterator[str]:
    accounts = {TIME.format(work["work"]) for work in document["where"]}
    accounts |= {MEMORY for _ in document["held"]}
    yield "| what | goal | reached | | why |"
    yield "| --- | --- | --- | --- | --- |"
    for section in document["sections"]:
        for goal in section["goals"]:
            sign = "≤" if goal["at_least"] is None else "≥"
            limit = goal["at_most"] if goal["at_least"] is None else goal["at_least"]
            unit = _unit_of(section, goal)
            what = f"{section['title']}: {goal['subject']}"
            if goal["reference"] is not None:
                unit = f" × {goal['reference']}"
            met = "met" if goal["met"] else "**missed**"
            why = "" if goal["met"] else _why(goal, accounts)
            reached = _digits(goal["reached"])
            yield f"| {what} | {sign} {limit:g}{unit} | {reached} | {met} | {why} |"


def _why(goal: Mapping[str, Any], accounts: set[str]) -> str:
    """Why it is missed, with a link to the account where this page has it."""
    account = goal["account"]
    if account not in accounts:
        return goal["why"] or "not looked into"
    link = f"[{account}](#{_anchor(account)})"
    return f"{goal['why']}; see {link}" if goal["why"] else f"see {link}"


def _anchor(heading: str) -> str:
    """Of a heading, as GitHub names it: letters, digits and hyphens, each space a hyphen."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _unit_of(section: Mapping[str, Any], goal: Mapping[str, Any]) -> str:
    units = [f["unit"] for f in section["figures"] if f["subject"] == goal["subject"]]
    return f" {units[0]}" if units and units[0] else ""


def _row(figure: Figure, bases: list[Figure]) -> str:
    spread = "–"
    if len(figure.values) > 1:
        spread = f"{_digits(min(figure.values))}–{_digits(max(figure.values))}"
    row = f"| {figure.subject} | {_digits(figure.middle)} {figure.unit} | {spread} |"
    return row + "".join(f" {_ratio(figure, base)} |" for base in bases)


def _ratio(figure: Figure, base: Figure) -> str:
    """With its spread, where both have had their turns in the same rounds."""
    if figure is base or not all(base.values):  # memory of so little that it is none
        return "–"
    if len(figure.values) != len(base.values):
        return f"{figure.middle / base.middle:.2f}"
    found = ratios(figure, base)
    if len(found) == 1:
        return f"{found[0]:.2f}"
    return f"{median(found):.2f} ({min(found):.2f}–{max(found):.2f})"


def _digits(value: float) -> str:
    """Three that count, or all before the point."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
