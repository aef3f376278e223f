"""The radio as far as AT commands see it: function level, attach, registration, signal."""

from collections.abc import Callable
from dataclasses import dataclass

from emulator.at.results import Info, Line, info
from emulator.profile import Profile

AREA_CODE, CELL_ID, ACCESS_NB_IOT = "1A2B", "0A1B2C3D", 9  # chosen; 27.007 10.1.22 for <AcT>
NO_SIGNAL = 99  # 27.007 8.5: not known or not detectable
HOME, NOT_SEARCHING = 1, 0  # <stat> of 27.007 10.1.22


@dataclass(slots=True)
class Network:
    """What the host switched (27.007 8.2, 10.1.9, 10.1.22). `emit` prints unsolicited lines."""

    profile: Profile
    emit: Callable[[Line], None]
    function: int = 1
    attached: bool = True
    registration_report: int = 0

    @property
    def online(self) -> bool:
        """Whether datagrams pass."""
        return self.function == 1 and self.attached

    @property
    def signal(self) -> int:
        """`<rssi>` of +CSQ (27.007 8.5)."""
        return self.profile.signal if self.function == 1 else NO_SIGNAL

    @property
    def strength(self) -> int:
        """dBm; 27.007 8.5 counts `<rssi>` in steps of 2 from -113. Of no signal: the weakest."""
        return -113 if self.signal == NO_SIGNAL else -113 + 2 * self.signal

    @property
    def cell_id(self) -> int:
        """`<ci>` of +CEREG as a number."""
        return int(CELL_ID, 16)

    @property
    def status(self) -> int:
        """`<stat>` of +CEREG."""
        return HOME if self.online else NOT_SEARCHING

    def set_function(self, level: int) -> None:
        """AT+CFUN=: 0 switches the radio off, 1 switches it on and attaches."""
        self._change(level, self.attached)

    def set_attached(self, attached: bool) -> None:
        """AT+CGATT=."""
        self._change(self.function, attached)

    def restart(self) -> None:
        """As after power-on; nothing is told, the host that asked for reports is forgotten."""
        self.function, self.attached, self.registration_report = 1, True, 0

    def _change(self, function: int, attached: bool) -> None:
        before = self.status
        self.function, self.attached = function, attached
        if self.status != before and self.registration_report:
            self.emit(info("+CEREG", *self._registration()))

    def signal_line(self) -> Info:
        """`+CSQ: <rssi>,<ber>` (27.007 8.5)."""
        if self.function != 1:
            return info("+CSQ", NO_SIGNAL, NO_SIGNAL)
        return info("+CSQ", self.profile.signal, self.profile.bit_error_rate)

    def registration_line(self) -> Info:
        """`+CEREG: <n>,<stat>[,"<tac>","<ci>",<AcT>]` (27.007 10.1.22)."""
        return info("+CEREG", self.registration_report, *self._registration())

    def _registration(self) -> tuple[str | int, ...]:
        if self.registration_report < 2 or not self.online:
            return (self.status,)
        return (self.status, f'"{AREA_CODE}"', f'"{CELL_ID}"', ACCESS_NB_IOT)
