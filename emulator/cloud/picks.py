"""Which datagrams something happens to: the next so many, each so-manieth, or some by chance."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

from lwm2m_core.errors import EngineError

Way = Literal["up", "down"]
"""As the device sees it: `up` to the platform, `down` to the device."""

COUNT_LIMIT: Final = 1_000_000

_TEXT = re.compile(r"(?:(up|down):)?(next|every|percent):([0-9]{1,7})", re.ASCII)
_LEAST_AND_MOST: Final[Mapping[str, tuple[int, int]]] = {
    "next": (1, COUNT_LIMIT),
    "every": (1, COUNT_LIMIT),
    "percent": (1, 100),
}


@dataclass(frozen=True, slots=True)
class Pick:
    """Of the datagrams of one `way`, or of both: the `next` `number` of them, each `number`-th, or
    `number` `percent` by chance. EngineError for a number that cannot be."""

    kind: Literal["next", "every", "percent"]
    number: int
    way: Way | None = None

    def __post_init__(self) -> None:
        least, most = _LEAST_AND_MOST[self.kind]
        if not least <= self.number <= most:
            raise EngineError(f"'{self}': not a number from {least} to {most}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """`next:2`, `down:every:3`, `up:percent:10`. EngineError for another text."""
        found = _TEXT.fullmatch(text)
        match found and found.groups():
            case (("up" | "down" | None) as way, ("next" | "every" | "percent") as kind, number):
                return cls(kind, int(number), way)
        raise EngineError(f"'{text[:40]}' is not [up:|down:]next:N, every:N or percent:N")

    def __str__(self) -> str:
        way = "" if self.way is None else f"{self.way}:"
        return f"{way}{self.kind}:{self.number}"


ALL: Final = Pick("every", 1)
