"""What a host does each time that nothing disturbs it: what a disturbed life is held against."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from emulator.explore.account import (
    Account,
    Said,
    fields_of,
    is_answer,
    is_answered,
    is_poll,
    mid_of,
    name_of_line,
)
from emulator.explore.calm import Calm, Order, idle_of, orders_of

ANY = "{*}"


@dataclass(frozen=True, slots=True)
class Command:
    """A line that the host wrote in each life, in this order. `text`: with `{*}` for what a message
    id is in it; of parameters that differ, one `{*}`. `gap`: seconds since the one before, at most.
    `result`: the final result, if it was the same in each."""

    said: str
    text: str
    gap: float
    result: str = ""

    @property
    def name(self) -> str:
        return name_of_line(self.said)


@dataclass(frozen=True)
class Usual:
    """`commands` without answers to requests, and without what a host may write as often as it
    likes. `fields`: all parameters that host or module have written. `varying`: the commands of
    which parameters differ. `mids`: all message ids of requests. `asked`: how often a request like
    this was printed; `answered`: those that it answers; `repeats`: whether one came again.
    `undone`: the events of the scenario that have not happened in each life. `output`: the shapes
    of the lines that it printed. `orders`: the commands behind a line of the module's own. `calm`:
    how it answers where nothing collides. `idle`: the longest that it took for a line, in seconds.
    `witnesses`: what it prints when it has got the line of an order."""

    commands: tuple[Command, ...] = ()
    fields: frozenset[str] = frozenset()
    varying: frozenset[str] = frozenset()
    mids: frozenset[int] = frozenset()
    answered: frozenset[str] = frozenset()
    asked: Counter[str] | None = None
    repeats: bool = False
    undone: frozenset[int] = frozenset()
    output: frozenset[str] = frozenset()
    orders: frozenset[Order] = frozenset()
    calm: Calm = Calm()
    idle: float = 0.0
    witnesses: Mapping[Order, frozenset[str]] = field(default_factory=dict)


def usual_of(first: Account, second: Account, undone: frozenset[int] = frozenset()) -> Usual:
    """What two undisturbed lives have in common."""
    mids = frozenset(first.mids.keys() | second.mids.keys())
    return Usual(
        tuple(_common(first, second, mids)),
        frozenset(field for each in (*first.said, *second.said) for field in fields_of(each.text)),
        frozenset(_varying(first, second, mids)),
        mids,
        frozenset(_answered(first, mids) | _answered(second, mids)),
        _asked(first, mids) | _asked(second, mids),
        any(times > 1 for account in (first, second) for times in account.asked.values()),
        undone,
        orders=frozenset(orders_of(first) & orders_of(second)),
        idle=max(idle_of(first), idle_of(second)),
    )


def pattern_of(text: str, mids: Iterable[int]) -> str:
    """A line with `{*}` where a message id stands, as a pattern of scenarios."""
    head, sign, rest = text.partition("=")
    if not sign:
        return escaped(text)
    known = {str(mid) for mid in mids}
    fields = rest.split(",")
    masked = (ANY if field.strip() in known else escaped(field) for field in fields)
    return f"{escaped(head)}={','.join(masked)}"


def request_of(text: str, mids: Iterable[int]) -> str:
    """The same of a line of the module."""
    head, sign, rest = text.partition(":")
    known = {str(mid) for mid in mids}
    fields = (ANY if field.strip() in known else escaped(field) for field in rest.split(","))
    return f"{escaped(head)}{sign}{','.join(fields)}"


def escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _asked(account: Account, mids: Iterable[int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text, times in account.asked.items():
        found[request_of(text, mids)] += times
    return found


def _answered(account: Account, mids: Iterable[int]) -> set[str]:
    """Requests that the host has answered."""
    done = {each.mid for each in account.answers}
    return {request_of(text, mids) for text in account.asked if mid_of(text) in done}


def unanswered(account: Account, usual: Usual, placed: Iterable[str]) -> list[str]:
    """Of what the module printed, the requests that this host answers undisturbed, or that have
    collided, and has not answered."""
    done, wanted = {each.mid for each in account.answers}, set(placed)
    mids = usual.mids | account.mids.keys()

    def counts(text: str) -> bool:
        return is_answered(text) if text in wanted else request_of(text, mids) in usual.answered

    return [text for text in account.asked if mid_of(text) not in done and counts(text)]


def _own(account: Account) -> list[Said]:
    return [each for each in account.host if not is_answer(each.text) and not is_poll(each.text)]


def _varying(first: Account, second: Account, mids: Iterable[int]) -> Iterator[str]:
    """Names of commands, answers included, that had other parameters in one life."""
    lives = [{pattern_of(each.text, mids) for each in life.host} for life in (first, second)]
    yield from (name_of_line(text) for text in lives[0] ^ lives[1])


def _common(first: Account, second: Account, mids: Iterable[int]) -> Iterator[Command]:
    """In the order that both have; with the gaps of the slower."""
    one, other = _own(first), _own(second)
    names, its = ([name_of_line(each.text) for each in life] for life in (one, other))
    starts = [life.said[0].at if life.said else 0.0 for life in (first, second)]
    matcher = SequenceMatcher(None, names, its, autojunk=False)
    for block in matcher.get_matching_blocks():
        for n in range(block.size):
            pair = one[block.a + n], other[block.b + n]
            gap = max(each.at - start for each, start in zip(pair, starts, strict=True))
            starts = [each.at for each in pair]
            result, its_result = _result(first, pair[0]), _result(second, pair[1])
            if result is None or its_result is None:
                return  # the last line of a host that does not wait for the answer
            text = _one_of({pattern_of(each.text, mids) for each in pair}, pair[0].text)
            yield Command(pair[0].text, text, gap, result if result == its_result else "")


def _one_of(texts: set[str | None] | set[str], said: str) -> str:
    if len(texts) == 1:
        return str(texts.pop())
    return f"{escaped(said.partition('=')[0])}={ANY}"


def _result(account: Account, said: Said) -> str | None:
    """The final result behind a command; None if nothing more came."""
    place = account.said.index(said)
    after = [each for each in account.said[place + 1 :] if not each.is_of_host]
    if not after:
        return None
    finals = (e.text for e in after if e.text in ("OK", "ERROR") or " ERROR:" in e.text[:12])
    return next(finals, "")
