"""Endpoint names by the patterns of AT+MIPLCFG (manual 4.1; MB 2.4; decision 18)."""

import pytest

from emulator.cloud.endpoints import IMEI, IMEI_IMSI, URN_IMEI, URN_IMEI_IMSI, fits, identity


@pytest.mark.parametrize(
    ("endpoint", "imei", "imsi"),
    [
        ("869975030000461", "869975030000461", ""),
        ("869975030000461;460001357924680", "869975030000461", "460001357924680"),
        ("869975030000461;", "869975030000461", ""),
        ("urn:imei:869975030000461", "869975030000461", ""),
        ("urn:imei-imsi:869975030000461-460001357924680", "869975030000461", "460001357924680"),
        ("my device", "my device", ""),
        ("8699750300004610", "8699750300004610", ""),
        ("٨69975030000461", "٨69975030000461", ""),
    ],
)
def test_who_is_meant(endpoint: str, imei: str, imsi: str) -> None:
    assert identity(endpoint) == (imei, imsi)


@pytest.mark.parametrize(
    ("endpoint", "pattern"),
    [
        ("869975030000461", IMEI),
        ("869975030000461;460001357924680", IMEI_IMSI),
        ("urn:imei:869975030000461", URN_IMEI),
        ("urn:imei-imsi:869975030000461-460001357924680", URN_IMEI_IMSI),
    ],
)
def test_each_name_is_of_one_pattern(endpoint: str, pattern: int) -> None:
    all_of_them = (IMEI, IMEI_IMSI, URN_IMEI, URN_IMEI_IMSI)
    assert [number for number in all_of_them if fits(endpoint, (number,))] == [pattern]
    assert fits(endpoint, all_of_them)
    assert not fits(endpoint, ())


def test_manual_4_1_numbers_the_patterns() -> None:
    assert (IMEI, IMEI_IMSI, URN_IMEI, URN_IMEI_IMSI) == (1, 2, 3, 4)
