"""A modem for synchronous code."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from emulator.conditions import Conditions
from emulator.faults.beside import PlatformFaults
from emulator.faults.grammar import Fault
from emulator.journal import Record
from emulator.lab.errors import CommandFailed, HostFailed, LabError, check_names
from emulator.lab.lines import Line, Lines, Matches, Splitter, Wanted, at_line, hint, spelt
from emulator.lab.plug import Plug, plug_in
from emulator.lab.scene import Scene
from emulator.lint.finding import Finding
from emulator.modem import Modem, ModemSettings
from emulator.quirks import Effect
from emulator.recording.files import Recording, Start
from emulator.routes import AddressOf
from emulator.secrecy import redact
from emulator.serial_end import SerialEnd
from transport.link import LinkOpener

Watching = Literal["off", "warn", "error"]
"""Whether the host is watched for the manual's rules, and whether breaking one is a failure."""

FLOOD_LINES = 20_000
"""Lines that a host may send to a modem during one wait; more are a flood (chosen)."""

FINAL = re.compile(r"OK|ERROR|\+(?:CME|CIS) ERROR: ?.*")
"""The last line of every answer (manual chapter 6)."""

_Result = TypeVar("_Result")

Kind = Literal["host >", "host <", "cloud >", "cloud <", "unheard"]

_DATAGRAMS: dict[str, Kind] = {
    "datagram_out": "cloud >",
    "datagram_in": "cloud <",
    "datagram_unheard": "unheard",
}
_NOTED = (
    *("open_link", "link_lost", "send_failed", "reset", "reboot", "power", "network"),
    *("quirk", "time_scale", "fault", "lint"),
)


class Surroundings(Protocol):
    """What a modem has to know of the platforms."""

    @property
    def address_of(self) -> AddressOf: ...

    @property
    def faults(self) -> PlatformFaults: ...


