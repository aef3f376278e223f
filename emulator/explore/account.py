"""What host and module said in one life of the host, line by line."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from emulator.journal import Record
from emulator.scenario.lines import Lines

SAID_LIMIT: Final = 40_000
"""Lines of one life that are kept, the first; with more there is nothing to compare."""

REQUEST: Final = re.compile(
    r"\+MIPL(READ|WRITE|EXECUTE|OBSERVE|DISCOVER|PARAMETER): ?\d+, ?(\d+),", re.I
)
_ANSWER: Final = re.compile(r"AT\s*\+MIPL(READ|WRITE|EXECUTE)RSP\s*=\s*\d+\s*,\s*(\d+)", re.I)
_MID: Final = re.compile(r"^(\+MIPL[A-Z]+: ?\d+, ?)\d+(?=,)")
_EVENT: Final = "+MIPLEVENT"
_POLLS: Final = ("AT", "ATE0", "ATE1")


@dataclass(frozen=True, slots=True)
class Said:
    """A line, without its end. `at`: seconds of the modem's clock."""

    at: float
    is_of_host: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the host to a request: its kind, as in `+MIPLREADRSP`, and the message id."""

    kind: str
    mid: int
    said: Said


@dataclass(frozen=True)
class Account:
    """`said`: all of a life, in order."""

    said: tuple[Said, ...] = ()

    @cached_property
    def host(self) -> tuple[Said, ...]:
        return tuple(each for each in self.said if each.is_of_host)

    @cached_property
    def module(self) -> tuple[Said, ...]:
        return tuple(each for each in self.said if not each.is_of_host)

    @cached_property
    def asked(self) -> Counter[str]:
        """How often each request was printed."""
        return Counter(each.text for each in self.module if REQUEST.match(each.text))

    @cached_property
    def mids(self) -> dict[int, str]:
        """The message ids of all requests, and of which kind each is."""
        found = filter(None, map(REQUEST.match, self.asked))
        return {int(each[2]): each[1].upper() for each in found}

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        pairs = ((_ANSWER.match(each.text), each) for each in self.host)
        return tuple(Answer(m[1].upper(), int(m[2]), said) for m, said in pairs if m)

    def unsolicited(self, since: float) -> list[str]:
        """The lines of the module from then on that are no part of an answer to a command, without
        the requests that the host has answered."""
        done = {each.mid for each in self.answers}
        found, command = [], ""
        for each in self.said:
            if each.is_of_host:
                command = name_of_line(each.text).removeprefix("AT").rstrip("?")
            elif each.at >= since and each.text.startswith("+") and " ERROR" not in each.text:
                head = each.text.partition(":")[0].upper()
                if head != command and mid_of(each.text) not in done:
                    found.append(each.text)
        return found

    def last(self, text: str) -> Said | None:
        """When the host wrote this line the last time."""
        return next((each for each in reversed(self.host) if each.text == text), None)


class Listener:
    """Takes the records of a modem's journal in their order."""

    def __init__(self) -> None:
        self._host, self._module = Lines(), Lines()
        self._said: list[Said] = []
        self._is_whole = True

    def take(self, record: Record) -> None:
        match record.kind:
            case "serial_in":
                self._add(True, self._host.take(record.data), record.time)
            case "serial_out":
                self._add(False, self._module.take(record.data), record.time)

    def _add(self, is_of_host: bool, lines: Iterable[str], at: float) -> None:
        for line in filter(None, map(str.strip, lines)):
            if len(self._said) < SAID_LIMIT:
                self._said.append(Said(at, is_of_host, line))
            else:
                self._is_whole = False

    def account(self) -> Account:
        """What has been said so far; nothing where that was too much to be kept."""
        return Account(tuple(self._said) if self._is_whole else ())


def mid_of(text: str) -> int | None:
    """The message id of a request that the module has printed."""
    found = REQUEST.match(text)
    return int(found[2]) if found else None


def unnumbered(text: str) -> str:
    """A line of the module with `{*}` for the message id; an event has none."""
    return text if text.upper().startswith(_EVENT) else _MID.sub(r"\1{*}", text)


def is_answered(text: str) -> bool:
    """Whether it is a request that a host has to answer (manual 3.10, 3.12, 3.14)."""
    found = REQUEST.match(text)
    return found is not None and found[1].upper() in ("READ", "WRITE", "EXECUTE")


def name_of_line(text: str) -> str:
    """The command that a line of the host is, without its parameters: `AT+MIPLNOTIFY`."""
    return text.partition("=")[0].strip().upper()


def is_poll(text: str) -> bool:
    """Whether a host may write it as often as it likes."""
    return text.upper() in _POLLS or text.endswith("?")


def is_answer(text: str) -> bool:
    return name_of_line(text).endswith("RSP") and _ANSWER.match(text) is not None


def fields_of(text: str) -> Iterator[str]:
    """The parameters of a line of host or module, without quotes."""
    rest = re.split(r"[=:]", text, maxsplit=1)[-1]
    yield from (field.strip().strip('"') for field in rest.split(","))
