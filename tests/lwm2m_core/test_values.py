import math

import pytest

from lwm2m_core.errors import EngineError
from lwm2m_core.values import ResourceType, Value, check_value


def test_types_have_the_numbers_of_the_manual() -> None:
    """Manual 3.9, <type>."""
    assert [(t.value, t.name) for t in ResourceType] == [
        (1, "STRING"),
        (2, "OPAQUE"),
        (3, "INTEGER"),
        (4, "FLOAT"),
        (5, "BOOLEAN"),
    ]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (ResourceType.STRING, ""),
        (ResourceType.STRING, "\udce3\t\udcc8"),  # bytes that are no UTF-8: PEP 383
        (ResourceType.OPAQUE, b"\0"),
        (ResourceType.INTEGER, -(2**63)),
        (ResourceType.INTEGER, 2**63 - 1),
        (ResourceType.FLOAT, -0.5),
        (ResourceType.BOOLEAN, True),
    ],
)
def test_values_that_fit(type_: ResourceType, value: Value) -> None:
    check_value(type_, value)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (ResourceType.STRING, b"text"),
        (ResourceType.STRING, "\ud800"),
        (ResourceType.OPAQUE, "text"),
        (ResourceType.INTEGER, 2**63),
        (ResourceType.INTEGER, -(2**63) - 1),
        (ResourceType.INTEGER, True),
        (ResourceType.INTEGER, 1.0),
        (ResourceType.FLOAT, 1),
        (ResourceType.FLOAT, math.nan),
        (ResourceType.FLOAT, math.inf),
        (ResourceType.BOOLEAN, 1),
    ],
)
def test_values_that_do_not(type_: ResourceType, value: Value) -> None:
    with pytest.raises(EngineError, match=type_.name):
        check_value(type_, value)
