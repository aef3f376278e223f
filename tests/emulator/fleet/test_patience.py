"""How long the end of a run may take, in seconds."""

from dataclasses import replace

from emulator.fleet.patience import ending
from emulator.fleet.plan import Digits, Fleet, Group

GROUP = Group("meters", 3, (Digits(869975030000461),), Digits(1))


def test_the_slowest_modem_decides() -> None:
    """60 for final results, 31 ACK_TIMEOUT (decision 28) and 5 for confirmations, twice 20 to
    leave, 1 more for each 500 modems. M5311 has an ACK_TIMEOUT of 4 s (MB 2.3)."""
    assert ending(Fleet((GROUP,)), 500) == 60 + 62 + 5 + 40 + 1
    slow = replace(GROUP, models=(("MN316", 1), ("M5311", 1)))
    assert ending(Fleet((GROUP, slow)), 500) == 60 + 124 + 5 + 40 + 1
    slowest = replace(GROUP, quirks={"ack_timeout_s": 20})
    assert ending(Fleet((slow, slowest)), 500) == 60 + 620 + 5 + 40 + 1
