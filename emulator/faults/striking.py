"""Which faults strike, each with its record."""

from collections.abc import Iterator
from dataclasses import replace

from emulator.faults.acts import Acts
from emulator.faults.diary import Diary
from emulator.faults.held import Held
from emulator.faults.occasions import state_of
from emulator.faults.plan import Plan
from emulator.faults.planted import Occasion, Planted
from emulator.faults.road import Road
from emulator.faults.things import Act, Passing, Thing
from emulator.faults.whats import Code, is_act
from emulator.firmware import Firmware


class Striking:
    """Those that act go to `acts`."""

    __slots__ = ("_firmware", "_plan", "_road", "_held", "_acts", "_diary")

    def __init__(
        self,
        firmware: Firmware,
        plan: Plan,
        road: Road,
        held: Held[Thing],
        acts: Acts,
        diary: Diary,
    ) -> None:
        self._firmware, self._plan, self._road, self._held = firmware, plan, road, held
        self._acts, self._diary = acts, diary

    def on(self, thing: Passing | None, occasion: Occasion, cause: int) -> list[Planted]:
        """Those that change something that passes, or a command line."""
        struck = []
        now, state = self._diary.now, state_of(self._firmware)
        for each in self._plan:
            if isinstance(each.fault.what, Code) or each.fault.is_timed:
                continue
            if thing is not None and not self._road.takes(each, thing):
                continue
            if self._plan.strikes(each, occasion, now, state):
                number = self._diary.tell(each, occasion.data, "", cause)
                if is_act(each.fault.what):
                    self._acts.add(Act(each, number))
                else:
                    struck.append(each)
                    occasion = replace(occasion, more=occasion.more + self._road.adds(each))
        return struck

    def codes(self, occasion: Occasion, cause: int) -> Iterator[Code]:
        """Those that give a command another final result."""
        now, state = self._diary.now, state_of(self._firmware)
        for each in self._plan:
            what = each.fault.what
            if isinstance(what, Code) and self._plan.strikes(each, occasion, now, state):
                self._diary.tell(each, occasion.data, "", cause)
                yield what

    def tick(self, now: float) -> None:
        """Those that the time alone brings about."""
        for each in self._plan.ticks(now):
            occasion, state = Occasion((each.fault.where,)), state_of(self._firmware)
            if self._held.has_room and self._plan.strikes(each, occasion, now, state):
                self._acts.add(Act(each, self._diary.tell(each, b"", "")))
