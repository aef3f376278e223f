"""What follows a registration (decision 49; MB 3; HF 7, 7 and 8) and how values are written."""

from dataclasses import replace

import pytest

from emulator.cloud.manners import CTWING, DMP, GENERIC, HUAWEI, ONENET, Manner, Step
from emulator.cloud.operations import Discover, Observe, Operation, Read, Write, describe, wire
from emulator.cloud.requests import after_registration, after_update, reads_of, write_of
from emulator.cloud.switches import Switches
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import Path
from lwm2m_core.values import Value


def paths(*texts: str) -> tuple[Path, ...]:
    return tuple(map(Path.parse, texts))


USUAL = Switches()


def said(operations: tuple[Operation, ...]) -> list[str]:
    return [describe(operation) for operation in operations]


def test_5_1_onenet_observes_discovers_and_reads_3_0() -> None:
    assert said(after_registration(ONENET, USUAL, paths("/3200/0"))) == [
        "observe /3200/0",
        "discover /3200",
        "read /3/0",
    ]


def test_mb_3_all_observes_come_before_all_discovers() -> None:
    # M5310-A log: OBSERVE /3303/0, /3304/0, DISCOVER, DISCOVER
    objects = paths("/3304/0", "/3303/0", "/3303/1")
    assert said(after_registration(ONENET, USUAL, objects)) == [
        "observe /3303/0",
        "observe /3303/1",
        "observe /3304/0",
        "discover /3303",
        "discover /3304",
        "read /3/0",
    ]


def test_the_modules_own_objects_are_neither_observed_nor_discovered() -> None:
    objects = paths("/0/0", "/1/0", "/3/0", "/4/0", "/5/0", "/10290/0")
    assert said(after_registration(ONENET, USUAL, objects)) == ["read /3/0"]


def test_an_object_without_instance_is_only_discovered() -> None:
    assert said(after_registration(ONENET, USUAL, paths("/3200"))) == [
        "discover /3200",
        "read /3/0",
    ]


def test_the_order_is_a_switch() -> None:
    switches = Switches(steps=(Step.DISCOVER, Step.OBSERVE))
    assert said(after_registration(ONENET, switches, paths("/3200/0"))) == [
        "discover /3200",
        "observe /3200/0",
    ]


def test_auto_discover_is_a_switch() -> None:
    switches = Switches(auto_discover=False)
    operations = after_registration(ONENET, switches, paths("/3200/0"))
    assert said(operations) == ["observe /3200/0", "read /3/0"]


def test_extra_observes_are_a_switch() -> None:
    # MB 3: "+MIPLOBSERVE:0,200588,1,4,0,-1" was seen at start-up
    switches = Switches(extra_observes=paths("/4/0"))
    assert said(after_registration(ONENET, switches, paths("/3200/0")))[:2] == [
        "observe /3200/0",
        "observe /4/0",
    ]


def test_decision_49_a_platform_may_observe_one_resource_only() -> None:
    manner = Manner("other", steps=(Step.OBSERVE,), observes=paths("/19/0/0"))
    assert said(after_registration(manner, USUAL, paths("/19/0", "/19/1"))) == ["observe /19/0/0"]
    assert said(after_registration(manner, USUAL, paths("/3200/0"))) == []


def test_after_an_update_only_what_is_new_is_asked_for() -> None:
    before, after = paths("/3200/0"), paths("/3200/0", "/3200/1")
    assert said(after_update(ONENET, USUAL, before, after)) == ["observe /3200/1", "discover /3200"]
    assert said(after_update(ONENET, USUAL, before, before)) == []


def test_the_operations_are_what_they_say() -> None:
    (observe, discover, read) = after_registration(ONENET, USUAL, paths("/3200/0"))
    assert (observe, discover, read) == (
        Observe(Path(3200, 0)),
        Discover(Path(3200)),
        Read(Path(3, 0)),
    )


# Reads


def test_5_1_an_object_is_read_by_its_instances() -> None:
    objects = paths("/3200/0", "/3200/1", "/3303/0", "/3304")
    assert reads_of(ONENET, Path(3200), objects) == paths("/3200/0", "/3200/1")
    assert reads_of(ONENET, Path(3304), objects) == paths("/3304")
    assert reads_of(ONENET, Path(3), objects) == paths("/3")
    assert reads_of(ONENET, Path(3200, 7), objects) == paths("/3200/7")
    assert reads_of(Manner("other"), Path(3200), objects) == paths("/3200")


