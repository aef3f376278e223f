"""How often a process looks for garbage, when it has thousands of objects that stay."""

import gc
from typing import Final

YOUNG: Final = 10_000  # new objects between two looks; Python's 700 are made by two logins
LOOKS: Final = 50  # at the young ones, until one at what has survived them
OLD_LOOKS: Final = 10  # of those, until one at everything


def look_rarely() -> None:
    """For a process that serves modems: they hold each other, and so do the devices of a platform,
    and looking at a thousand of either takes a third of a second. What is in no cycle goes at once
    as ever; of cycles some megabytes may wait."""
    gc.set_threshold(YOUNG, LOOKS, OLD_LOOKS)
