"""What the objects of this process are, and how many bytes they take, by their class."""

import gc
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

Held = Mapping[str, tuple[float, float]]
"""Objects and their bytes, by the name of their class."""


def held() -> Held:
    """All that is alive now, what is shared once. Other threads must stand still."""
    gc.collect()
    seen: dict[int, Any] = {}
    found: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    own = {id(each) for each in (seen, found, taken)}
    waiting = gc.get_objects()
    own.add(id(waiting))
    own.add(id(own))
    while waiting:
        one = waiting.pop()
        if id(one) in seen or id(one) in own:
            continue
        seen[id(one)] = one
        waiting += gc.get_referents(one)
        name = f"{type(one).__module__}.{type(one).__qualname__}".removeprefix("builtins.")
        found[name] += 1
        taken[name] += sys.getsizeof(one)
    return {name: (found[name], taken[name]) for name in found}


def more(before: Held, after: Held, count: int) -> Held:
    """What has come for each of `count`; of classes with half an object for each, at least."""
    rows = {
        name: (
            (after[name][0] - before.get(name, (0, 0))[0]) / count,
            (after[name][1] - before.get(name, (0, 0))[1]) / count,
        )
        for name in after
    }
    return {name: row for name, row in rows.items() if row[0] >= 0.5}
