"""Requests as LwM2M 1.0 5.4 and 5.5 have them; SV 2.2."""

import pytest

from emulator.cloud.operations import (
    CancelObserve,
    Discover,
    Execute,
    Observe,
    Operation,
    Read,
    Write,
    WriteAttributes,
    conditions,
    describe,
    wire,
)
from lwm2m_core.errors import EngineError
from lwm2m_core.formats import Entry
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType

RESOURCE = Path(3200, 0, 5750)
URI = ((11, b"3200"), (11, b"0"), (11, b"5750"))


@pytest.mark.parametrize(
    ("operation", "code", "options", "payload"),
    [
        (Read(Path(3200)), 1, ((11, b"3200"),), b""),
        (Discover(Path(3200)), 1, ((11, b"3200"), (17, b"\x28")), b""),
        (Observe(Path(3200, 0)), 1, ((6, b""), (11, b"3200"), (11, b"0")), b""),
        (CancelObserve(Path(3200, 0)), 1, ((6, b"\x01"), (11, b"3200"), (11, b"0")), b""),
        (Execute(RESOURCE, "abcd"), 2, (*URI, (12, b"")), b"abcd"),
        (Execute(RESOURCE), 2, URI, b""),
        (
            WriteAttributes(RESOURCE, ("pmin=5", "pmax=30")),
            3,
            (*URI, (15, b"pmin=5"), (15, b"pmax=30")),
            b"",
        ),
    ],
)
def test_the_request_of_an_operation(
    operation: Operation, code: int, options: tuple[tuple[int, bytes], ...], payload: bytes
) -> None:
    request = wire(operation)
    assert (request.code, request.options, request.payload) == (code, options, payload)


def test_conditions_have_no_needless_digits() -> None:
    # SV 4.6: both 9 and 9.0 are understood
    assert conditions({"pmin": 5, "gt": 30.5, "lt": 9.0}) == ("pmin=5", "gt=30.5", "lt=9")


@pytest.mark.parametrize("attributes", [(), ("x" * 256,)])
def test_attributes_are_as_long_as_a_query_may_be(attributes: tuple[str, ...]) -> None:
    with pytest.raises(EngineError):
        WriteAttributes(RESOURCE, attributes)


def test_operations_in_words() -> None:
    assert describe(Execute(RESOURCE, "abcd")) == "execute /3200/0/5750 ('abcd')"
    assert describe(WriteAttributes(RESOURCE, ("pmin=5", "pmax=9"))) == (
        "writeattributes /3200/0/5750 (pmin=5&pmax=9)"
    )


def test_of_a_long_value_only_the_start_is_said() -> None:
    """A firmware package in an error text would be megabytes of it."""
    package = Write(Path(5, 0), (Entry(Path(5, 0, 0), ResourceType.OPAQUE, b"\x01" * 300000),))
    assert describe(package) == r"write /5/0 (0 = b'" + r"\x01" * 60 + "'… 300000 long)"
    short = Write(Path(3200, 0), (Entry(Path(3200, 0, 5750), ResourceType.STRING, "x" * 60),))
    assert describe(short) == f"write /3200/0 (5750 = '{'x' * 60}')"
    assert describe(Execute(Path(3, 0, 4), "y" * 61)) == (f"execute /3/0/4 ('{'y' * 60}'… 61 long)")
