"""The mobile network as the module sees it, and what the module says of it."""

from collections.abc import Mapping
from typing import Final, Literal, Protocol

from emulator.at.results import Info, Line, info
from emulator.attachment import Attachment, Stat
from emulator.conditions import Conditions
from emulator.identity import Identity
from emulator.in_force import InForce
from emulator.nvram import Nvram
from emulator.paging import Paging, next_paging
from emulator.profile import Profile
from emulator.radio_timers import active_seconds, cycle_seconds, periodic_seconds
from emulator.rrc import NEVER, Radio, Rrc
from lwm2m_core.nothing import NOTHING
from lwm2m_core.timers import earliest

AREA_CODE, CELL_ID = "1A2B", "0A1B2C3D"  # chosen
NUMERIC: Final = 2  # <format> of +COPS until the host wants another (HF 3: usual text; chosen)
_ASLEEP = Radio.ASLEEP  # looked at for every datagram
NO_SIGNAL = 99  # 27.007 8.5: not known or not detectable

Registration = Literal["+CEREG", "+CREG", "+CGREG"]
REGISTRATIONS: tuple[Registration, ...] = ("+CEREG", "+CREG", "+CGREG")
Report = Registration | Literal["+CSCON", "+NPSMR", "+ECPSMR", "*GOTOSLEEP", "*MATWAKEUP"]
Moment = Literal["sending", "answer"]


class Owner(Protocol):
    """The module in the network."""

    def emit(self, line: Line) -> None:
        """Print an unsolicited line."""

    def moved(self) -> None:
        """It has another address."""