# Writes: chosen, after the manual's POST /nbiot?…&obj_inst_id=0&mode=2


def test_one_value_is_written_to_its_instance_as_tlv() -> None:
    request = wire(write_of(ONENET, Path(3200, 0, 5750), "abcd"))
    assert request.code == 2  # POST: the rest of the instance stays
    # Uri-Path 3200, 0; Content-Format 11542
    assert request.options == ((11, b"3200"), (11, b"0"), (12, b"\x2d\x16"))
    # LwM2M 1.0 6.4.3: resource, 16-bit id 5750, 4 bytes
    assert request.payload == bytes.fromhex("e41676 61626364")


def test_a_replacing_write_is_a_put() -> None:
    assert wire(write_of(ONENET, Path(3200, 0, 5750), "abcd", replace=True)).code == 3


def test_several_values_go_in_one_body() -> None:
    request = wire(write_of(ONENET, Path(3300, 0), {5700: 24.5, 5750: "a"}))
    # 24.5 is 0x41c40000 as a 4-byte float (IEEE 754)
    assert request.payload == bytes.fromhex("e4164441c40000 e1167661")


@pytest.mark.parametrize("manner", [CTWING, HUAWEI])
@pytest.mark.parametrize("value", [b"4567", "4567"])
def test_5_3_5_6_what_goes_through_the_tunnel_goes_as_it_is(
    manner: Manner, value: bytes | str
) -> None:
    request = wire(write_of(manner, Path(19, 1, 0), value))
    assert request.code == 3  # PUT
    # Uri-Path 19, 1, 0; Content-Format 42, octet-stream
    assert request.options == ((11, b"19"), (11, b"1"), (11, b"0"), (12, b"\x2a"))
    assert request.payload == bytes.fromhex("34353637")


def test_5_5_dmp_writes_the_resource_as_tlv() -> None:
    request = wire(write_of(DMP, Path(3300, 0, 5700), 24.5))
    assert request.code == 3
    assert request.options == ((11, b"3300"), (11, b"0"), (11, b"5700"), (12, b"\x2d\x16"))
    assert request.payload == bytes.fromhex("e41644 41c40000")


@pytest.mark.parametrize(
    ("value", "content_format", "payload"),
    [
        (24.5, b"", b"24.5"),
        (True, b"", b"1"),
        ("on", b"", b"on"),
        (b"\x01\x02", b"\x2a", b"\x01\x02"),  # text would need Base64 (LwM2M 1.0 6.4.1)
    ],
)
def test_a_generic_platform_writes_text_and_bytes_as_they_are(
    value: Value, content_format: bytes, payload: bytes
) -> None:
    request = wire(write_of(GENERIC, Path(9999, 0, 1), value))
    assert (request.code, request.options[3], request.payload) == (3, (12, content_format), payload)


@pytest.mark.parametrize("manner", [CTWING, DMP, HUAWEI, GENERIC])
def test_several_values_are_tlv_to_the_instance_everywhere(manner: Manner) -> None:
    request = wire(write_of(manner, Path(3300, 0), {5700: 24.5, 5750: "a"}))
    assert (request.code, request.options[2]) == (2, (12, b"\x2d\x16"))
    assert request.payload == bytes.fromhex("e4164441c40000 e1167661")


def test_a_platform_may_write_to_the_resource_itself() -> None:
    manner = replace(ONENET, write_at="resource")
    request = wire(write_of(manner, Path(3200, 0, 5750), "abcd"))
    assert request.code == 3  # POST to a resource would be an Execute (LwM2M 1.0 5.4.5)
    assert request.options[:3] == ((11, b"3200"), (11, b"0"), (11, b"5750"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (Path(3200), "abcd"),
        (Path(3200, 0), "abcd"),
        (Path(3200, 0, 5750), {5750: "abcd"}),
        (Path(3200, 0, 5750), 2**63),
        (Path(3200, 0, 5700), float("nan")),
    ],
)
def test_what_cannot_be_written_is_the_callers_mistake(path: Path, value: object) -> None:
    with pytest.raises(EngineError):
        write_of(ONENET, path, value)  # type: ignore[arg-type]


def test_post_to_a_resource_is_no_write() -> None:
    with pytest.raises(EngineError):
        Write(Path(3200, 0, 5750), ())
