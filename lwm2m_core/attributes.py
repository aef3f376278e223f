"""The attributes of Write-Attributes (LwM2M 1.0, 5.1.2 and 5.4.4; manual 3.16)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from lwm2m_core.formats.text import decode_float
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError

SECONDS_LIMIT = 2**31 - 1
"""Of pmin and pmax: +MIPLPARAMETER prints them as C ints, %d (decision 35)."""

_N = TypeVar("_N", int, float)

_NUMBER = re.compile(r"[0-9]{1,10}")

_FIELDS: Mapping[str, str] = {
    "pmin": "pmin",
    "pmax": "pmax",
    "lt": "lt",
    "gt": "gt",
    "st": "st",
    "stp": "st",
}
"""Attribute names on the wire, and ours: LwM2M 1.0 and the manual's 3.16 call the step `st`, the
example in its 3.17 and coap-shepherd (SV 2.2) `stp`."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What one Write-Attributes sets: pmin and pmax in seconds, the others in the unit of the
    resource, None for what it does not mention. `cleared` are names without a value, which unset
    an attribute (LwM2M 1.0, 5.4.4). `step` is how the peer spells `st`."""

    pmin: int | None = None
    pmax: int | None = None
    lt: float | None = None
    gt: float | None = None
    st: float | None = None
    cleared: frozenset[str] = frozenset()
    step: Literal["st", "stp"] = "st"

    @property
    def is_numeric(self) -> bool:
        """True if lt, gt or st is among them, set or cleared: those are for resources alone."""
        return not self.cleared.isdisjoint({"lt", "gt", "st"}) or not (
            self.lt is None and self.gt is None and self.st is None
        )


def parse_attributes(query: tuple[str, ...], target: Path) -> Attributes:
    """The attributes in the Uri-Query options of a Write-Attributes to `target`.

    ContentError for unknown and repeated names, for values that are no numbers, and where the
    rules of 3.16 are broken: pmax > pmin ≥ 0, lt < gt, lt + 2·st < gt, lt, gt, st on a resource.
    """
    given: dict[str, str | None] = {}
    for option in query:
        name, equals, text = option.partition("=")
        if name not in _FIELDS or _FIELDS[name] in given:
            raise ContentError(f"unknown or repeated attribute: {option[:32]!r}")
        given[_FIELDS[name]] = text if equals else None
    attributes = Attributes(
        pmin=_seconds(given.get("pmin")),
        pmax=_seconds(given.get("pmax")),
        lt=_number(given.get("lt")),
        gt=_number(given.get("gt")),
        st=_number(given.get("st")),
        cleared=frozenset(name for name, text in given.items() if text is None),
        step="stp" if any(option.startswith("stp") for option in query) else "st",
    )
    _check(attributes, target)
    return attributes


def merged(old: Attributes | None, new: Attributes, target: Path) -> Attributes:
    """What holds at `target` once `new` is written over `old`. ContentError where the rules of 3.16
    are broken by the two together."""
    before = old or Attributes()

    def after(name: str, was: _N | None, will_be: _N | None) -> _N | None:
        return None if name in new.cleared else was if will_be is None else will_be

    attributes = Attributes(
        pmin=after("pmin", before.pmin, new.pmin),
        pmax=after("pmax", before.pmax, new.pmax),
        lt=after("lt", before.lt, new.lt),
        gt=after("gt", before.gt, new.gt),
        st=after("st", before.st, new.st),
        step=new.step,
    )
    _check(attributes, target)
    return attributes


def _check(attributes: Attributes, target: Path) -> None:
    if attributes.is_numeric and target.resource is None:
        raise ContentError(f"lt, gt, st for {target}")
    if attributes.pmax is not None and attributes.pmax <= (attributes.pmin or 0):
        raise ContentError("pmax is not above pmin, which is 0 by default")
    if attributes.st is not None and attributes.st < 0:
        raise ContentError("a negative step")
    lt, gt, st = attributes.lt, attributes.gt, attributes.st or 0.0
    # Without a step this is lt < gt.
    if lt is not None and gt is not None and not lt + 2 * st < gt:
        raise ContentError("lt + 2 st is not below gt")


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    if not _NUMBER.fullmatch(text) or int(text) > SECONDS_LIMIT:
        raise ContentError(f"not a number of seconds: {text[:32]!r}")
    return int(text)


def _number(text: str | None) -> float | None:
    """Wakaama writes 9 as "9.0", others as "9" (SV 2.2)."""
    return None if text is None else decode_float(text.encode())
