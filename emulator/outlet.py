"""The way out of a module: through the stages that may drop an output, double it or change it."""

from emulator.filters import Filter
from emulator.outputs import Output
from lwm2m_core.nothing import NO_ITEMS


class Outlet:
    """`outputs` wait for the shell. `command`: the line that was carried out last, by which the
    `stages` may decide."""

    __slots__ = ("outputs", "stages", "command")

    def __init__(self) -> None:
        self.outputs: list[Output] = NO_ITEMS
        self.stages: tuple[Filter, ...] = ()
        self.command = ""

    def put(self, output: Output) -> None:
        if not self.stages:
            self.append(output)
            return
        outputs: tuple[Output, ...] = (output,)
        for stage in self.stages:
            outputs = tuple(after for before in outputs for after in stage(before, self.command))
        for left in outputs:
            self.append(left)

    def append(self, output: Output) -> None:
        """Behind the stages."""
        if self.outputs:
            self.outputs.append(output)
        else:
            self.outputs = [output]

    def drain(self) -> list[Output]:
        """What waits, in order."""
        drained, self.outputs = self.outputs, NO_ITEMS
        return drained or []
