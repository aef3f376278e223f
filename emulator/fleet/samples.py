"""How a run went on, second by second."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from emulator.fleet.histogram import quantile
from emulator.fleet.ledger import Count, Ledger, Timing

SAMPLES_LIMIT: Final = 720
"""Samples that are kept; when there are so many every second one goes, and from then on one is
taken half as often."""


CLOSE: Final = 0.5
"""Seconds; of two samples that are closer than this the later one is kept, for what is counted
between them tells nothing of a rate."""


@dataclass(frozen=True, slots=True)
class Sample:
    """`at`: seconds since the start. All counts are totals; `arrived` are reports that the local
    platform has counted, or with a foreign one those confirmed. `confirm_p50`, `confirm_p99`: what
    event 26 took since the sample before, in seconds; None where there was none."""

    at: float
    begun: int
    ready: int
    sent: int
    arrived: int
    lost: int
    late: int
    errors: int
    confirm_p50: float | None = None
    confirm_p99: float | None = None


class Samples:
    """`arrived`: the count that shows what arrives."""

    def __init__(self, ledger: Ledger, arrived: Count) -> None:
        self.kept: list[Sample] = []
        self._ledger, self._arrived = ledger, arrived
        self._every, self._skipped = 1, 0
        self._times = ledger.times(Timing.CONFIRM)

    def take(self, at: float) -> Sample:
        """How things are now."""
        total, times = self._ledger.total, self._ledger.times(Timing.CONFIRM)
        since = [now - before for now, before in zip(times, self._times, strict=True)]
        sample = Sample(
            at=at,
            begun=total(Count.BEGUN),
            ready=total(Count.READY),
            sent=total(Count.SENT),
            arrived=total(self._arrived),
            lost=total(Count.LOST),
            late=total(Count.LATE),
            errors=total(Count.ERRORS) + total(Count.FAILED_LOGINS) + total(Count.REFUSED),
            confirm_p50=quantile(since, 0.5),
            confirm_p99=quantile(since, 0.99),
        )
        self._skipped += 1
        if self._skipped >= self._every:
            self._skipped, self._times = 0, times
            self._keep(sample)
        return sample

    def _keep(self, sample: Sample) -> None:
        if self.kept and sample.at - self.kept[-1].at < CLOSE:
            self.kept.pop()
        if len(self.kept) == SAMPLES_LIMIT:
            self.kept = self.kept[::2]
            self._every *= 2
        self.kept.append(sample)


def rate(samples: Sequence[Sample], name: str) -> list[float]:
    """How fast a total grows, a second, from each sample to the next."""
    return [
        (getattr(after, name) - getattr(before, name)) / max(after.at - before.at, 1e-9)
        for before, after in zip(samples, samples[1:], strict=False)
    ]
