"""`mipl state`, `set`, `events`, `reset` and `power`. Read at every start, so it imports little."""

import argparse
import json
from typing import Any

VERBS = ("state", "set", "fault", "events", "reset", "power")
SWITCHED = {"on": True, "off": False}
SETTINGS = ("quirk", "network", "time-scale")


def add_verbs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of these verbs."""
    path = "its device, the link to it, or an end as `mipl run` has printed it (tcp:…)"
    state = verbs.add_parser("state", help="say how a running modem is")
    change = verbs.add_parser("set", help="change a running modem's quirks, network or time scale")
    events = verbs.add_parser("events", help="follow what happens at a running modem")
    fault = verbs.add_parser("fault", help="plant faults in a running modem, list and remove them")
    reset = verbs.add_parser("reset", help="pull the reset pin of a running modem")
    power = verbs.add_parser("power", help="switch a running modem off and on")
    power.add_argument("state", metavar="on|off", help="may stand behind PATH, too")
    for parser in (state, change, fault, events, reset, power):
        parser.add_argument("path", metavar="PATH", help=path)
    state.add_argument("--json", action="store_true", help="one JSON document, for tools")
    change.add_argument("what", choices=SETTINGS, help="what to change")
    change.add_argument(
        "values",
        nargs="*",
        metavar="VALUE",
        help="NAME=VALUE of quirks or of the network, several if need be; a time scale",
    )
    change.add_argument("--reset", action="store_true", help="all quirks as at the start")
    fault.add_argument("what", metavar="add|list|remove", help="may stand before PATH, too")
    fault.add_argument(
        "fault",
        nargs="?",
        metavar="FAULT",
        help="what to add, as for --fault of `mipl run` (`mipl docs faults` has them all); the"
        " number of the one to remove, or all",
    )
    fault.add_argument("--json", action="store_true", help="the list as JSON, for tools")
    events.add_argument(
        "--after",
        type=int,
        metavar="N",
        help="also what has happened after record N (default: from now on)",
    )
    events.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="KIND",
        help="only records of this kind, such as serial_out (may be given several times)",
    )


def act(options: argparse.Namespace) -> int:
    """Do it; UsageError if no modem is there or it cannot be, exit code 3 if not now."""
    from emulator.cli import DONE, RUN_FAILED, UsageError
    from emulator.console import say
    from emulator.control.protocol import ControlError

    try:
        _act(options)
    except ControlError as error:
        if error.code == "not-now" and options.verb == "reset":
            say(f"{error.cause}; switch it on: mipl power on {options.path}")
            return RUN_FAILED
        if error.code in ("not-now", "busy"):
            say(error.cause)
            return RUN_FAILED
        hint = "; `mipl run` prints the path of each" if error.code == "unknown-device" else ""
        raise UsageError(f"{error.cause}{hint}") from error
    return DONE


def _act(options: argparse.Namespace) -> None:
    from emulator.cli import UsageError
    from emulator.console import put
    from emulator.control.calling import ask, follow
    from emulator.control.telling import state_text

    match options.verb:
        case "state":
            state = ask("state", options.path)
            put(json.dumps(state, indent=2) if options.json else state_text(state))
        case "set":
            for line in _set(options):
                put(line)
        case "fault":
            for line in _faults(options):
                put(line)
        case "events":
            given = {"after": options.after, "kinds": options.kind or None}
            wanted = {name: value for name, value in given.items() if value is not None}
            for line in follow(options.path, **wanted):
                put(line)
        case "reset":
            ask("reset", options.path)
        case "power":
            state, path = options.state, options.path
            if state not in SWITCHED:
                state, path = path, state
            if state not in SWITCHED:
                raise UsageError(f"a modem is switched on or off: mipl power off {options.path}")
            ask("power", path, on=SWITCHED[state])


def _set(options: argparse.Namespace) -> list[str]:
    """What is so now, line by line."""
    from emulator.cli import UsageError
    from emulator.control.calling import ask
    from emulator.control.telling import quirk_line

    if options.what == "time-scale":
        scale = ask("set-time-scale", options.path, scale=_scale(options))["scale"]
        return [f"time-scale {scale:g}"]
    values: dict[str, Any] = dict(map(_assignment, options.values))
    if options.what == "network":
        if options.reset:
            raise UsageError(
                "--reset is for quirks; NAME= is the usual network, for example signal="
            )
        found = ask("set-network", options.path, values=_some(values))
        return [f"{name}={value}" for name, value in found.items()]
    if options.reset:
        rows = ask("reset-quirks", options.path)["quirks"]
    else:
        values = {name: value or None for name, value in values.items()}
        rows = ask("set-quirks", options.path, values=_some(values))["quirks"]
    return [quirk_line(row) for row in rows]


def _faults(options: argparse.Namespace) -> list[str]:
    """The faults that there are then, line by line; of one that is added, its number."""
    from emulator.cli import UsageError
    from emulator.control.calling import ask

    what, path = options.what, options.path
    if what not in _WITH:
        what, path = path, what
    if what not in _WITH:
        raise UsageError(f"'{options.what}' is none of {', '.join(_WITH)}")
    if (options.fault is None) is not (what == "list"):
        raise UsageError(f"write mipl fault {path} {_WITH[what]}")
    if what == "add":
        return [str(ask("add-fault", path, fault=options.fault)["number"])]
    if what == "remove" and options.fault == "all":
        rows = ask("faults", path)["faults"]
        for row in rows:
            rows = ask("remove-fault", path, number=row["number"])["faults"]
    elif what == "remove":
        if not (options.fault.isascii() and options.fault.isdigit()):
            raise UsageError(f"'{options.fault}' is no number of a fault, nor all")
        rows = ask("remove-fault", path, number=int(options.fault[:15]))["faults"]
    else:
        rows = ask("faults", path)["faults"]
    if options.json:
        return [json.dumps(rows, indent=2)]
    return [f"{row['number']}: {row['fault']} (has struck {row['fired']} times)" for row in rows]


_WITH = {
    "add": "add 'command +MIPLNOTIFY: busy'",
    "remove": "remove NUMBER, or all; list shows the numbers",
    "list": "list, and nothing behind it",
}


def _scale(options: argparse.Namespace) -> float:
    from emulator.cli import UsageError

    try:
        (text,) = options.values
        return float(text)
    except ValueError as error:
        raise UsageError("time-scale wants one number, for example 10") from error


def _assignment(text: str) -> tuple[str, str]:
    from emulator.cli import UsageError

    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"'{text}' is not NAME=VALUE")
    return name.strip().lower(), value.strip()


def _some(values: dict[str, Any]) -> dict[str, Any]:
    from emulator.cli import UsageError

    if not values:
        raise UsageError("there is nothing to set: name at least one NAME=VALUE")
    return values
