"""docs/quirks: every value of every quirk has an example, which runs and fails without it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.quirk_texts import PAGES
from emulator.quirks import NUMBER, AnyOf, Between, Quirk, parse_assignment, register
from emulator.symptoms import SYMPTOMS
from tests.transcripts.pages import Example, examples, play_example
from tests.transcripts.player import PARTS

FOLDER = Path(__file__).parents[2] / "docs" / "quirks"
PAGE_FILES = sorted(FOLDER.glob("*.md"))
EXAMPLES = [example for page in PAGE_FILES for example in examples(page)]
OPTION = "--quirk"
SWITCHED = [example for example in EXAMPLES if example.values(OPTION)]
QUIRKS = register()
NAMES = [quirk.name for quirk in QUIRKS]


def _assigned(example: Example) -> dict[str, Any]:
    return dict(map(parse_assignment, example.values(OPTION)))


def _shown(name: str) -> list[Example]:
    """The examples below the heading of a quirk."""
    return [example for example in EXAMPLES if example.section == name]


# The examples


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_runs(example: Example) -> None:
    play_example(example)


@pytest.mark.parametrize("example", SWITCHED, ids=str)
def test_an_example_fails_without_any_one_of_its_quirks(example: Example) -> None:
    for assignment in example.values(OPTION):
        with pytest.raises(AssertionError):
            play_example(example.without(OPTION, assignment))


@pytest.mark.parametrize("example", SWITCHED, ids=str)
def test_what_stands_beside_an_example_as_the_default_fails_with_its_quirk(
    example: Example,
) -> None:
    """Not all of several do: each shows the default of something else."""
    defaults = [each for each in _shown(example.section) if not each.values(OPTION)]
    assert any(_fails(_with_quirks_of(example, each)) for each in defaults)


def _with_quirks_of(example: Example, other: Example) -> Example:
    words = " ".join(f"{OPTION} '{value}'" for value in example.values(OPTION))
    return other.with_command(f"{other.command} {words}")


def _fails(example: Example) -> bool:
    try:
        play_example(example)
    except AssertionError:
        return True
    return False


# All of them


@pytest.mark.parametrize("quirk", QUIRKS, ids=NAMES)
def test_every_value_has_an_example_below_the_name_of_its_quirk(quirk: Quirk) -> None:
    values = [_assigned(example) for example in _shown(quirk.name) if example.values(OPTION)]
    assert {name for assigned in values for name in assigned} == {quirk.name}
    shown = [assigned[quirk.name] for assigned in values]
    for wanted in quirk.values:
        assert _is_among(wanted, shown, quirk.default), wanted


def _is_among(wanted: Any, shown: list[Any], default: Any) -> bool:
    if wanted == default:
        return True
    if isinstance(wanted, AnyOf):  # each part is taken in, or left out, where it is not by default
        return all(
            any((part in value) != (part in default) for value in shown) for part in wanted.parts
        )
    if isinstance(wanted, Between) or wanted == NUMBER:
        return any(isinstance(value, float) and value != default for value in shown)
    return wanted in shown


def test_the_heading_of_an_example_is_what_its_quirk_is_called() -> None:
    for example in SWITCHED:
        assert list(_assigned(example)) == [example.section], example


def test_each_quirk_has_its_heading_on_the_page_that_is_named_for_it() -> None:
    headings = {
        page.stem: tuple(re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE))
        for page in PAGE_FILES
        if page.stem != "README"
    }
    assert headings == PAGES
    assert sorted(name for names in PAGES.values() for name in names) == sorted(NAMES)


# The index


README = (FOLDER / "README.md").read_text(encoding="utf-8")


def _rows() -> Iterator[str]:
    pages = {name: page for page, names in PAGES.items() for name in names}
    for group, symptoms in SYMPTOMS.items():
        yield from (f"### {group}", "", "| what you see | quirk |", "| --- | --- |")
        for symptom in symptoms:
            links = [
                f"[{q}]({pages[name]}.md#{name})" for q in symptom.quirks for name in [_name(q)]
            ]
            yield f"| {symptom.text.replace('<', '&lt;')} | {', '.join(links)} |"
        yield ""


def _name(assignment: str) -> str:
    return parse_assignment(assignment)[0]


def test_the_index_has_every_symptom() -> None:
    assert "\n".join(_rows()) in README


def test_every_quirk_is_found_by_a_symptom() -> None:
    found = {_name(q) for symptoms in SYMPTOMS.values() for s in symptoms for q in s.quirks}
    assert found == set(NAMES)


@pytest.mark.parametrize("name", ["created", "registered", "logged-in"])
def test_the_index_prints_what_a_name_in_the_examples_stands_for(name: str) -> None:
    part = (PARTS / f"{name}.txt").read_text(encoding="utf-8").partition("\n")[2]
    assert f"`& {name}`" in README
    assert f"```text\n{part}```\n" in README
