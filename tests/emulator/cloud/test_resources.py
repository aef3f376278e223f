"""Types of well-known resources (OMA registry; LwM2M 1.0 Appendix E), and of values written."""

import pytest

from emulator.cloud.resources import entry_of, known_type
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType, Value


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/3200/0/5500", "BOOLEAN"),
        ("/3200/0/5501", "INTEGER"),
        ("/3200/0/5750", "STRING"),
        ("/3300/0/5700", "FLOAT"),
        ("/6000/0/5700", "FLOAT"),  # reusable: the same in every object
        ("/3/0/0", "STRING"),
        ("/3/0/9", "INTEGER"),
        ("/1/0/1", "INTEGER"),
        ("/1/0/6", "BOOLEAN"),
        ("/4/0/4", "STRING"),
        ("/4/0/6038", "INTEGER"),
        ("/5/0/0", "OPAQUE"),
        ("/10290/0/20631", "INTEGER"),
    ],
)
def test_known_types(path: str, name: str) -> None:
    assert known_type(Path.parse(path)) is ResourceType[name]


@pytest.mark.parametrize("path", ["/3200/0/1", "/3/0/5700", "/3200/0", "/3200"])
def test_what_nothing_is_known_of(path: str) -> None:
    assert known_type(Path.parse(path)) is None


@pytest.mark.parametrize(
    ("path", "value", "name", "written"),
    [
        ("/3200/0/5750", "abcd", "STRING", "abcd"),
        ("/3200/0/5500", True, "BOOLEAN", True),
        ("/3200/0/5501", 5, "INTEGER", 5),
        ("/3300/0/5700", 24.5, "FLOAT", 24.5),
        ("/3300/0/5700", 24, "FLOAT", 24.0),  # OneNET: the type of the resource decides
        ("/19/1/0", b"4567", "OPAQUE", b"4567"),
        ("/9999/0/1", 5, "INTEGER", 5),
    ],
)
def test_a_value_is_written_as_what_it_is(
    path: str, value: Value, name: str, written: Value
) -> None:
    entry = entry_of(Path.parse(path), value)
    assert (entry.type, entry.value) == (ResourceType[name], written)
    assert type(entry.value) is type(written)


@pytest.mark.parametrize(
    ("path", "value"), [("/3300/0/5700", 10**400), ("/9999/0/1", 2**63), ("/9999/0/1", 1e999)]
)
def test_what_no_resource_can_hold(path: str, value: Value) -> None:
    with pytest.raises(EngineError):
        entry_of(Path.parse(path), value)
