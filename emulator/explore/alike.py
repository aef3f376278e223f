"""Whether a host answers as it does where nothing collides, waits for what it waited for, and takes
no longer than it did."""

from collections.abc import Iterator
from typing import Final

from emulator.explore.account import Said
from emulator.explore.calm import (
    Order,
    holds,
    pauses_of,
    result_of,
    results_of,
)
from emulator.explore.calming import HELD_S
from emulator.explore.lived import Lived, Odd, Sign
from emulator.explore.sheet import Sheet
from emulator.explore.usual import Usual, pattern_of
from emulator.explore.values import is_in_hex, piled, readings, value_of, written
from emulator.secrecy import redact

FEW: Final = 2  # requests at once that a host may not refuse because they are many (chosen)

KEPT_S: Final = 3.0
"""Seconds in which a host does not change of its own what was written (chosen)."""

STALL_S: Final = 1.5
"""How much longer than twice of what it ever took undisturbed a host takes for a line that stands
still: more than a busy machine costs, and less than drivers wait for a final result (chosen)."""


def unequal(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    """A request with another result than the same where nothing collided."""
    if len(lived.placed.lines) > FEW:
        return
    for line, name, answer in results_of(lived.account):
        wanted = usual.calm.results.get(name)
        if wanted is not None and (came := result_of(answer.text)) != wanted:
            why = f"the host answers {redact(line.text)} with result {came}, and with {wanted} "
            sign = Sign("host", pattern_of(answer.text, ()), 0, said=answer)
            yield f"{why}where nothing collides: {redact(answer.text)}", sign


def misread(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    """A READ behind a WRITE that gives another value, and gave that where nothing collided."""
    for line, value, done, answer, _ in readings(lived.account):
        is_sure = _is_kept(usual, line, result_of(done.text))
        came = value_of(answer.text)
        if is_sure and came not in (None, value) and answer.at - done.at <= KEPT_S:
            why = f"the host has taken {value!r}, and answers a READ with {came!r}: "
            sign = Sign("host", pattern_of(answer.text, ()), 0, said=answer)
            yield f"{why}{redact(answer.text)}", sign


def _is_kept(usual: Usual, line: str, result: str) -> bool:
    """Whether it is sure that a READ gives the value of a WRITE with this result. In hex it comes
    only before the first report: what the host does with other values of the path counts then."""
    results, known = usual.calm.results, {line}
    if is_in_hex(line) and line not in results:
        path = (written(line) or ("",))[0]
        known = {each for each in usual.calm.kept if (written(each) or ("",))[0] == path}
    return any(each in usual.calm.kept and results.get(each) == result for each in known)


def misordered(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    """A READ right behind a WRITE that gives another value, and gave that where nothing collided:
    both were taken, and not in the order in which they came."""
    if len(lived.placed.lines) > FEW:
        return
    for path, (line, value, done, answer, asked) in piled(lived.account):
        is_taken = usual.calm.results.get(line) == result_of(done.text)
        came, is_soon = value_of(answer.text), answer.at - asked.at <= KEPT_S
        if path in usual.calm.piled and is_taken and is_soon and came not in (None, value):
            why = f"the host answers a READ with {came!r} that came behind the WRITE of {value!r}, "
            sign = Sign("host", pattern_of(answer.text, ()), 0, said=answer)
            yield f"{why}and takes that, too, but later: {redact(answer.text)}", sign


def early(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    """A command before the line that it has always waited for, and sooner than its time for that
    may have been up."""
    collided = {line.kind for line in lived.placed.lines}
    for order in usual.calm.orders:
        if order.asked in collided:  # it may have got by that what it waits for
            continue
        said = holds(order, lived.account)
        often = sum(each.text == order.command for each in lived.account.host)
        if said is None or often > sheet.sent.get(order.command, 0):
            continue
        if said.at - _begun(lived, order, said) < HELD_S:
            why = f"the host wrote {redact(said.text)} before {order.line}, for which it waits"
            yield f"{why} undisturbed", Sign(order=order, said=said)


def _begun(lived: Lived, order: Order, said: Said) -> float:
    """When the host wrote the command behind which it waits."""
    before = [e.at for e in lived.account.host if e.text == order.behind and e.at < said.at]
    return before[order.since - 1] if len(before) >= order.since else float("-inf")


def stalled(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    """A line for which the host took much longer than for any undisturbed, although nothing came
    that it may have waited for."""
    most = 2 * max(usual.idle, usual.calm.idle) + STALL_S
    if lived.placed.held:
        return
    for seconds, before, said in pauses_of(lived.account, lived.struck_at):
        if seconds > most:
            why = f"the host stands still for {seconds:.1f} s between {redact(before.text)} and "
            why += f"{redact(said.text)}; undisturbed it took {usual.idle:.1f} s at most"
            yield why, Sign(stalls=most, said=said)
