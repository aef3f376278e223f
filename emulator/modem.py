"""One modem: the firmware with a serial port, links and one timer around it. No decisions here."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from emulator import looking
from emulator.addresses import spelt
from emulator.at.channel import Written
from emulator.at.table import Table
from emulator.commands import command_table
from emulator.conditions import Conditions
from emulator.connecting import Witness, connect, described
from emulator.faults.beside import PlatformFaults, check_cloud
from emulator.faults.errors import FaultError
from emulator.faults.grammar import Fault, parse_fault
from emulator.faults.planted import Planted
from emulator.faults.stage import Faults
from emulator.firmware import Firmware
from emulator.identity import Identity
from emulator.journal import NO_CAUSE, Journal, Kind, Record, Sink
from emulator.lint.facts import Facts, facts_of
from emulator.lint.finding import Finding
from emulator.lint.lint import Lint
from emulator.lint.rules import LintSettings
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
from emulator.pins import Pin, Pins, Role, Step
from emulator.profile import Profile, load_profile
from emulator.quirks import Dialect, Effect, Quirks, checked, resolve, row_of
from emulator.recording.texts import Opened, opened_text, secured_text
from emulator.routes import AddressOf
from emulator.seeds import new_seed, stream
from emulator.serial_end import SerialEnd
from emulator.status import LinkStatus, Status
from emulator.virtual_time import VirtualLoop, is_timeless, scale_of
from pty_bridge.port import LineSettings, ModuleSide, Port
from transport.dtls.session import BackEndChoice, DtlsSettings, Suite
from transport.link import Link, LinkOpener
from transport.udp import open_udp

IMEI, IMSI = "869975030000461", "460001357924680"  # decisions 7

log = logging.getLogger("mipl.modem")
lint_log = logging.getLogger("mipl.lint")

# --timing fast
NO_DELAYS: Mapping[str, Any] = dict.fromkeys(
    ("urc_gap_ms", "reply_delay_ms", "boot_ms", "search_ms", "fota_install_s"), 0
)


@dataclass(frozen=True, slots=True)
class ModemSettings:
    """How a modem is set up.

    `dialect`: None for the model's own. `quirks`: name -> value. `timing`: `module` keeps the
    profile's delays, `fast` sets them to 0 (decision 3). `seed` decides all that chance
    decides; None for a new one, which `Modem.settings` then tells. `conditions`: the network around
    the module. `strict`: a bug of ours raises instead of being logged and answered with 100.
    `dtls_backend`: which library carries DTLS. `pins`: what the host's DTR and RTS are wired to,
    where the serial end tells them. `lint`: watch whether the host keeps the rules of
    docs/host-lint.md; None: do not. `ciphertext`: the journal has DTLS's own datagrams too, and the
    secrets of its sessions. `faults`: what goes wrong on purpose from the start on.
    `show_secrets`: who follows its events sees keys, auth codes and identities.
    """

    model: str = "MN316"
    imei: str = IMEI
    imsi: str = IMSI
    dialect: Dialect | None = None
    quirks: Mapping[str, Any] = field(default_factory=dict)
    timing: Literal["module", "fast"] = "module"
    seed: int | None = None
    conditions: Conditions = Conditions()
    strict: bool = False
    dtls_backend: BackEndChoice = "auto"
    pins: Mapping[Pin, Role] = field(default_factory=dict)
    lint: LintSettings | None = None
    ciphertext: bool = False
    faults: tuple[Fault, ...] = ()
    show_secrets: bool = False


def build_firmware(settings: ModemSettings) -> Firmware:
    """The firmware that `settings` describe; ProfileError or QuirkError where they are wrong."""
    profile = load_profile(settings.model)
    dialect = settings.dialect or profile.dialect
    quirks = _quirks(settings, profile.overrides(dialect), dialect)
    seed = new_seed() if settings.seed is None else settings.seed
    return Firmware(
        profile,
        quirks,
        Identity(settings.imei, settings.imsi),
        partial(stream, seed),
        _commands_of,
        conditions=settings.conditions,
        strict=settings.strict,
    )


def with_faults(firmware: Firmware, settings: ModemSettings, zero: float = 0.0) -> Faults:
    """The stage for faults in front of a firmware that was started at `zero`, with the faults of
    the settings. FaultError for one that can never strike."""
    seed = new_seed() if settings.seed is None else settings.seed
    faults = Faults(firmware, partial(stream, seed), zero=zero)
    for fault in settings.faults:
        faults.add(fault, zero)
    return faults


def _commands_of(profile: Profile, quirks: Quirks) -> Table:
    return command_table(profile.absent_commands, quirks.rai_param, profile.command_sets)


def _quirks(settings: ModemSettings, overrides: Mapping[str, Any], dialect: Dialect) -> Quirks:
    delays = NO_DELAYS if settings.timing == "fast" else {}
    return resolve(dialect, overrides, delays, settings.quirks)


def _seeded(settings: ModemSettings) -> ModemSettings:
    return settings if settings.seed is not None else replace(settings, seed=new_seed())


class Modem:
    """`async with Modem(SerialEnd("pty:"), address_of) as modem:`; `modem.port.name` is the device.

    `address_of` says where the datagrams of a link go (`emulator.routes`), OSError if nowhere.
    `platforms` does to the local platforms what faults at `cloud` ask for (`CloudFaults`).
    FaultError for a fault of the settings that can never strike.
    """

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
        self.settings = _seeded(settings or ModemSettings())
        self.firmware = build_firmware(self.settings)
        self.firmware.journal.sinks.extend(sinks)
        self.lint: Lint | None = None
        if self.settings.lint is not None:
            self.lint = Lint(self._facts, self.settings.lint, self._found)
            self.firmware.journal.sinks.append(partial(self._watch, self.lint))
        self.first_quirks = self.firmware.quirks
        self.port: Port = serial.port
        self._pins = Pins(self.settings.pins)
        self._side = ModuleSide()
        self._serial, self._address_of, self._open_link = serial, address_of, open_link
        suites = tuple(Suite(name) for name in self.firmware.profile.dtls_suites)
        self._dtls = DtlsSettings(suites, self.settings.dtls_backend)
        self._loop = asyncio.get_running_loop()
        self._running = self._draining = False
        self._cause = NO_CAUSE  # of the datagram that is being sent
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
        self._links: dict[int, Link] = {}
        self._opening: dict[int, asyncio.Task[None]] = {}
        self._links_seen: dict[int, LinkStatus] = {}

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
        tasks = list(self._opening.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for link in self._links.values():
            link.close()
        self._links.clear()
        self.port.close()

    # what people and tests do

    @property
    def devices(self) -> tuple[str, ...]:
        """The names of its serial ends, links resolved."""
        return tuple(os.path.realpath(n) if n[0] == "/" else n for n in self._serial.names)

    @property
    def is_on(self) -> bool:
        """Whether it is switched on."""
        return self.firmware.is_on

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
        are those of Conditions."""
        conditions = replace(self.conditions, **changes)
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
        settings, firmware = self.settings, self.firmware
        dialect = settings.dialect or firmware.profile.dialect
        return Status(
            model=firmware.profile.name,
            revision=firmware.profile.revision,
            devices=self.devices,
            imei=settings.imei,
            dialect=dialect,
            seed=settings.seed,
            on=self.is_on,
            time=self._loop.time(),
            time_scale=self.time_scale,
            login=looking.login_of(firmware),
            links=tuple(self._links_seen.values()),
            nmi=looking.nmi_of(firmware),
            network=looking.network_of(firmware),
            quirks=looking.quirks_of(firmware, dialect),
            journal=looking.journal_of(firmware.journal),
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the lint has found so far, in order; nothing where it is off."""
        return () if self.lint is None else tuple(self.lint.findings)

    def _watch(self, lint: Lint, record: Record) -> None:
        """A bug of the lint must not keep a command from its result."""
        try:
            lint(record)
        except Exception:
            if self.settings.strict:
                raise
            log.exception("a bug of the host lint; the module goes on")

    def _facts(self) -> Facts:
        return facts_of(self.firmware.profile, self.firmware.quirks)

    def _found(self, finding: Finding) -> None:
        """Every finding is in the journal; of each kind the first is told with what to do."""
        self.firmware.journal.record(finding.time, "lint", finding.cause, text=str(finding))
        if finding.count == 1:
            lint_log.warning("%s: %s\n  %s", self.port.name, finding, finding.rule.instead)

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
        self._act(self._pins.released())

    def line_settings(self, settings: LineSettings) -> None:
        log.debug("%s: line settings %s", self.port.name, settings)
        if settings.dtr is not None:
            self._act(self._pins.level("dtr", settings.dtr, self.is_on))
        if settings.rts is not None:
            self._act(self._pins.level("rts", settings.rts, self.is_on))

    def _show(self, side: ModuleSide) -> None:
        self._side = side
        self.port.show(side)

    def _act(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            match step:
                case "off" | "on":
                    self.switch(step == "on")
                case "toggle":
                    self.switch(not self.is_on)

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
        self._rearm()

    def _rearm(self) -> None:
        deadline = self._front.deadline()
        if self._timer is None and deadline is None:
            return
        if self._timer is not None:
            if deadline == self._timer.when():
                return
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._timeout)

    def _timeout(self) -> None:
        self._timer = None
        self.input(self._front.handle_timeout)

    def _carry_out(self, output: Output) -> None:
        match output:
            case Written(kind, data, cause):
                self.port.write(data)  # first of all: a host waits for it
                name: Kind = "echo_out" if kind == "echo" else "serial_out"
                self.firmware.journal.record(self._now, name, cause, data)
            case Switched(on):
                self._show(replace(self._side, cts=on, dsr=on))
            case RateSet(baud):
                self._show(replace(self._side, baud=baud))
            case SendDatagram(link, data, cause):
                if link in self._links:
                    text = f"link {link}"
                    self.firmware.journal.record(self._now, "datagram_out", cause, data, text)
                    self._cause = cause
                    self._links[link].send(data)
                    self._cause = NO_CAUSE
            case RebindLink(link):
                if link in self._links:
                    self._links[link].rebind()
            case PlatformFault(what, ends):
                if self._platforms is not None:
                    self._platforms.strike(self.settings.imei, what, ends)
            case OpenLink(link, account, role):
                self._links_seen[link] = LinkStatus(
                    link, "opening", role, f"{account.host}:{account.port}"
                )
                self._opening[link] = self._loop.create_task(
                    self._open(output), name=f"link {link}"
                )
            case CloseLink(link):
                self._links_seen.pop(link, None)
                if link in self._opening:
                    self._opening.pop(link).cancel()
                if link in self._links:
                    self._links.pop(link).close()

    async def _open(self, request: OpenLink) -> None:
        number, account = request.link, request.account
        try:
            address = await self._address_of(request)
            opened = Opened(number, (account.host, account.port), address)
            self._note(request, opened_text(opened))
            end = _LinkEnd(self, number)
            witness = Witness(number, self._witness) if self.settings.ciphertext else None
            link = await connect(account, address, end, self._open_link, self._dtls, witness)
        except asyncio.CancelledError:
            if self._running and account.secure:
                log.warning(
                    "no link to %s:%d: given up; the far end does not answer, or has another key",
                    *(account.host, account.port),
                )
            raise
        except OSError as error:
            self._opening.pop(number, None)
            log.warning("no link to %s:%d: %s", account.host, account.port, error)
            self.link_lost(number, str(error))
            return
        self._opening.pop(number, None)
        self._links[number] = link
        security = described(link)
        self._links_seen[number] = replace(
            self._links_seen[number], state="up", at=spelt(address), security=security
        )
        if security:
            self._note(request, secured_text(number, security))
            log.info("link %d to %s:%d: %s", number, account.host, account.port, security)
        self.input(lambda now: self.firmware.link_up(number, now))

    def _witness(self, kind: Kind, data: bytes, text: str) -> None:
        """What a link does by itself happens between inputs; the rest with the input's time."""
        now = self._now if self._draining else self._loop.time()
        self.firmware.journal.record(now, kind, self._cause, data, text)

    def _note(self, request: OpenLink, text: str) -> None:
        self.firmware.journal.record(self._now, "open_link", request.cause, text=text)

    def datagram_received(self, number: int, data: bytes) -> None:
        """The server of a link has sent one."""
        self.input(lambda now: self._front.datagram_received(number, data, now))

    def link_lost(self, number: int, reason: str) -> None:
        """The link could not be opened, or has ended by itself."""
        self.input(lambda now: self.firmware.link_lost(number, reason, now))
        self._links_seen.pop(number, None)
        if number in self._links:
            self._links.pop(number).close()


class _LinkEnd:
    """The receiver of one link: hands what it hears to the firmware with the link's number."""

    def __init__(self, modem: Modem, number: int) -> None:
        self._modem, self._firmware, self._number = modem, modem.firmware, number
        self._told = False  # the first refusal is told, the others are like it

    def datagram_received(self, data: bytes) -> None:
        self._modem.datagram_received(self._number, data)

    def link_lost(self, reason: str) -> None:
        log.warning("link %d is lost: %s", self._number, reason)
        self._modem.link_lost(self._number, reason)

    def send_failed(self, reason: str) -> None:
        if not self._told:
            self._told = True
            log.warning("link %d: a datagram was refused: %s", self._number, reason)
        self._modem.input(lambda now: self._firmware.send_failed(self._number, reason, now))
