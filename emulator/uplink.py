"""Reporting: AT+MIPLNOTIFY's values, held and sent (manual 3.9; decisions 40–46)."""

from typing import Literal

from emulator import urc
from emulator.at.results import Done, Failed, Fault, Line
from emulator.encoding import PAYLOAD_LIMIT, Encoded, encode
from emulator.instance import Instance, Phase
from emulator.values import DataType
from lwm2m_core.formats import Entry
from lwm2m_core.frozen import frozen
from lwm2m_core.message import Type
from lwm2m_core.nothing import NOTHING
from lwm2m_core.observations import Observation
from lwm2m_core.paths import Path

CON_LIMIT = 8  # CON notifications that may be unacknowledged at a time (decision 42)
HELD_LIMIT = 256  # values held for one or several object instances (chosen)
HOLD_FLAGS = (1, 2)
CONTENT_TLV = 3


@frozen
class Report:
    """The parameters of one AT+MIPLNOTIFY line (manual 3.9).

    `text`: `<value>` as the host wrote it; `entry`: what it stands for; `content`: `<contentType>`.
    """

    mid: int
    type: DataType
    length: int
    text: str
    entry: Entry
    flag: int
    ackid: int | None
    content: int | None


class Uplink:
    """What one instance holds and what it has sent and not seen acknowledged."""

    __slots__ = ("_instance", "_held", "_ackids")

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._held: dict[Path, Entry] = NOTHING
        self._ackids: dict[int, tuple[int, int]] = NOTHING  # mid -> (ackid, observe mid)

    def notify(self, report: Report, now: float) -> Done:
        """Declare, hold or send; Failed with the manual's code where that cannot be."""
        try:
            return self._notify(report, now)
        except Failed as failure:
            self._clear_after(failure.code)
            raise

    def clear(self) -> None:
        """Forget what is held and what awaits an ACK: the session is over."""
        self._held = self._ackids = NOTHING

    def _clear_after(self, code: int) -> None:
        """CM-H2: an error while packing discards what is packed so far (decision, section 10)."""
        clearing = (Fault.UNKNOWN, Fault.NOT_ALLOWED, Fault.RESOURCE)
        if code in clearing and self._instance.module.quirks.packing_error_clears == "on":
            self._held = NOTHING

    def _notify(self, report: Report, now: float) -> Done:
        instance, entry = self._instance, report.entry
        self._check_forms(report)
        if instance.phase is Phase.IDLE:
            return self._declare(report)
        if instance.phase is not Phase.REGISTERED:
            raise Failed(Fault.STATE)
        instance.require(report.entry.path)
        self._check_flag(report)
        instance.declare(report.entry.path, report.type, report.entry.value)
        self._hold(entry)
        if report.flag in HOLD_FLAGS:
            return Done()
        done = self._send(report, now)
        instance.release(report.flag)
        return done

    def _check_forms(self, report: Report) -> None:
        quirks = self._instance.module.quirks
        module = self._instance.module
        numbered = module.profile.nsmi == "1-128" and module.nmi.nsmi == 1  # manual 4.2, M5311
        if report.mid == 0 and (quirks.notify_mid_zero == "601" or numbered):
            raise Failed(Fault.SYNTAX)
        if quirks.len_check == "strict" and report.length != strict_length(report):
            raise Failed(Fault.SYNTAX)

    def _check_flag(self, report: Report) -> None:
        """Only TLV is put together from several lines (manual 3.9, footnote 4; decision 44)."""
        if report.content in (None, CONTENT_TLV):
            return
        same = self._beside(report.entry.path)
        if report.flag in HOLD_FLAGS or any(path != report.entry.path for path in same):
            raise Failed(Fault.NOT_ALLOWED)

    def _declare(self, report: Report) -> Done:
        """Before OPEN a NOTIFY declares the resource (manual 3.5; decision 17)."""
        if self._instance.module.quirks.notify_before_open == "602":
            raise Failed(Fault.STATE)
        self._instance.require(report.entry.path)
        self._instance.declare(report.entry.path, report.type, report.entry.value)
        return Done()

    def _hold(self, entry: Entry) -> None:
        if len(self._held) >= HELD_LIMIT and entry.path not in self._held:
            raise Failed(Fault.UNKNOWN)
        if not self._held:
            self._held = {}
        self._held[entry.path] = entry

    def _beside(self, path: Path) -> list[Path]:
        """What is held for the object instance of `path`, in ascending order of resources."""
        object_, instance = path.object, path.instance
        return sorted([p for p in self._held if p.object == object_ and p.instance == instance])

    def _send(self, report: Report, now: float) -> Done:
        instance = self._instance
        assert instance.client is not None
        held = self._beside(report.entry.path)
        observation = instance.client.observations.covering(held)
        if observation is None:
            self._held.pop(report.entry.path)
            return self._unobserved(report)
        confirmable = self._confirmable(report)
        if confirmable and instance.client.unacknowledged >= CON_LIMIT:
            self._held.pop(report.entry.path)
            raise Failed(Fault.BUSY)
        entries = tuple([self._held.pop(path) for path in held])
        self._held = self._held or NOTHING
        encoded = encode(instance, observation.path, entries, observation.accept, report.content)
        if len(encoded.payload) > PAYLOAD_LIMIT:
            raise Failed(Fault.UNKNOWN)
        if not instance.client.has_room(len(encoded.payload), now):
            others = {e.path: e for e in entries if e.path != report.entry.path}
            self._held = {**self._held, **others}
            raise Failed(Fault.BUSY)  # as decision 42 has it: what was held before stays
        self._transmit(report, observation, encoded, confirmable, now)
        return Done(after=instance.module.sent(report.mid))

    def _transmit(
        self,
        report: Report,
        observation: Observation,
        encoded: Encoded,
        confirmable: bool,
        now: float,
    ) -> None:
        instance, quirks = self._instance, self._instance.module.quirks
        assert instance.client is not None
        as_mid = report.ackid is not None and quirks.ackid_as_mid == "ackid"
        mid = instance.client.notify(
            observation,
            encoded.payload,
            encoded.content_format,
            now,
            confirmable=confirmable,
            mid=report.ackid if as_mid else None,
            type=self._type(),
            max_retransmit=0 if quirks.con_notify_once == "on" else None,  # MB 2.11 (MT)
        )
        if confirmable and report.ackid is not None:
            if not self._ackids:
                self._ackids = {}
            self._ackids[mid] = (report.ackid, observation.mid)

    @property
    def _notify_type(self) -> Literal["NON/CON", "CON", "ACK"]:
        return self._instance.module.quirks.notify_type

    def _type(self) -> Type | None:
        """RDA sends notifications with the type of an acknowledgement (MB 2.11)."""
        return Type.ACK if self._notify_type == "ACK" else None

    def _confirmable(self, report: Report) -> bool:
        """NON without `<ackid>`, CON with it (decision 42); it counts only where one sends."""
        match self._notify_type:
            case "CON":
                return True
            case "ACK":
                return False
            case _:
                return report.ackid is not None

    def _unobserved(self, report: Report) -> Done:
        after: tuple[Line, ...] = ()
        match self._instance.module.quirks.notify_unobserved:
            case "653":
                raise Failed(Fault.RESOURCE)
            case "100":
                raise Failed(Fault.UNKNOWN)
            case "ok+event25":
                after = (urc.event(25, report.ackid),)
            case "ok":
                self._instance.module.extra(25, report.ackid)
        return Done(after=after)

    def _ended(self, mid: int) -> tuple[int | None, int]:
        """The ackid of a CON notification that waits no longer, if it had one, and its observe
        mid."""
        if mid not in self._ackids:
            return None, 0
        found = self._ackids.pop(mid)
        self._ackids = self._ackids or NOTHING
        return found

    def acknowledged(self, mid: int) -> None:
        """The ACK of a CON notification: event 26 with the host's ackid (manual 3.9, 3.20)."""
        ackid, _ = self._ended(mid)
        if ackid is not None:
            self._instance.module.emit(urc.event(26, ackid))

    def lost(self, mid: int) -> None:
        """No ACK, or a RST: silence, unless *event_25* says otherwise (decision 42)."""
        ackid, observe_mid = self._ended(mid)
        if ackid is None:
            return
        match self._instance.module.quirks.event_25:
            case "off":
                self._instance.module.extra(25, ackid)
            case "ackid":
                self._instance.module.emit(urc.event(25, ackid))
            case "observe mid":
                self._instance.module.emit(urc.event(25, observe_mid))


def strict_length(report: Report) -> int | None:
    """The `<len>` that firmware with a length check insists on (MB 5.9, XY and EC)."""
    match report.type:
        case DataType.STRING | DataType.OPAQUE | DataType.HEX_STRING:
            return len(report.text)
        case DataType.BOOLEAN:
            return 1
        case DataType.INTEGER:
            return report.length if report.length in (2, 4, 8) else None
        case DataType.FLOAT:
            return report.length if report.length in (4, 8) else None
