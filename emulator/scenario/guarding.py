"""What must not come in a dialogue, or not so often."""

from typing import Final

from emulator.scenario.document import Never, Watch
from emulator.scenario.heard import Heard, fits
from emulator.scenario.patterns import Captured

_OFTEN: Final = {0: "never", 1: "once at most"}


class Guard:
    """An entry `never` from where it stands on."""

    def __init__(self, never: Never) -> None:
        self.never = never
        self._seen, self._is_on = 0, never.after is None

    def is_broken_by(self, heard: Heard, captured: Captured) -> bool:
        """Whether it came once too often with this."""
        never = self.never
        if self._is_on and _is(never.until, heard, captured):
            self._is_on, self._seen = False, 0
        elif self._is_on and _is(never.watch, heard, captured):
            self._seen += 1
            return self._seen > never.more_than
        elif never.after is not None and _is(never.after, heard, captured):
            self._is_on, self._seen = True, 0
        return False

    def told(self, heard: Heard) -> str:
        """The failure, in words."""
        never = self.never
        often = _OFTEN.get(never.more_than, f"{never.more_than} times at most")
        again = " once more" if never.more_than else ""
        is_bounded = never.after is not None or never.until is not None
        where = "where it stands" if is_bounded else "from here on"
        return f"{often} {where}, but at {heard.at:.3f} s it came{again}: '{heard.said}'"


def _is(watch: Watch | None, heard: Heard, captured: Captured) -> bool:
    return watch is not None and fits(watch, heard, captured) is not None
