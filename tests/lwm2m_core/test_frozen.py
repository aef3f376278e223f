"""What holds a frozen value: the type checker, which tells of an `ignore` that hides nothing."""

from dataclasses import FrozenInstanceError

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.nothing import NO_ITEMS, NOTHING
from lwm2m_core.outputs import Datagram
from lwm2m_core.paths import Path


def test_assignments_to_frozen_values_are_refused_where_types_are_checked() -> None:
    datagram = Datagram(b"sent")
    datagram.data = b"another"  # type: ignore[misc]
    path = Path(3, 0)
    path.instance = 1  # type: ignore[misc]
    assert (datagram, path) == (Datagram(b"another"), Path(3, 1))  # nothing else refuses it


def test_what_has_a_secret_refuses_them_itself() -> None:
    with pytest.raises(FrozenInstanceError):
        Account("192.0.2.1", 5683).port = 5684  # type: ignore[misc]


def test_nothing_takes_nothing() -> None:
    with pytest.raises(TypeError):
        NOTHING[1] = 1
    for change in ("pop", "clear", "update", "setdefault"):
        assert not hasattr(NOTHING, change)
    assert not hasattr(NO_ITEMS, "append")
    assert (len(NOTHING), len(NO_ITEMS)) == (0, 0)
