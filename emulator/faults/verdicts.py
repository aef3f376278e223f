"""What faults make of the final result of a command."""

from collections.abc import Iterable

from emulator.at.execution import LOST, Verdict
from emulator.at.results import Family, Problem
from emulator.at.results import Fault as Result
from emulator.faults.planted import Planted
from emulator.faults.whats import Busy, Drop, Refuse


def verdict_on(text: str, struck: Iterable[Planted], *, stops: bool) -> Verdict | None:
    """How a command line ends that these have struck; None if it is carried out. `stops`: the
    module does not come to carry it out."""
    verdict = LOST if stops else None
    for each in struck:
        match each.fault.what:
            case Drop():
                verdict = LOST
            case Busy():
                verdict = verdict or refused(Result.BUSY, text)
            case Refuse(code):
                verdict = verdict or refused(code, text)
    return verdict


def refused(code: int | str, text: str) -> Verdict:
    """A command with this code as its result, in the form of its family; text is OK."""
    if isinstance(code, str):
        return Verdict()
    family = Family.MIPL if "+MIPL" in text.upper() else Family.GENERAL
    return Verdict(problem=Problem(family, code))
