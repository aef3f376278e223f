"""What there is to know about a model, drawn from its profile, the command table and the quirks."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from emulator.at.table import Command, Form
from emulator.commands import command_table
from emulator.profile import Profile, base_profile, load_profile, profile_names
from emulator.quirk_texts import ABOUT, page_of
from emulator.quirks import DIALECTS, NUMBER, Dialect, Quirk, register, resolve

# Parameters that the manual does not write in small letters.
_PRINTED = {
    "<with_object_flag>": "<withObjectFlag>",
    "<content_type>": "<contentType>",
    "<psk>": "<PSK>",
    "<pskid>": "<PSKID>",
}
_PARAMETER = re.compile(r"<\w+>")
_SECTION = re.compile(r"\d(\.\d+)?")  # of the manual; other standards say their name

Confidence = Literal["manual", "evidence", "chosen"]


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model; `differences` are what sets it apart from the common base, in words."""

    model: str
    sub_models: tuple[str, ...]
    dialect: Dialect
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One way to give a command.

    `ranges`: the line that `=?` prints for it, None for other forms than the setting one.
    `source`: manual section, or the standard or decision behind it. `about`: one sentence or "".
    """

    command: str
    form: str
    syntax: str
    ranges: str | None
    source: str
    about: str


@dataclass(frozen=True, slots=True)
class QuirkRow:
    """One switch. `value` is in force for the model and dialect asked for; `default` is that of
    dialect manual; `others` what else it may be set to; `page` of docs/quirks has examples."""

    name: str
    value: Any
    default: Any
    others: tuple[str, ...]
    unit: str
    source: str
    confidence: Confidence
    about: str
    page: str


def models() -> tuple[ModelRow, ...]:
    """All models, by name."""
    return tuple(
        ModelRow(profile.name, profile.sub_models, profile.dialect, tuple(differences(profile)))
        for profile in map(load_profile, profile_names())
    )


# What a value of a profile is about, for people; {} is the value.
_WORDS = {
    "nsmi": "+MIPLNSMI: {}",
    "release_flags": "flags 0x200, 0x400: {}",
    "content_type_encodes": "<contentType> changes the value: {}",
    "command_sets": "further commands: {}",
    "platforms": "platforms: {}",
    "dtls_suites": "DTLS: {}",
}


def common() -> list[str]:
    """What all models have, but for their differences."""
    base = base_profile()
    lacks = [f"no AT{name}" for name in sorted(base.absent_commands)]
    return [*lacks, *(words.format(plain(getattr(base, key))) for key, words in _WORDS.items())]


def differences(profile: Profile) -> list[str]:
    """Where the model departs from what all have in common; identity and dialect left out."""
    base = base_profile()
    found = [f"has AT{name}" for name in sorted(base.absent_commands - profile.absent_commands)]
    found += [f"lacks AT{name}" for name in sorted(profile.absent_commands - base.absent_commands)]
    for key, words in _WORDS.items():
        if getattr(profile, key) != getattr(base, key):
            found.append(words.format(plain(getattr(profile, key))))
    found += _quirks_in_words(profile.quirks, base.quirks, "")
    found += _quirks_in_words(profile.field_quirks, base.field_quirks, " in dialect field")
    return found


def _quirks_in_words(own: Mapping[str, Any], base: Mapping[str, Any], where: str) -> list[str]:
    defaults = {quirk.name: quirk.dialect_field if where else quirk.default for quirk in register()}
    return [
        f"{name} {plain(value)}{where}"
        for name, value in own.items()
        if value != base.get(name, defaults[name])
    ]


def commands(model: str) -> tuple[CommandRow, ...]:
    """The commands that the model knows, in the order of the table."""
    profile = load_profile(model)
    table = command_table(profile.absent_commands, sets=profile.command_sets)
    tested = {command.name for command in table.commands if command.form is Form.TEST}
    return tuple(
        _command_row(command, derives_test=command.name not in tested) for command in table.commands
    )


def unknown_commands(model: str) -> tuple[str, ...]:
    """Commands of the manual that the model answers with `ERROR` (decision 7)."""
    return tuple(f"AT{name}" for name in sorted(load_profile(model).absent_commands))


def _command_row(command: Command, derives_test: bool) -> CommandRow:
    extended = not command.name.lstrip("&").isalpha()  # AT&F, ATS have no `=?`
    has_ranges = command.form is Form.SET and extended and derives_test
    about = inspect.getdoc(command.function) or ""
    return CommandRow(
        command=f"AT{command.name}",
        form=command.form.name.lower(),
        syntax=_PARAMETER.sub(lambda found: _PRINTED.get(found[0], found[0]), command.usage),
        ranges=",".join(command.signature.describe()) if has_ranges else None,
        source=f"manual {command.manual}" if _SECTION.fullmatch(command.manual) else command.manual,
        about=" ".join(about.partition("\n\n")[0].split()),
    )


def quirks(model: str | None = None, dialect: Dialect | None = None) -> tuple[QuirkRow, ...]:
    """Every switch, valued for the model and dialect (the model's own, or `manual`)."""
    profile = load_profile(model) if model else None
    dialect = dialect or dialect_of(model)
    in_force = resolve(dialect, profile.overrides(dialect) if profile else {})
    return tuple(
        _quirk_row(quirk, getattr(in_force, quirk.name), _source(quirk.name, profile, dialect))
        for quirk in register()
    )


def dialect_of(model: str | None) -> Dialect:
    """The one that a model starts in; without a model the manual's."""
    return load_profile(model).dialect if model else DIALECTS[0]


def _source(name: str, profile: Profile | None, dialect: Dialect) -> str | None:
    """Where the profile has its own value from, if it has one."""
    sources = profile.sources if profile else {}
    in_field = sources.get(f"quirks.field.{name}") if dialect == "field" else None
    return in_field or sources.get(f"quirks.{name}")


def _quirk_row(quirk: Quirk, value: Any, own_source: str | None) -> QuirkRow:
    source = own_source or quirk.source
    words = [str(v) for v in quirk.values if v != value and not isinstance(v, float)]
    others = ["any number" if word == NUMBER else word for word in words]
    return QuirkRow(
        name=quirk.name,
        value=value,
        default=quirk.default,
        others=tuple(others),
        unit=quirk.unit,
        source=source,
        confidence=confidence(source, as_printed=value == quirk.default),
        about=ABOUT[quirk.name],
        page=page_of(quirk.name),
    )


def confidence(source: str, as_printed: bool = True) -> Confidence:
    """How well a source holds: the manual's word, seen elsewhere, or made up.

    `as_printed`: the value is the default, which rests on the source named first; another value
    rests on the others, if there are any.
    """
    if "chosen" in source:
        return "chosen"
    cited = source.split("; ")
    decisive = cited[0] if as_printed or len(cited) == 1 else "; ".join(cited[1:])
    return "manual" if decisive.startswith("manual") else "evidence"


def plain(value: Any) -> str:
    """A value of a profile or a quirk, for people: `yes`, `0, 1, 3`, `20`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        value = tuple(sorted(value))
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
