"""What a test of examples/ starts."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0  # seconds

Host = list[str]  # the words that start one, but for where its module is


@dataclass(frozen=True, slots=True)
class Run:
    """A running `mipl run`: where hosts connect, and where the platforms are asked."""

    place: str
    api: str
