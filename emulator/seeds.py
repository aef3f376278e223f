"""One seed decides every random choice: of modems, platforms, networks and faults.

The same seed may go to all of them: each draws from streams of its own, named after what they are
for, so that no two are alike and one that draws more changes nothing for the others. DTLS draws
from its libraries, which take no seed.

The only place of the emulator where chance comes in; elsewhere an `Rng` is handed out.
"""

import hashlib
import random
import secrets
from dataclasses import dataclass

SEED_LIMIT = 2**32  # of a seed that is made up here: short enough to be typed

WORD = 4  # bytes that random.Random makes at a time
AHEAD = 8  # words that a `Sparing` draws ahead: two logins
SPARED = 64  # words from which on it is cheaper to keep a generator


def new_seed() -> int:
    """A seed that nobody has chosen, 0 to 2^32 - 1."""
    return secrets.randbelow(SEED_LIMIT)


def modem_seed(seed: int, number: int) -> int:
    """The seed of modem `number`, from 0, of a run. The first has the run's own, so that a modem
    made alone with that seed is the same one."""
    if number == 0:
        return seed
    digest = hashlib.sha256(f"modem {number} {seed}".encode()).digest()
    return int.from_bytes(digest[:4])


def stream(seed: int, name: str) -> random.Random:
    """Where the choices called `name` are drawn from: always the same, on every machine."""
    return random.Random(f"{name} {seed}")


@dataclass(frozen=True, slots=True)
class SparingStreams:
    """The same streams of one seed, for those of whom there are thousands and who draw little."""

    seed: int

    def __call__(self, name: str) -> "Sparing":
        return Sparing(name, self.seed)


class Sparing:
    """Draws what `stream` of them draws, and keeps some words instead of its state of 2.5 KB:
    further ones come of drawing all of them again. Who draws many has a generator after all."""

    __slots__ = ("_seed", "_name", "_drawn", "_ahead", "_kept")

    def __init__(self, name: str, seed: int) -> None:
        self._name, self._seed = name, seed
        self._drawn = 0  # words, those ahead among them
        self._kept: random.Random | None = None
        self._ahead = self._more()

    def randrange(self, stop: int, /) -> int:
        """From 0 to `stop` - 1."""
        width = stop.bit_length()
        while (found := self._bits(width)) >= stop:
            pass
        return found

    def randbytes(self, n: int, /) -> bytes:
        return self._bits(8 * n).to_bytes(n, "little")

    def _bits(self, width: int) -> int:
        """As random.getrandbits: the lowest word first, the last one without its low bits."""
        found = place = 0
        while place < width:
            self._ahead = self._ahead or self._more()
            word = int.from_bytes(self._ahead[:WORD], "little")
            self._ahead = self._ahead[WORD:]
            found |= (word >> max(0, 8 * WORD - (width - place))) << place
            place += 8 * WORD
        return found

    def _more(self) -> bytes:
        generator = self._kept
        if generator is None:
            generator = stream(self._seed, self._name)
            generator.randbytes(WORD * self._drawn)
        self._drawn += AHEAD
        if self._drawn > SPARED:
            self._kept = generator
        return generator.randbytes(WORD * AHEAD)
