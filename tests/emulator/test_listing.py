"""The verbs that list: what goes to stdout, and the exit codes (design 3)."""

import json
import subprocess
import sys

import pytest

from emulator import sheets
from emulator.cli import main

PATIENCE = 20.0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["profiles"], sheets.profiles_text()),
        (["profiles", "--json"], sheets.profiles_json()),
        (["commands", "MN318"], sheets.commands_text("MN318")),
        (["commands", "mn318", "--json"], sheets.commands_json("MN318")),
        (["quirks"], sheets.quirks_text()),
        (["quirks", "m5310-a"], sheets.quirks_text("M5310-A", "field")),
        (["quirks", "MN316", "--dialect", "field"], sheets.quirks_text("MN316", "field")),
        (["quirks", "--dialect=field", "--json"], sheets.quirks_json(None, "field")),
        (["quirks", "--symptom", "event 15"], sheets.symptoms_text("event 15")),
        (["quirks", "--symptom", "event 15", "--json"], sheets.symptoms_json("event 15")),
    ],
)
def test_a_verb_prints_its_sheet(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    assert capsys.readouterr() == (expected + "\n", "")


def test_json_is_one_document_with_the_models_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profiles", "--json"]) == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)]
    assert (names[0], names[-1], len(names)) == ("M5310-A", "MN326", 12)


@pytest.mark.parametrize("verb", ["commands", "quirks"])
def test_an_unknown_model_ends_with_2_and_the_nearest_name(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "MN316S"]) == 2
    said = f"mipl {verb}: there is no model 'MN316S'; did you mean MN316-S?\n"
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("dubble error", "'dubble'; did you mean 'doubled'?"),
        ("zzz", "'zzz'"),
        ("by 17", "'17'"),  # no hint that is none
        ("event quotes", "all of 'event quotes'"),
        ("", "all of ''"),
    ],
)
def test_a_symptom_that_nothing_fits_ends_with_2(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["quirks", "--symptom", words]) == 2
    text = (
        f"mipl quirks: no symptom has {said} (docs/quirks/README.md and docs/faults.md list all)\n"
    )
    assert capsys.readouterr() == ("", text)


@pytest.mark.parametrize(
    "words", [["commands"], ["profiles", "MN316"], ["quirks", "MN316", "--dialect", "real"]]
)
def test_wrong_words_end_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""


def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    """`mipl commands MN316 | head -1`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "emulator", "commands", "MN316"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    with process.stderr as said:
        assert said.read() == b""
    assert process.wait(PATIENCE) == 0
