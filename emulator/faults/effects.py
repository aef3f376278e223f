"""What faults do to the module and its surroundings, and how long that lasts."""

from dataclasses import dataclass, replace
from math import inf

from emulator.faults.errors import FaultError
from emulator.faults.held import Held
from emulator.faults.planted import Planted
from emulator.faults.things import Act, CoverageBack, SwitchBack, Thing
from emulator.faults.whats import (
    Age,
    Forget,
    Freeze,
    Lose,
    Mute,
    NoCoverage,
    Reboot,
    Say,
    Switch,
)
from emulator.firmware import Firmware
from emulator.outputs import CloseLink, OpenLink, Output, PlatformFault


@dataclass(frozen=True, slots=True)
class Lasting:
    """Something that a fault has brought about, until then."""

    planted: Planted
    until: float
    reboots: bool = False


class Effects:
    """`links`: those that the shell has been asked to open. `aged`: those that a NAT has forgotten,
    and by which fault. `mute`, `frozen`, `no_coverage`: what lasts. `outputs`: for the shell."""

    def __init__(self, firmware: Firmware, held: Held[Thing]) -> None:
        self._firmware, self._held = firmware, held
        self.links: set[int] = set()
        self.aged: dict[int, Planted] = {}
        self.mute: Lasting | None = None
        self.frozen: Lasting | None = None
        self.no_coverage: Lasting | None = None
        self.switched: dict[str, Lasting] = {}
        self.outputs: list[Output] = []

    def is_mute(self, now: float) -> Planted | None:
        """The fault by which nothing is written."""
        if self.mute is not None and self.mute.until <= now:
            self.mute = None
        return None if self.mute is None else self.mute.planted

    def act(self, act: Act, now: float) -> None:
        """Carry out what a fault does."""
        planted, cause = act.planted, act.cause
        match planted.fault.what:
            case Say(line):
                self._firmware.say(line, now, cause)
            case Mute(seconds):
                self.mute = Lasting(planted, now + seconds)
            case Freeze(seconds, then):
                self.frozen = Lasting(planted, now + seconds, bool(then))
            case Reboot(by):
                self._firmware.restart("command" if by == "command" else "reset", now, cause)
            case NoCoverage(seconds):
                self.no_coverage = Lasting(planted, now + seconds)
                self._cover(False, now)
                self._later(now + seconds, CoverageBack())
            case Age():
                self.aged |= dict.fromkeys(self.links, planted)
            case Lose():
                for link in sorted(self.links):
                    self.lose(link, now, cause)
            case Switch(setting, seconds) as switch:
                self.switched[setting] = Lasting(planted, now + seconds)
                self.outputs.append(PlatformFault(switch, False, cause))
                self._later(now + seconds, SwitchBack(switch))
            case Forget() as forget:
                self.outputs.append(PlatformFault(forget, False, cause))
            case _:
                raise FaultError("what", f"{planted.fault.what} is no act")

    def taken(self) -> list[Output]:
        """What the shell is to do, in order; drains."""
        outputs, self.outputs = self.outputs, []
        return outputs

    def _later(self, due: float, thing: Thing) -> None:
        if due < inf:
            self._held.put(due, thing)

    def lose(self, link: int, now: float, cause: int) -> None:
        """A link ends, at both ends of it."""
        self.links.discard(link)
        self.aged.pop(link, None)
        self.outputs.append(CloseLink(link, cause))
        self._firmware.link_lost(link, "by a fault", now)

    def coverage_back(self, now: float) -> None:
        """The network is there again, unless a later fault has taken it away for longer."""
        if self.no_coverage is not None and self.no_coverage.until <= now:
            self.no_coverage = None
            self._cover(True, now)

    def _cover(self, coverage: bool, now: float) -> None:
        conditions = self._firmware.network.attachment.conditions
        self._firmware.surround(replace(conditions, coverage=coverage), now)

    def switch_back(self, switch: Switch, now: float) -> None:
        """A switch of the platforms is as it was, likewise."""
        lasting = self.switched.get(switch.setting)
        if lasting is not None and lasting.until <= now:
            del self.switched[switch.setting]
            self.outputs.append(PlatformFault(switch, True, 0))

    def start_anew(self) -> None:
        """The module boots: it writes again, and hears."""
        self.mute = self.frozen = None

    def end(self, planted: Planted, now: float) -> None:
        """What this fault has brought about ends now."""
        if self.mute is not None and self.mute.planted is planted:
            self.mute = None
        if self.frozen is not None and self.frozen.planted is planted:
            self.frozen = replace(self.frozen, until=now, reboots=False)
        if self.no_coverage is not None and self.no_coverage.planted is planted:
            self.no_coverage = replace(self.no_coverage, until=now)
            self.coverage_back(now)
        self.aged = {link: by for link, by in self.aged.items() if by is not planted}
        for setting, lasting in list(self.switched.items()):
            if lasting.planted is planted and isinstance(planted.fault.what, Switch):
                self.switched[setting] = replace(lasting, until=now)
                self.switch_back(planted.fault.what, now)

    def opened(self, output: OpenLink) -> None:
        self.links.add(output.link)

    def closed(self, link: int) -> None:
        self.links.discard(link)
        self.aged.pop(link, None)
