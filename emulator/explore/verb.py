"""`mipl explore -- HOST …`: unsolicited lines at every place around the commands of a host."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.explore.found import Found
    from emulator.explore.searching import NoBaseline

_Add = Callable[..., object]  # add_argument of the parser

JOBS, JOBS_MOST = 6, 64
LONGEST_S = 3600.0
TOLD_EACH, LOGGED_EACH = 50, 500
"""Lives between two lines that tell how far it is, on a terminal and in a file."""


def add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the verb."""
    explore = verbs.add_parser(
        "explore",
        help="let unsolicited lines collide with every command of a host program",
        usage="mipl explore [options] -- HOST [ARGUMENT …]",
        description="Runs HOST twice undisturbed, and then once for each place at which an "
        "unsolicited line can collide with one of its commands, each time on a device of its own; "
        "reports the first that breaks it and the simplest, and writes a scenario that repeats it. "
        "{port}, {imei} and {seed} in its arguments stand for the device, the IMEI and the seed. "
        "Exit code 0: nothing breaks it, 1: something does, 3: it does not even pass undisturbed.",
    )
    _add_module(explore.add_argument)
    _add_host(explore.add_argument)
    _add_search(explore.add_argument)
    explore.set_defaults(around={}, fault=[], folder=None)  # what only the fixture of pytest says
    explore.add_argument(
        "host", nargs=argparse.REMAINDER, metavar="-- HOST", help=argparse.SUPPRESS
    )


def _add_module(add: _Add) -> None:
    """The module that all lives have."""
    add("--model", default=None, help="which module (default: MN316)")
    add("--dialect", choices=("manual", "field"), help="how lines are spelt (default: the model's)")
    add("--quirk", action="append", default=[], metavar="NAME=VALUE", help="switch one behaviour")
    add(
        "--timing",
        choices=("module", "fast"),
        default=None,
        help="fast: no pauses (default, unless HOST needs them)",
    )


def _add_host(add: _Add) -> None:
    """What the host has to do, and with what around it."""
    add(
        "--scenario",
        metavar="FILE",
        type=Path,
        help="what is around the host, and what it has to do",
    )
    add(
        "--ask",
        action="append",
        default=[],
        metavar="DEED",
        help="what the platform does once the host is there, one after the other: "
        "'read /3200/0/5750' (may be given several times)",
    )
    add("--until", metavar="LINE", help="HOST has passed when the module prints this line")


def _add_search(add: _Add) -> None:
    """Which lines, where, how many at a time, and what becomes of what is found."""
    add(
        "--urc",
        metavar="A,B,…",
        help="which lines: cereg, cscon, event, update, observe, discover, parameter, nmi, nsmi, "
        "read, write, execute (default: cereg, event, observe, and requests that HOST answers)",
    )
    add("--path", metavar="PATH", help="what requests are about (default: what HOST has reported)")
    add(
        "--harsh",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="also places where these modules are not known to write a line (default: yes)",
    )
    add("--every", action="store_true", help="split each line at each byte with each command")
    add("--most", type=int, metavar="N", help="so many placements at most")
    add("--go-on", action="store_true", help="go on behind the first that breaks HOST")
    add("--jobs", type=int, default=JOBS, metavar="N", help=f"so many at a time (default: {JOBS})")
    add(
        "--limit", type=float, metavar="SECONDS", help="for each life of HOST (default: by measure)"
    )
    add(
        "--serial",
        default="pty:",
        metavar="SPEC",
        help="where HOST connects: pty: (default), tcp:0",
    )
    add(
        "--out",
        metavar="FILE",
        type=Path,
        default=Path("collision.yaml"),
        help="where the scenario goes that repeats it (default: collision.yaml)",
    )
    add("--seed", type=int, metavar="N", help="of every life (default: a new one, told on stderr)")
    add("--json", action="store_true", help="one JSON document, for tools")


def explore(options: argparse.Namespace) -> int:
    """Search, tell on stderr how far it is, and print what was found."""
    from emulator.cli import CHECK_FAILED, DONE, RUN_FAILED, UsageError
    from emulator.console import put, say, tell_seed
    from emulator.explore.choosing import choose
    from emulator.explore.searching import NoBaseline
    from emulator.explore.showing import as_json, as_text
    from emulator.lab.errors import LabError
    from pty_bridge.port import PortError

    chosen = choose(options)
    tell_seed(chosen.plan.seed)
    try:
        found = chosen.search(_progress)
    except (LabError, PortError) as error:
        raise UsageError(str(error)) from error
    except NoBaseline as error:
        _tell_baseline(error)
        return RUN_FAILED
    except KeyboardInterrupt:
        say("stopped: what was not tried yet may break the host")
        return RUN_FAILED
    put((as_json(found, chosen.plan.seed) if options.json else as_text(found)).rstrip())
    return CHECK_FAILED if found.breaks else DONE


def _progress(found: "Found") -> None:
    """Every fiftieth life, and what breaks the host, on stderr."""
    from emulator.console import say

    ran = len(found.tried)
    last = found.tried[-1]
    if ran == 1:
        say(
            f"undisturbed the host passes: {len(found.sheet.exchanges)} commands, "
            f"{found.sheet.seconds:.2f} s; {found.planned} placements"
        )
        if found.warning:
            say(found.warning)
    if last.verdict.outcome == "broken":
        place = ", at a harsh place" if last.placed.rank == "harsh" else ""
        say(f"broken{place}: {last.placed}: {last.verdict.why}")
    elif ran % (TOLD_EACH if sys.stderr.isatty() else LOGGED_EACH) == 0:
        say(f"{ran} of {found.planned}")


def _tell_baseline(error: "NoBaseline") -> None:
    from emulator.console import say

    say(str(error))
    if error.observed is not None:
        print("\n".join(error.observed.transcript), file=sys.stderr)
    reported = next(iter(error.sheet.reports), None) if error.sheet is not None else None
    if reported is not None:
        deeds = ("read {}", 'write {} "efgh"', "read {}", "execute {}")
        asks = " ".join(f"--ask '{deed.format(reported)}'" for deed in deeds)
        say(f"if the host waits for the platform, let it ask, for example: {asks}")
