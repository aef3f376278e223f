"""`mipl compare -- HOST …`: one host program with several models, and what differs."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.differences.trying import Plan

LIMIT_S = 60.0  # real seconds that a host has with each model unless told otherwise
LONGEST_S = 86400.0


def add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the verb."""
    compare = verbs.add_parser(
        "compare",
        help="run a host program with several models and report what differs",
        usage="mipl compare [options] -- HOST [ARGUMENT …]",
        description="Runs HOST once with each model, on a device of its own and local platforms, "
        "and reports on stdout what came of it and where the dialogue first differs from that "
        "with the first model. {port}, {imei} and {seed} in its arguments stand for the device, "
        "the IMEI and the seed; MIPL_PORT, MIPL_IMEI and MIPL_SEED have them, too. "
        "Exit code: 1 if HOST failed with any model.",
    )
    add = compare.add_argument
    add(
        "--models",
        metavar="A,B,…",
        help="which, the reference first (default: MN316 and all others)",
    )
    add("--limit", type=float, default=LIMIT_S, metavar="SECONDS", help="for each model: 60")
    add("--until", metavar="LINE", help="end HOST, as passed, when the module prints this line")
    add("--same", action="store_true", help="exit code 1 also if a dialogue differs")
    add(
        "--dialect", choices=("manual", "field"), help="how lines are spelt (default: each model's)"
    )
    add("--quirk", action="append", default=[], metavar="NAME=VALUE", help="switch one behaviour")
    add("--timing", choices=("module", "fast"), default="module", help="fast: no pauses")
    add("--seed", type=int, metavar="N", help="of every try (default: a new one, told on stderr)")
    add("--json", action="store_true", help="one JSON document, for tools")
    add("host", nargs=argparse.REMAINDER, metavar="-- HOST", help=argparse.SUPPRESS)


def compare(options: argparse.Namespace) -> int:
    """Try every model, tell on stderr what came of each, and print the report."""
    from emulator.cli import CHECK_FAILED, DONE, UsageError
    from emulator.console import put, say, tell_seed
    from emulator.differences.showing import as_json, as_markdown
    from emulator.differences.table import table
    from emulator.differences.trying import try_model
    from emulator.lab.errors import LabError
    from emulator.quirks import QuirkError
    from pty_bridge.port import PortError

    plan = _plan(options)
    tell_seed(plan.seed)
    trials = []
    for model in plan.models:
        try:
            trial = try_model(plan, model)
        except (LabError, PortError, QuirkError) as error:
            raise UsageError(str(error)) from error
        trials.append(trial)
        say(f"{model}: {trial.outcome}{trial.reason and f': {trial.reason}'}")
    found = table(trials)
    put((as_json(found) if options.json else as_markdown(found)).rstrip("\n"))
    return CHECK_FAILED if found.has_failed or options.same and not found.is_same else DONE


def _plan(options: argparse.Namespace) -> "Plan":
    """What the options say; UsageError for what cannot be, before anything is started."""
    from emulator.cli import UsageError
    from emulator.console import chosen_seed
    from emulator.differences.trying import Plan
    from emulator.profile import ProfileError, load_profile, profile_names
    from emulator.quirks import QuirkError, parse_assignment

    words = options.host[1:] if options.host[:1] == ["--"] else options.host
    if not words:
        raise UsageError("which program is the host? mipl compare -- build/firmware {port}")
    if not 0 < options.limit <= LONGEST_S:
        raise UsageError(f"--limit {options.limit:g} is not between 0 and {LONGEST_S:g} seconds")
    names = sorted(profile_names(), key=lambda name: name != "MN316")
    if options.models is not None:
        names = [name.strip() for name in options.models.split(",")]
    try:
        models = tuple(dict.fromkeys(load_profile(name).name for name in names))
        quirks = dict(parse_assignment(text) for text in options.quirk)
    except (ProfileError, QuirkError) as error:
        raise UsageError(str(error)) from error
    if len(models) < 2:
        raise UsageError(f"--models {options.models}: two are needed, the first is the reference")
    seed = chosen_seed(options.seed)
    settings = {"dialect": options.dialect, "quirks": quirks, "timing": options.timing}
    return Plan(tuple(words), models, seed, options.limit, options.until, settings)
