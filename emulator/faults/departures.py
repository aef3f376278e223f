"""What a module wants done, on its way to where faults may strike it."""

from collections import deque
from collections.abc import Iterator

from emulator.at.channel import Written
from emulator.faults.held import HELD_LIMIT
from emulator.firmware import Firmware
from emulator.outputs import Output


class Departures:
    """In order, what `collect` has taken over and nobody has taken yet. None stands where the
    module starts anew."""

    def __init__(self, firmware: Firmware) -> None:
        self._firmware, self._boots = firmware, firmware.power.boots
        self._waiting: deque[Output | None] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def next(self) -> Output | None:
        """Take the first one."""
        return self._waiting.popleft()

    def collect(self) -> None:
        """Take over what the module wants done. The answer to the command that reboots it still
        belongs to its old life."""
        outputs: list[Output | None] = [*self._firmware.outputs()]
        boots = self._firmware.power.boots
        if boots != self._boots:
            self._boots = boots
            replies = [n for n, each in enumerate(outputs) if _is_reply(each)]
            outputs.insert(replies[-1] + 1 if replies else 0, None)
        self._waiting.extend(outputs)

    def cut_short(self) -> None:
        """The module ends what it does: what it has not written yet is never written."""
        self.collect()
        self._waiting = deque(each for each in self._waiting if not isinstance(each, Written))

    def too_many(self) -> Iterator[Output | None]:
        """Take the oldest ones of more than `HELD_LIMIT`."""
        while len(self._waiting) > HELD_LIMIT:
            yield self._waiting.popleft()


def _is_reply(output: Output | None) -> bool:
    return isinstance(output, Written) and output.kind == "reply"
