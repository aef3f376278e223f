"""Whether a host has lived through a collision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from emulator.explore.account import Account
from emulator.explore.comparing import unlike
from emulator.explore.excerpts import Moment
from emulator.explore.lived import Lived, Sign
from emulator.explore.placement import Placement
from emulator.explore.saying import last_words
from emulator.explore.sheet import Sheet
from emulator.explore.usual import Usual, unanswered
from emulator.explore.waits import ignored, listed, lost, waited

ANSWER_S: Final = 5.0
"""Seconds within which a host answers a request (manual 3.10, 3.12, 3.14)."""

LATE_S: Final = 1.0
"""Seconds beyond that which a busy machine may be the cause of (chosen)."""

End = Literal["ended", "crashed", "flooded", "silent", "hung", "unanswered", "dialogue", "done"]
"""`silent`: it wrote nothing for longer than it ever did undisturbed. `hung`: not over in time.
`done`: over, as it should be, while the program still runs."""

Outcome = Literal["passed", "broken", "unreached"]


@dataclass(frozen=True, slots=True)
class Observed:
    """One life of the host. `code`: of its end, None if it was ended by us. `said`: the latest
    lines of its output. `sent`: how often it wrote each line. `answered`: the message ids that it
    answered. `hasty`: as in a Sheet. `struck`: whether all faults have struck. `why`: what is wrong
    with the dialogue of its scenario.
    `patience`: seconds that were waited for an answer. `entries`: all that happened, the collision
    at `struck_at`. `undone`: the numbers of the scenario's events that have not happened."""

    end: End
    code: int | None = None
    said: tuple[str, ...] = ()
    sent: Mapping[str, int] = field(default_factory=dict)
    answered: frozenset[int] = frozenset()
    reports: Mapping[str, int] = field(default_factory=dict)
    hasty: tuple[str, str] | None = None
    struck: bool = True
    seconds: float = 0.0
    why: str = ""
    transcript: tuple[str, ...] = ()
    patience: float = ANSWER_S
    account: Account = Account()
    entries: tuple[Moment, ...] = ()
    struck_at: float | None = None
    undone: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`why`: in words, empty if it passed. `sign`: by what a scenario can show it."""

    outcome: Outcome
    why: str = ""
    sign: Sign = Sign()


def judged(
    observed: Observed,
    sheet: Sheet | None = None,
    placed: Placement | None = None,
    usual: Usual | None = None,
) -> Verdict:
    """What came of one life; without `placed` it was undisturbed. `usual`: of the undisturbed ones;
    without it, lines are not compared."""
    why, sign = _failed(observed, usual or Usual(), placed), Sign()
    if why and observed.end in ("silent", "hung"):
        sign = Sign(awaited=waited(observed.account, usual or Usual())[1])
    if not why and placed is not None and sheet is not None:
        odd = unlike(_lived(observed, placed), sheet, usual or Usual())
        why, sign = odd or ("", sign)
    if placed is not None and not observed.struck:
        told = f"; besides, {why}" if why else ""
        return Verdict("unreached", f"the host never came to this command{told}")
    return Verdict("broken", why, sign) if why else Verdict("passed")


def _lived(observed: Observed, placed: Placement) -> Lived:
    return Lived(
        placed,
        observed.sent,
        observed.answered,
        observed.reports,
        observed.hasty,
        observed.account,
        observed.end == "ended",
        observed.struck_at or 0.0,
    )


def _failed(observed: Observed, usual: Usual, placed: Placement | None) -> str:
    last = last_words(observed.said, usual.output, observed.account)
    collided = () if placed is None else tuple(line.text for line in placed.lines)
    account, since = observed.account, observed.struck_at or 0.0
    match observed.end:
        case "crashed":
            return f"the host crashed: signal {-(observed.code or 0)}{last}"
        case "flooded":
            return "the host floods its output"
        case "silent":
            missed = ignored(account, usual, collided, since)
            return f"the host stands still: it writes nothing more{missed}{last}"
        case "hung":
            missed = ignored(account, usual, collided, since)
            return f"the host is not over after {observed.seconds:.1f} s{missed}{last}"
        case "dialogue":
            return observed.why
        case "unanswered":
            asked = listed(unanswered(account, Usual(), collided)) or "a request"
            return f"the host does not answer {asked} within {observed.patience:g} s"
        case "ended" if observed.code:
            missed = lost(account, collided)
            return f"the host ended with exit code {observed.code}{missed}{last}"
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
        tuple(each for each in first.own if each.text in {other.text for other in second.own}),
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
