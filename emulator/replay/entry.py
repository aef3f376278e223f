"""What a log says, line by line, and where one breaks off."""

from dataclasses import dataclass, replace

from emulator.differences.dialogue import Said, Speaker


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the dialogue. `line`: where it stands in the file, from 1. `at`: seconds since
    the first time stamp; None where there is none. `sure`: the log says whose it is; else that
    follows from how it begins. `whole`: the end of the line is there."""

    by: Speaker
    text: str
    line: int
    at: float | None = None
    sure: bool = True
    whole: bool = True

    @property
    def said(self) -> Said:
        return Said(self.by, self.text, self.at or 0.0)

    @property
    def is_final(self) -> bool:
        """Whether a command has ended with it."""
        return self.said.is_final

    def saying(self, text: str) -> "Entry":
        """The same line in other words."""
        return replace(self, text=text)


@dataclass(frozen=True, slots=True)
class Break:
    """Where a log can be read no further, and why."""

    line: int
    reason: str


class LogError(Exception):
    """This is no log, or not of the format that was asked for; the text names cause and mend."""
