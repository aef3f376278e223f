"""What marks and options may wish for, and what is said of wishes that cannot be."""

import re
from typing import Any

import pytest

from emulator.lab.errors import LabError
from emulator.lab.wishes import Wishes, wishes_of


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ({"modle": "M5311"}, "a mark mipl has no 'modle'; did you mean model?"),
        ({"lint": "yes"}, "lint of a mark mipl: 'yes'; there are off, warn, error"),
        ({"timeout": "ten"}, "timeout of a mark mipl is a number of seconds above 0, not 'ten'"),
        ({"time_scale": 0}, "time_scale of a mark mipl is a number above 0, not 0"),
        ({"seed": "abc"}, "seed of a mark mipl is a whole number from 0 on, not 'abc'"),
        ({"seed": -1}, "seed of a mark mipl is a whole number from 0 on, not -1"),
        ({"imei": "123"}, "imei of a mark mipl is a text of 15 digits, not '123'"),
        ({"imsi": 460001357924680}, "a text of 15 digits, not 460001357924680"),
        ({"quirks": ["boot_ms=3"]}, 'quirks of a mark mipl is as {"boot_ms": 1000}, not [\'boot'),
        ({"network": "coverage=off"}, 'network of a mark mipl is as {"coverage": False}, not'),
        ({"faults": 3}, "faults of a mark mipl is a list of faults, not 3"),
        ({"memory": "no"}, "memory of a mark mipl is True or False, not 'no'"),
        ({"model": 5311}, "model of a mark mipl is a text, not 5311"),
    ],
)
def test_a_mark_that_cannot_be(mark: dict[str, Any], said: str) -> None:
    with pytest.raises(LabError, match=re.escape(said)):
        wishes_of({}, [mark])


def test_options_and_calls_are_told_as_what_they_are() -> None:
    with pytest.raises(LabError, match="^lint of the options --mipl-…: 'yes'; there are off"):
        wishes_of({"lint": "yes"}, [])
    with pytest.raises(LabError, match="^make_modem has no 'modle'; did you mean model"):
        Wishes().and_also({"modle": "M5311"}, "make_modem")


def test_one_fault_needs_no_list() -> None:
    wishes = wishes_of({"faults": ["coap-up: drop"]}, [{"faults": "command +CSQ: busy"}])
    assert wishes.faults == ("coap-up: drop", "command +CSQ: busy")


def test_none_is_what_is_usual() -> None:
    usual = dict.fromkeys(("model", "imei", "imsi", "dialect", "timing", "platform", "seed"))
    assert wishes_of({}, [{"model": "M5311", "seed": 5}, usual]) == Wishes()
