"""When the module sends again, when it acknowledges, and how long it waits for the host (decisions
28, 31, 32)."""

from emulator.quirks import Quirks
from lwm2m_core.transmission import Transmission


def transmission_of(quirks: Quirks) -> Transmission:
    """How the module sends, whomever it talks to."""
    ack = quirks.empty_ack_after_s
    return Transmission(
        ack_timeout=quirks.ack_timeout_s, empty_ack_after=None if ack == "never" else ack
    )


def patience_of(quirks: Quirks) -> float:
    """Seconds from the line of a request to when the host's answer comes too late."""
    return quirks.mcu_answer_timeout_s
