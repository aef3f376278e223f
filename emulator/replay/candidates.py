"""Which single change of the module's switches could explain a difference, the likeliest first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from emulator.profile import load_profile
from emulator.quirk_kinds import NUMBER, AnyOf, Between
from emulator.quirk_texts import ABOUT
from emulator.quirks import DIALECTS, Quirk, Quirks, checked, register, resolve, written
from emulator.replay.matching import Found
from emulator.scenario.document import Setup
from emulator.symptoms import SYMPTOMS

_SPELLING: Final = ("mipl_colon", "general_colon", "cclk_format", "cgpaddr_quotes", "hex_case")
_WORDS: Final = re.compile(r"[A-Z][A-Z0-9]{2,}")


@dataclass(frozen=True, slots=True)
class Change:
    """`option` as on the command line; `about`: what it is about; `setup`: with it. `weight`: how
    much speaks for it before it is tried; 0: nothing."""

    option: str
    about: str
    setup: Setup
    weight: int = 0


def quirks_of(setup: Setup) -> Quirks:
    """The switches of a set-up's module."""
    profile = load_profile(setup.model or "MN316")
    dialect = setup.dialect or profile.dialect
    return resolve(dialect, profile.overrides(dialect), setup.quirks)


def changes(setup: Setup, found: Found) -> tuple[Change, ...]:
    """Every single change, those first whose texts speak of what differs."""
    words = _words_of(found)
    every = [*_dialects(setup), *_quirks(setup)]
    weighed = (replace(each, weight=_weight(each, words, found)) for each in every)
    return tuple(sorted(weighed, key=lambda each: -each.weight))


def _words_of(found: Found) -> set[str]:
    said = f"{found.entry.text if found.entry else ''} {found.ours or ''}"
    return {word.removeprefix("MIPL") for word in _WORDS.findall(said.upper())}


def _weight(change: Change, words: set[str], found: Found) -> int:
    name = change.option.split()[-1].partition("=")[0]
    spelling = found.kind == "spelling" and (name in _SPELLING or "dialect" in change.option)
    about = _WORDS.findall(f"{change.about} {_symptoms(name)}".upper())
    return 100 * spelling + sum(word.removeprefix("MIPL") in words for word in set(about))


def _symptoms(name: str) -> str:
    return " ".join(
        symptom.text
        for symptoms in SYMPTOMS.values()
        for symptom in symptoms
        if any(quirk.startswith(f"{name}=") for quirk in symptom.quirks)
    )


def _dialects(setup: Setup) -> Iterator[Change]:
    own = setup.dialect or load_profile(setup.model or "MN316").dialect
    for dialect in DIALECTS:
        if dialect != own:
            about = "how lines are spelt: as printed in the manual, or as real modules have it"
            yield Change(f"--dialect {dialect}", about, replace(setup, dialect=dialect))


def _quirks(setup: Setup) -> Iterator[Change]:
    now = quirks_of(setup)
    for row in register():
        for value in _others(row, getattr(now, row.name)):
            quirks = {**setup.quirks, row.name: value}
            option = f"--quirk {row.name}={written(value)}"
            yield Change(option, ABOUT[row.name], replace(setup, quirks=quirks))


def _others(row: Quirk, now: Any) -> Iterator[Any]:
    """The values that it may have but for that of now; of numbers those that are known to show."""
    for allowed in row.values:
        if isinstance(allowed, AnyOf):
            for part in allowed.parts:
                yield tuple(each for each in allowed.parts if (each in now) is not (each == part))
        elif allowed == NUMBER or isinstance(allowed, Between):
            yield from (value for value in _known(row.name) if value != now)
        elif allowed != now and not isinstance(allowed, float):
            yield allowed


def _known(name: str) -> Iterator[Any]:
    for symptoms in SYMPTOMS.values():
        for symptom in symptoms:
            for quirk in symptom.quirks:
                its, _, value = quirk.partition("=")
                if its == name:
                    yield checked(name, value)
