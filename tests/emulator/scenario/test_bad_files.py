"""What is wrong with a file is said with its line, its field, and what to write."""

from pathlib import Path

import pytest

from emulator.scenario.nodes import DEPTH_LIMIT, NODE_LIMIT, SIZE_LIMIT
from emulator.scenario.reading import read_scenario
from emulator.scenario.trouble import FINDINGS_LIMIT

BYTES = [
    (b"", "1: the file is empty; it begins with 'schema: 1'"),
    (b"schema: 1\ntitle: \xe4\n", "2: byte 0xe4 is not UTF-8"),
    (b'schema: 1\ntitle: "a\0b"\n', "2: character U+0000 has no place in a text file"),
    (b"\xff\xfes\0c\0", "1: the file is UTF-16; save it as UTF-8"),
]


def table() -> list[tuple[str, str]]:
    """Pairs of a file and the findings in it, which stand behind `=>`."""
    pairs, data, findings = [], "", ""
    for line in (Path(__file__).with_name("bad_files.txt").read_text() + "\n").splitlines():
        if line.startswith("=> "):
            findings += line[3:] + "\n"
        elif not findings:
            data += line + "\n"
        else:
            assert line == "", line
            pairs.append((data, findings))
            data = findings = ""
    return pairs


def found(data: bytes) -> list[str]:
    return [f"{each.line}: {each}" for each in read_scenario(data).findings]


@pytest.mark.parametrize(("data", "expected"), table())
def test_a_bad_file_is_refused_in_these_words(data: str, expected: str) -> None:
    assert "".join(line + "\n" for line in found(data.encode())) == expected
    assert read_scenario(data.encode()).scenario is None


@pytest.mark.parametrize(("data", "expected"), BYTES)
def test_bytes_that_are_no_text(data: bytes, expected: str) -> None:
    assert found(data) == [expected]


GOOD = [
    (b"schema: 1\n", "the shortest"),
    (b"\xef\xbb\xbfschema: 1\n", "with a byte order mark"),
    (b"schema: 1\r\ntitle: x\r\n", "with the line ends of Windows"),
    (b"---\nschema: 1\n...\n", "with the marks of a document"),
    (b'{"schema": 1, "dialogue": [{"host": "AT"}]}', "JSON, which is YAML"),
    (b"schema: 1\nsetup: {network: {coverage: off}, switches: {refuse: 4.03}}\n", "plain words"),
    (b"schema: 1\nsetup: {network: {coverage: false}}\n", "off by its other name"),
    (b"schema: 1\nsetup: {quirks: {echo_at_boot: on, late_rsp: 653, boot_ms: 0}}\n", "quirks"),
    (b"schema: 1\nevents:\n- &a {at: 1s, power: off}\n- *a\n", "an alias"),
]


@pytest.mark.parametrize("data", [data for data, _ in GOOD], ids=[what for _, what in GOOD])
def test_a_good_file_has_no_finding(data: bytes) -> None:
    assert found(data) == []


def test_on_and_off_are_words_as_in_yaml_1_2() -> None:
    scenario = read_scenario(b"schema: 1\nsetup: {network: {coverage: off, denied: on}}").scenario
    assert scenario is not None
    assert scenario.setup.network == {"coverage": False, "denied": True}


def test_a_key_is_never_repeated_in_a_finding() -> None:
    data = b"schema: 1\nsetup: {devices: [{imei: x, psk: my-secret-key, auth_code: 7734}]}\n"
    assert found(data)
    assert "my-secret" not in str(found(data))
    assert "7734" not in str(found(data))


def test_a_file_beyond_its_limit_is_not_looked_at() -> None:
    data = b"schema: 1\n".ljust(SIZE_LIMIT, b"#")
    assert found(data) == []
    assert found(data + b"#") == ["1: the file is longer than 262144 bytes"]


def test_nesting_is_bounded() -> None:
    assert DEPTH_LIMIT == 16
    assert found(b"[" * 100_000) == ["1: nested deeper than 16 levels"]


def test_aliases_are_counted_each_time() -> None:
    levels = [b"l0: &l0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for n in range(1, 9):
        levels.append(b"l%d: &l%d [%s]" % (n, n, b", ".join([b"*l%d" % (n - 1)] * 10)))
    assert NODE_LIMIT == 20000
    assert found(b"\n".join(levels)) == ["4: more than 20000 values, aliases counted each time"]


def test_findings_are_bounded() -> None:
    assert len(found(b"schema: 1\nevents:\n" + b"- at: 3\n" * 500)) == FINDINGS_LIMIT
