"""Time stamps as programs write them before a line."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

DAY: Final = 86400.0

Read = Callable[["re.Match[str]"], float | None]

_CLOCK: Final = r"(?P<h>\d{1,2}):(?P<m>\d\d):(?P<s>\d\d)(?:[.:,](?P<f>\d{1,6}))?"
_DATE: Final = r"(?P<y>\d{4})[-/.]?(?P<mo>\d\d)[-/.]?(?P<d>\d\d)"
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


def _of_day(found: "re.Match[str]") -> float | None:
    if int(found["h"]) > 23 or int(found["m"]) > 59 or int(found["s"]) > 60:
        return None
    seconds = int(found["h"]) * 3600 + int(found["m"]) * 60 + int(found["s"])
    return seconds + (float(f"0.{found['f']}") if found["f"] else 0.0)


def _dated(found: "re.Match[str]") -> float | None:
    clock = _of_day(found)
    month = found["mo"]
    try:
        number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
        day = datetime(int(found["y"]), number, int(found["d"]), tzinfo=UTC)
    except ValueError:
        return None
    return None if clock is None else day.timestamp() + clock


def _elapsed(found: "re.Match[str]") -> float | None:
    clock = _of_day(found)
    return None if clock is None else int(found["days"]) * DAY + clock


def _plain(found: "re.Match[str]") -> float | None:
    return float(found["seconds"])


STAMPS: Final[dict[str, tuple["re.Pattern[str]", Read]]] = {
    # Tera Term: [Tue Feb 21 17:40:34.231 2017]
    "weekday": (
        re.compile(
            r"\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<mo>[A-Z][a-z]{2}) +(?P<d>\d{1,2}) "
            rf"{_CLOCK} (?P<y>\d{{4}})\] ?"
        ),
        _dated,
    ),
    # Tera Term, the time elapsed: [0 00:01:12.345]
    "elapsed": (re.compile(rf"\[(?P<days>\d{{1,3}}) {_CLOCK}\] ?"), _elapsed),
    # minicom: [2024-05-06 10:11:12.123]; SecureCRT: [20240506_10:11:12]
    "dated": (re.compile(rf"[\[(]{_DATE}[ _T]+{_CLOCK}[\])]:? ?"), _dated),
    "dated bare": (re.compile(rf"{_DATE}[ _T]+{_CLOCK}(?: - |:? )"), _dated),
    # SSCOM: [12:34:56.789]; SecureCRT: (12:34:56:789)
    "clock": (re.compile(rf"[\[(]{_CLOCK}[\])]:? ?"), _of_day),
    "clock bare": (
        re.compile(r"(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)(?:[.:,](?P<f>\d{1,6}))?(?: - |:? )"),
        _of_day,
    ),
    # --verbose of this program: seconds
    "seconds": (re.compile(r" *(?P<seconds>\d{1,9}\.\d{3}) "), _plain),
}


def stamp_of(text: str, kinds: tuple[str, ...]) -> tuple[str, float, str] | None:
    """The kind of the stamp that a line begins with, its seconds (of whatever day), and the rest;
    None if it has none of these kinds."""
    for kind in kinds:
        pattern, read = STAMPS[kind]
        found = pattern.match(text)
        if found is not None and (seconds := read(found)) is not None:
            return kind, seconds, text[found.end() :]
    return None


class Since:
    """Stamps as seconds since the first one, which never run back: over midnight a clock without a
    date goes on, and what a log put out of order stays at the time that it was."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._last = self._days = 0.0

    def of(self, kind: str, seconds: float) -> float:
        if kind.startswith("clock"):
            if self._first is not None and seconds + self._days < self._last - DAY / 2:
                self._days += DAY
            seconds += self._days
        if self._first is None:
            self._first = seconds
        self._last = max(self._last, seconds)
        return self._last - self._first
