"""What explains the differences of a log: changes of the module's switches."""

from dataclasses import dataclass

from emulator.replay.candidates import Change


@dataclass(frozen=True, slots=True)
class Remedy:
    """`options`: changes each of which makes the difference at `line` go away, the best first.
    `next_line`: where the log still differs with the first of them; None: nowhere."""

    line: int
    options: tuple[Change, ...]
    next_line: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """`remedies` one upon the other, as far as the log could be explained. `tried` of `possible`
    changes were tried for the last difference."""

    remedies: tuple[Remedy, ...]
    tried: int
    possible: int

    @property
    def options(self) -> str:
        """All of them on one command line."""
        return " ".join(remedy.options[0].option for remedy in self.remedies)
