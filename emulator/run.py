"""`mipl run`: device paths first, then the firmware behind them, then the local platforms."""

import argparse
import asyncio
import logging
import socket
import sys
from contextlib import AsyncExitStack
from functools import partial, reduce
from importlib import import_module
from typing import TYPE_CHECKING

from emulator.addresses import AddressError, is_numeric, parse_address, parse_resolve, spelt
from emulator.capacity import check_room
from emulator.cli import COUNT_LIMIT, DONE, UsageError
from emulator.cloud_options import check_http, check_platforms, cloud_of, state_of
from emulator.conditions import ConditionError, Conditions, set_condition
from emulator.console import chosen_seed, put, say, stopped, tell_seed
from emulator.fault_options import check_faults
from emulator.garbage import look_rarely
from emulator.lint import verb as lint
from emulator.pins import PinError, parse_pin
from emulator.quirks import QuirkError, parse_assignment
from emulator.recording.options import check_records, recorders
from emulator.seeds import modem_seed
from emulator.serial_end import SerialEnd
from emulator.time_scale import SCALE_LEAST, SCALE_MOST
from emulator.virtual_time import VirtualLoop
from pty_bridge.flow import Chunks, Flow, parse_chunks, parse_pace
from pty_bridge.port import PortError
from pty_bridge.ports import PortSpec, parse_spec

if TYPE_CHECKING:
    from emulator.cloud.platforms import Platforms
    from emulator.modem import Modem, ModemSettings
    from emulator.routes import AddressOf, Routes
    from emulator.scenario.performance import Performance

INTERNET = "internet"  # --platform: the addresses that the firmware names
DIGITS = 15  # of an IMEI and an IMSI
HINT = "firmware written against a real module usually wants --dialect field"


def run(options: argparse.Namespace) -> int:
    """Start modems and stay until Ctrl-C or SIGTERM."""
    logging.basicConfig(stream=sys.stderr, format="mipl: %(message)s", level=logging.WARNING)
    logging.getLogger("mipl.modem").setLevel(logging.INFO)  # what carries DTLS is always told
    options.seed = chosen_seed(options.seed)
    look_rarely()
    _check(options)
    try:
        with asyncio.Runner(loop_factory=partial(VirtualLoop, scale=options.time_scale)) as runner:
            return runner.run(_run(options))
    except PortError as error:
        raise UsageError(str(error)) from error


def _check(options: argparse.Namespace) -> None:
    """Everything that can be wrong with the options is said before a device is made."""
    from emulator.profile import ProfileError, load_profile

    if not SCALE_LEAST <= options.time_scale <= SCALE_MOST:
        raise UsageError(
            f"--time-scale {options.time_scale:g} is not between {SCALE_LEAST:g} and {SCALE_MOST:g}"
        )
    if not 1 <= options.count <= COUNT_LIMIT:
        raise UsageError(f"--count {options.count} is not between 1 and {COUNT_LIMIT}")
    try:
        load_profile(options.model)
        options.quirks = dict(parse_assignment(text) for text in options.quirk)
        options.pins = dict(parse_pin(text) for text in options.pin)
        options.conditions = reduce(set_condition, options.network, Conditions())
        options.fixed = dict(parse_resolve(text) for text in options.resolve)
        named = None if options.platform in (None, INTERNET) else options.platform
        options.everything = None if named is None else parse_address(named)
    except (ProfileError, QuirkError, AddressError, PinError, ConditionError) as error:
        raise UsageError(str(error)) from error
    options.lint_settings = lint.settings_of(options)
    for name in ("imei", "imsi"):
        value = getattr(options, name)
        if value is None:
            continue
        if not (len(value) == DIGITS and value.isascii() and value.isdigit()):
            raise UsageError(f"--{name} '{value}' is not {DIGITS} digits")
        if len(str(int(value) + options.count - 1)) > DIGITS:
            raise UsageError(f"--{name} {value} cannot be counted up to {options.count} modems")
    _check_serial(options)
    _check_network(options)
    check_records(options)
    check_faults(options)


