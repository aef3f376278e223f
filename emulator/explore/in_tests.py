"""The search as a function, for the fixture of pytest."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.cli import UsageError, parser
from emulator.explore.choosing import choose
from emulator.explore.found import Found
from emulator.explore.searching import NoBaseline
from emulator.explore.showing import as_text
from emulator.lab.errors import LabError, check_names
from emulator.lab.scenario import read_file
from emulator.lab.wishes import Wishes
from emulator.quirk_kinds import written

SCENARIO = "collision.yaml"  # in the folder of what is kept of a test


@dataclass(frozen=True, slots=True)
class Search:
    """What a search may be told beside the wishes; the names are those of the options of
    `mipl explore`. `ask` and `urc`: several texts."""

    ask: tuple[str, ...] = ()
    urc: tuple[str, ...] = ()
    until: str | None = None
    path: str | None = None
    harsh: bool = True
    every: bool = False
    go_on: bool = False
    most: int | None = None
    jobs: int | None = None
    limit: float | None = None


def explored(
    command: Sequence[str], wishes: Wishes, home: Path, kept: Path, wanted: Mapping[str, Any]
) -> Found:
    """Search as `mipl explore` does. `home`: the folder in which the host runs; `kept`: where the
    scenario goes. LabError where something breaks the host, with the report, and where there can be
    no search."""
    check_names("a search", wanted, Search)
    words = list(command) or [wishes.host]
    words = shlex.split(words[0]) if len(words) == 1 else words
    kept.mkdir(parents=True, exist_ok=True)
    given = [*_of_wishes(wishes), *_of_search(Search(**wanted)), "--out", str(kept / SCENARIO)]
    options = parser().parse_args(["explore", *given, "--", *words])
    options.around, options.folder = _around(wishes), home
    options.fault = [str(fault) for fault in wishes.faults[_in_file(wishes) :]]
    try:
        found = choose(options).search(lambda found: None)
    except UsageError as error:
        raise LabError(str(error)) from None
    except NoBaseline as error:
        told = () if error.observed is None else error.observed.transcript
        raise LabError("\n".join([str(error), *told])) from None
    if found.breaks:
        raise LabError(as_text(found).rstrip())
    return found


def _in_file(wishes: Wishes) -> int:
    """How many of the faults stand in the scenario: they come first."""
    return len(read_file(wishes.scenario).faults) if wishes.scenario else 0


def _of_wishes(wishes: Wishes) -> Iterator[str]:
    if not isinstance(wishes.serial, str):
        raise LabError("a search has one serial end, and the wishes have several")
    single = ("model", "dialect", "timing", "seed", "serial", "scenario")
    for name in single:
        value = getattr(wishes, name)
        if value not in (None, ""):
            yield from (f"--{name}", str(value))
    for name, value in wishes.quirks.items():
        yield from ("--quirk", f"{name}={written(value)}")


def _of_search(search: Search) -> Iterator[str]:
    for ask in search.ask:
        yield from ("--ask", ask)
    if search.urc:
        yield from ("--urc", ",".join(search.urc))
    for name in ("until", "path", "most", "jobs", "limit"):
        value = getattr(search, name)
        if value is not None:
            yield from (f"--{name}", str(value))
    yield "--harsh" if search.harsh else "--no-harsh"
    yield from ["--every"] * search.every + ["--go-on"] * search.go_on


def _around(wishes: Wishes) -> dict[str, Any]:
    """What the verb has no options for."""
    single = {name: getattr(wishes, name) for name in ("imei", "imsi", "platform")}
    said = {name: value for name, value in single.items() if value is not None}
    return {**said, **({"network": dict(wishes.network)} if wishes.network else {})}
