"""Every rule of the host lint, at its boundary; the dialogues are written by hand (cases.py)."""

import tomllib
from pathlib import Path

import pytest

from emulator.lint.rules import BY_NAME, RULES, LintSettings, RuleError
from tests.conftest import cited
from tests.emulator.lint.cases import CASES, Case
from tests.emulator.lint.talk import Talk

NOTES = Path(__file__).parents[3] / "docs" / "manual-notes.toml"


def _ids(case: Case) -> str:
    return case.rule


@pytest.mark.parametrize("case", CASES, ids=_ids)
def test_what_breaks_a_rule_is_told(case: Case) -> None:
    talk = Talk(case.model)
    assert talk.play(case.before) == []
    assert talk.play(case.breaks) == [case.rule]


@pytest.mark.parametrize("case", CASES, ids=_ids)
def test_what_just_keeps_it_is_not(case: Case) -> None:
    assert Talk(case.model).play(f"{case.before}\n{case.keeps}") == []


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(BY_NAME)


def test_every_rule_has_its_own_name_and_ends_its_sentences() -> None:
    assert len(BY_NAME) == len(RULES)
    assert all(text.endswith((".", ".)")) for r in RULES for text in (r.sentence, r.instead))


def test_sources_in_the_manual_are_there() -> None:
    """Section, note, footnote and code, as docs/manual-notes.toml has them."""
    document = tomllib.loads(NOTES.read_text(encoding="utf-8"))
    for place in {place for rule in RULES for place in cited(rule.source)}:
        section, _, rest = place.partition(" ")
        kind, _, number = rest.partition(" ")
        content = document[section]
        assert not kind or (
            int(number) <= len(content["notes"])
            if kind == "note"
            else number in content.get("footnotes" if kind == "footnote" else f"{kind}s", {})
        ), place


def test_a_rule_without_the_manual_has_another_source() -> None:
    for rule in RULES:
        assert cited(rule.source) or rule.source.startswith(("decision", "V.250", "HF", "MB"))


def test_a_wrong_name_is_told_with_the_nearest() -> None:
    with pytest.raises(RuleError, match="'late-answers'; did you mean 'late-answer'\\?"):
        LintSettings(ignore=frozenset({"late-answers"}))


TWO = "> At\n> ATI\n< OK\n< OK"


def test_rules_can_be_left_out_or_chosen() -> None:
    assert Talk().play(TWO) == ["prefix", "no-pause"]
    assert Talk(lint=LintSettings(ignore=frozenset({"prefix"}))).play(TWO) == ["no-pause"]
    assert Talk(lint=LintSettings(only=frozenset({"prefix"}))).play(TWO) == ["prefix"]
