"""The formats of serial logs, as data: what is a program's own in a line, and what was said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from emulator.differences.dialogue import Speaker
from emulator.replay.entry import LogError
from emulator.replay.stamps import STAMPS, stamp_of

RECORDING: Final = "recording"
SAMPLE: Final = 400
"""Lines at the start of a log by which its format is known."""


@dataclass(frozen=True, slots=True)
class Format:
    """`stamps`: kinds of time stamps that its lines may begin with. `marks`: what stands before a
    line, and who then says it; None: a remark. `banners`: lines that the program writes of its
    own. `sign`: what shows that a log is of this format. `pieces`: stamps stand before pieces of
    data as they came, not before lines. `only_marked`: a line without a mark says nothing."""

    name: str
    title: str
    sign: "re.Pattern[str]"
    stamps: tuple[str, ...] = ()
    marks: tuple[tuple["re.Pattern[str]", Speaker | None], ...] = ()
    banners: "re.Pattern[str] | None" = None
    pieces: bool = False
    only_marked: bool = False


_ANY_STAMP: Final = tuple(kind for kind in STAMPS if kind != "seconds")
_NEVER: Final = re.compile(r"(?!)")

_LEVEL: Final = r"(?:\[?(?:DEBUG|INFO|TRACE)\]?:? +)?"  # of a logging library
_SENT: Final = "(?i:tx|send|sent)|HOST|MCU|发送|发"
_GOT: Final = "(?i:rx|recv|received)|MODULE|MODEM|接收|收"
_LABELS: Final[tuple[tuple["re.Pattern[str]", Speaker | None], ...]] = (
    (
        re.compile(
            rf"{_LEVEL}(?:\[(?:{_SENT})\][:：]? ?|(?:{_SENT})(?: ?-+>| ?[:：>]+| (?=AT)) ?)"
        ),
        "host",
    ),
    (
        re.compile(rf"{_LEVEL}(?:\[(?:{_GOT})\][:：]? ?|(?:{_GOT})(?: ?<-+| ?[:：<]+) ?)"),
        "module",
    ),
)
"""What firmware and scripts write behind time stamps that may be those of a terminal, too."""

_WORDS: Final[tuple[tuple["re.Pattern[str]", Speaker | None], ...]] = (
    *_LABELS,
    (re.compile(r"(?:-+>|=+>|>>+) ?(?=\S)"), "host"),
    (re.compile(r"(?:<-+|<=+|<<+) ?(?=\S)"), "module"),
)
"""Words and arrows of firmware and of terminals for which there is no format of its own."""

FORMATS: Final = (
    Format(
        "sscom",
        "SSCOM",
        re.compile(r"(?:\[[\d:.]+\])?(?:发→◇|收←◆)"),
        stamps=("clock", "dated"),
        marks=((re.compile("发→◇"), "host"), (re.compile("收←◆"), "module")),
        pieces=True,
    ),
    Format(
        "putty",
        "PuTTY",
        re.compile(r"(?:=~)+= PuTTY log \d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d (?:=~)+="),
        banners=re.compile(r"(?:=~)+= PuTTY log .*"),
    ),
    Format(
        "transcript",
        "a transcript of this program",
        re.compile(r"@ [a-z]\w*(?: \w+)?=|> AT|< (?:OK|\+\w+:)", re.I),
        marks=(
            (re.compile("> "), "host"),
            (re.compile("< "), "module"),
            (re.compile(r"[#@!=~+*&$]|<<"), None),
        ),
        only_marked=True,
    ),
    Format(
        "verbose",
        "what --verbose shows",
        re.compile(r" *\d+\.\d{3} (?:host {2}[<>]|cloud [<>]) "),
        stamps=("seconds",),
        marks=((re.compile("host {2}> ?"), "host"), (re.compile("host {2}< ?"), "module")),
        only_marked=True,
    ),
    Format(
        "teraterm",
        "Tera Term",
        re.compile(
            r"\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d+ [\d:.]+ \d{4}\]"
            r"|\[\d+ \d\d:\d\d:\d\d\.\d+\]"
        ),
        stamps=("weekday", "elapsed", "dated"),
        marks=_LABELS,
    ),
    Format(
        "minicom",
        "minicom",
        re.compile(
            r"Welcome to minicom|Press CTRL-A Z for help"
            r"|\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})?\] "
        ),
        stamps=("dated",),
        marks=_LABELS,
        banners=re.compile(
            r"Welcome to minicom.*|OPTIONS: .*|Compiled on .*|Port /dev/.*"
            r"|Press CTRL-A Z for help.*"
        ),
    ),
    Format(
        "securecrt",
        "SecureCRT",
        re.compile(
            r"[\[(](?:\d{4}[-/.]?\d\d[-/.]?\d\d[ _T]+)?\d{1,2}:\d\d:\d\d(?:[.:,]\d{1,6})?[\])]"
        ),
        stamps=("dated", "clock"),
        marks=_LABELS,
        banners=re.compile(r"\[? ?(?:Connected to|Disconnected|Session|Log(?:ging)?) .*", re.I),
    ),
    Format(RECORDING, "a recording of this program", re.compile(r'\{.*"format": ?"mipl-journal"')),
    Format("plain", "plain text", _NEVER, stamps=_ANY_STAMP, marks=_WORDS),
)  # fmt: skip
"""In the order in which they are looked for; the last is what nothing else is."""

PLAIN: Final = FORMATS[-1]


def format_named(name: str) -> Format:
    """LogError, with the nearest, for a name that no format has."""
    found = next((each for each in FORMATS if each.name == name), None)
    if found is None:
        names = [each.name for each in FORMATS]
        near = get_close_matches(name.lower(), names, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names)}"
        raise LogError(f"there is no format '{name}'; {hint}")
    return found


def format_of(sample: Sequence[str]) -> Format:
    """The format that some lines from the start of a log have: the one that most of them show; a
    header needs to be there once."""
    counts = {
        each.name: sum(each.sign.match(line) is not None for line in sample) for each in FORMATS
    }
    for sure in ("putty", "sscom", RECORDING):
        if counts[sure]:
            return format_named(sure)
    best = max(FORMATS, key=lambda each: counts[each.name])
    return best if counts[best.name] else PLAIN


@dataclass(frozen=True, slots=True)
class Part:
    """What a line of a log holds. `stamp`: its kind and seconds. `by` None: the log does not say.
    `begins`: a piece of data begins here, for a format that has pieces."""

    text: str
    by: Speaker | None = None
    stamp: tuple[str, float] | None = None
    begins: bool = False


def part_of(line: str, format_: Format) -> Part | None:
    """None for a line of the program's own, and for a remark."""
    stamp = stamp_of(line, format_.stamps)
    rest = line if stamp is None else stamp[2]
    when = None if stamp is None else stamp[:2]
    if format_.banners is not None and format_.banners.fullmatch(rest.strip()):
        return None
    for mark, by in format_.marks:
        found = mark.match(rest)
        if found is not None:
            return None if by is None else Part(rest[found.end() :], by, when, begins=True)
    return None if format_.only_marked else Part(rest, None, when)
