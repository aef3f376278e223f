"""What of a line may be another in each run, and how the two runs belong together.

Message ids are bound: the first that the log and the module have in the same place belong to each
other from then on. Clock, signal, cells, addresses and who the module is are left out.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Literal

from emulator.differences.dialogue import meaning

Likeness = Literal["same", "spelling"]

BOUND_LIMIT: Final = 4096  # message ids that are remembered; of the oldest no answer comes any more

_OPENS: Final = re.compile(r"AT\+MIPLOPEN\s*=", re.I)
_HIDDEN: Final = re.compile(r"\*{3,}")
_MID: Final = r"(\d+|\{\w+\})"
_ASKS: Final = re.compile(
    rf"(\+MIPL(?:OBSERVE|DISCOVER|READ|WRITE|EXECUTE|PARAMETER):\s*\d+\s*,\s*){_MID}", re.I
)
_ANSWERS: Final = re.compile(
    rf"(AT\+MIPL(?:OBSERVE|DISCOVER|READ|WRITE|EXECUTE|PARAMETER)RSP\s*=\s*\d+\s*,\s*"
    rf"|AT\+MIPLNOTIFY\s*=\s*\d+\s*,\s*){_MID}",
    re.I,
)

_MASKS: Final[tuple[tuple["re.Pattern[str]", str], ...]] = (
    (re.compile(r"(\+MIPLNSMI:\s*\d+,\s*\d+,\s*)\d+"), r"\1<number>"),
    (re.compile(r'(\+CCLK:\s*)("?)[\d/,:+-]+("?)'), r"\1\2<time>\3"),
    (re.compile(r"(\+CSQ:\s*)\d+(,\s*)\d+"), r"\1<rssi>\2<ber>"),
    (re.compile(r"(\+CESQ:\s*).*"), r"\1<signal>"),
    (
        re.compile(r'(\+CE?REG:\s*(?:\d,\s*)?\d)(?:,\s*"?[0-9A-Fa-f*]+"?){2}(?=,|$)'),
        r"\1,<cell>",
    ),
    (re.compile(r'(\+CGPADDR:\s*\d+,\s*"?)[0-9A-Fa-f.:]+'), r"\1<address>"),
    (re.compile(r"(\+IP:\s*).*"), r"\1<address>"),
    (re.compile(r'(\+(?:CGSN|IMEI|CIMI|N?CCID|ICCID|MCCID):\s*"?)[0-9A-Za-z*]+'), r"\1<number>"),
    (re.compile(r"(\+(?:MIPLVER|CMVER|SWVER):\s*).*"), r"\1<version>"),
    (re.compile(r'(\+MIPLDEVINFO:\s*"[^"]*"\s*,\s*\d+\s*,).+'), r"\1<secrets>"),
    (re.compile(r"(\+COPS:\s*\d,\s*\d,\s*)\"[^\"]*\""), r"\1<operator>"),
    (re.compile(r"(\+MIPLLLTRDP:\s*).*"), r"\1<seconds>"),
)  # fmt: skip

_WHO: Final = re.compile(
    r"AT(?:I\d?|\+(?:CGM[IMR]|GM[IMR]|CGSN|GSN|CIMI|N?CCID|ICCID|MCCID|CMVER|SWVER|MIPLVER"
    r"|NUESTATS|CESQ)\b.*)\s*$",
    re.I,
)


def asks_who(command: str) -> bool:
    """Whether the answer to a command tells who or where a module is: another one differs."""
    return _WHO.match(command) is not None


def mid_of(line: str) -> str | None:
    """The message id in a request of the platform."""
    found = _ASKS.match(line)
    return None if found is None else found[2]


def _hides(log: str, ours: str) -> bool:
    """Whether a line of the log could be ours but for characters that are hidden in it."""
    return re.fullmatch(".*".join(map(re.escape, _HIDDEN.split(log))), ours, re.S) is not None


def begins_session(command: str) -> bool:
    """Whether a command of the host logs in."""
    return _OPENS.match(command) is not None


def in_requests(line: str, named: Callable[[str], str]) -> str:
    """A request of the platform with another message id."""
    return _ASKS.sub(lambda found: found[1] + named(found[2]), line)


def in_answers(command: str, named: Callable[[str], str]) -> str:
    """A command of the host with another message id, where it has one."""
    return _ANSWERS.sub(lambda found: found[1] + named(found[2]), command)


def masked(line: str) -> str:
    """A line of the module with names in place of what each run has for itself."""
    return in_requests(without_place(line), lambda _: "<mid>")


def without_place(line: str) -> str:
    """With names in place of times and of all that tells where and who a module is."""
    for pattern, shown in _MASKS:
        line = pattern.sub(shown, line)
    return line


class Binding:
    """Message ids of the log, and those of the module."""

    def __init__(self) -> None:
        self._ours: OrderedDict[str, str] = OrderedDict()
        self._lines: dict[str, str] = {}

    def likeness(self, log: str, ours: str) -> Likeness | None:
        """How alike two lines of the module are; None if they are not."""
        theirs, mid = mid_of(log), mid_of(ours)
        if theirs is not None and self._ours.get(theirs, mid) != mid:
            return None
        first, second = masked(log), masked(ours)
        if first == second or _HIDDEN.search(first) and _hides(first, second):
            return "same"
        return "spelling" if meaning(first) == meaning(second) else None

    def bind(self, log: str, ours: str) -> None:
        """Two lines belong to each other, and so do the ids in them."""
        theirs, mid = mid_of(log), mid_of(ours)
        if theirs is not None and mid is not None:
            self._ours[theirs], self._lines[theirs] = mid, meaning(log)
            if len(self._ours) > BOUND_LIMIT:
                self._lines.pop(self._ours.popitem(last=False)[0])

    def repeats(self, log: str) -> bool:
        """Whether a request of the log is one that it has had before."""
        return self._lines.get(mid_of(log) or "") == meaning(log)

    def forget(self, log: str) -> None:
        """The platform uses the id of this request anew."""
        mid = mid_of(log)
        if mid is not None and self._ours.pop(mid, None) is not None:
            del self._lines[mid]

    def to_write(self, command: str) -> str:
        """A command of the host with our message id where the log has its own. With a login begins
        another session, and the ids of the old one may come again."""
        if begins_session(command):
            self._ours.clear()
            self._lines.clear()
        return in_answers(command, lambda mid: self._ours.get(mid, mid))
