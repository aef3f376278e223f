"""`mipl reset PATH` and `mipl power on|off PATH`. Read at every start, so it imports little."""

import argparse

VERBS = ("reset", "power")


def add_verbs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of these verbs."""
    path = "its device, the link to it, or an end as `mipl run` has printed it (tcp:…)"
    reset = verbs.add_parser("reset", help="pull the reset pin of a running modem")
    power = verbs.add_parser("power", help="switch a running modem off and on")
    power.add_argument("state", choices=("on", "off"))
    for parser in (reset, power):
        parser.add_argument("path", metavar="PATH", help=path)


def act(options: argparse.Namespace) -> int:
    """Do it; UsageError if no modem is there, exit code 3 if it cannot be done now."""
    from emulator.cli import DONE, RUN_FAILED, UsageError
    from emulator.console import say
    from emulator.control.calling import ask
    from emulator.control.protocol import ControlError

    members = {"on": options.state == "on"} if options.verb == "power" else {}
    try:
        ask(options.verb, options.path, **members)
    except ControlError as error:
        if error.code == "not-now":
            say(f"{error.cause}; switch it on: mipl power on {options.path}")
            return RUN_FAILED
        raise UsageError(f"{error.cause}; `mipl run` prints the path of each") from error
    return DONE
