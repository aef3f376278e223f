"""docs/quirks: the examples run, and fail without their quirk."""

from pathlib import Path

import pytest

from tests.transcripts.pages import Example, examples, play_example

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "quirks").glob("*.md"))
EXAMPLES = [example for page in PAGES for example in examples(page)]
QUIRK = "--quirk"
SWITCHED = [example for example in EXAMPLES if example.values(QUIRK)]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_runs(example: Example) -> None:
    play_example(example)


@pytest.mark.parametrize("example", SWITCHED, ids=str)
def test_an_example_fails_without_any_one_of_its_quirks(example: Example) -> None:
    for assignment in example.values(QUIRK):
        with pytest.raises(AssertionError):
            play_example(example.without(QUIRK, assignment))
