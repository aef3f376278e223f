"""What makes one modem different from the next of its model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """15 digits each (decisions, section 7 has the defaults)."""

    imei: str
    imsi: str
