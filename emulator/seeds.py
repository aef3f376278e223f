"""One seed decides every random choice: of modems, platforms, networks and faults.

The same seed may go to all of them: each draws from streams of its own, named after what they are
for, so that no two are alike and one that draws more changes nothing for the others. DTLS draws
from its libraries, which take no seed.

The only place of the emulator where chance comes in; elsewhere an `Rng` is handed out.
"""

import hashlib
import random
import secrets

SEED_LIMIT = 2**32  # of a seed that is made up here: short enough to be typed


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
