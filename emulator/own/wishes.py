"""What objects of the module want done by others: one closed union.

Each is carried out after the answer to the request that brought it about has left.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendUpdate:
    """Tell the platform; `lifetime` in seconds if that has changed (decision 25)."""

    lifetime: int | None = None


Wish = SendUpdate
