"""What is written into a state file comes back as it was."""

import pytest

from emulator.cloud.admission import Declared
from emulator.cloud.cards import Card
from emulator.cloud.kept import (
    declared_of,
    declared_row,
    device_of,
    device_row,
    point_of,
    point_row,
)
from emulator.cloud.points import Point
from emulator.cloud.registration import Registration
from lwm2m_core.paths import Path
from lwm2m_core.values import Value


@pytest.mark.parametrize(
    "value",
    ["abcd", "中国移动", "\udcff", "", b"\x00\xff", True, False, 1, 0, -(2**63), 24.5, 1e300],
)
def test_values_of_every_type(value: Value) -> None:
    point = Point(Path(3200, 0, 5750), value, b"\x00raw", resource_instance=3, at=1.5, number=7)
    found = point_of(point_row(point))
    assert found == point
    assert type(found.value) is type(value)


def test_declared_devices_with_their_secrets_and_cards() -> None:
    card = Card("516072121", "test000", "some description", ("china", "mobile"), other='{"a":1}')
    declared = Declared("1", "460", "cmiot", b"1234abcd", b"\x00\xff", observe=False, card=card)
    assert declared_of(declared_row(declared)) == declared


def test_a_device_but_not_the_auth_code_that_it_sent() -> None:
    registration = Registration("1;2", 300, "UQ", (Path(3), Path(3200, 0)), auth_code="secret")
    row = device_row("1", registration, 9)
    assert "secret" not in row
    found = device_of(row, ())
    assert found.registration == Registration("1;2", 300, "UQ", (Path(3), Path(3200, 0)))
    assert found.reported == 9
