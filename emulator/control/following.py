"""Following a modem's journal while it grows, at the reader's own pace."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from difflib import get_close_matches
from typing import Final, Self

from emulator.control.controlled import Controlled
from emulator.control.protocol import ControlError
from emulator.journal import KINDS, Journal, Record
from emulator.recording.lines import line_of
from emulator.web.calls import Given
from emulator.web.fields import FieldError, Json

FOLLOWER_LIMIT: Final = 16
"""Readers that follow one modem at a time."""

WAITING_LIMIT, WAITING_BYTES = 1024, 1 << 20
"""Records, and bytes of their data, that wait for a reader; beyond that the oldest are dropped, and
the reader is told how many."""


class Follower:
    """A sink of the journal. `kinds` empty: all."""

    def __init__(self, modem: Controlled, after: int | None, kinds: frozenset[str]) -> None:
        self._journal, self._redact, self._kinds = modem.journal, modem.redactor(), kinds
        self._waiting: deque[Record] = deque()
        self._bytes = self._missed = 0
        self._news = asyncio.Event()
        self._last = self._journal.last if after is None else after
        self._missed += gone(self._journal, self._last)
        for record in self._journal.records:
            self(record)
        self._journal.sinks.append(self)

    def __call__(self, record: Record) -> None:
        shown = self._redact(record)  # also of what is not wanted: it learns from all
        if record.number <= self._last or (self._kinds and record.kind not in self._kinds):
            return
        self._waiting.append(shown)
        self._bytes += len(shown.data)
        while len(self._waiting) > WAITING_LIMIT or self._bytes > WAITING_BYTES:
            self._bytes -= len(self._waiting.popleft().data)
            self._missed += 1
        self._news.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        """A record as a line of JSON; `{"missed": 17}` where so many are lacking. No end."""
        while not (self._missed or self._waiting):
            self._news.clear()
            await self._news.wait()
        if self._missed:
            missed, self._missed = self._missed, 0
            return missed_line(missed)
        record = self._waiting.popleft()
        self._bytes -= len(record.data)
        return line_of(record)

    def close(self) -> None:
        """May be repeated."""
        if self in self._journal.sinks:
            self._journal.sinks.remove(self)


def missed_line(count: int) -> str:
    """So many records are lacking here."""
    return json.dumps({"missed": count})


def gone(journal: Journal, after: int) -> int:
    """How many records with higher numbers are not kept any more."""
    first = journal.records[0].number if journal.records else journal.last + 1
    return max(0, first - after - 1)


def follow(modem: Controlled, given: Given) -> Follower:
    """What happens from now on, or after a record of that number. FieldError, ControlError."""
    kinds = kinds_of(given)
    readers = sum(isinstance(sink, Follower) for sink in modem.journal.sinks)
    if readers >= FOLLOWER_LIMIT:
        raise ControlError("busy", f"{FOLLOWER_LIMIT} readers follow this modem already")
    return Follower(modem, given["after"], kinds)


def recent(modem: Controlled, given: Given) -> Json:
    """What has happened, as far as it is kept. FieldError."""
    kinds, after, journal = kinds_of(given), given["after"] or 0, modem.journal
    redact: Callable[[Record], Record] = modem.redactor()
    shown = [redact(record) for record in journal.records]
    found = [r for r in shown if r.number > after and (not kinds or r.kind in kinds)]
    page = found[: given["limit"]]
    more = {"next": page[-1].number} if len(found) > len(page) else {}
    events = [json.loads(line_of(record)) for record in page]
    return {"events": events, "missed": gone(journal, after), **more}


def kinds_of(given: Given) -> frozenset[str]:
    """Those that are wanted; FieldError for what the journal never has."""
    for kind in given["kinds"] or ():
        if kind not in KINDS:
            near = get_close_matches(kind, KINDS, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(KINDS)}"
            raise FieldError("kinds", f"there is no kind '{kind}'; {hint}")
    return frozenset(given["kinds"] or ())
