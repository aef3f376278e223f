"""docs/faults: every kind of fault has an example, which runs and fails without it."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from emulator.fault_symptoms import FAULT_SYMPTOMS, FaultSymptom
from emulator.faults.grammar import Fault, fault_from, parse_fault
from emulator.faults.syntax import SECONDS, TEXT
from emulator.faults.whats import LASTING, NAMES, PLACES, POSSIBLE, Say
from tests.server import Server
from tests.transcripts.on_cloud import OnCloud
from tests.transcripts.pages import Example, examples, settings_of
from tests.transcripts.player import play, read
from tests.transcripts.stages import OnDesk

FOLDER = Path(__file__).parents[2] / "docs" / "faults"
PAGES = sorted(FOLDER.glob("*.md"))
EXAMPLES = [example for page in PAGES for example in examples(page)]
OPTION = "--fault"


def _play(example: Example) -> list[int]:
    """Play an example; how often each of its faults has struck."""
    settings, transcript = settings_of(example.command), read(example.lines)
    if example.page.stem != "platforms":
        desk = OnDesk(settings, Server(**transcript.server))
        play(transcript, desk)
        return desk.fired
    on = OnCloud(settings)
    try:
        play(transcript, on)
        return on.fired
    finally:
        on.close()


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_runs_and_each_of_its_faults_strikes(example: Example) -> None:
    fired = _play(example)
    assert fired and all(fired)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_fails_without_any_one_of_its_faults(example: Example) -> None:
    for text in example.values(OPTION):
        with pytest.raises(AssertionError):
            _play(example.without(OPTION, text))


# By symptom

INDEX = (FOLDER.parent / "faults.md").read_text(encoding="utf-8")


def _anchors(page: Path) -> set[str]:
    titles = re.findall("^## (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub("[^a-z -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("symptom", FAULT_SYMPTOMS, ids=lambda symptom: symptom.text)
def test_a_symptom_has_faults_of_the_examples_of_its_page(symptom: FaultSymptom) -> None:
    name, _, anchor = symptom.page.partition("#")
    shown = {text for e in examples(FOLDER / name) for text in e.values(OPTION)}
    assert set(symptom.faults) <= shown
    assert anchor in _anchors(FOLDER / name)


def test_the_index_of_faults_has_every_symptom() -> None:
    rows = ["| what you see | fault |", "| --- | --- |"]
    for symptom in FAULT_SYMPTOMS:
        text = symptom.text.replace("<", "&lt;")
        faults = ", ".join(f"[`{fault}`](faults/{symptom.page})" for fault in symptom.faults)
        rows.append(f"| {text} | {faults} |")
    assert "\n".join(rows) + "\n" in INDEX


def test_every_kind_of_fault_is_found_by_a_symptom() -> None:
    shown = {type(parse_fault(text).what) for each in FAULT_SYMPTOMS for text in each.faults}
    assert shown == set(NAMES) - {Say}  # `say` is what somebody makes up


# All of them


def _faults(example: Example) -> list[Fault]:
    return [parse_fault(text) for text in example.values(OPTION)]


@pytest.mark.parametrize("kind", POSSIBLE)
def test_every_kind_has_an_example_and_a_heading(kind: str) -> None:
    shown = [
        each for each in EXAMPLES for fault in _faults(each) if NAMES[type(fault.what)] == kind
    ]
    assert kind in {example.section for example in shown}


def test_an_example_below_the_name_of_a_kind_is_of_that_kind() -> None:
    for example in EXAMPLES:
        if example.section in POSSIBLE:
            kinds = {NAMES[type(fault.what)] for fault in _faults(example)}
            assert example.section in kinds, example


def test_every_place_has_an_example() -> None:
    places = {fault.where for example in EXAMPLES for fault in _faults(example)}
    assert places == set(PLACES)


# The grammar


PAGE = (FOLDER.parent / "faults.md").read_text(encoding="utf-8")
_PAGE_OF = {each.section: each.page.name for each in EXAMPLES}


def _said(kind: type) -> str:
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split())


def _kinds() -> Iterator[str]:
    yield from ("| what | where | |", "| --- | --- | --- |")
    for name, (kind, places) in POSSIBLE.items():
        words = ", ".join(places)
        for group, short in GROUPS.items():
            words = words.replace(", ".join(group), short)
        usage = " ".join(map(_usage, fields(kind)))
        usage = f" `{usage}`" if usage else ""
        yield f"| [{name}](faults/{_PAGE_OF[name]}#{name}){usage} | {words} | {_said(kind)} |"


def _usage(each: Any) -> str:
    arg = each.metadata["arg"]
    unit = {id(SECONDS): "TIME", id(LASTING): "TIME", id(TEXT): "TEXT"}.get(id(arg.syntax), "N")
    unit = {"setting": "NAME=VALUE"}.get(each.name, unit)
    text = {
        "one": unit,
        "many": f"{unit} …",
        "key": f"{each.name} {unit}",
        "word": " / ".join(arg.words),
    }[arg.how]
    return text if each.default is MISSING else f"[{text}]"


GROUPS = {
    (
        "at-in",
        "command",
        "echo",
        "reply",
        "urc",
        "at-out",
        "coap-up",
        "coap-down",
        "link",
        "module",
    ): ("all but cloud"),
    ("at-in", "echo", "reply", "urc", "at-out"): "at-in, echo, reply, urc, at-out",
}


def test_the_page_lists_every_place_and_every_kind() -> None:
    rows = ["| where | an occasion is |", "| --- | --- |"]
    rows += [f"| `{where}` | {words} |" for where, words in PLACES.items()]
    assert "\n".join(rows) in PAGE
    assert "\n".join(_kinds()) in PAGE


@pytest.mark.parametrize("text", re.findall(r"^    (\S.*: .*)$", PAGE, re.MULTILINE))
def test_every_fault_of_the_page_is_one(text: str) -> None:
    fault = parse_fault(text.partition("   ")[0].rstrip())
    assert parse_fault(str(fault)) == fault


def test_the_mapping_of_the_page_says_what_its_text_says() -> None:
    text = 'reply +MIPLOPEN nth 2 state registered: insert "+MIPLEVENT: 0,33" at 5, 3 times'
    assert text in PAGE
    for example in re.findall(r"```python\nfault_from\((.*?)\)\n```", PAGE, re.DOTALL):
        assert fault_from(ast.literal_eval(example.strip())) == parse_fault(text)
