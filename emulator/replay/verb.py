"""`mipl replay LOG`: a log of a real module, played to one of ours; `mipl diff A B`: two of them.
Read at every start, so it imports little."""

import argparse
from pathlib import Path

VERBS = ("replay", "diff")

FORMATS = "recording, sscom, securecrt, teraterm, putty, minicom, transcript, verbose, plain"


def add_verbs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of these verbs."""
    replay = verbs.add_parser(
        "replay",
        help="play the host's side of a log to a module, and compare the module's side",
        description="Reads a recording, or the serial log of a real module, plays the host's side "
        "to a module with local platforms in virtual time, and compares what the module says, line "
        "by line. Exit code 0: all is the same, 1: something differs. docs/replay.md has more.",
    )
    add = replay.add_argument
    add(
        "log", metavar="LOG", type=Path, help="a log, a journal.jsonl, or the folder of a recording"
    )
    add("--model", help="which module (default: what the log says of it, else MN316)")
    add("--dialect", choices=("manual", "field"), help="how lines are spelt (default: the model's)")
    add("--quirk", action="append", default=[], metavar="NAME=VALUE", help="switch one behaviour")
    add(
        "--platform-kind",
        metavar="NAME",
        help="every address leads to this platform: onenet, ctwing, dmp, huawei, generic "
        "(default: as AT+MIPLCFG in the log says)",
    )
    add("--format", metavar="NAME", help=f"of the log: {FORMATS} (default: by its lines)")
    add("--all", action="store_true", help="list every difference, not the first alone")
    add("--no-explain", action="store_true", help="do not try which quirks explain the difference")
    add("--seed", type=int, metavar="N", help="of all that chance decides (default: 1)")
    add("--json", action="store_true", help="one JSON document, for tools")
    add("--make-test", metavar="FILE", type=Path, help="write the log as a transcript to replay")
    add("--make-scenario", metavar="FILE", type=Path, help="write the log as a scenario, YAML")
    add("--verbose", action="store_true", help="show AT lines and CoAP datagrams on stderr")

    diff = verbs.add_parser(
        "diff",
        help="say where two recordings or logs first differ in behaviour",
        description="Compares two recordings or serial logs; times, message ids and tokens do not "
        "count. Exit code 0: they are the same, 1: they differ.",
    )
    diff.add_argument("first", metavar="A", type=Path, help="a log, or the folder of a recording")
    diff.add_argument("second", metavar="B", type=Path, help="another one")
    diff.add_argument("--format", metavar="NAME", help="of both (default: by their lines)")
    diff.add_argument("--all", action="store_true", help="list every difference")
    diff.add_argument("--json", action="store_true", help="one JSON document, for tools")


def act(options: argparse.Namespace) -> int:
    """Replay, or compare two; UsageError for what cannot be read."""
    from emulator.cli import UsageError
    from emulator.replay.entry import LogError

    try:
        return _replay(options) if options.verb == "replay" else _diff(options)
    except LogError as error:
        raise UsageError(str(error)) from error


def _replay(options: argparse.Namespace) -> int:
    from emulator.cli import CHECK_FAILED, DONE
    from emulator.console import put, say
    from emulator.replay.running import replay
    from emulator.replay.showing import as_json, as_text, beside

    outcome = replay(options)
    if options.json:
        put(as_json(outcome))
    else:
        for line in as_text(outcome, options.all):
            put(line)
    for line in beside(outcome):
        say(line)
    return DONE if outcome.is_same else CHECK_FAILED


def _diff(options: argparse.Namespace) -> int:
    from emulator.cli import CHECK_FAILED, DONE
    from emulator.console import put
    from emulator.replay.diffing import as_json, as_lines, diff

    found = diff(options.first, options.second, options.format)
    if options.json:
        put(as_json(found))
    else:
        for line in as_lines(found, options.all):
            put(line)
    return DONE if found.is_same else CHECK_FAILED
