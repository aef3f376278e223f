"""Declared devices, and platforms that let nobody else in (decision 51)."""

import pytest

from emulator.cloud.admission import DECLARED_LIMIT, Admission, Declared
from emulator.cloud.errors import Overloaded
from emulator.cloud.manners import CTWING, DMP, GENERIC, ONENET, Manner
from emulator.cloud.registration import BadRequest

IMEI, IMSI = "869975030000461", "460001357924680"
BOTH = f"{IMEI};{IMSI}"


def admission(manner: Manner, *devices: Declared, strict: bool = True) -> Admission:
    made = Admission(manner)
    made.strict = strict
    for device in devices:
        made.declare(device)
    return made


@pytest.mark.parametrize(
    ("manner", "device", "endpoint", "auth_code"),
    [
        (ONENET, Declared(IMEI), BOTH, None),
        (ONENET, Declared(IMEI, IMSI), BOTH, None),
        (ONENET, Declared(IMEI, auth_code="cmiot"), BOTH, "cmiot"),
        (ONENET, Declared(IMEI), BOTH, "whatever"),
        # manual 4.1: CTWing has patterns 1, 3 and 4
        (CTWING, Declared(IMEI), IMEI, None),
        (CTWING, Declared(IMEI), f"urn:imei:{IMEI}", None),
        (CTWING, Declared(IMEI, IMSI), f"urn:imei-imsi:{IMEI}-{IMSI}", None),
        (DMP, Declared(IMEI, IMSI), IMEI, None),
        (GENERIC, Declared("my device"), "my device", None),
    ],
)
def test_who_may_log_in(
    manner: Manner, device: Declared, endpoint: str, auth_code: str | None
) -> None:
    admission(manner, device).check(endpoint, auth_code)


@pytest.mark.parametrize(
    ("manner", "device", "endpoint", "auth_code", "reason"),
    [
        (ONENET, Declared("869975030000462"), BOTH, None, f"{IMEI} is not declared"),
        (ONENET, Declared(IMEI), IMEI, None, "no endpoint name of this platform"),
        (CTWING, Declared(IMEI), BOTH, None, "no endpoint name of this platform"),
        (DMP, Declared(IMEI), f"urn:imei:{IMEI}", None, "no endpoint name of this platform"),
        (GENERIC, Declared(IMEI), f"urn:imei:{IMEI}", None, "is not declared"),
        (ONENET, Declared(IMEI, "1064826326459"), BOTH, None, "another IMSI than declared"),
        (ONENET, Declared(IMEI, auth_code="cmiot"), BOTH, "Cmiot", "wrong auth code"),
        (ONENET, Declared(IMEI, auth_code="cmiot"), BOTH, None, "no auth code"),
    ],
)
def test_who_may_not_is_answered_4_03_and_no_secret_is_told(
    manner: Manner, device: Declared, endpoint: str, auth_code: str | None, reason: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        admission(manner, device).check(endpoint, auth_code)
    assert caught.value.code == 131
    assert reason in str(caught.value)
    assert "cmiot" not in str(caught.value).lower() and "cmiot" not in repr(device)
    admission(manner, device, strict=False).check(endpoint, auth_code)


def test_a_device_is_declared_once_and_found_by_any_of_its_names() -> None:
    made = admission(ONENET, Declared(IMEI), Declared("869975030000462"), Declared(IMEI, IMSI))
    assert list(made) == [Declared(IMEI, IMSI), Declared("869975030000462")]
    assert made.find(BOTH) == Declared(IMEI, IMSI)
    assert made.withdraw(f"urn:imei:{IMEI}") == Declared(IMEI, IMSI)
    assert made.withdraw(IMEI) is None


def test_declarations_are_bounded() -> None:
    made = admission(ONENET, *(Declared(str(number)) for number in range(DECLARED_LIMIT)))
    with pytest.raises(Overloaded):
        made.declare(Declared(IMEI))
    made.declare(Declared("7", "1"))
    assert len(list(made)) == DECLARED_LIMIT