class LabModem:
    """One modem on a device of its own. `name` tells it from others, and is empty for the first.

    Made by `Lab.modem`. All methods may be called from any thread. Waits take `timeout` real
    seconds, or the lab's limit, and raise NotInTime. `end`: its serial end, for the loop's thread.
    """

    def __init__(
        self, scene: Scene, name: str, settings: ModemSettings, lint: Watching = "off"
    ) -> None:
        self.name, self.settings, self._lint = name, settings, lint
        self._scene = scene
        self._modem: Modem | None = None
        self._printed, self._sent = Lines(), Lines()
        self._from_module, self._from_host = Splitter(), Splitter()
        self._seen_printed = self._seen_sent = 0
        self._bug = ""
        self._start: Start | None = None
        self._plug: Plug | None = None
        self._answer, self._answers = Splitter(), Lines()
        self.occupied: Callable[[], str] = str  # which host program has the device, if any

    async def open(
        self, serial: tuple[str, ...], surroundings: Surroundings, open_link: LinkOpener
    ) -> None:
        """In the lab's loop. PortError, ProfileError, QuirkError or FaultError."""
        end = self.end = SerialEnd(*serial)
        self._start = Start.now()
        try:
            modem = Modem(
                end,
                surroundings.address_of,
                self.settings,
                open_link=open_link,
                sinks=(self._record,),
                platforms=surroundings.faults,
            )
        except BaseException:
            end.port.close()
            raise
        self._modem = await modem.__aenter__()

    async def shut(self) -> None:
        """In the lab's loop; may be repeated."""
        self._unplug()
        if self._modem is not None:
            await self._modem.close()

    @property
    def modem(self) -> Modem:
        """The modem itself, which belongs to the lab's loop: use it in `Lab.call` only."""
        if self._modem is None:
            raise LabError("the modem has not been started")
        return self._modem

    # what it is

    @property
    def device(self) -> str:
        """What a host opens: a device path, or HOST:PORT."""
        return self.modem.devices[0].removeprefix("tcp:").removeprefix("rfc2217:")

    @property
    def imei(self) -> str:
        return self.settings.imei

    @property
    def model(self) -> str:
        return self.settings.model

    @property
    def is_on(self) -> bool:
        """Whether it is switched on."""
        return self._call(lambda: self.modem.is_on)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The rules of docs/host-lint.md that its host has broken so far, where it is watched."""
        return self._scene.thread.look(lambda: self.modem.findings)

    def check(self) -> None:
        """LabError if its host has broken a rule, where that counts, or if the emulator has a bug
        that this modem has met."""
        __tracebackhide__ = True
        if self._lint == "error" and (findings := self.findings):
            listed = "\n".join(map(str, findings))
            raise LabError(f"the host of {self.name or 'the modem'} breaks the rules:\n{listed}")
        if self._bug:
            raise LabError(f"a bug of the emulator: {self._bug}{self._scene.tail()}")

    # what passes on the line

    def expect(self, wanted: Wanted, timeout: float | None = None) -> Line:
        """Wait for a line that the module prints, behind the one that was found last.

        Text is the line, or its beginning up to another field: "+MIPLEVENT: 0,6" is neither found
        in "+MIPLEVENT: 0,65" nor missed for a blank more or less behind the colon. A compiled
        regular expression is searched for.
        """
        __tracebackhide__ = True
        line = self._next(self._printed, self._seen_printed, wanted, timeout, "from the module")
        self._seen_printed = line.number + 1
        return line

    def expect_command(self, wanted: Wanted, timeout: float | None = None) -> Line:
        """Wait for a line that the host sends, behind the one that was found last."""
        __tracebackhide__ = True
        line = self._next(self._sent, self._seen_sent, wanted, timeout, "from the host")
        self._seen_sent = line.number + 1
        return line

    def printed(self, wanted: Wanted = "") -> tuple[Line, ...]:
        """All that the module has printed so far, or what of it is wanted; waits for nothing."""
        return self._scene.thread.look(lambda: _some(self._printed, wanted))

    def sent(self, wanted: Wanted = "") -> tuple[Line, ...]:
        """All that the host has sent so far, or what of it is wanted; waits for nothing."""
        return self._scene.thread.look(lambda: _some(self._sent, wanted))

    def forget(self) -> None:
        """Pass over what has been printed and sent: what is expected next has to come yet."""
        self._seen_printed, self._seen_sent = self._call(
            lambda: (self._printed.count, self._sent.count)
        )

    def record(self, folder: Path) -> bool:
        """Write a recording of all that has happened to it, without secrets, in this folder
        (docs/recordings.md). False, and nothing is written, if its journal no longer goes back to
        the start. FileExistsError if there is one already, OSError."""
        records = self._scene.thread.look(lambda: tuple(self.modem.firmware.journal.records))
        if not records or records[0].number != 1:
            return False
        with Recording(folder, self.settings, start=self._start) as recording:
            for record in records:
                recording(record)
        return True

    # being the host

    def command(
        self, text: str, timeout: float | None = None, *, check: bool = True
    ) -> tuple[str, ...]:
        """Send an AT command as a host does, over the device, and wait for its answer: the lines up
        to the final result, and that one last. `check`: CommandFailed if it is not OK."""
        __tracebackhide__ = True
        start = self._call(self._send, text)
        matches = FINAL.fullmatch
        position = start

        def found() -> int | None:
            nonlocal position
            for line in self._answers.after(position):
                position = line.number + 1
                if matches(line.text):
                    return line.number
            return None

        end = self._scene.wait(found, timeout, lambda: f"the answer to {redact(text)}")
        lines = self._call(lambda: self._answers.after(start))
        answer = tuple(line.text for line in lines if line.number <= end and line.text != text)
        if check and answer[-1] != "OK":
            number = re.search(r"[0-9]+$", answer[-1])
            message = f"{redact(text)}: {answer[-1]}{self._scene.tail()}"
            raise CommandFailed(message, answer[-1], int(number[0]) if number else None)
        return answer

    def write(self, data: bytes) -> None:
        """Send bytes as a host does, over the device, and wait for nothing."""
        __tracebackhide__ = True
        self._call(self._write, data)

    def hang_up(self) -> None:
        """Close the device that `command` and `write` have opened."""
        self._call(self._unplug)

    # what happens to it

    def reset(self) -> None:
        """Pull the reset pin."""
        self._call(lambda: self.modem.reset())

    def power(self, on: bool) -> None:
        """Switch it off, or on again."""
        __tracebackhide__ = True
        if not isinstance(on, bool):
            raise LabError(f"power is switched by True or False, not by {on!r}")
        self._call(lambda: self.modem.switch(on))

    @property
    def conditions(self) -> Conditions:
        """The network around the module."""
        return self._call(lambda: self.modem.conditions)

    def network(self, **changes: Any) -> None:
        """Change the network around the module: `network(coverage=False)`, `network(signal=5)`;
        names and values are those of Conditions. LabError or ConditionError for another one."""
        __tracebackhide__ = True
        check_names("a network", changes, Conditions)
        self._call(lambda: self.modem.surround(**changes))

    def set_quirk(self, name: str, value: Any) -> Effect:
        """Change one of its switches while it runs; when that shows. QuirkError, with the nearest
        name, for what cannot be."""
        __tracebackhide__ = True
        return self._call(lambda: self.modem.set_quirk(name, value))

    def add_fault(self, fault: Fault | str) -> int:
        """Let something go wrong from now on (docs/faults.md): its number. FaultError."""
        __tracebackhide__ = True
        return self._call(lambda: self.modem.add_fault(fault))

    def remove_fault(self, number: int) -> None:
        """Take a fault back. FaultError."""
        __tracebackhide__ = True
        self._call(lambda: self.modem.remove_fault(number))

    # inside

    def _call(self, function: Callable[..., _Result], *args: Any) -> _Result:
        __tracebackhide__ = True
        return self._scene.thread.call(function, *args)

    def _record(self, record: Record) -> None:
        """A sink of its journal."""
        note, name = self._scene.note, self.name
        match record.kind:
            case "serial_out" | "echo_out":
                for line in self._from_module.feed(record.data):
                    self._printed.add(line, self._scene.now)
                    note(name, "host <", line)
            case "serial_in":
                for line in self._from_host.feed(record.data):
                    self._sent.add(line, self._scene.now)
                    note(name, "host >", line)
            case "datagram_out" | "datagram_in" | "datagram_unheard":
                note(name, _DATAGRAMS[record.kind], record.data)
            case "bug":
                self._bug = record.text
                note(name, "note", f"bug {record.text}")
            case kind if kind in _NOTED:
                note(name, "note", f"{kind} {record.text}".rstrip())

    def _next(
        self, lines: Lines, after: int, wanted: Wanted, timeout: float | None, whence: str
    ) -> Line:
        __tracebackhide__ = True
        matches, position, start = at_line(wanted), after, -1

        def found() -> Line | None:
            nonlocal position, start
            start = self._sent.count if start < 0 else start
            for line in lines.after(position):
                position = line.number + 1
                if matches(line.text):
                    return line
            self._check_flood(start)
            return None

        def missing() -> str:
            instead = self._scene.thread.look(lambda: hint(lines, wanted, after))
            return f"{spelt(wanted)} {whence}{self._named()}{instead}"

        return self._scene.wait(found, timeout, missing)

    def _check_flood(self, start: int) -> None:
        if self._sent.count - start > FLOOD_LINES:
            text = f"the host floods the modem{self._named()}: more than {FLOOD_LINES} lines"
            raise HostFailed(f"{text} during one wait{self._scene.transcript.tail()}", "flooded")

    def _named(self) -> str:
        return f" of {self.name}" if self.name else ""

    def _send(self, text: str) -> int:
        start = self._answers.count
        self._write(text.encode() + b"\r")
        return start

    def _write(self, data: bytes) -> None:
        if self._plug is None:
            if program := self.occupied():
                raise LabError(f"{program} has the modem's device: it would take the answers away")
            self._plug = plug_in(self.modem.port, self.modem.devices[0], self._received)
        self._plug.write(data)

    def _received(self, data: bytes) -> None:
        for line in self._answer.feed(data):
            self._answers.add(line, self._scene.now)
        self._scene.thread.ring()

    def _unplug(self) -> None:
        if self._plug is not None:
            self._plug.close()
            self._plug = None


def _some(lines: Lines, wanted: Wanted) -> tuple[Line, ...]:
    matches: Matches = at_line(wanted) if wanted else lambda line: True
    return tuple(line for line in lines if matches(line.text))
