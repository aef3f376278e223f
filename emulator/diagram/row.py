"""One row of a diagram: an arrow between two lanes, or a mark on one."""

from dataclasses import dataclass
from typing import Literal

Lane = Literal["mcu", "module", "platform"]
Fate = Literal["", "lost", "unheard", "dropped"]
Life = Literal["on", "registered", "asleep", "off"]

PAUSE_S = 2.0
"""A pause of so many seconds between two rows is shown as one."""

Path = tuple[int, ...]
"""Object, instance, resource, as far as they are named."""

_FATES: dict[Fate, str] = {"lost": " no answer", "unheard": " unheard"}

LANES: tuple[Lane, ...] = ("mcu", "module", "platform")
TITLES: dict[Lane, str] = {"mcu": "MCU", "module": "module", "platform": "platform"}


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the record's; 0 for a further line of the same record.

    `link` is the number of the record that brought it about or that it answers, 0 if there is none.
    `time` is seconds since the start of the recording. `source` and `target` are the same lane for
    a mark. `life` is what the module is like from then on. `fate`: `lost` is a datagram that
    was never acknowledged, as far as the recording goes; `unheard` one that nobody took, `dropped`
    what a fault took away.
    `awaits`: it is to be acknowledged; `confirms`: the record that it acknowledges or answers;
    `repeats`: the record that it is sent again of; 0 for none.
    """

    number: int
    link: int
    time: float
    kind: str
    text: str
    source: Lane
    target: Lane
    life: Life = "on"
    fate: Fate = ""
    mid: int | None = None
    path: Path = ()
    awaits: bool = False
    confirms: int = 0
    repeats: int = 0

    @property
    def is_arrow(self) -> bool:
        """Whether something goes from one lane to another."""
        return self.source != self.target

    @property
    def worded(self) -> str:
        """The text with what became of it."""
        return self.text + _FATES.get(self.fate, "")


def printable(text: str) -> str:
    """The text with all that is no character of a line written out, as `\\x07`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
