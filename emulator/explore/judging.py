"""Whether a host has lived through a collision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from emulator.explore.placement import Placement
from emulator.explore.sheet import Sheet
from emulator.secrecy import redact

ANSWER_S: Final = 5.0
"""Seconds within which a host answers a request (manual 3.10, 3.12, 3.14)."""

LATE_S: Final = 1.0
"""Seconds beyond that which a busy machine may be the cause of (chosen)."""

End = Literal["ended", "crashed", "flooded", "silent", "hung", "unanswered", "dialogue", "done"]
"""`silent`: it wrote nothing for longer than it ever did undisturbed. `hung`: not over in time.
`done`: over, as it should be, while the program still runs."""

Outcome = Literal["passed", "broken", "unreached"]

_POLLS: Final = ("AT", "ATE0", "ATE1")


@dataclass(frozen=True, slots=True)
class Observed:
    """One life of the host. `code`: of its end, None if it was ended by us. `said`: its last line.
    `sent`: how often it wrote each line. `answered`: the message ids that it answered. `hasty`:
    as in a Sheet. `struck`:
    whether all faults have struck. `why`: what is wrong with the dialogue of its scenario."""

    end: End
    code: int | None = None
    said: str = ""
    sent: Mapping[str, int] = field(default_factory=dict)
    answered: frozenset[int] = frozenset()
    reports: Mapping[str, int] = field(default_factory=dict)
    hasty: tuple[str, str] | None = None
    struck: bool = True
    seconds: float = 0.0
    why: str = ""
    transcript: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`why`: in words, empty if it passed."""

    outcome: Outcome
    why: str = ""


def judged(
    observed: Observed, sheet: Sheet | None = None, placed: Placement | None = None
) -> Verdict:
    """What came of one life; without `placed` it was undisturbed."""
    why = _failed(observed)
    if not why and placed is not None and sheet is not None:
        why = _unlike(observed, sheet, placed)
    if placed is not None and not observed.struck:
        told = f"; besides, {why}" if why else ""
        return Verdict("unreached", f"the host never came to this command{told}")
    return Verdict("broken", why) if why else Verdict("passed")


def _failed(observed: Observed) -> str:
    last = f"; it said last: {redact(observed.said)}" if observed.said else ""
    match observed.end:
        case "crashed":
            return f"the host crashed: signal {-(observed.code or 0)}{last}"
        case "flooded":
            return "the host floods its output"
        case "silent":
            return f"the host stands still: it writes nothing more{last}"
        case "hung":
            return f"the host is not over after {observed.seconds:.1f} s{last}"
        case "dialogue":
            return observed.why
        case "unanswered":
            return f"the host does not answer a request within {ANSWER_S:g} s"
        case "ended" if observed.code:
            return f"the host ended with exit code {observed.code}{last}"
    return ""


def _unlike(observed: Observed, sheet: Sheet, placed: Placement) -> str:
    """What is not as it was undisturbed, although the host itself is content."""
    for line in placed.lines:
        if line.mid is not None and line.mid not in observed.answered:
            return f"the host lost a line: it never answers {line.text}"
    for text, times in observed.sent.items():
        usual = sheet.sent.get(text, 0)
        if times > usual > 0 and text.upper() not in _POLLS and not text.endswith("?"):
            return f"the host wrote {redact(text)} {times} times instead of {usual}"
        if times > 1 and usual == 0:
            return f"the host wrote {redact(text)} {times} times"
    if observed.hasty is not None and sheet.hasty is None:
        first, second = map(redact, observed.hasty)
        return f"the host wrote {second} before {first} had its final result"
    for path, times in sheet.reports.items():
        if observed.reports.get(path, 0) < times:
            return f"{path} was reported {observed.reports.get(path, 0)} times instead of {times}"
    return ""


def merged(first: Sheet, second: Sheet) -> Sheet:
    """Two undisturbed lives as one measure: the exchanges of the first, and of what varies the more
    lenient value."""
    return Sheet(
        first.exchanges,
        first.asked,
        {
            text: max(first.sent.get(text, 0), second.sent.get(text, 0))
            for text in first.sent.keys() | second.sent.keys()
        },
        {
            path: min(first.reports.get(path, 0), second.reports.get(path, 0))
            for path in first.reports.keys() & second.reports.keys()
        },
        max(first.seconds, second.seconds),
        max(first.silence, second.silence),
        first.mids | second.mids,
        first.hasty or second.hasty,
        tuple(each for each in first.neighbours if each in second.neighbours),
    )


def unsteady(first: Sheet, second: Sheet) -> str:
    """Why two undisturbed lives cannot be compared with a third; empty if they are alike."""
    names = [[_kind(e.text) for e in sheet.exchanges] for sheet in (first, second)]
    if names[0] == names[1]:
        return ""
    for number, (one, other) in enumerate(zip(*names, strict=False)):
        if one != other:
            return f"command {number + 1} was {one} in one run and {other} in the other"
    return f"it wrote {len(names[0])} commands in one run and {len(names[1])} in the other"


def _kind(text: str) -> str:
    return text.partition("=")[0].upper()
