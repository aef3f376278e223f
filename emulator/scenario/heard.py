"""What a scenario hears, and whether it is what somebody waits for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from emulator.cloud.events import Event as PlatformEvent
from emulator.cloud.events import describe
from emulator.scenario.document import Line, Side, Watch
from emulator.secrecy import redact

_FINAL: Final = re.compile(r"OK|ERROR|\+CI[SE] ERROR:.*|\+CME ERROR:.*")


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of host or module, without its line ends, or what a platform tells. `at`: seconds."""

    at: float
    what: "tuple[Side, str] | PlatformEvent"

    def __str__(self) -> str:
        """As a report has it, without secrets."""
        return f"{self.at:9.3f} {self._words()}"

    def _words(self) -> str:
        if not isinstance(self.what, tuple):
            return f"cloud   {self.said}"
        return f"{'host  >' if self.is_of_host else 'host  <'} {self.said}"

    @property
    def said(self) -> str:
        """The words alone, without secrets."""
        if not isinstance(self.what, tuple):
            return describe(self.what)
        return redact("".join(c if c.isprintable() else repr(c)[1:-1] for c in self.what[1]))

    @property
    def is_line(self) -> bool:
        return isinstance(self.what, tuple)

    @property
    def is_of_host(self) -> bool:
        return isinstance(self.what, tuple) and self.what[0] == "host"

    @property
    def is_final(self) -> bool:
        """Whether a command has ended with it."""
        match self.what:
            case ("module", text):
                return _FINAL.fullmatch(text) is not None
        return False


def fits(watch: Watch, heard: Heard, captured: Mapping[str, str]) -> Mapping[str, str] | None:
    """What it captures, if it is what is waited for; None if not."""
    match watch, heard.what:
        case Line(side, pattern), (its_side, text):
            return pattern.match(text, captured) if side == its_side else None
        case Line(), _:
            return None
        case telling, (_, _):
            return None
        case telling, event:
            return {} if telling.fits(event) else None


def described(watch: Watch) -> str:
    """What is waited for, in words."""
    match watch:
        case Line(side, pattern):
            does = "the host to write" if side == "host" else "the module to print"
            return f"{does} '{pattern.text}'"
    return f"the platform to tell '{watch.text}'"
