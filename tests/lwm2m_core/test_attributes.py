"""Manual 3.16, decision 35, MB 2.10."""

import pytest

from lwm2m_core.attributes import Attributes, merged, parse_attributes
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError

OBJECT, INSTANCE, RESOURCE = Path(3200), Path(3200, 0), Path(3200, 0, 5750)


@pytest.mark.parametrize(
    ("query", "attributes"),
    [
        # The manual's example of 3.17, in the order of its +MIPLPARAMETER line.
        (
            ("pmin=18", "pmax=90", "lt=0.0", "gt=60.0", "stp=2.0"),
            Attributes(pmin=18, pmax=90, lt=0.0, gt=60.0, st=2.0, step="stp"),
        ),
        (
            ("st=2.0", "gt=50.0", "lt=0.0", "pmax=60", "pmin=15"),  # MB 6.6
            Attributes(pmin=15, pmax=60, lt=0.0, gt=50.0, st=2.0),
        ),
        (("pmin=0",), Attributes(pmin=0)),
        (("pmax=1",), Attributes(pmax=1)),
        (("pmin=2147483647",), Attributes(pmin=2147483647)),
        (("gt=9",), Attributes(gt=9.0)),
        (("gt=9.0",), Attributes(gt=9.0)),  # as Wakaama writes it (SV 2.2)
        (("lt=-20.5", "gt=-10"), Attributes(lt=-20.5, gt=-10.0)),
        (("lt=1", "gt=6", "st=1"), Attributes(lt=1.0, gt=6.0, st=1.0)),  # 1.0-int-260
        (("lt=10", "st=100"), Attributes(lt=10.0, st=100.0)),
        (("pmin", "pmax=5"), Attributes(pmax=5, cleared=frozenset({"pmin"}))),
        (("stp",), Attributes(cleared=frozenset({"st"}), step="stp")),
    ],
)
def test_attributes_of_a_resource(query: tuple[str, ...], attributes: Attributes) -> None:
    assert parse_attributes(query, RESOURCE) == attributes


@pytest.mark.parametrize("target", [OBJECT, INSTANCE, RESOURCE])
def test_periods_are_for_every_level(target: Path) -> None:
    assert parse_attributes(("pmin=10", "pmax=200"), target) == Attributes(pmin=10, pmax=200)


@pytest.mark.parametrize("target", [OBJECT, INSTANCE])
@pytest.mark.parametrize("option", ["gt=1", "lt=1", "st=1", "stp=1", "gt", "stp"])
def test_thresholds_are_for_resources_alone(target: Path, option: str) -> None:
    with pytest.raises(ContentError, match="lt, gt, st"):
        parse_attributes((option,), target)


@pytest.mark.parametrize(
    "query",
    [
        ("pmin=1", "unknown=1"),
        ("",),
        ("=1",),
        ("PMIN=1",),
        ("dim=2",),
        ("pmin=1", "pmin=1"),
        ("pmin", "pmin=1"),
        ("st=1", "stp=1"),
        ("pmin=",),
        ("pmin=-1",),
        ("pmin=1.0",),
        ("pmin= 1",),
        ("pmin=٣",),
        ("pmin=2147483648",),
        ("pmin=99999999999999",),
        ("gt=",),
        ("gt=x",),
        ("gt=nan",),
        ("gt=1e999",),
        ("gt=\ufffd",),
    ],
)
def test_names_and_values_that_are_none(query: tuple[str, ...]) -> None:
    with pytest.raises(ContentError):
        parse_attributes(query, RESOURCE)


@pytest.mark.parametrize(
    "query",
    [
        ("pmin=60", "pmax=60"),
        ("pmin=90", "pmax=18"),
        ("pmax=0",),  # pmin is 0 by default
        ("lt=60", "gt=60"),
        ("lt=60", "gt=50"),
        ("lt=0", "gt=4", "st=2"),
        ("st=-1",),
    ],
)
def test_rules_that_are_broken(query: tuple[str, ...]) -> None:
    """3.16: pmax > pmin, lt < gt, lt + 2·st < gt; MB 2.10: st ≥ 0."""
    with pytest.raises(ContentError):
        parse_attributes(query, RESOURCE)


# What holds after several Write-Attributes (LwM2M 1.0 5.4.4)


@pytest.mark.parametrize(
    ("old", "new", "holds"),
    [
        (None, ("pmin=5",), Attributes(pmin=5)),
        (Attributes(pmin=5), ("pmax=9",), Attributes(pmin=5, pmax=9)),
        (Attributes(pmin=5, pmax=9), ("pmin=0",), Attributes(pmin=0, pmax=9)),
        (Attributes(pmin=5, pmax=9), ("pmin",), Attributes(pmax=9)),
        (Attributes(pmin=5, pmax=9), ("pmin", "pmax=3"), Attributes(pmax=3)),
        (Attributes(gt=9.0, st=1.0), ("lt=2", "gt"), Attributes(lt=2.0, st=1.0)),
        (Attributes(st=1.0), ("stp=0",), Attributes(st=0.0, step="stp")),
    ],
)
def test_what_is_not_mentioned_stays(
    old: Attributes | None, new: tuple[str, ...], holds: Attributes
) -> None:
    assert merged(old, parse_attributes(new, RESOURCE), RESOURCE) == holds


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Attributes(pmin=10), ("pmax=10",)),
        (Attributes(pmax=10), ("pmin=10",)),
        (Attributes(gt=5.0), ("lt=5",)),
        (Attributes(lt=1.0, gt=5.0), ("st=2",)),
    ],
)
def test_the_rules_hold_for_all_together(old: Attributes, new: tuple[str, ...]) -> None:
    """Manual 3.16, decision 35."""
    with pytest.raises(ContentError):
        merged(old, parse_attributes(new, RESOURCE), RESOURCE)
