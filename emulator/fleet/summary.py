"""What a run comes to: a document for programs, lines for people, and an exit code."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from emulator.fleet.books import Books, Witness
from emulator.fleet.histogram import quantile
from emulator.fleet.ledger import Count, Ledger, Timing
from emulator.fleet.plan import Fleet, Shard
from emulator.fleet.samples import Sample

SCHEMA: Final = 1
"""The version of the JSON document."""

DONE, CHECK_FAILED, RUN_FAILED = 0, 1, 3

TROUBLES_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Result:
    """All that is known in the end. `deaths`: processes that have died or had to be ended, in
    words. `books`: of each group. `stopped`: how many seconds after its start the run was
    ended by Ctrl-C or SIGTERM, before its time; None where it was not."""

    fleet: Fleet
    shard: Shard
    seed: int
    members: tuple[int, ...]
    workers: int
    seconds: float
    witness: Witness
    ledger: Ledger
    books: tuple[Books, ...]
    samples: tuple[Sample, ...] = ()
    deaths: tuple[str, ...] = ()
    troubles: Mapping[str, int] = field(default_factory=dict)
    stopped: float | None = None

    @property
    def total(self) -> Books:
        """The books of all groups together."""
        return sum(self.books, Books())


def failures(result: Result) -> Iterator[tuple[int, str]]:
    """Why a run is not as it should be, with the exit code that goes with it."""
    ledger, books = result.ledger, result.total
    for death in result.deaths:
        yield RUN_FAILED, death
    if books.unaccounted:
        yield (
            CHECK_FAILED,
            _numbered(f"{books.unaccounted} reports have not arrived, and nobody knows why"),
        )
    if books.surplus:
        yield CHECK_FAILED, _numbered(f"{books.surplus} reports have arrived that were never sent")
    if books.lost:
        known = "are known to be lost"
        if result.witness != "platform":
            known = "count as lost: nobody has confirmed them"
        yield CHECK_FAILED, _numbered(f"{books.lost} reports {known}")
    late, slow = _limits(result.fleet)
    latest = shown(quantile(ledger.times(Timing.LAG), 1.0))
    for count, text in (
        (
            Count.LATE,
            f"reports were late: sent, but more than {late} after their time, {latest} at most",
        ),
        (Count.SLOW, f"reports were slow: confirmed, but more than {slow} after they were sent"),
        (Count.MISSED, "reports were due while their modem was not logged in"),
        (Count.REFUSED, "reports were refused by their module"),
        (Count.ERRORS, "commands or coroutines went wrong"),
    ):
        if number := ledger.total(count):
            yield CHECK_FAILED, _numbered(f"{number} {text}")
    if never := _due_to_log_in(result) - ledger.how_many(Count.LOGINS):
        yield CHECK_FAILED, _numbered(f"{never} modems have never logged in")


_OF_ONE: Final = {
    "reports": "report",
    "modems": "modem",
    "commands": "command",
    "coroutines": "coroutine",
    "are": "is",
    "were": "was",
    "have": "has",
    "their": "its",
    "they": "it",
    "them": "it",
}


def _numbered(text: str) -> str:
    """A sentence that begins with a number, in the singular where that is 1."""
    if not text.startswith("1 "):
        return text
    return re.sub(r"\b[a-z]+\b", lambda word: _OF_ONE.get(word[0], word[0]), text)


def _due_to_log_in(result: Result) -> int:
    """How many modems should have logged in: of a run that was stopped, those switched on."""
    if result.stopped is None:
        return sum(result.members)
    return result.ledger.how_many(Count.BEGUN)


def _limits(fleet: Fleet) -> tuple[str, str]:
    """After what time a report is late, and slow, for people; groups may differ."""
    reports = [group.report for group in fleet.groups if group.report is not None]
    both = {each.late for each in reports}, {each.within for each in reports}
    late, slow = (" or ".join(f"{each:g} s" for each in sorted(some)) for some in both)
    return late, slow


def exit_code(result: Result) -> int:
    """0: all is as it should be; 1: something was lost, late or refused; 3: a process died."""
    return max((code for code, _ in failures(result)), default=DONE)


def document(result: Result) -> dict[str, Any]:
    """The summary, for programs; docs/fleet.md says what is in it."""
    ledger = result.ledger
    return {
        "schema": SCHEMA,
        "title": result.fleet.title,
        "seed": result.seed,
        "shard": f"{result.shard.part}/{result.shard.parts}",
        "processes": result.workers,
        "seconds": round(result.seconds, 3),
        "stopped": result.stopped is not None,
        "stopped_after": None if result.stopped is None else round(result.stopped, 3),
        "modems": {
            "planned": sum(result.members),
            "begun": ledger.total(Count.BEGUN),
            "logged_in": ledger.how_many(Count.LOGINS),
            "logins": ledger.total(Count.LOGINS),
            "failed_logins": ledger.total(Count.FAILED_LOGINS),
        },
        "reports": {
            name: ledger.total(Count[name.upper()])
            for name in ("due", "acked", "refused", "missed", "late", "slow", "twice", "errors")
        },
        "books": {**asdict(result.total), "balanced": result.total.balanced}
        | {"counted_by": COUNTED_BY[result.witness]},
        "groups": [
            {"name": group.name, "modems": members, **asdict(books)}
            | {
                "late_after": group.report.late if group.report is not None else None,
                "slow_after": group.report.within if group.report is not None else None,
            }
            for group, members, books in zip(
                result.fleet.groups, result.members, result.books, strict=True
            )
        ],
        "times": {timing.name.lower(): _times(ledger.times(timing)) for timing in Timing},
        "failures": [text for _, text in failures(result)],
        "troubles": dict(result.troubles),
        "samples": [asdict(sample) for sample in result.samples],
        "exit_code": exit_code(result),
    }


COUNTED_BY: Final[Mapping[Witness, str]] = {
    "platform": "the local platform",
    "none": "confirmations",
    "gone": "confirmations, and the local platform until it died",
}


def _times(classes: list[int]) -> dict[str, Any]:
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "most": 1.0}
    found = {name: quantile(classes, share) for name, share in shares.items()}
    return {"count": sum(classes)} | {
        name: None if value is None else float(f"{value:.3g}") for name, value in found.items()
    }


def lines(result: Result) -> Iterator[str]:
    """The summary, for people."""
    ledger, books = result.ledger, result.total
    yield (
        f"{sum(result.members)} modems, {ledger.how_many(Count.LOGINS)} logged in, "
        f"{result.seconds:.0f} s, {result.workers} processes, seed {result.seed}"
    )
    equation = f"{books.sent} sent = {books.received} received + {books.lost} known lost"
    if books.unknown:
        equation += f" + {books.unknown} unknown (nobody confirms or counts them)"
    if books.unaccounted:
        equation += f" + {books.unaccounted} unaccounted for"
    verdict = "the books balance" if books.balanced else "the books do not balance"
    yield f"{equation}: {verdict}, by the count of {COUNTED_BY[result.witness]}"
    if result.stopped is not None:
        yield (
            f"stopped after {result.stopped:.0f} of {result.fleet.ends:.0f} s: "
            f"{ledger.how_many(Count.BEGUN)} of {sum(result.members)} modems had been switched on"
        )
    for timing, what in (
        (Timing.LOGIN, "AT+MIPLOPEN to event 6"),
        (Timing.NOTIFY, "AT+MIPLNOTIFY to OK"),
        (Timing.CONFIRM, "OK to event 26"),
        (Timing.LAG, "behind time"),
    ):
        classes = ledger.times(timing)
        if sum(classes):
            half, most = quantile(classes, 0.5), quantile(classes, 0.99)
            yield f"{what}: median {shown(half)}, 99 % within {shown(most)}, {sum(classes)} times"
    for _, text in failures(result):
        yield f"failed: {text}"
    troubles = sorted(result.troubles.items(), key=lambda each: -each[1])
    for text, number in troubles[:TROUBLES_SHOWN]:
        yield f"{number} times: {text}"


def shown(seconds: float | None) -> str:
    """A time for people."""
    if seconds is None:
        return "-"
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
