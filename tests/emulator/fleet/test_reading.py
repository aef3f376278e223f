"""Fleet files, and every way in which they can be wrong (bad_files.txt)."""

import re
import sys
from pathlib import Path

import pytest

from emulator.cli import UsageError
from emulator.fleet.coroutines import coroutines_of
from emulator.fleet.files import load, rows_of
from emulator.fleet.plan import Await, Digits, Fleet, Member, Rest, Shard, Write, members_of
from emulator.fleet.reading import read_fleet
from emulator.fleet.series import Constant, Ramp, Replay, Sine, Walk
from emulator.scenario.trouble import Wrong
from lwm2m_core.paths import Path as ResourcePath

HEAD = "schema: 1\ngroups:\n"
CASES = [
    case.split("\n=> ")
    for case in (Path(__file__).parent / "bad_files.txt").read_text().strip().split("\n---\n")
]


def no_rows(name: str, column: str) -> tuple[str, ...]:
    raise Wrong(f"{name} cannot be read (No such file or directory)")


def read(text: str) -> Fleet:
    reading = read_fleet(text.encode(), no_rows)
    assert reading.fleet is not None, reading.findings
    return reading.fleet


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1][:60])
def test_what_is_wrong_is_told_with_line_and_field(case: list[str]) -> None:
    text, *expected = case
    reading = read_fleet(text.encode(), no_rows)
    assert reading.fleet is None
    assert [f"{each.line}: {each}" for each in reading.findings] == expected


def test_a_short_file_has_all_that_is_needed() -> None:
    fleet = read(HEAD + '  - {modems: 2, imei: "869975030000461", report: {every: 60s}}\n')
    (group,) = fleet.groups
    assert (fleet.ramp, fleet.lasts, fleet.serial) == (50.0, 600.0, "memory")
    assert (group.name, group.platform, group.models) == ("group 1", "generic", (("MN316", 1),))
    assert group.report is not None
    assert group.report.path == ResourcePath(3200, 0, 5750)
    assert group.report.confirm and group.report.numbered
    assert list(members_of(fleet)) == [
        Member(0, 0, "MN316", "869975030000461", "460001357000000"),
        Member(1, 0, "MN316", "869975030000462", "460001357000001"),
    ]


def test_a_long_file_has_all_that_can_be() -> None:
    fleet = read(
        """schema: 1
title: two kinds
seed: 7
ramp: 2.5
lasts: 1min
serial: pty
processes: 2
close: off
groups:
  - name: ours
    modems: 3
    model: {MN316: 1, MN319: 2}
    imei: ["869975030000000-869975030000001", "869975031000000"]
    imsi: "460001000000000"
    platform: onenet
    psk: "k{imei:-8}{number:-2}"
    bootstrap: on
    dialect: field
    quirks: {echo_at_boot: on}
    timing: fast
    retry: 5s
    host:
      - AT+MIPLCREATEEX="{psk}",{number}
      - {wait: "+MIPLEVENT: 0,6", within: 5s}
      - {pause: 1s}
    report:
      every: 10s
      jitter: 1s
      confirm: off
      path: /3303/0/5700
      type: float
      late: 2s
      data: {walk: {from: 20, step: 0.5, least: 0, most: 40}}
"""
    )
    (group,) = fleet.groups
    assert (fleet.title, fleet.seed, fleet.rise, fleet.ends) == ("two kinds", 7, 1.2, 61.2)
    assert (fleet.serial, fleet.processes, fleet.close) == ("pty", 2, False)
    assert group.imei == (Digits(869975030000000, 869975030000001), Digits(869975031000000))
    assert [(m.model, m.imei, m.psk) for m in members_of(fleet)] == [
        ("MN319", "869975030000000", "k3000000000"),
        ("MN316", "869975030000001", "k3000000101"),
        ("MN319", "869975031000000", "k3100000002"),
    ]
    write, wait, rest = group.steps
    assert isinstance(write, Write) and isinstance(wait, Await) and rest == Rest(1.0)
    assert write.line.filled({"psk": "key", "number": "4"}) == 'AT+MIPLCREATEEX="key",4'
    assert wait.within == 5.0
    assert group.report is not None and not group.report.numbered
    assert group.report.series == Walk(20, 0.5, 0, 40)


