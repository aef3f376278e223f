"""Values out of what devices send: TLV by LwM2M 1.0 6.4.3, types by the OMA registry."""

import pytest

from emulator.cloud.points import points_of
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError, Value

TEXT, OPAQUE, TLV, TLV_OLD = 0, 42, 11542, 1542


@pytest.mark.parametrize(
    ("path", "content_format", "payload", "value"),
    [
        ("/3200/0/5750", TEXT, "61626364", "abcd"),
        ("/3200/0/5750", TLV, "e41676 61626364", "abcd"),
        ("/3200/0/5750", TLV_OLD, "e41676 61626364", "abcd"),
        ("/3200/0/5750", OPAQUE, "61626364", "abcd"),
        ("/3300/0/5700", TEXT, "35302e38", 50.8),
        ("/3300/0/5700", TLV, "e41644 41c40000", 24.5),  # IEEE 754
        ("/3200/0/5500", TLV, "e1157c 01", True),
        ("/3200/0/5501", TLV, "e2157d fffe", -2),
        ("/3/0/9", TLV, "c109 64", 100),
        ("/9999/0/1", TLV, "c201 3132", "12"),  # nothing is known of it: text if it can be
        ("/9999/0/1", TLV, "c401 41c40000", b"\x41\xc4\x00\x00"),
        ("/9999/0/1", TLV, "c201 0d0a", b"\r\n"),
        ("/9999/0/1", OPAQUE, "ff00", b"\xff\x00"),
        ("/3300/0/5700", TEXT, "6f6e", "on"),  # the host's type is not the registry's
        ("/3200/0/5750", None, "61626364", "abcd"),
    ],
)
def test_the_value_of_a_resource(
    path: str, content_format: int | None, payload: str, value: Value
) -> None:
    (point,) = points_of(Path.parse(path), content_format, bytes.fromhex(payload))
    assert (point.name, point.value) == (path, value)
    assert type(point.value) is type(value)


def test_an_instance_gives_one_point_for_each_resource() -> None:
    points = points_of(Path(3300, 0), TLV, bytes.fromhex("e4164441c40000 e1167661"))
    assert list(map(str, points)) == ["/3300/0/5700 = 24.5", "/3300/0/5750 = 'a'"]


def test_an_object_gives_its_instances() -> None:
    # object instance 0 of 7 bytes, instance 1 of 5
    payload = bytes.fromhex("0700 e4167661626364 0401 e1167661")
    points = points_of(Path(3200), TLV, payload)
    assert list(map(str, points)) == ["/3200/0/5750 = 'abcd'", "/3200/1/5750 = 'a'"]


def test_a_resource_with_several_values() -> None:
    # LwM2M 1.0 6.4.3.1: available power sources of the Device example, 1 and 5
    points = points_of(Path(3, 0), TLV, bytes.fromhex("8606 410001 410105"))
    assert [(point.name, point.value) for point in points] == [("/3/0/6/0", 1), ("/3/0/6/1", 5)]


def test_an_empty_tlv_has_no_values() -> None:
    # decision 30: the answer to an Observe of what has no value yet
    assert points_of(Path(3200, 0), TLV, b"") == ()


@pytest.mark.parametrize(
    ("content_format", "payload"), [(TLV, "e41676 6162"), (TEXT, "61"), (65000, "61")]
)
def test_what_is_not_what_it_says(content_format: int, payload: str) -> None:
    with pytest.raises(ContentError):
        points_of(Path(3200, 0), content_format, bytes.fromhex(payload))
