"""When platforms may ask a host for something."""

from typing import Protocol


class Gate(Protocol):
    """Hears all lines, and tells whether platforms have to wait. `delay`: seconds from when it
    opens until they go on."""

    delay: float

    @property
    def is_shut(self) -> bool: ...

    def host(self, text: str) -> None: ...
    def module(self, text: str) -> None: ...
