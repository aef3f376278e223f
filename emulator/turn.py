"""The input that a module is carrying out."""

from dataclasses import dataclass


@dataclass(slots=True)
class Turn:
    """`now`: when it came; `cause`: the number of its record in the journal. The parts of one
    module share it. A command that waited in the channel makes a turn of its own."""

    now: float = 0.0
    cause: int = 0
