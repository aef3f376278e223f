"""When the module sends again, and when it acknowledges (decisions 28, 31)."""

from emulator.quirks import Quirks
from lwm2m_core.transmission import Transmission


def transmission_of(quirks: Quirks) -> Transmission:
    """How the module sends, whomever it talks to."""
    ack = quirks.empty_ack_after_s
    return Transmission(
        ack_timeout=quirks.ack_timeout_s, empty_ack_after=None if ack == "never" else ack
    )
