"""The options of the local platforms, for `mipl run` and `mipl cloud` alike.

What they mean is imported late: `mipl run` checks them before its device path is out.
"""

import argparse
import re
import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from emulator.cli import UsageError

if TYPE_CHECKING:
    from emulator.cloud.admission import Declared
    from emulator.cloud.service import Cloud
    from emulator.cloud.state import State
    from emulator.cloud.switches import Switches

PSK_LIMIT = 64  # bytes, as of a key that a bootstrap hands out (decision 14)
_PSK = re.compile(r"([0-9A-Za-z]{1,64})|hex:((?:[0-9A-Fa-f]{2}){1,64})")

TIMEOUT_LIMIT = 3600
"""Seconds that a call may wait for a device (chosen)."""


def check_platforms(options: argparse.Namespace, host: str = "127.0.0.1") -> None:
    """UsageError for what makes no sense, OSError for a port that cannot be had."""
    check_http(options.http, host)
    if options.timeout is not None and not 0 < options.timeout <= TIMEOUT_LIMIT:
        raise UsageError(f"--timeout {options.timeout:g} is not between 0 and {TIMEOUT_LIMIT}")
    if options.state is not None:
        _check_state(options.state)
    if options.switch or options.device or options.psk or options.bootstrap_psk:
        switches_of(options)
        declared_in(options)


def switches_of(options: argparse.Namespace) -> "Switches":
    """What `--switch` and `--strict-devices` say. UsageError."""
    from emulator.cloud.switches import Switches, set_switch
    from lwm2m_core.errors import EngineError

    switches = Switches(strict_devices=options.strict_devices)
    for text in options.switch:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--switch '{text}' is not NAME=VALUE, for example refuse=4.03")
        try:
            switches = set_switch(switches, name, value)
        except EngineError as error:
            raise UsageError(f"--switch {text}: {error}") from error
    return switches


def declared_in(options: argparse.Namespace) -> "tuple[Declared, ...]":
    """What `--device`, `--psk` and `--bootstrap-psk` say. UsageError, which tells no secret."""
    from emulator.cloud.admission import Declared

    found = {}
    for text in options.device:
        fields = text.split(",")
        if not fields[0] or len(fields) > 3:
            raise UsageError(f"--device '{fields[0]},…' is not IMEI[,IMSI[,AUTHCODE]]")
        found[fields[0]] = Declared(*fields)
    for name, key in map(partial(_psk, "--psk"), options.psk):
        found[name] = replace(found.get(name) or Declared(name), psk=key)
    for name, key in map(partial(_psk, "--bootstrap-psk"), options.bootstrap_psk):
        found[name] = replace(found.get(name) or Declared(name), bootstrap_psk=key)
    return tuple(found.values())


def _psk(option: str, text: str) -> tuple[str, bytes]:
    """`IMEI=KEY`; a name may have `=`, a key has letters and digits (manual 4.6)."""
    name, _, key = text.rpartition("=")
    found = _PSK.fullmatch(key)
    if not name or found is None:
        raise UsageError(
            f"{option} '{name}=…' is not IMEI=KEY with up to {PSK_LIMIT} letters and digits, "
            "or IMEI=hex:KEY with an even number of hexadecimal digits"
        )
    return name, found[1].encode() if found[2] is None else bytes.fromhex(found[2])


def _check_state(path: str) -> None:
    from emulator.cloud.state import StateError, check

    try:
        check(path)
    except StateError as error:
        raise UsageError(f"--state {path}: {error}") from error


def state_of(options: argparse.Namespace) -> "AbstractAsyncContextManager[State | None]":
    """The file of `--state`, None without."""
    from emulator.cloud.state import State

    return nullcontext() if options.state is None else State(options.state)


def cloud_of(
    name: str, options: argparse.Namespace, state: "State | None" = None, **place: Any
) -> "Cloud":
    """A platform as the options have it; `place` is what else `Cloud` takes."""
    from emulator.cloud.service import Cloud

    cloud = Cloud(
        name,
        seed=options.seed,
        switches=switches_of(options),
        timeout=options.timeout,
        state=state,
        **place,
    )
    known = {each.name: each for each in cloud.declared}
    for device in declared_in(options):
        before = known.get(device.name, device)
        cloud.declare(replace(before, imsi=device.imsi, auth_code=device.auth_code))
    return cloud


def check_http(port: int, host: str = "127.0.0.1") -> None:
    """UsageError for a port that is none, OSError for one that cannot be had."""
    if not 0 <= port <= 65535:
        raise UsageError(f"--http {port} is not between 0 and 65535")
    if not port:
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(
                f"port {port} cannot be used ({error.strerror}); "
                "choose another with --http, or leave it out for a free one"
            ) from error


def ports_of(texts: Sequence[str], option: str, names: Sequence[str]) -> Mapping[str, int]:
    """`PORT`, if there is one platform only, or `NAME=PORT`, by name. UsageError."""
    ports: dict[str, int] = {}
    for text in texts:
        name, _, port = text.rpartition("=")
        if not name and len(names) > 1:
            raise UsageError(f"{option} {text}: for which platform? For example {names[0]}={text}")
        name = name or names[0]
        if name not in names:
            raise UsageError(f"{option} {text}: '{name}' is not started ({', '.join(names)})")
        if not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
            raise UsageError(f"{option} {text}: '{port}' is not a port between 1 and 65535")
        ports[name] = int(port)
    return ports
