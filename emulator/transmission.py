"""When the module sends again, when it acknowledges, and how long it waits for the host (decisions
28, 31, 32)."""

from functools import lru_cache

from emulator.quirks import Quirks
from lwm2m_core.transmission import Transmission

SHARED = 64  # ways to send that are one object for all modules that have them


def transmission_of(quirks: Quirks) -> Transmission:
    """How the module sends, whomever it talks to."""
    ack = quirks.empty_ack_after_s
    return _transmission(quirks.ack_timeout_s, None if ack == "never" else ack)


@lru_cache(SHARED)
def _transmission(ack_timeout: float, empty_ack_after: float | None) -> Transmission:
    return Transmission(ack_timeout=ack_timeout, empty_ack_after=empty_ack_after)


def patience_of(quirks: Quirks) -> float:
    """Seconds from the line of a request to when the host's answer comes too late."""
    return quirks.mcu_answer_timeout_s
