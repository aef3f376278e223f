"""`mipl fleet FILE`. Read at every start, so it imports little."""

import argparse
from pathlib import Path

VERB = "fleet"


def add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the verb."""
    fleet = verbs.add_parser(
        VERB,
        help="run many modems with their hosts, and keep books of what they report",
        description="Runs the modems of a file, each with a host that logs in and reports, and "
        "holds what was sent against what has arrived. How it goes on is on stderr, the summary on "
        "stdout. Exit code 0: all that was sent has arrived, and nothing was late; 1: not so; "
        "3: a process died.",
    )
    add = fleet.add_argument
    add("file", metavar="FILE", type=Path, help="a fleet, YAML (docs/fleet.md)")
    add(
        "--platform",
        metavar="HOST:PORT",
        help="this server in place of the local platforms; it has to observe what is reported",
    )
    add(
        "--shard",
        metavar="I/N",
        default="1/1",
        help="only part I of N; every machine takes another one (default: all)",
    )
    add("--processes", type=int, metavar="N", help="in so many processes (default: the file's)")
    add("--seed", type=int, metavar="N", help="decides all that chance decides")
    add(
        "--json",
        nargs="?",
        const="-",
        metavar="OUT",
        help="the summary as one JSON document: into this file, or alone on stdout",
    )
    add("--plot", metavar="OUT", type=Path, help="how it went on, as SVG, into this file")
    add("--dry-run", action="store_true", help="check everything, and start nothing")


def act(options: argparse.Namespace) -> int:
    """Run it; the exit code. UsageError."""
    from emulator.fleet.running import run

    return run(options)
