"""A log as a transcript: a test that anybody can read, and `mipl replay` plays."""

from collections.abc import Iterable, Iterator
from typing import Final

from emulator.quirks import written
from emulator.replay.entry import Entry
from emulator.replay.mids import Names
from emulator.replay.requests import request_of
from emulator.scenario.document import Setup

INSTANT: Final = 0.001  # seconds; what is closer is at the same time


def transcript_of(entries: Iterable[Entry], setup: Setup, origin: str) -> Iterator[str]:
    """Its lines. `origin`: where the log is from, for people."""
    yield f"# From {origin}. `mipl replay` plays this file: > the host writes, < the module says,"
    yield "# ~ so many seconds pass; {m1} is a message id, the same wherever it comes again."
    yield from _settings(setup)
    names, passed = Names("{", "}"), 0.0
    for entry in entries:
        gap = (entry.at or 0.0) - passed
        if gap >= INSTANT and (entry.by == "host" or request_of(entry.text) is not None):
            passed += round(gap, 3)
            yield f"~ {gap:.3f}".rstrip("0").rstrip(".")
        if entry.by == "host":
            yield f"> {names.of_host(entry.text)}"
        else:
            yield f"< {names.of_module(entry.text)}"


def _settings(setup: Setup) -> Iterator[str]:
    yield f"@ model={setup.model}"
    for name in ("dialect", "timing", "platform", "imei", "imsi"):
        value = getattr(setup, name)
        if value is not None:
            yield f"@ {name}={value}"
    yield from (f"@ quirk {name}={written(value)}" for name, value in setup.quirks.items())
