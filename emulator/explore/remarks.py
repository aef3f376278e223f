"""What a host prints of its own: by that it shows what it has done, and when."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from emulator.explore.account import Account, Said, is_answered, unnumbered
from emulator.explore.calm import Order
from emulator.explore.excerpts import Moment
from emulator.explore.saying import shows

REMARKS_LIMIT: Final = 200  # of one life, the first

Life = tuple[Account, Sequence[Moment]]
"""What host and module said, and all that happened."""


def remarks_of(account: Account, entries: Iterable[Moment]) -> tuple[Said, ...]:
    """Lines of its output that show none of host or module."""
    wire = {each.text for each in account.said}
    found = (e for e in entries if e.kind == "output" and isinstance(e.said, str))
    said = (Said(e.at, True, str(e.said).strip()) for e in found)
    return tuple(each for each in said if each.text and not shows(each.text, wire))[:REMARKS_LIMIT]


def witnesses(lives: Iterable[Life], orders: Iterable[Order]) -> Mapping[Order, frozenset[str]]:
    """For each order what the host printed once in each life, between the line and the command: it
    prints that when it has got what it waits for."""
    found: dict[Order, frozenset[str]] = {}
    for account, entries in lives:
        remarks = remarks_of(account, entries)
        often = Counter(each.text for each in remarks)
        for order in orders:
            begin, end = line_of(order, account), command_of(order, account)
            between = frozenset(
                each.text
                for each in remarks
                if begin and end and begin.at <= each.at <= end.at and often[each.text] == 1
            )
            found[order] = between & found.get(order, between)
    return found


def line_of(order: Order, account: Account) -> Said | None:
    """The line for which it waits; None if that did not come."""
    there = [each for each in account.module if unnumbered(each.text) == order.line]
    return there[order.times - 1] if len(there) >= order.times else None


def command_of(order: Order, account: Account) -> Said | None:
    there = [each for each in account.host if each.text == order.command]
    return there[order.nth - 1] if len(there) >= order.nth else None


def has_shown(order: Order, life: Life, texts: Iterable[str]) -> bool:
    """Whether the host has gone on because of the line, and nothing else: before the next request
    of a platform it wrote the command, or printed one of these `texts`."""
    account, entries = life
    line, command = line_of(order, account), command_of(order, account)
    if line is None or command is None:
        return False
    behind = (each for each in account.module if each.at >= line.at and each != line)
    requests = (each.at for each in behind if is_answered(each.text))
    until = min(requests, default=float("inf"))
    wanted = set(texts)
    printed = [each.at for each in remarks_of(account, entries) if each.text in wanted]
    return any(line.at <= at < until for at in (command.at, *printed))
