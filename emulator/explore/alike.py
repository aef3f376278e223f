"""Whether a host answers as it does where nothing collides, and waits for what it waited for."""

from collections.abc import Iterator
from typing import Final

from emulator.explore.calm import holds, readings, result_of, results_of, value_of
from emulator.explore.lived import Lived, Odd, Sign
from emulator.explore.sheet import Sheet
from emulator.explore.usual import Usual, pattern_of
from emulator.secrecy import redact

FEW: Final = 2  # requests at once that a host may not refuse because they are many (chosen)

KEPT_S: Final = 3.0
"""Seconds in which a host does not change of its own what was written (chosen)."""


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
        is_sure = line in usual.calm.kept and usual.calm.results.get(line) == result_of(done.text)
        came = value_of(answer.text)
        if is_sure and came not in (None, value) and answer.at - done.at <= KEPT_S:
            why = f"the host has taken {value!r}, and answers a READ with {came!r}: "
            sign = Sign("host", pattern_of(answer.text, ()), 0, said=answer)
            yield f"{why}{redact(answer.text)}", sign


def early(lived: Lived, sheet: Sheet, usual: Usual) -> Iterator[Odd]:
    """A command before the line that it has always waited for."""
    for order in usual.calm.orders:
        said = holds(order, lived.account)
        often = sum(each.text == order.command for each in lived.account.host)
        if said is not None and often <= sheet.sent.get(order.command, 0):
            why = f"the host wrote {redact(said.text)} before {order.line}, for which it waits"
            yield f"{why} undisturbed", Sign(order=order, said=said)
