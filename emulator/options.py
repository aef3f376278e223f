"""What `mipl run` and `mipl cloud` may be told. Read at every start, so it imports little."""

import argparse
from collections.abc import Callable

from emulator.lint import verb as lint

_Add = Callable[..., object]  # add_argument of a parser, or of one group of its options

SEED_HELP = (
    "decides all that chance decides (default: a new one each time, which is told on stderr)"
)


def add_run(run: argparse.ArgumentParser) -> None:
    run.description = (
        "Starts a modem. The first line on stdout is the path of its serial device; all else is "
        "on stderr. Without --platform every server address leads to a local platform."
    )
    _add_module(run.add_argument_group("the module").add_argument)
    _add_serial(run.add_argument_group("the serial line").add_argument)
    _add_network(run.add_argument_group("the network").add_argument)
    _add_records(run.add_argument_group("what is recorded").add_argument)
    run.add_argument(
        "--scenario",
        metavar="FILE",
        help="set up as this file says, have happen what it says, and compare; other options rule "
        "over it (docs/scenarios.md)",
    )
    lint.add_options(run.add_argument_group("the host").add_argument)
    _add_platforms(run)


def _add_records(add: _Add) -> None:
    add("--verbose", action="store_true", help="show AT lines and CoAP datagrams on stderr")
    add(
        "--record",
        metavar="DIR",
        help="write all that happens into this new folder: journal.jsonl, and recording.pcapng for "
        "Wireshark (with --count: one folder in it for each modem)",
    )
    add(
        "--live",
        metavar="PIPE",
        help="packets for Wireshark as they come: wireshark -k -i PIPE (made where there is none; "
        "with --count: PIPE0, PIPE1, …)",
    )
    add(
        "--show-secrets",
        action="store_true",
        help="leave keys, auth codes, IMEI and IMSI in recordings and events",
    )


def _add_module(add: _Add) -> None:
    add("--model", default="MN316", help="which module (default: %(default)s)")
    add("--imei", help="15 digits (default: 869975030000461, counted up by --count)")
    add("--imsi", help="15 digits (default: 460001357924680, counted up by --count)")
    add("--count", type=int, default=1, metavar="N", help="this many modems, one path a line")
    add("--dialect", choices=("manual", "field"), help="how lines are spelt (default: the model's)")
    add(
        "--quirk",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="switch one behaviour (may be given several times)",
    )
    add(
        "--fault",
        action="append",
        default=[],
        metavar="FAULT",
        help="what goes wrong on purpose: 'command +MIPLNOTIFY nth 3: busy', "
        "'coap-up chance 10%%: drop' (may be given several times; docs/faults.md has the grammar)",
    )
    add(
        "--timing",
        choices=("module", "fast"),
        default="module",
        help="module (default): its pauses, some 20 ms; fast: none",
    )
    add("--seed", type=int, metavar="N", help=SEED_HELP)
    add(
        "--time-scale",
        type=float,
        default=1.0,
        metavar="K",
        help="time passes K times as fast, for modems and platforms alike (docs/control.md)",
    )


def _add_serial(add: _Add) -> None:
    add(
        "--link",
        metavar="PATH",
        help="also a symbolic link at PATH (with --count: PATH0, PATH1, …)",
    )
    add(
        "--serial",
        action="append",
        default=[],
        metavar="SPEC",
        help="where the host connects: pty:[PATH], tcp:HOST:PORT, rfc2217:HOST:PORT, "
        "serial:DEVICE,BAUD (may be given several times: all at once; default: pty:)",
    )
    add(
        "--sniff",
        action="append",
        default=[],
        metavar="SPEC",
        help="an end at which all that passes can be read, and nothing written",
    )
    add(
        "--pace",
        nargs="?",
        const="line",
        metavar="BAUD",
        help="bytes take their time: as the host has set the line, or at this rate",
    )
    add(
        "--chunk",
        metavar="HOW",
        help="cut output into pieces: byte, fixed:N, random[:SEED]; coalesce: whole bursts",
    )
    add(
        "--pin",
        action="append",
        default=[],
        metavar="LINE=ROLE",
        help="wire the host's dtr or rts to power (the key) or reset; for rfc2217",
    )


def _add_network(add: _Add) -> None:
    add(
        "--network",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what the mobile network is like: coverage=off, signal=0..31, operator=46001, "
        "denied=on (may be given several times)",
    )
    add(
        "--platform",
        metavar="HOST:PORT|internet",
        help="send all traffic to this server; 'internet': to the names the firmware uses",
    )
    add(
        "--resolve",
        action="append",
        default=[],
        metavar="HOST:PORT=IP:PORT",
        help="send traffic for one address to another (may be given several times)",
    )
    add(
        "--dtls-backend",
        choices=("auto", "openssl", "dtlssocket"),
        default="auto",
        help="which library carries DTLS (auto, the default: whichever can)",
    )


def add_cloud(cloud: argparse.ArgumentParser) -> None:
    add = cloud.add_argument
    cloud.description = (
        "Starts platforms without a modem: onenet, ctwing, dmp, huawei, generic. Their addresses "
        "are on stdout, one a line; all else is on stderr."
    )
    add("names", nargs="*", metavar="NAME", help="which (default: all five)")
    add("--host", default="127.0.0.1", metavar="IP", help="where to listen (default: %(default)s)")
    add(
        "--port",
        action="append",
        default=[],
        metavar="[NAME=]PORT",
        help="of the LwM2M server, or of that of one of several platforms (default: a free one)",
    )
    add(
        "--bootstrap-port",
        action="append",
        default=[],
        metavar="[NAME=]PORT",
        help="of the bootstrap server, likewise",
    )
    for option, server in (("--secure-port", "LwM2M"), ("--secure-bootstrap-port", "bootstrap")):
        add(
            option,
            action="append",
            default=[],
            metavar="[NAME=]PORT",
            help=f"of the {server} server over DTLS, likewise",
        )
    add("--seed", type=int, metavar="N", help=SEED_HELP)
    add("--verbose", action="store_true", help="show what devices do on stderr")
    _add_platforms(cloud)


def _add_platforms(parser: argparse.ArgumentParser) -> None:
    """What `mipl run` and `mipl cloud` say of the local platforms alike."""
    add = parser.add_argument_group("the local platforms").add_argument
    add(
        "--http",
        type=int,
        default=0,
        metavar="PORT",
        help="port of the HTTP API",
    )
    add(
        "--state",
        metavar="FILE",
        help="keep what platforms know of devices in this file, and begin with what is in it",
    )
    add(
        "--timeout",
        type=float,
        metavar="SECONDS",
        help="how long a call waits for the device unless it says so itself (default: 25)",
    )
    add(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="have the platforms do something else than usual: refuse=4.03, block_size=64, "
        "drop=down:next:2, … (may be given several times; docs/platforms.md lists all)",
    )
    add(
        "--strict-devices",
        action="store_true",
        help="refuse unknown endpoint names and wrong auth codes",
    )
    add(
        "--device",
        action="append",
        default=[],
        metavar="IMEI[,IMSI[,AUTHCODE]]",
        help="a device that the platforms know of (may be given several times)",
    )
    for option, server in (("--psk", "LwM2M"), ("--bootstrap-psk", "bootstrap")):
        add(
            option,
            action="append",
            default=[],
            metavar="IMEI=KEY",
            help=f"a device's key for DTLS with the {server} server; hex:KEY for hexadecimal",
        )
