"""Endpoint names, and whom they name (manual 4.1, `<pattern>` of AT+MIPLCFG; MB 2.4)."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

IMEI, IMEI_IMSI, URN_IMEI, URN_IMEI_IMSI = 1, 2, 3, 4
"""The numbers that manual 4.1 has for the patterns. 0 is the platform's own default."""

_PATTERNS: Final[Mapping[int, re.Pattern[str]]] = {
    IMEI: re.compile("([0-9]{15})()"),
    IMEI_IMSI: re.compile("([0-9]{15});([0-9]{0,15})"),
    URN_IMEI: re.compile("urn:imei:([0-9]{15})()"),
    URN_IMEI_IMSI: re.compile("urn:imei-imsi:([0-9]{15})-([0-9]{0,15})"),
}


def identity(endpoint: str) -> tuple[str, str]:
    """IMEI and IMSI of an endpoint name.

    A name of another form stands for the IMEI itself; the IMSI may be empty.
    """
    for pattern in _PATTERNS.values():
        if found := pattern.fullmatch(endpoint):
            return found[1], found[2]
    return endpoint, ""


def fits(endpoint: str, patterns: Iterable[int]) -> bool:
    """Whether an endpoint name is of one of these patterns."""
    return any(_PATTERNS[number].fullmatch(endpoint) for number in patterns)
