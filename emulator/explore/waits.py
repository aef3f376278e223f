"""What a host waits for that writes nothing more, and which requests it has left unanswered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from emulator.explore.account import Account, is_answer, name_of_line, unnumbered
from emulator.explore.calm import Order
from emulator.explore.saying import shortened
from emulator.explore.usual import Command, Usual, pattern_of, unanswered
from emulator.secrecy import redact

IGNORED: Final = 3  # lines that are named where it stands still


def ignored(account: Account, usual: Usual, collided: Iterable[str], since: float) -> str:
    """Which lines it may have missed: requests that it never answers, the line that it waits for,
    or else those that came last; `since`: from which time on."""
    missed, awaited, came = unanswered(account, usual, collided), *waited(account, usual)
    told = f", and never answers {listed(missed)}" if missed else ""
    if not missed and not came and (last := account.unsolicited(since)[-IGNORED:]):
        told = f", although these came last: {listed(last)}"
    return f"{told}{awaited}"


def lost(account: Account, collided: Iterable[str]) -> str:
    """The requests that have collided and are unanswered, of a host that has ended."""
    missed = unanswered(account, Usual(), collided)
    return f", and never answers {listed(missed)}" if missed else ""


def waited(account: Account, usual: Usual) -> tuple[str, tuple[str, ...]]:
    """In words, the next command of the usual ones that it never wrote, and the lines of the
    module's own behind which that comes undisturbed; and these, if all of them came."""
    if (found := _next(account, usual)) is None:
        return "", ()
    command, nth = found
    again = " again" if nth > 1 else ""
    text = f"; it never wrote {redact(command.said)}{again}"
    orders = [e for e in usual.orders if (e.command, e.nth) == (command.said, nth) and not e.asked]
    lines = [each.text for each in account.module]
    places = {order: _place(order, lines) for order in orders}
    came = [lines[place] for place in sorted(p for p in places.values() if p is not None)]
    missing = sorted(order.line for order, place in places.items() if place is None)
    told = missing or came
    if not told:
        return text, ()
    which = "that" if len(told) == 1 else "these"
    what = "did not come" if missing else "came"
    text = f"{text}, which comes behind {listed(told)}, and {which} {what}"
    return text, () if missing else tuple(came)


def _place(order: Order, lines: Sequence[str]) -> int | None:
    """The number of the line for which it waits; None if that did not come."""
    found = [n for n, text in enumerate(lines) if unnumbered(text) == order.line]
    return found[order.times - 1] if len(found) >= order.times else None


def _next(account: Account, usual: Usual) -> tuple[Command, int] | None:
    """The first that is missing, and its number among those that are alike."""
    mids = usual.mids | account.mids.keys()
    written = [each.text for each in account.host if not is_answer(each.text)]
    patterns = Counter(pattern_of(text, mids) for text in written)
    names = Counter(map(name_of_line, written))
    wanted, alike = Counter[str](), Counter[str]()
    for command in usual.commands:
        alike[command.said] += 1
        is_open = command.name in usual.varying
        key = command.name if is_open else pattern_of(command.said, mids)
        wanted[key] += 1
        if (names if is_open else patterns)[key] < wanted[key]:
            return command, alike[command.said]
    return None


def listed(lines: Sequence[str]) -> str:
    """The first of them by name."""
    named = " and ".join(shortened(redact(line)) for line in lines[:IGNORED])
    more = len(lines) - IGNORED
    return f"{named} and {more} more" if more > 0 else named
