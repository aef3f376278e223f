"""What an output of the engine means for its owner."""

import pytest

from lwm2m_core.client_outputs import (
    BootstrapFailed,
    ClientOutput,
    Deregistered,
    DeregisterFailed,
    NotificationLost,
    NotificationRejected,
    RegisterFailed,
    UpdateFailed,
    is_reset,
)


@pytest.mark.parametrize(
    ("output", "reset"),
    [
        (NotificationRejected(7, None), True),
        (BootstrapFailed("refused", None), True),
        (RegisterFailed("refused", None), True),
        (UpdateFailed(1, "refused", None), True),
        (DeregisterFailed("refused", None), True),
        (RegisterFailed("refused", 0x83), False),
        (UpdateFailed(1, "refused", 0x80), False),
        (UpdateFailed(1, "timeout", None), False),
        (BootstrapFailed("link", None), False),
        (NotificationLost(7), False),
        (Deregistered(), False),
    ],
)
def test_a_reset_has_no_code(output: ClientOutput, reset: bool) -> None:
    """RFC 7252 4.2: a Reset rejects a message; a refusal is a response with a code."""
    assert is_reset(output) == reset
