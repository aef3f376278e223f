"""When platforms may ask a host for something."""

from dataclasses import dataclass
from typing import Protocol


class Gate(Protocol):
    """Hears all lines, and tells whether platforms have to wait."""

    @property
    def is_shut(self) -> bool: ...

    def host(self, text: str) -> None: ...
    def module(self, text: str) -> None: ...


@dataclass(slots=True)
class Open:
    """They need not."""

    is_shut: bool = False

    def host(self, text: str) -> None:
        """Nothing comes of it."""

    def module(self, text: str) -> None:
        """Nothing comes of it."""
