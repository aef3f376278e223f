"""The client's own requests, option by option, in the order in which they go out."""

from dataclasses import replace

import pytest

from lwm2m_core import requests
from lwm2m_core.message import Code
from lwm2m_core.objects import ObjectTree
from lwm2m_core.paths import Path
from lwm2m_core.requests import Changes, Settings

ROOT = b'</>;rt="oma.lwm2m"'
LINK = (12, b"\x28")


def test_bootstrap_request(settings: Settings) -> None:
    asked = requests.bootstrap_request(settings)
    assert asked.code == Code.POST
    assert asked.options == ((11, b"bs"), (15, b"ep=dev1"))
    assert asked.payload == b""


def test_register_query_in_order_decision_20(settings: Settings, tree: ObjectTree) -> None:
    settings = replace(settings, endpoint="869975030000461;460001357924680", binding="U")
    asked = requests.register(settings, tree, 86400)
    assert asked.code == Code.POST
    assert asked.options == (
        (11, b"rd"),
        (12, b"\x28"),
        (15, b"ep=869975030000461;460001357924680"),
        (15, b"lt=86400"),
        (15, b"lwm2m=1.0"),
        (15, b"b=U"),
    )
    assert asked.payload == ROOT + b",</3200/0>"


def test_register_without_lwm2m_as_cis_does_mb_2_4(settings: Settings, tree: ObjectTree) -> None:
    asked = requests.register(replace(settings, lwm2m_query=None), tree, 300)
    assert asked.options == ((11, b"rd"), (12, b"\x28"), (15, b"ep=dev1"), (15, b"lt=300"))


def test_register_lists_instances_ascending_decision_20(
    settings: Settings, tree: ObjectTree
) -> None:
    tree.add_object(3303, [3, 0])
    tree.add_object(3299, [])
    tree.add_object(19, [1, 0])
    asked = requests.register(settings, tree, 300)
    assert asked.payload == ROOT + b",</19/0>,</19/1>,</3200/0>,</3303/0>,</3303/3>"


def test_register_with_nothing_added_lists_the_device_object_decision_20(
    settings: Settings,
) -> None:
    assert requests.register(settings, ObjectTree(), 300).payload == ROOT + b",</3/0>"


def test_register_lists_module_and_security_objects_by_quirk(
    settings: Settings, tree: ObjectTree
) -> None:
    settings = replace(settings, module_objects=(Path(4, 0), Path(3, 0)), security_object=True)
    assert requests.register(settings, tree, 300).payload == (
        ROOT + b",</0/0>,</3/0>,</4/0>,</3200/0>"
    )


@pytest.mark.parametrize(
    ("binding", "changes", "options", "payload"),
    [
        (None, Changes(None, False), (), b""),
        (None, Changes(60, False), ((15, b"lt=60"),), b""),
        ("UQ", Changes(60, False), ((15, b"lt=60"), (15, b"b=UQ")), b""),
        ("U", Changes(None, False), ((15, b"b=U"),), b""),
        (None, Changes(None, True), ((12, b"\x28"),), ROOT + b",</3200/0>"),
        (
            "U",
            Changes(90, True),
            ((12, b"\x28"), (15, b"lt=90"), (15, b"b=U")),
            ROOT + b",</3200/0>",
        ),
    ],
)
def test_update_decision_25(
    settings: Settings,
    tree: ObjectTree,
    binding: str | None,
    changes: Changes,
    options: tuple[tuple[int, bytes], ...],
    payload: bytes,
) -> None:
    settings = replace(settings, binding=binding)
    asked = requests.update(settings, tree, (b"rd", b"5a3f"), changes)
    assert asked.code == Code.POST
    assert asked.options == ((11, b"rd"), (11, b"5a3f"), *options)
    assert asked.payload == payload


def test_a_location_goes_back_byte_by_byte(settings: Settings) -> None:
    """Location-Path may have any number of segments, and they need not be ours to read."""
    asked = requests.deregister(settings, (b"a", b"", b"\xff\x00", b"d"))
    assert asked.code == Code.DELETE
    assert asked.options == ((11, b"a"), (11, b""), (11, b"\xff\x00"), (11, b"d"))


def test_auth_code_as_option_63_in_all_four_decision_21(
    settings: Settings, tree: ObjectTree
) -> None:
    settings = replace(settings, auth_code="abcd", binding="U")
    location = (b"rd", b"1")
    for asked in (
        requests.bootstrap_request(settings),
        requests.register(settings, tree, 300),
        requests.update(settings, tree, location, Changes(60, True)),
        requests.deregister(settings, location),
    ):
        assert asked.options[-1] == (63, b"abcd")
        assert not any(b"authcode" in value for _, value in asked.options)


def test_auth_code_as_the_last_query_in_all_four_decision_21(
    settings: Settings, tree: ObjectTree
) -> None:
    settings = replace(settings, auth_code="abcd", auth_carrier="query", binding="U")
    location = (b"rd", b"1")
    code = (15, b"authcode=abcd")
    assert requests.bootstrap_request(settings).options == ((11, b"bs"), (15, b"ep=dev1"), code)
    assert requests.register(settings, tree, 300).options[-2:] == ((15, b"b=U"), code)
    updated = requests.update(settings, tree, location, Changes(60, False))
    assert updated.options == ((11, b"rd"), (11, b"1"), (15, b"lt=60"), (15, b"b=U"), code)
    assert requests.deregister(settings, location).options == ((11, b"rd"), (11, b"1"), code)


def test_the_auth_code_is_not_printed(settings: Settings) -> None:
    assert "hush" not in repr(replace(settings, auth_code="hush"))
