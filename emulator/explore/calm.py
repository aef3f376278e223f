"""How a host answers where nothing collides, and which of its commands wait for which line."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from emulator.explore.account import (
    Account,
    Said,
    fields_of,
    is_answer,
    is_poll,
    mid_of,
    unnumbered,
)
from emulator.explore.values import kept_of, piled_of

_WAITED: Final = ("+MIPLEVENT", "+MIPLOBSERVE")  # lines that hosts wait for beside requests
_ASKED: Final = re.compile(r"^\+MIPL(READ|WRITE|EXECUTE):", re.I)


@dataclass(frozen=True, slots=True)
class Order:
    """The `nth` time that the host writes `command`, it has waited for the `line`, which has come
    `times` by then. Its message id is `{*}`. `behind`: the command before that, and `since`: which
    time that was."""

    line: str
    times: int
    command: str
    nth: int
    behind: str = ""
    since: int = 1

    @property
    def asked(self) -> str:
        """Which request of a platform the line is, as `read`; empty if it is none."""
        found = _ASKED.match(self.line)
        return found[1].lower() if found else ""


GOES_ON_S: Final = 0.4
"""Seconds that a host has to show that it goes on because of a line, before it is asked for
something (chosen)."""


class Waiting:
    """Shut from when the host waits until the line has come, as an order says."""

    delay = GOES_ON_S

    def __init__(self, order: Order) -> None:
        self._order = order
        self._written = self._come = 0

    @property
    def is_shut(self) -> bool:
        return self._written >= self._order.since and self._come < self._order.times

    def host(self, text: str) -> None:
        self._written += text == self._order.behind

    def module(self, text: str) -> None:
        self._come += unnumbered(text) == self._order.line


@dataclass(frozen=True, slots=True)
class Calm:
    """`results` of each request, by its line without the message id. `kept`: the WRITEs of which a
    READ then gave the value. `fields`: all parameters that host or module have written. `orders`:
    what the host waits for, even if it comes late. `piled`: the paths of which a READ gave the
    value of a WRITE right before it. `idle`: seconds, as of `idle_of`, the most."""

    results: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    orders: tuple[Order, ...] = ()
    idle: float = 0.0
    piled: frozenset[str] = frozenset()


def result_of(text: str) -> str:
    """Of an answer: its result, as `2` for changed (manual 3.13)."""
    return next((each for n, each in enumerate(fields_of(text)) if n == 2), "")


def results_of(account: Account) -> Iterator[tuple[Said, str, Said]]:
    """Each request that was answered, its line without the message id, and the first answer."""
    asked = {mid_of(each.text): each for each in account.module if mid_of(each.text) is not None}
    seen: set[int] = set()
    for answer in account.answers:
        if answer.mid in asked and answer.mid not in seen:
            seen.add(answer.mid)
            line = asked[answer.mid]
            yield line, unnumbered(line.text), answer.said


def orders_of(account: Account) -> set[Order]:
    """Commands that were written directly behind a line of the module's own, or behind an event or
    an OBSERVE that came since the command before: answers to requests may stand between. Of these
    requests, it is the last that counts."""
    found: set[Order] = set()
    lines: Counter[str] = Counter()
    commands: Counter[str] = Counter()
    since: list[str] = []
    last, behind = Said(0.0, True, ""), ""
    for said in account.said:
        if said.is_of_host:
            text = said.text
            commands[text] += 1
            if not is_answer(text) and not is_poll(text):
                asked = [each for each in since if _ASKED.match(each)][-1:]
                waited = [e for e in since if e.startswith(_WAITED) or e == unnumbered(last.text)]
                waited += asked
                place = (text, commands[text], behind, max(commands[behind], 1))
                found |= {Order(each, lines[each], *place) for each in waited if behind}
                since, behind = [], text
        elif (line := unnumbered(said.text)).startswith("+MIPL"):
            lines[line] += 1
            since.append(line)
        last = said
    return found


def pauses_of(account: Account, since: float = 0.0) -> Iterator[tuple[float, Said, Said]]:
    """Of each line that the host wrote from then on: the seconds since there was a line of host or
    module, that line, and its own."""
    for before, said in pairwise(account.said):
        if said.is_of_host and before.at >= since:
            yield said.at - before.at, before, said


def idle_of(account: Account) -> float:
    """The longest time that the host took for a line, although none came meanwhile."""
    return max((seconds for seconds, _, _ in pauses_of(account)), default=0.0)


def holds(order: Order, account: Account) -> Said | None:
    """The command, if it was written before the line had come; None if all is well, or if it was
    not written, or more often than it should."""
    times = nth = 0
    for said in account.said:
        if not said.is_of_host:
            times += unnumbered(said.text) == order.line
        elif said.text == order.command:
            nth += 1
            if nth == order.nth:
                return said if times < order.times else None
    return None


def calm_of(lives: Iterable[Iterable[Account]], orders: Iterable[Order] = ()) -> Calm:
    """`lives`: of each line the lives that were led with it; what was not the same in all of them
    is not known."""
    results: dict[str, str] = {}
    kept: set[str] = set()
    fields: set[str] = set()
    together: list[dict[str, bool]] = []
    idle = 0.0
    for accounts in map(list, lives):
        found = [{line: result_of(a.text) for _, line, a in results_of(e)} for e in accounts]
        results |= {k: v for k, v in found[0].items() if all(e.get(k) == v for e in found)}
        back = [dict(kept_of(each)) for each in accounts]
        kept |= {line for line in back[0] if all(each.get(line) for each in back)}
        fields |= {f for e in accounts for said in e.said for f in fields_of(said.text)}
        idle = max([idle, *map(idle_of, accounts)])
        together += [dict(piled_of(each)) for each in accounts]
    paths = {path for each in together for path in each}
    piles = frozenset(p for p in paths if all(each.get(p, True) for each in together))
    return Calm(results, frozenset(kept), frozenset(fields), tuple(orders), idle, piles)