def _check_serial(options: argparse.Namespace) -> None:
    if options.link is not None and options.serial:
        raise UsageError(f"--link goes without --serial; write --serial 'pty:{options.link}'")
    texts = options.serial or [f"pty:{options.link or ''}"]
    try:
        options.serial = [parse_spec(text) for text in texts]
        options.flow = Flow(
            None if options.pace is None else parse_pace(options.pace),
            None if options.chunk is None else chunks_of(options.chunk, options.seed),
        )
        options.sniff = [parse_spec(text) for text in options.sniff]
        if options.pins and all(spec.scheme != "rfc2217" for spec in options.serial):
            raise UsageError("--pin: only --serial rfc2217:HOST:PORT tells what DTR and RTS are")
        for spec in (*options.serial, *options.sniff):
            if spec.scheme == "memory":
                raise UsageError(f"'{spec}' is for Python; no other process can reach it")
            if options.count > 1:
                spec.counted(options.count - 1)
        check_room(options.count, (*options.serial, *options.sniff))
    except PortError as error:
        raise UsageError(str(error)) from error


def chunks_of(text: str, seed: int) -> Chunks:
    """`random` alone draws sizes with the seed of the run."""
    return Chunks(seed=seed) if text == "random" else parse_chunks(text)


def _check_network(options: argparse.Namespace) -> None:
    check_http(options.http)
    if options.platform is None:
        check_platforms(options)
    elif meant := _for_local_platforms(options):
        raise UsageError(f"{', '.join(meant)}: --platform leaves no local platform")
    if options.everything is not None and not is_numeric(options.everything[0]):
        try:
            socket.getaddrinfo(options.everything[0], options.everything[1])
        except OSError as error:
            raise UsageError(
                f"'{options.everything[0]}' of --platform cannot be resolved ({error.strerror})"
            ) from error


def _for_local_platforms(options: argparse.Namespace) -> list[str]:
    given = {
        "--switch": options.switch,
        "--strict-devices": options.strict_devices,
        "--device": options.device,
        "--psk": options.psk,
        "--bootstrap-psk": options.bootstrap_psk,
        "--state": options.state,
        "--timeout": options.timeout is not None,
    }
    return [name for name, value in given.items() if value]


async def _run(options: argparse.Namespace) -> int:
    stop = stopped()
    options.performance = _performance(options)
    code, ends = DONE, []
    try:
        for number in range(options.count):
            specs = _counted_specs(options.serial, options, number)
            sniffers = _counted_specs(options.sniff, options, number)
            ends.append(SerialEnd(*specs, sniffers=tuple(sniffers), flow=options.flow))
            if options.performance is not None:
                ends[-1].taps += (options.performance.tap,)
            for spec, name in zip(specs, ends[-1].names, strict=True):
                put(spec.path if spec.scheme == "pty" and spec.path else name)
            for name in ends[-1].sniffers:
                say(f"what passes on {ends[-1].port.name} can be read at {name}")
        async with AsyncExitStack() as stack:
            modems = await _power_on(options, ends, stack)
            code = await _ended(options, stop)
    finally:
        for end in ends:
            end.port.close()
    found = [modem.lint.counts for modem in modems if modem.lint]
    return max(code, lint.conclude(found, options.lint))


def _performance(options: argparse.Namespace) -> "Performance | None":
    """Of the scenario, if there is one."""
    if options.scenario is None:
        return None
    from emulator.scenario.performance import Performance

    return Performance(options.scenario)


async def _ended(options: argparse.Namespace, stop: asyncio.Event) -> int:
    """Somebody stops it, or the scenario is over; the exit code."""
    if options.performance is None:
        await stop.wait()
        return DONE
    from emulator.scenario.attending import attend

    return await attend(options.performance, stop, options.scenario_file)


def _counted_specs(
    specs: list[PortSpec], options: argparse.Namespace, number: int
) -> list[PortSpec]:
    return specs if options.count == 1 else [spec.counted(number) for spec in specs]


