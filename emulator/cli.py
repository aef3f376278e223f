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
from emulator.options import add_cloud, add_run
from emulator.pages import verb as pages
from emulator.replay import verb as replay
from emulator.scenario import verb as scenario

DONE, CHECK_FAILED, BAD_USAGE, RUN_FAILED = 0, 1, 2, 3  # exit codes

_Act = Callable[[argparse.Namespace], int]  # one verb carried out; its exit code

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
    add_run(run)
    run.set_defaults(**(run_defaults or {}))
    add_cloud(verbs.add_parser("cloud", help="start local platforms alone"))
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


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"mipl-emulator {version('mipl-emulator')}"
    except PackageNotFoundError:
        return "mipl-emulator, from a folder where it is not installed"


def _demo(options: argparse.Namespace) -> int:
    from emulator.demo import demo

    return demo(options.model)


def _doctor(options: argparse.Namespace) -> int:
    from emulator.doctor import examine

    return examine(options.json)


def _cloud(options: argparse.Namespace) -> int:
    from emulator.serve import serve

    return serve(options)


_ACTS: Mapping[str, _Act] = {
    **dict.fromkeys(listing.VERBS, listing.show),
    **dict.fromkeys(control.VERBS, control.act),
    **dict.fromkeys(scenario.VERBS, scenario.act),
    **dict.fromkeys(replay.VERBS, replay.act),
    lint.VERB: lint.show,
    diagram.VERB: diagram.show,
    fleet.VERB: fleet.act,
    pages.VERB: pages.show,
    "firmware": firmware.make,
    "compare": differences.compare,
    "explore": explore.explore,
    "demo": _demo,
    "doctor": _doctor,
    "cloud": _cloud,
}


def _run(options: argparse.Namespace, words: Sequence[str]) -> int:
    """`mipl run`; what a scenario sets up takes the place of what is not among the words."""
    from emulator.run import run

    if options.scenario is not None:
        from emulator.scenario.run_options import with_scenario

        options = with_scenario(options, lambda given: parser(given).parse_args(words))
    return run(options)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code: 0 done, 1 check failed, 2 bad usage, 3 failure."""
    words = sys.argv[1:] if argv is None else argv
    if words[:1] == ["--version"]:
        print(_version())
        return DONE
    options = parse(*_parsers(), words)
    try:
        return _run(options, words) if options.verb == "run" else _ACTS[options.verb](options)
    except UsageError as error:
        print(f"mipl {options.verb}: {error}", file=sys.stderr)
        return BAD_USAGE
    except KeyboardInterrupt:
        return DONE
    except OSError as error:
        print(f"mipl {options.verb}: {error}", file=sys.stderr)
        return RUN_FAILED
