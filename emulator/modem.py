"""One modem: the firmware with a serial port, links and one timer around it. No decisions here."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from emulator.alike import alike
from emulator.at.channel import Written
from emulator.conditions import Conditions, conditions_with
from emulator.faults.beside import PlatformFaults, check_cloud
from emulator.faults.errors import FaultError
from emulator.faults.grammar import Fault, parse_fault
from emulator.faults.planted import Planted
from emulator.faults.stage import Faults
from emulator.firmware import Firmware
from emulator.journal import Journal, Kind, Record, Sink
from emulator.lint.facts import Facts, facts_of
from emulator.lint.finding import Finding
from emulator.lint.lint import Lint
from emulator.lint.rules import LintSettings
from emulator.lint.watch import Watch
from emulator.looking import status_of
from emulator.modem_links import ModemLinks
from emulator.modem_settings import (
    IMEI,
    IMSI,
    ModemSettings,
    build_firmware,
    dtls_of,
    seeded,
    with_faults,
)
from emulator.outputs import (
    CloseLink,
    OpenLink,
    Output,
    PlatformFault,
    RateSet,
    RebindLink,
    SendDatagram,
    Switched,
)
from emulator.quirks import Effect, Quirks, checked, row_of
from emulator.routes import AddressOf
from emulator.serial_end import SerialEnd
from emulator.status import Status
from emulator.virtual_time import VirtualLoop, is_timeless, scale_of
from emulator.wires import Wires
from pty_bridge.port import LineSettings, Port
from transport.link import LinkOpener
from transport.udp import open_udp

__all__ = ["IMEI", "IMSI", "Modem", "ModemSettings", "build_firmware", "with_faults"]

log = logging.getLogger("mipl.modem")


class Modem:
    """`async with Modem(SerialEnd("pty:"), address_of) as modem:`; `modem.port.name` is the device.

    `address_of` says where the datagrams of a link go (`emulator.routes`), OSError if nowhere.
    `platforms` does to the local platforms what faults at `cloud` ask for (`CloudFaults`).
    FaultError for a fault of the settings that can never strike.
    """

    __slots__ = (
        "settings", "firmware", "first_quirks", "port", "lint", "_wires", "_serial", "_loop",
        "_running", "_draining", "_bursting", "_now", "_started", "_platforms", "_front", "_timer",
        "_links",
    )  # fmt: skip

    def __init__(
        self,
        serial: SerialEnd,
        address_of: AddressOf,
        settings: ModemSettings | None = None,
        *,
        open_link: LinkOpener = open_udp,
        sinks: tuple[Sink, ...] = (),
        platforms: PlatformFaults | None = None,
    ) -> None:
        self.settings = seeded(settings or ModemSettings())
        self.firmware = build_firmware(self.settings)
        if sinks:
            self.firmware.journal.sinks.extend(sinks)
        self.first_quirks = self.firmware.quirks
        self.port: Port = serial.port
        self.lint = None if self.settings.lint is None else self._watched(self.settings.lint)
        self._wires = Wires(self.port, self.settings.pins, self)
        self._serial = serial
        dtls = dtls_of(self.settings, self.firmware.profile)
        self._loop = asyncio.get_running_loop()
        self._running = self._draining = self._bursting = False
        self._now = self._started = self._loop.time()
        self._platforms = platforms
        self._front: Firmware | Faults = self.firmware
        for fault in self.settings.faults:
            check_cloud(fault, self._platforms)
        if self.settings.faults:
            self._front = with_faults(self.firmware, self.settings, self._started)
        if not is_timeless(self._loop):  # else two runs would differ in their dates
            self.firmware.clock.set(time.time(), self._now)
        self._timer: asyncio.TimerHandle | None = None
        self._links = ModemLinks(
            self, address_of, open_link, dtls, ciphertext=self.settings.ciphertext
        )

    async def __aenter__(self) -> "Modem":
        self._running = True
        log.debug("%s: seed %s", self.port.name, self.settings.seed)
        if isinstance(self._front, Faults):
            self.input(self._front.handle_timeout)
        if isinstance(self._loop, VirtualLoop):
            self._loop.rescaled.append(self._rescaled)
        self._serial.attach(self)
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Power off: links and port are closed, nothing is sent any more."""
        if self._running and self.lint is not None:
            self.lint.finish(self._loop.time())
        if self._running and isinstance(self._loop, VirtualLoop):
            self._loop.rescaled.remove(self._rescaled)
        self._running = False
        if self._timer is not None:
            self._timer.cancel()
        await self._links.close_all()
        self.port.close()

    # what people and tests do

    @property
    def devices(self) -> tuple[str, ...]:
        """The names of its serial ends, links resolved."""
        return tuple(os.path.realpath(n) if n[0] == "/" else n for n in self._serial.names)

    @property
    def is_on(self) -> bool:
        """Whether it is switched on."""
        return self.firmware.power.is_on

    def reset(self) -> None:
        """Pull the reset pin."""
        self.input(self._front.reset)

    def switch(self, on: bool) -> None:
        """Switch it off, or on again."""
        self.input(partial(self._front.switch, on))

    @property
    def conditions(self) -> Conditions:
        """The network around the module."""
        return self.firmware.network.attachment.conditions

    def surround(self, **changes: Any) -> None:
        """Change the network around the module: `modem.surround(coverage=False)`; names and values
        are those of Conditions. ConditionError for others."""
        conditions = conditions_with(self.conditions, changes)
        self.input(lambda now: self.firmware.surround(conditions, now))

    @property
    def quirks(self) -> Quirks:
        """Its switches, as they are now."""
        return self.firmware.quirks

    def set_quirk(self, name: str, value: Any) -> Effect:
        """Change one switch; when that shows. QuirkError for what cannot be."""
        self.set_quirks({name: value})
        return row_of(name).effect

    def set_quirks(self, values: Mapping[str, Any]) -> None:
        """Change several, or none of them where one cannot be (QuirkError)."""
        known = {name: checked(name, value) for name, value in values.items()}
        self.input(partial(self.firmware.behave, replace(self.quirks, **known)))

    def reset_quirks(self) -> None:
        """All switches as they were when the modem was made."""
        self.input(partial(self.firmware.behave, self.first_quirks))

    @property
    def time_scale(self) -> float | None:
        """How many times as fast as the real one the clock of its event loop runs; None where it
        jumps from timer to timer."""
        return scale_of(self._loop)

    def rescale(self, scale: float) -> None:
        """Another time scale, for all that runs in this event loop. ValueError for what is not a
        positive number, RuntimeError where the loop has none: it takes a VirtualLoop(scale=1)."""
        if not isinstance(self._loop, VirtualLoop):
            raise RuntimeError("the event loop has the computer's clock, which has no scale")
        self._loop.rescale(scale)

    def _rescaled(self, scale: float) -> None:
        self.journal.record(self._loop.time(), "time_scale", text=f"{scale:g}")

    @property
    def journal(self) -> Journal:
        """What has happened."""
        return self.firmware.journal

    def redactor(self) -> Callable[[Record], Record]:
        """What hides keys, auth codes, IMEI and IMSI in records of the journal, given all of them
        in their order; nothing where the settings show them."""
        if self.settings.show_secrets:
            return lambda record: record
        from emulator.recording.redactor import Redactor

        return Redactor(self.settings.imei, self.settings.imsi).redact

    @property
    def status(self) -> Status:
        """How it is at the moment."""
        settings = self.settings
        return status_of(
            self.firmware,
            dialect=settings.dialect,
            devices=self.devices,
            imei=settings.imei,
            seed=settings.seed,
            time=self._loop.time(),
            time_scale=self.time_scale,
            links=self._links.seen,
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the lint has found so far, in order; nothing where it is off."""
        return () if self.lint is None else tuple(self.lint.findings)

    def _watched(self, settings: LintSettings) -> Lint:
        return Watch(
            *(self.firmware.journal, self._facts, settings, lambda: self.port.name),
            strict=self.settings.strict,
        ).lint

    def _facts(self) -> Facts:
        return facts_of(self.firmware.profile, self.firmware.quirks)

    @property
    def faults(self) -> tuple[Planted, ...]:
        """The faults that are planted, with how often each has struck (`fired`)."""
        return self._front.planted if isinstance(self._front, Faults) else ()

    def add_fault(self, fault: Fault | str) -> int:
        """Plant a fault, as a value or as its text; its number. One at `module` or `cloud` that
        names no time strikes at once. FaultError for one that cannot be, or can never strike."""
        fault = parse_fault(fault) if isinstance(fault, str) else fault
        check_cloud(fault, self._platforms)
        if not isinstance(self._front, Faults):
            self._front = with_faults(
                self.firmware, replace(self.settings, faults=()), self._started
            )
        number = self._front.add(fault, self._loop.time())
        self.input(self._front.handle_timeout)
        return number

    def remove_fault(self, number: int) -> None:
        """Take a fault back; what it does at the moment, such as `mute`, ends. FaultError."""
        if not isinstance(self._front, Faults):
            raise FaultError("number", f"there is no fault {number}")
        self._front.remove(number, self._loop.time())
        self.input(self._front.handle_timeout)

    # from the port

    def data_received(self, data: bytes) -> None:
        self.input(partial(self._front.serial_received, data))

    def opened(self) -> None:
        log.debug("%s: the host opened the device", self.port.name)
        self.input(self.firmware.host_opened)

    def closed(self) -> None:
        log.debug("%s: the host closed the device", self.port.name)
        self._wires.released()

    def line_settings(self, settings: LineSettings) -> None:
        log.debug("%s: line settings %s", self.port.name, settings)
        self._wires.set(settings)

    # into the firmware, and out of it

    def input(self, feed: Callable[[float], None]) -> None:
        """Hand the firmware one input with the time of now, then carry out what it wants."""
        if not self._running:
            return
        self._now = self._loop.time()
        try:
            feed(self._now)
        except Exception:
            if self.settings.strict:
                raise
            log.exception("a bug of the emulator; the module goes on")
        self._drain()

    def _drain(self) -> None:
        """Carry out outputs in order, also those that carrying out brings about."""
        if self._draining:
            return
        self._draining = True
        try:
            while outputs := self._front.outputs():
                for output in outputs:
                    self._carry_out(output)
        finally:
            self._draining = False
        if not self._bursting:
            self.rearm()

    def rearm(self) -> None:
        """Have the one timer fall due when the firmware wants it. One that has become too
        early stays, to be set anew when it is due. Not while a link begins to open, which changes
        it at once."""
        if self._links.is_beginning or not self._running:
            return
        deadline = self._front.deadline()
        if self._timer is None and deadline is None:
            return
        if self._timer is not None:
            if deadline == self._timer.when():
                return
            is_early = deadline is None or deadline > self._timer.when()
            if is_early and not is_timeless(self._loop):  # a clock that jumps would stop there
                return
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._timeout)

    def _timeout(self) -> None:
        timer, self._timer = self._timer, None
        deadline = self._front.deadline()
        if timer is None or (deadline is not None and deadline <= timer.when()):
            self.input(self._front.handle_timeout)
        else:  # most of what is waited for comes in time
            self.rearm()

    def _carry_out(self, output: Output) -> None:
        match output:
            case Written(kind, data, cause):
                self.port.write(data)  # first of all: a host waits for it
                name: Kind = "echo_out" if kind == "echo" else "serial_out"
                self.firmware.journal.record(self._now, name, cause, alike(data))
            case SendDatagram():
                self._links.send(output, self._now)
            case Switched(on):
                self._wires.switched(on)
            case RateSet(baud):
                self._wires.rate_set(baud)
            case RebindLink():
                self._links.rebind(output)
            case PlatformFault(what, ends):
                if self._platforms is not None:
                    self._platforms.strike(self.settings.imei, what, ends)
            case OpenLink():
                self._links.open(output)
            case CloseLink():
                self._links.close(output)

    # what its links use

    @property
    def input_time(self) -> float:
        """When the last input came."""
        return self._now

    def moment(self) -> float:
        """When what happens now happens: with the input that is carried out, or of itself."""
        return self._now if self._draining else self._loop.time()

    def datagram_received(self, number: int, data: bytes) -> None:
        """The server of a link has sent one."""
        self.input(partial(self._front.datagram_received, number, data))

    def burst_begins(self) -> None:
        """Several datagrams may come at once: the timer is set behind the last of them."""
        self._bursting = not is_timeless(self._loop)  # a clock that jumps keeps every step

    def burst_ends(self) -> None:
        if self._bursting:
            self._bursting = False
            if self._running:
                self.rearm()