async def _power_on(
    options: argparse.Namespace, ends: list[SerialEnd], stack: AsyncExitStack
) -> "list[Modem]":
    """Firmware to every serial end, then the cloud; a host may write all the while."""
    from emulator.cloud_faults import CloudFaults
    from emulator.destinations import Destinations
    from emulator.modem import Modem
    from emulator.narration import narrator

    destinations = Destinations(_routes(options))
    tell_seed(options.seed)
    cloud_faults = CloudFaults() if options.platform is None else None
    modems: list[Modem] = []
    for number, end in enumerate(ends):
        label = end.port.name if len(ends) > 1 else ""
        settings = _settings(options, number)
        sinks = recorders(options, number, settings, stack)
        if options.verbose:
            sinks.append(narrator(label, sys.stderr))
        address_of: AddressOf = destinations.address_of
        if options.performance is not None:
            sinks.append(options.performance.sink)
            address_of = options.performance.towards(address_of)
        modem = Modem(end, address_of, settings, sinks=tuple(sinks), platforms=cloud_faults)
        modems.append(await stack.enter_async_context(modem))
        _introduce(modem, first=number == 0)
    await _take_calls(modems, stack)
    if options.platform is not None:
        say(f"platform: {options.platform}")
        destinations.ready(None)
    platforms = await _serve(options, modems, stack)
    if options.platform is None:
        destinations.ready(platforms)
        if cloud_faults is not None:
            cloud_faults.ready(platforms)
    if options.performance is not None:
        options.performance.attach(modems[0], platforms)
    return modems


async def _take_calls(modems: "list[Modem]", stack: AsyncExitStack) -> None:
    """`mipl reset` and its kin; a modem is of use without them."""
    from emulator.control.listening import ControlChannel

    try:
        await stack.enter_async_context(ControlChannel(modems))
    except OSError as error:
        say(f"no control channel, so that `mipl reset` finds no modem: {error}")


def _routes(options: argparse.Namespace) -> "Routes":
    from emulator.routes import Routes

    return Routes(options.fixed, options.everything, local=options.platform is None)


def _settings(options: argparse.Namespace, number: int) -> "ModemSettings":
    from emulator.modem_settings import IMEI, IMSI, ModemSettings

    return ModemSettings(
        model=options.model,
        imei=_counted(options.imei or IMEI, number),
        imsi=_counted(options.imsi or IMSI, number),
        dialect=options.dialect,
        quirks=options.quirks,
        timing=options.timing,
        pins=options.pins,
        seed=modem_seed(options.seed, number),
        dtls_backend=options.dtls_backend,
        conditions=options.conditions,
        show_secrets=options.show_secrets,
        lint=options.lint_settings,
        ciphertext=options.record is not None or options.live is not None,
        faults=options.faults,
    )


def _counted(digits: str, number: int) -> str:
    return f"{int(digits) + number:0{DIGITS}d}"


def _introduce(modem: "Modem", first: bool) -> None:
    """What a person wants to know at the start; the device path itself is on stdout."""
    settings, profile = modem.settings, modem.firmware.profile
    dialect = settings.dialect or profile.dialect
    hint = f" ({HINT})" if first and dialect == "manual" else ""
    say(
        f"{profile.name} on {modem.port.name}, IMEI {settings.imei}, IMSI {settings.imsi}, "
        f"dialect {dialect}{hint}"
    )


async def _serve(
    options: argparse.Namespace, modems: "list[Modem]", stack: AsyncExitStack
) -> "Platforms":
    """Bring up the local platforms, unless another one was named, and HTTP for them and for the
    modems."""
    # aiohttp takes 0.2 s to import: in a thread, so that AT is answered meanwhile.
    module = await asyncio.to_thread(import_module, "emulator.cloud.platforms")
    await asyncio.to_thread(import_module, "emulator.web.server")
    from emulator.cloud.manners import MANNERS
    from emulator.control.http import mount_of

    state = await stack.enter_async_context(state_of(options))
    told = options.performance and options.performance.told
    names = MANNERS if options.platform is None else ()
    platforms: Platforms = module.Platforms(
        [cloud_of(name, options, state, on_event=told) for name in names],
        http_port=options.http,
        further=(mount_of(modems),),
    )
    await stack.enter_async_context(platforms)
    if options.platform is None:
        _introduce_platforms(options, platforms)
    say(f"HTTP API at {platforms.http_url}")
    return platforms


def _introduce_platforms(options: argparse.Namespace, platforms: "Platforms") -> None:
    titles = ", ".join(f"{each.manner.platform} {each.manner.title}" for each in platforms)
    say(f"every server address leads to a local platform; AT+MIPLCFG chooses: {titles}")
    for (host, port), target in options.fixed.items():
        say(f"except {host}:{port}, which leads to {spelt(target)}")