class Network:
    """`function`: AT+CFUN; `attached`: what the host wants by AT+CGATT; `selected`: by AT+COPS;
    `active`: whether the default context is (AT+CGACT); `operator_format`: of +COPS. `reports`:
    the lines that the host switched on, by name. `stays_awake`: AT+SM=LOCK. `cycle`: of eDRX in
    seconds, 0 for none.
    """

    __slots__ = (
        "attachment", "rrc", "paging", "_address", "_begun", "reports", "operator_format",
        "stays_awake", "_release_after", "function", "attached", "selected", "active", "_profile",
        "_nvram", "_owner",
    )  # fmt: skip

    def __init__(
        self,
        profile: Profile,
        in_force: InForce,
        identity: Identity,
        nvram: Nvram,
        conditions: Conditions,
        owner: Owner,
    ) -> None:
        self.attachment = Attachment(
            identity.imsi[:5],  # country and network of the card; China's have five digits
            profile.address,
            in_force,
            conditions,
            self,
        )
        self.rrc = Rrc(in_force, self)
        self.paging = Paging()
        self._profile, self._nvram, self._owner = profile, nvram, owner
        self._address = ""
        self._begun = False
        self._forget()

    def _forget(self) -> None:
        self.function, self.attached, self.selected, self.active = 1, True, True, True
        self.reports: Mapping[Report, int] = NOTHING
        self.operator_format = NUMERIC
        self.stays_awake = False
        self._release_after: Moment | None = None

    # What AT commands and people do.

    def enter(self, now: float) -> None:
        """Before every input: what time has brought. The first finds the module in the network."""
        if not self._begun:
            self._begun = True
            self.attachment.begin(now)
        if self.attachment.due is not None:
            self.attachment.handle_timeout(now)
        if self.rrc.due <= now:
            self.rrc.handle_timeout(now)

    def stop(self) -> None:
        """Power is off, or a reboot begins; nobody is told (`nvram.py` says what it forgets)."""
        self._begun = True
        self._forget()
        self.rrc.off()
        self.paging.take()
        self.attachment.restart(0.0, wanted=False)

    def restart(self, at: float) -> None:
        """The reboot is over then."""
        if self._nvram.functions["AUTOCONNECT"] == "FALSE":
            self.function, self.attached = 0, False  # the host does both by itself (HF 3, D9)
        self.attachment.restart(at, wanted=self.function == 1)

    def report(self, name: Report, how: int) -> None:
        """The host has switched lines on or off; `how` as its command has it."""
        self.reports = {**self.reports, name: how}

    def set_function(self, level: int, now: float) -> None:
        """AT+CFUN=: 0 and 4 switch the radio off, 1 switches it on."""
        self.function = level
        self._review(now)

    def set_attached(self, attached: bool, now: float) -> None:
        """AT+CGATT=."""
        self.attached = attached
        self._review(now)

    def select(self, selected: bool, now: float) -> None:
        """AT+COPS=: 2 leaves the network, others look for one."""
        self.selected = selected
        self._review(now)

    def set_active(self, active: bool, now: float) -> None:
        """AT+CGACT= for the default context, which gets an address anew."""
        if active and not self.active:
            self.attachment.detach(now)
        self.active = active
        self._review(now)

    def surround(self, conditions: Conditions, now: float) -> None:
        """Other conditions from now on."""
        self.attachment.surround(conditions, now)

    def power_saving_changed(self, now: float) -> None:
        """AT+CPSMS or a lock against sleep has changed."""
        self.rrc.review(now)

    def _review(self, now: float) -> None:
        self.attachment.wanted = self.function == 1 and self.attached and self.selected
        self.attachment.review(now)

    # What the firmware asks.

    @property
    def online(self) -> bool:
        """Whether datagrams leave."""
        return self.attachment.is_registered and self.active

    @property
    def hears(self) -> bool:
        """Whether datagrams arrive."""
        registered = self.attachment.is_registered and self.active
        return registered and self.rrc.state is not _ASLEEP

    @property
    def is_connected(self) -> bool:
        """`<mode>` of +CSCON."""
        return self.rrc.state is Radio.CONNECTED

    @property
    def is_asleep(self) -> bool:
        """`<mode>` of +NPSMR."""
        return self.rrc.state is Radio.ASLEEP

    @property
    def address(self) -> str:
        """The module's own, empty while it has none."""
        return self.attachment.address if self.online else ""

    def sent(self, now: float) -> None:
        """A datagram leaves: the module is connected, and wakes up for it."""
        self.rrc.exchanged(now)

    def heard(self, now: float) -> None:
        """A datagram arrives."""
        self.rrc.exchanged(now)
        self._release_if("answer", now)

    def settle(self, now: float) -> None:
        """Behind every input: what it had to send has left."""
        self._release_if("sending", now)

    def release_after(self, what: Moment) -> None:
        """Let the network go when this input has been carried out, or when the next datagram has
        come (manual 3.9; decision 46)."""
        self._release_after = what

    def _release_if(self, what: Moment, now: float) -> None:
        if self._release_after == what:
            self._release_after = None
            self.rrc.release(now)

    def paged_at(self, now: float) -> float | None:
        """When a datagram is heard that comes now, if not at once (eDRX)."""
        if self.rrc.state is not Radio.IDLE or not (cycle := self.cycle):
            return None
        return next_paging(self.rrc.idle_since, cycle, now)

    def pages(self, now: float) -> tuple[tuple[int, bytes], ...]:
        """What was kept for the module, by links, once it listens or is connected anyway."""
        due = self.paging.due
        if due is None or (due > now and not self.is_connected):
            return ()
        return self.paging.take()

    @property
    def cycle(self) -> float:
        edrx = self._nvram.edrx
        return cycle_seconds(edrx.cycle) if edrx.mode in (1, 2) else 0.0

    # Time.

    def deadline(self) -> float | None:
        """When handle_timeout() is due. That a connection ends matters only to who can see it."""
        is_watched = self.reports or self._nvram.psm.mode == 1
        if not is_watched and self.paging.due is None:
            return self.attachment.due
        radio = self.rrc.due if is_watched and self.rrc.due < NEVER else None
        return earliest(self.attachment.due, self.paging.due, radio)

    def power_saving(self) -> tuple[float, float]:
        """The active timer and the periodic one, as the network grants them: as asked for."""
        psm = self._nvram.psm
        if psm.mode != 1 or self.stays_awake or self._nvram.locked:
            return NEVER, NEVER
        return active_seconds(psm.active), periodic_seconds(psm.periodic)

    # What is told.

    def registration_changed(self, now: float) -> None:
        if self.attachment.is_registered:
            if self.rrc.state is Radio.OFF:
                self.rrc.exchanged(now)
            if self.attachment.address != self._address:
                self._address = self.attachment.address
                self._owner.moved()
        else:
            self.rrc.off()
        for name in REGISTRATIONS:
            if self.reports.get(name):
                self._owner.emit(info(name, *self._registration(name)))

    def radio_changed(self, state: Radio, before: Radio) -> None:
        if (state is Radio.CONNECTED) != (before is Radio.CONNECTED) and self.reports.get("+CSCON"):
            self._owner.emit(info("+CSCON", int(state is Radio.CONNECTED)))
        if (state is Radio.ASLEEP) == (before is Radio.ASLEEP):
            return
        asleep = state is Radio.ASLEEP
        for name in ("+NPSMR", "+ECPSMR"):
            if self.reports.get(name):
                self._owner.emit(info(name, int(asleep)))
        line: Report = "*GOTOSLEEP" if asleep else "*MATWAKEUP"
        if self.reports.get(line):
            self._owner.emit(line)

    @property
    def status(self) -> Stat:
        """`<stat>` of +CEREG."""
        return self.attachment.stat

    @property
    def signal(self) -> int:
        """`<rssi>` of +CSQ (27.007 8.5)."""
        conditions = self.attachment.conditions
        if self.function != 1 or not conditions.coverage:
            return NO_SIGNAL
        return self._profile.signal if conditions.signal is None else conditions.signal

    @property
    def has_signal(self) -> bool:
        return self.signal != NO_SIGNAL

    @property
    def strength(self) -> int:
        """dBm; 27.007 8.5 counts `<rssi>` in steps of 2 from -113. Of no signal: the weakest."""
        return -113 + 2 * self.signal if self.has_signal else -113

    @property
    def rsrp(self) -> int:
        """dBm of the reference signal: a part of what is received (chosen)."""
        return self.strength - 10

    @property
    def cell_id(self) -> int:
        """`<ci>` of +CEREG as a number."""
        return int(CELL_ID, 16)

    def signal_line(self) -> Info:
        """`+CSQ: <rssi>,<ber>` (27.007 8.5)."""
        rate = self._profile.bit_error_rate if self.has_signal else NO_SIGNAL
        return info("+CSQ", self.signal, rate)

    def registration_line(self, name: Registration) -> Info:
        """`+CEREG: <n>,<stat>[,"<tac>","<ci>",<AcT>]` (27.007 10.1.22); +CREG, +CGREG alike."""
        return info(name, self.reports.get(name, 0), *self._registration(name))

    def _registration(self, name: Registration) -> tuple[str | int, ...]:
        """With 4 and 5 also the timers of PSM, where the network has granted them."""
        n, stat = self.reports.get(name, 0), int(self.status)
        if n < 2 or not self.attachment.is_registered:
            return (stat,)
        cell = (stat, f'"{AREA_CODE}"', f'"{CELL_ID}"', self._profile.access)
        psm = self._nvram.psm
        if n < 4 or psm.mode != 1:
            return cell
        return (*cell, "", "", f'"{psm.active}"', f'"{psm.periodic}"')
