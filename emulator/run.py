"""`mipl run`: device paths first, then the firmware behind them, then the local cloud."""

import argparse
import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from emulator.addresses import (
    Address,
    AddressError,
    is_numeric,
    parse_address,
    parse_resolve,
)
from emulator.cli import COUNT_LIMIT, DONE, UsageError
from emulator.quirks import QuirkError, parse_assignment
from emulator.serial_end import SerialEnd
from pty_bridge.port import PortError

if TYPE_CHECKING:
    from emulator.cloud.service import Cloud
    from emulator.modem import Modem, ModemSettings
    from emulator.outputs import OpenLink

INTERNET = "internet"  # --platform: the addresses that the firmware names
DIGITS = 15  # of an IMEI and an IMSI
HINT = "firmware written against a real module usually wants --dialect field"


def run(options: argparse.Namespace) -> int:
    """Start modems and stay until Ctrl-C or SIGTERM."""
    logging.basicConfig(stream=sys.stderr, format="mipl: %(message)s", level=logging.WARNING)
    _check(options)
    try:
        return asyncio.run(_run(options))
    except PortError as error:
        raise UsageError(str(error)) from error


def _check(options: argparse.Namespace) -> None:
    """Everything that can be wrong with the options is said before a device is made."""
    from emulator.profile import ProfileError, load_profile

    if not 1 <= options.count <= COUNT_LIMIT:
        raise UsageError(f"--count {options.count} is not between 1 and {COUNT_LIMIT}")
    try:
        load_profile(options.model)
        options.quirks = dict(parse_assignment(text) for text in options.quirk)
        options.fixed = dict(parse_resolve(text) for text in options.resolve)
        named = None if options.platform in (None, INTERNET) else options.platform
        options.everything = None if named is None else parse_address(named)
    except (ProfileError, QuirkError, AddressError) as error:
        raise UsageError(str(error)) from error
    for name in ("imei", "imsi"):
        value = getattr(options, name)
        if value is None:
            continue
        if not (len(value) == DIGITS and value.isascii() and value.isdigit()):
            raise UsageError(f"--{name} '{value}' is not {DIGITS} digits")
        if len(str(int(value) + options.count - 1)) > DIGITS:
            raise UsageError(f"--{name} {value} cannot be counted up to {options.count} modems")
    _check_network(options)


def _check_network(options: argparse.Namespace) -> None:
    if not 0 <= options.http <= 65535:
        raise UsageError(f"--http {options.http} is not between 0 and 65535")
    if options.http and options.platform is None:
        with socket.socket() as port:
            port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                port.bind(("127.0.0.1", options.http))
            except OSError as error:
                raise OSError(
                    f"port {options.http} cannot be used ({error.strerror}); "
                    "choose another with --http, or leave it out for a free one"
                ) from error
    if options.everything is not None and not is_numeric(options.everything[0]):
        try:
            socket.getaddrinfo(options.everything[0], options.everything[1])
        except OSError as error:
            raise UsageError(
                f"'{options.everything[0]}' of --platform cannot be resolved ({error.strerror})"
            ) from error


async def _run(options: argparse.Namespace) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ends = []
    try:
        for spec in _specs(options):
            ends.append(SerialEnd(spec))
            _print_path(spec.removeprefix("pty:") or ends[-1].port.name)
        async with AsyncExitStack() as stack:
            await _power_on(options, ends, stack)
            await stop.wait()
    finally:
        for end in ends:
            end.port.close()
    return DONE


def _print_path(path: str) -> None:
    """On stdout. A reader that has seen enough (`| head -1`) does not end the modems."""
    try:
        print(path, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _specs(options: argparse.Namespace) -> list[str]:
    if options.link is None:
        return ["pty:"] * options.count
    if options.count == 1:
        return [f"pty:{options.link}"]
    return [f"pty:{options.link}{number}" for number in range(options.count)]


async def _power_on(
    options: argparse.Namespace, ends: list[SerialEnd], stack: AsyncExitStack
) -> None:
    """Firmware to every serial end, then the cloud; a host may write all the while."""
    from emulator.modem import Modem
    from emulator.narration import narrator

    seed = secrets.randbelow(2**32) if options.seed is None else options.seed
    platform = _Platform(options)
    for number, end in enumerate(ends):
        label = end.port.name if len(ends) > 1 else ""
        sinks = (narrator(label, sys.stderr),) if options.verbose else ()
        settings = _settings(options, number, seed)
        modem = Modem(end, platform.address_of, settings, sinks=sinks)
        await stack.enter_async_context(modem)
        _introduce(modem, first=number == 0)
    await platform.start(options, stack)


def _settings(options: argparse.Namespace, number: int, seed: int) -> "ModemSettings":
    from emulator.modem import IMEI, IMSI, ModemSettings

    return ModemSettings(
        model=options.model,
        imei=_counted(options.imei or IMEI, number),
        imsi=_counted(options.imsi or IMSI, number),
        dialect=options.dialect,
        quirks=options.quirks,
        timing=options.timing,
        seed=seed + number,
    )


def _counted(digits: str, number: int) -> str:
    return f"{int(digits) + number:0{DIGITS}d}"


def _introduce(modem: "Modem", first: bool) -> None:
    """What a person wants to know at the start; the device path itself is on stdout."""
    settings, profile = modem.settings, modem.firmware.profile
    dialect = settings.dialect or profile.dialect
    hint = f" ({HINT})" if first and dialect == "manual" else ""
    _say(
        f"{profile.name} on {modem.port.name}, IMEI {settings.imei}, IMSI {settings.imsi}, "
        f"seed {settings.seed}, dialect {dialect}{hint}"
    )


def _say(text: str) -> None:
    print(f"mipl: {text}", file=sys.stderr, flush=True)


class _Platform:
    """Where links go (decision 48), known to be so only when the local cloud is up."""

    def __init__(self, options: argparse.Namespace) -> None:
        from emulator.routes import Routes

        self._ready = asyncio.Event()
        self._local = options.platform is None
        self._routes = Routes(options.fixed, options.everything)

    async def start(self, options: argparse.Namespace, stack: AsyncExitStack) -> None:
        """Bring up the local cloud, unless another platform was named."""
        from emulator.routes import local_address

        if self._local:
            # aiohttp takes 0.2 s to import: in a thread, so that AT is answered meanwhile.
            service = await asyncio.to_thread(import_module, "emulator.cloud.service")
            await asyncio.to_thread(import_module, "emulator.cloud.http")
            cloud: Cloud = service.Cloud(http=True, http_port=options.http)
            await stack.enter_async_context(cloud)
            here = local_address(cloud.bootstrap_address, cloud.server_address)
            self._routes = replace(self._routes, local=here)
            _say(f"local OneNET: HTTP API at {cloud.http_url}; every server address leads to it")
            for (host, port), (ip, target) in options.fixed.items():
                _say(f"except {host}:{port}, which leads to {ip}:{target}")
        else:
            _say(f"platform: {options.platform}")
        self._ready.set()

    async def address_of(self, link: "OpenLink") -> Address:
        """The numeric address for a link; names only where the user asked for them."""
        await self._ready.wait()
        host, port = self._routes.address(link)
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        return str(found[0][4][0]), port
