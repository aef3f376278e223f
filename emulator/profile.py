"""Profiles: what one model of module is, as data, each value with its source."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

from emulator.quirks import Dialect, QuirkError, checked

PROFILES = resources.files("emulator") / "profiles"
BASE = "base"


class ProfileError(Exception):
    """A profile is missing or wrong; the text names the file, the key and what was expected."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One model.

    `manufacturer`, `model`, `revision`: identity texts of AT+CGMI, +CGMM, +CGMR.
    `absent_commands`: names that this model does not know, as `+MIPLUPDATESET`.
    `release_flags`: what flags 0x200 and 0x400 of NOTIFY do: `yes`, `as 0`, or `601`.
    `content_type_encodes`: whether `<contentType>` changes how the value is encoded.
    `signal`, `bit_error_rate`: `<rssi>`, `<ber>` of +CSQ (27.007 8.5).
    `quirks`, `field_quirks`: what differs from the register, always and in dialect `field`.
    `sources`: key -> where its value comes from.
    """

    name: str
    manufacturer: str
    model: str
    revision: str
    dialect: Dialect
    absent_commands: frozenset[str]
    release_flags: Literal["yes", "as 0", "601"]
    content_type_encodes: bool
    signal: int
    bit_error_rate: int
    quirks: Mapping[str, Any]
    field_quirks: Mapping[str, Any]
    sources: Mapping[str, str]


_KEYS = {
    "identity": ("manufacturer", "model", "revision"),
    "module": ("dialect", "absent_commands", "release_flags", "content_type_encodes"),
    "network": ("signal", "bit_error_rate"),
}


def profile_names() -> tuple[str, ...]:
    """The models that have a profile, as they are written on the command line."""
    stems = (entry.name.removesuffix(".toml") for entry in PROFILES.iterdir())
    return tuple(sorted(stem.upper() for stem in stems if stem != BASE))


@cache
def load_profile(name: str) -> Profile:
    """The profile of a model (upper or lower case), with what it extends filled in."""
    known = profile_names()
    if name.upper() not in known:
        near = get_close_matches(name.upper(), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
        raise ProfileError(f"there is no model '{name}'; {hint}")
    rows: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for file, document in _chain(name.lower()):
        for key, value, source in _rows(file, document):
            rows[key], sources[key] = value, source
    return _profile(name.upper(), rows, sources)


def _profile(name: str, rows: Mapping[str, Any], sources: Mapping[str, str]) -> Profile:
    values = {key: rows[f"{table}.{key}"] for table, keys in _KEYS.items() for key in keys}
    values["absent_commands"] = frozenset(values["absent_commands"])
    return Profile(
        name=name,
        quirks=_under("quirks.", rows),
        field_quirks=_under("quirks.field.", rows),
        sources=dict(sources),
        **values,
    )


def _under(prefix: str, rows: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key.removeprefix(prefix): value
        for key, value in rows.items()
        if key.startswith(prefix) and "." not in key.removeprefix(prefix)
    }


def _chain(stem: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The documents that make up a profile, what is extended first."""
    document = tomllib.loads((PROFILES / f"{stem}.toml").read_text(encoding="utf-8"))
    parent = document.pop("extends", None)
    if parent is not None:
        yield from _chain(cast(str, parent))
    yield f"{stem}.toml", document


def _rows(file: str, document: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    for table, content in document.items():
        if table == "quirks":
            yield from _quirk_rows(file, "quirks", content)
        elif table in _KEYS:
            yield from _value_rows(file, table, content)
        else:
            raise ProfileError(f"{file}: there is no table [{table}]; there are: {[*_KEYS]}")


def _value_rows(
    file: str, table: str, content: Mapping[str, Any]
) -> Iterator[tuple[str, Any, str]]:
    for key, row in content.items():
        if key not in _KEYS[table]:
            near = get_close_matches(key, _KEYS[table], n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise ProfileError(f"{file}: [{table}] has no key '{key}'{hint}")
        yield f"{table}.{key}", *_sourced(file, f"{table}.{key}", row)


def _quirk_rows(
    file: str, prefix: str, content: Mapping[str, Any]
) -> Iterator[tuple[str, Any, str]]:
    for key, row in content.items():
        if key == "field" and prefix == "quirks":
            yield from _quirk_rows(file, "quirks.field", row)
            continue
        value, source = _sourced(file, f"{prefix}.{key}", row)
        try:
            yield f"{prefix}.{key}", checked(key, value), source
        except QuirkError as error:
            raise ProfileError(f"{file}: {error}") from error


def _sourced(file: str, key: str, row: Any) -> tuple[Any, str]:
    if not isinstance(row, dict) or set(row) != {"value", "source"}:
        raise ProfileError(f"{file}: '{key}' needs {{ value = …, source = … }}")
    return row["value"], row["source"]
