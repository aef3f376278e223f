"""How a scenario has ended, in words for people."""

from collections.abc import Iterator
from typing import Any

from emulator.scenario.dialogue import Failure
from emulator.scenario.director import Over


def outcome(file: str, over: Over, *, compared: bool = True) -> Iterator[str]:
    """The lines that are told: one if all went well. `compared`: it has a dialogue."""
    if over.failure is None and not compared:
        yield f"{file}: over after {over.seconds:.3f} s; without a dialogue nothing was compared"
        return
    if over.failure is None:
        yield f"{file}: all as written, {over.seconds:.3f} s"
        return
    failure = over.failure
    yield f"{file}:{failure.line}: {failure.field}: {failure.text}"
    yield from _came(failure)


def _came(failure: Failure) -> Iterator[str]:
    if not failure.came:
        yield "  nothing came since the entry before"
        return
    yield "  since the entry before came:"
    for heard in failure.came:
        yield f"    {heard}"


def outcome_json(file: str, over: Over) -> dict[str, Any]:
    """One member of the document that tools read."""
    failure = over.failure
    told = failure and {
        "line": failure.line,
        "field": failure.field,
        "text": failure.text,
        "came": [str(heard) for heard in failure.came],
    }
    return {"file": file, "seconds": round(over.seconds, 6), "failure": told}
