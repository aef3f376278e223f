"""The command line. Only the standard library is imported before a device path is out."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator import listing
from emulator.control import verb as control
from emulator.diagram import verb as diagram
from emulator.differences import verb as differences
from emulator.explore import verb as explore
from emulator.fleet import verb as fleet
from emulator.fota import verb as firmware
from emulator.lint import verb as lint
from emulator.misspelt import parse
from emulator.pages import verb as pages
from emulator.replay import verb as replay
from emulator.scenario import verb as scenario

DONE, CHECK_FAILED, BAD_USAGE, RUN_FAILED = 0, 1, 2, 3  # exit codes

_Add = Callable[..., object]  # add_argument of a parser, or of one group of its options

SEED_HELP = (
    "decides all that chance decides (default: a new one each time, which is told on stderr)"
)
COUNT_LIMIT = 10_000  # modems of one `mipl run`


class UsageError(Exception):
    """What the user asked for cannot be; the text names the cause and the mend."""


def parser(run_defaults: Mapping[str, Any] | None = None) -> argparse.ArgumentParser:
    """The options of every verb; `run_defaults` take the place of those of `mipl run`."""
    return _parsers(run_defaults)[0]


def _parsers(
    run_defaults: Mapping[str, Any] | None = None,
) -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """That of all, and those of the verbs by their names."""
    top = argparse.ArgumentParser(
        prog="mipl",
        description="A virtual China Mobile IoT module on a serial device.",
        epilog="`mipl docs` has the pages of docs. In a clone also: "
        "./mipl test (the tests), ./mipl check, ./mipl setup.",
    )
    top.add_argument("--version", action="store_true", help="say which version this is")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    run = verbs.add_parser("run", help="start a modem (and the local platforms behind it)")
    _add_run(run)
    run.set_defaults(**(run_defaults or {}))
    _add_cloud(verbs.add_parser("cloud", help="start local platforms alone"))
    demo = verbs.add_parser("demo", help="walk through chapter 5.1 of the manual, live, and end")
    demo.add_argument("--model", default="MN316", help="which module (default: %(default)s)")
    listing.add_verbs(verbs)
    control.add_verbs(verbs)
    firmware.add_verb(verbs)
    lint.add_verb(verbs)
    differences.add_verb(verbs)
    explore.add_verb(verbs)
    scenario.add_verbs(verbs)
    diagram.add_verb(verbs)
    replay.add_verbs(verbs)
    fleet.add_verb(verbs)
    pages.add_verb(verbs)
    doctor = verbs.add_parser("doctor", help="say what this machine lacks, and how to mend it")
    doctor.add_argument("--json", action="store_true", help="one JSON document, for tools")
    return top, verbs.choices


def _add_run(run: argparse.ArgumentParser) -> None:
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


def _add_cloud(cloud: argparse.ArgumentParser) -> None:
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


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"mipl-emulator {version('mipl-emulator')}"
    except PackageNotFoundError:
        return "mipl-emulator, from a folder where it is not installed"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code: 0 done, 1 check failed, 2 bad usage, 3 failure."""
    words = sys.argv[1:] if argv is None else argv
    if words[:1] == ["--version"]:
        print(_version())
        return DONE
    options = parse(*_parsers(), words)
    try:
        if options.verb == "demo":
            from emulator.demo import demo

            return demo(options.model)
        if options.verb in listing.VERBS:
            return listing.show(options)
        if options.verb in control.VERBS:
            return control.act(options)
        if options.verb == lint.VERB:
            return lint.show(options)
        if options.verb == diagram.VERB:
            return diagram.show(options)
        if options.verb in scenario.VERBS:
            return scenario.act(options)
        if options.verb in replay.VERBS:
            return replay.act(options)
        if options.verb == fleet.VERB:
            return fleet.act(options)
        if options.verb == pages.VERB:
            return pages.show(options)
        if options.verb == "firmware":
            return firmware.make(options)
        if options.verb == "compare":
            return differences.compare(options)
        if options.verb == "explore":
            return explore.explore(options)
        if options.verb == "doctor":
            from emulator.doctor import examine

            return examine(options.json)
        if options.verb == "cloud":
            from emulator.serve import serve

            return serve(options)
        from emulator.run import run

        if options.scenario is not None:
            from emulator.scenario.run_options import with_scenario

            options = with_scenario(options, lambda given: parser(given).parse_args(argv))
        return run(options)
    except UsageError as error:
        print(f"mipl {options.verb}: {error}", file=sys.stderr)
        return BAD_USAGE
    except KeyboardInterrupt:
        return DONE
    except OSError as error:
        print(f"mipl {options.verb}: {error}", file=sys.stderr)
        return RUN_FAILED
