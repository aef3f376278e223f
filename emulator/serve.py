"""`mipl cloud`: the local platforms alone, for modems and other clients elsewhere."""

import argparse
import asyncio
import logging
import sys
from typing import TYPE_CHECKING

from emulator.addresses import Address, is_numeric, spelt
from emulator.cli import DONE, UsageError
from emulator.cloud.manners import MANNERS, manner_of
from emulator.cloud_options import check_platforms, cloud_of, ports_of, state_of
from emulator.console import chosen_seed, put, say, stopped, tell_seed
from emulator.garbage import look_rarely
from lwm2m_core.errors import EngineError

if TYPE_CHECKING:
    from emulator.cloud.service import Cloud
    from emulator.cloud.state import State

ONENET_HOSTS = ("nbiotbt.heclouds.com", "183.230.40.40")
"""Where a module bootstraps (manual 5.1), and what it is then handed out (decision 51)."""


def serve(options: argparse.Namespace) -> int:
    """Start platforms and stay until Ctrl-C or SIGTERM."""
    look_rarely()
    options.seed = chosen_seed(options.seed)
    _check(options)
    level = logging.INFO if options.verbose else logging.WARNING
    logging.basicConfig(stream=sys.stderr, format="mipl: %(message)s", level=level)
    return asyncio.run(_serve(options))


def _check(options: argparse.Namespace) -> None:
    options.names = list(dict.fromkeys(options.names or MANNERS))
    for name in options.names:
        try:
            manner_of(name)
        except EngineError as error:
            raise UsageError(str(error)) from error
    if not is_numeric(options.host):
        raise UsageError(f"--host '{options.host}' is no IP address")
    options.ports = ports_of(options.port, "--port", options.names)
    names = options.names
    options.secure_ports = ports_of(options.secure_port, "--secure-port", names)
    options.bootstrap_ports = ports_of(options.bootstrap_port, "--bootstrap-port", names)
    options.secure_bootstrap_ports = ports_of(
        options.secure_bootstrap_port, "--secure-bootstrap-port", names
    )
    for name in (*options.bootstrap_ports, *options.secure_bootstrap_ports):
        if MANNERS[name].bootstrap is None:
            raise UsageError(f"--bootstrap-port: {name} has no bootstrap")
    for name in (*options.secure_ports, *options.secure_bootstrap_ports):
        if not MANNERS[name].dtls:
            raise UsageError(f"--secure-port: {name} has no DTLS (manual 4.6)")
    check_platforms(options, options.host)


async def _serve(options: argparse.Namespace) -> int:
    stop = stopped()
    # aiohttp takes 0.2 s to import: after the check of the options.
    from emulator.cloud.platforms import Platforms

    async with state_of(options) as state:
        clouds = [_cloud(name, options, state) for name in options.names]
        tell_seed(options.seed)
        async with Platforms(clouds, host=options.host, http_port=options.http) as platforms:
            for cloud in clouds:
                await _open(cloud)
                _introduce(cloud)
            put(f"http {platforms.http_url}")
            for cloud in clouds:
                _advise(cloud)
            await stop.wait()
    return DONE


def _cloud(name: str, options: argparse.Namespace, state: "State | None") -> "Cloud":
    return cloud_of(
        name,
        options,
        state,
        host=options.host,
        server_port=options.ports.get(name, 0),
        bootstrap_port=options.bootstrap_ports.get(name, 0),
        secure_server_port=options.secure_ports.get(name, 0),
        secure_bootstrap_port=options.secure_bootstrap_ports.get(name, 0),
    )


async def _open(cloud: "Cloud") -> None:
    try:
        await cloud.open()
    except OSError as error:
        raise OSError(
            f"{cloud.manner.name} {error.strerror or error}; "
            "choose another place with --host, --port and --bootstrap-port, or leave them out"
        ) from error


def _introduce(cloud: "Cloud") -> None:
    """Its addresses, one a line, for programs."""
    name, doors = cloud.manner.name, cloud.doors
    for scheme, role, address in (
        ("coap", "bootstrap", doors.bootstrap),
        ("coaps", "secure bootstrap", doors.secure_bootstrap),
        ("coap", "server", doors.server),
        ("coaps", "secure server", doors.secure_server),
    ):
        if address is not None:
            put(f"{name} {role} {scheme}://{spelt(address)}")


def _advise(cloud: "Cloud") -> None:
    """How a modem gets there."""
    server, bootstrap, manner = cloud.server_address, cloud.bootstrap_address, cloud.manner
    chosen = f', then AT+MIPLCFG="platform",0,{manner.platform}' if manner.platform else ""
    say(f"a modem that logs in to {manner.title}: mipl run --platform {spelt(server)}{chosen}")
    if manner.name == "onenet" and bootstrap is not None:
        say(f"with a bootstrap before it: mipl run {_resolving(5683, bootstrap, server)}")


def _resolving(port: int, *addresses: Address) -> str:
    pairs = zip(ONENET_HOSTS, addresses, strict=True)
    return " ".join(f"--resolve {host}:{port}={spelt(address)}" for host, address in pairs)
