"""How much is measured: enough for steady figures, or enough to see that everything runs."""

from dataclasses import dataclass

DTLS_CROWD = 5  # one of so many has DTLS: a session takes 15 times as long as a login


@dataclass(frozen=True, slots=True)
class Size:
    """`rounds`: how often every subject has its turn. `exchanges`: in one turn of a quick subject,
    a multiple of 400; others take a part of it. `crowd`: modems of one process in logins and
    days. `crowds`: numbers of modems whose cost is compared, ascending. `minute_s`: seconds in
    which a minute of the largest crowd passes. `samples_s`: seconds of work that are looked into.
    """

    rounds: int
    exchanges: int
    crowd: int
    crowds: tuple[int, ...]
    minute_s: float
    samples_s: float

    @property
    def dtls_crowd(self) -> int:
        """Modems with DTLS of one process."""
        return self.crowd // DTLS_CROWD


FULL = Size(5, 4000, 1000, (1, 10, 100, 1000, 10_000), 6.0, 3.0)
SMOKE = Size(1, 400, 20, (1, 10), 0.5, 0.2)
