"""`mipl profiles`, `mipl commands MODEL`, `mipl quirks [MODEL]`: what there is, on stdout."""

import argparse
import os
import sys

VERBS = ("profiles", "commands", "quirks")


def add_verbs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the three verbs."""
    profiles = verbs.add_parser("profiles", help="list the models and how they differ")
    commands = verbs.add_parser("commands", help="list the AT commands of a model")
    commands.add_argument("model", metavar="MODEL", help="which module, for example MN316")
    quirks = verbs.add_parser("quirks", help="list the switches and their values for a model")
    quirks.add_argument(
        "model", metavar="MODEL|NAME", nargs="?", help="which module, or which switch alone"
    )
    quirks.add_argument(
        "--dialect", choices=("manual", "field"), help="how lines are spelt (default: the model's)"
    )
    quirks.add_argument(
        "--symptom",
        metavar="WORDS",
        help="instead: which quirks and faults bring this about, for example 'event 26'",
    )
    for verb in (profiles, commands, quirks):
        verb.add_argument("--json", action="store_true", help="one JSON document, for tools")


def show(options: argparse.Namespace) -> int:
    """Print what one of the verbs asks for; UsageError for a model or symptom there is not."""
    from emulator.cli import DONE, UsageError
    from emulator.profile import ProfileError
    from emulator.symptoms import NoSymptom

    try:
        _print(_sheet(options))
    except (ProfileError, NoSymptom) as error:
        raise UsageError(str(error)) from error
    return DONE


def _sheet(options: argparse.Namespace) -> str:
    from emulator import sheets

    match options.verb, options.json:
        case "profiles", as_json:
            return sheets.profiles_json() if as_json else sheets.profiles_text()
        case "commands", as_json:
            write = sheets.commands_json if as_json else sheets.commands_text
            return write(options.model)
        case _, as_json if options.symptom is not None:
            found = sheets.symptoms_json if as_json else sheets.symptoms_text
            return found(options.symptom)
        case _, as_json:
            about = sheets.quirks_json if as_json else sheets.quirks_text
            return about(options.model, options.dialect)


def _print(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:  # `| head` has seen enough; nothing is left for the flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
