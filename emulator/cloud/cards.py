"""What people have written about a device on the platform (OneNET's documents, "create device")."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """`id` is the platform's own name for the device, empty where it gives none. `location` and
    `other` are JSON as text, empty for none. `created` is in seconds since 1970."""

    id: str = ""
    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    private: bool = True
    location: str = ""
    other: str = ""
    created: float = 0.0


NO_CARD = Card()
