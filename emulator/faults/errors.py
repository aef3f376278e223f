"""What is wrong with a fault."""

from collections.abc import Iterable
from difflib import get_close_matches


class FaultError(Exception):
    """`field` of the fault (`where`, `what`, `nth`, …) cannot be so; `cause` says what was expected
    and names the nearest valid name."""

    def __init__(self, field: str, cause: str) -> None:
        super().__init__(f"{field}: {cause}")
        self.field, self.cause = field, cause


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint behind a name that is none."""
    names = list(known)
    near = get_close_matches(word.lower(), [name.lower() for name in names], 1)
    if not near:
        return f"; there are {', '.join(names)}"
    return f"; did you mean '{next(name for name in names if name.lower() == near[0])}'?"