@pytest.mark.parametrize(
    ("data", "series"),
    [
        ("{constant: on}", Constant("on")),
        ("{ramp: {from: 1, to: 9}}", Ramp(1, 9, 1)),
        ("{sine: {mean: 1, amplitude: 2, period: 1h}}", Sine(1, 2, 3600.0)),
    ],
)
def test_data_have_several_sources(data: str, series: object) -> None:
    text = f'  - {{modems: 1, imei: "869975030000461", report: {{every: 60s, data: {data}}}}}\n'
    report = read(HEAD + text).groups[0].report
    assert report is not None and report.series == series


def test_shards_have_the_modems_that_the_whole_has() -> None:
    fleet = read(
        HEAD
        + '  - {modems: 5, model: {MN316: 1, MN319: 1}, imei: "869975030000461",'
        + " report: {every: 60s}}\n"
        + '  - {modems: 4, imei: "869975040000461", report: {every: 60s}}\n'
    )
    whole = list(members_of(fleet))
    parts = [list(members_of(fleet, Shard(part, 3))) for part in (1, 2, 3)]
    assert [member.number for member in parts[1]] == [1, 4, 7]
    assert sorted(sum(parts, []), key=lambda member: member.number) == whole


ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/fleet.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S))
def test_the_examples_of_the_page_are_right(text: str) -> None:
    assert read(text).modems in (500, 10, 200)


def test_the_example_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    file = ROOT / "examples/fleets/town.yaml"
    monkeypatch.setattr(sys, "path", list(sys.path))
    fleet = load(file)
    assert fleet.modems == 1000
    assert list(coroutines_of(fleet, str(file.parent))) == [2]


def test_local_platforms_are_as_many_as_it_takes() -> None:
    fleet = read(
        HEAD
        + '  - {modems: 4000, imei: "869975030000000", report: {every: 60s}}\n'
        + '  - {modems: 1, imei: "869976030000000", platform: dmp, report: {every: 60s}}\n'
        + '  - {modems: 2, imei: "869977030000000", report: {every: 60s}}\n'
    )
    houses = [member.house for member in members_of(fleet)]
    assert houses == [*[0] * 4000, 0, 1, 1]


def test_rows_of_a_file_are_its_column(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("time,value\n1,20.5\n\n2, 21\n")
    assert rows_of(tmp_path, "data.csv", "value") == ("20.5", "21")
    assert rows_of(tmp_path, "data.csv", "") == ("time", "1", "2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "data.csv has no values"),
        ("time,value\n1,2\n", "data.csv has no column 'valu'; did you mean 'value'?"),
        ("time,valu\n1\n", "data.csv, line 2: there is no column 2"),
        ("valu\n\x07\n", "data.csv, line 2: '\\x07' is not from 1 to 200 printable characters"),
    ],
)
def test_what_is_wrong_with_rows_is_told(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "data.csv").write_text(text)
    with pytest.raises(Wrong) as caught:
        rows_of(tmp_path, "data.csv", "valu" if text else "")
    assert str(caught.value) == expected


def test_a_file_that_is_wrong_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    with pytest.raises(UsageError, match=r"f\.yaml: cannot be read \(No such file"):
        load(file)
    text = '  - {modems: 1, imei: "869975030000461", report: {every: 9s, data: {csv: {file: x}}}}\n'
    file.write_text(HEAD + text)
    with pytest.raises(UsageError) as caught:
        load(file)
    assert str(caught.value) == (
        f"{file}:3: groups[0].report.data.csv: x cannot be read (No such file or directory)"
    )
    (tmp_path / "x").write_text("1\n2\n")
    report = load(file).groups[0].report
    assert report is not None and report.series == Replay(("1", "2"))
