"""The head of a recording from a modem's settings, as others may see it."""

import re
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from emulator.conditions import Conditions, as_texts
from emulator.modem_settings import ModemSettings
from emulator.profile import load_profile
from emulator.recording.lines import Head
from emulator.recording.redactor import Redactor
from emulator.secrecy import secret_start

_GIVEN: Final = re.compile(r'"(?:\\.|[^"\\])*"|/(?:\\.|[^/\\])+/')
"""A text or a pattern of a fault: what its author chose."""

_WORD: Final = re.compile(r"(?<![\w+])(?!MIPL)\w{6,}")
"""What may be a key in it: none is known yet when the head is written. Shorter ones are hidden
nowhere but in their places (redactor.py); names of commands are none."""


def head_for(
    settings: ModemSettings, started: str | None, redactor: Redactor | None, scenario: str | None
) -> Head:
    """`redactor` None: with its secrets. `scenario`: the name of its file."""
    faults = tuple(map(str, settings.faults))
    network, usual = as_texts(settings.conditions), as_texts(Conditions())
    return Head(
        f"mipl-emulator {_version()}",
        settings.model,
        settings.dialect or load_profile(settings.model).dialect,
        settings.timing,
        settings.seed,
        {name: _spelt(value) for name, value in settings.quirks.items()},
        faults if redactor is None else tuple(_hidden(fault, redactor) for fault in faults),
        {name: value for name, value in network.items() if value != usual[name]},
        scenario,
        started,
        redacted=redactor is not None,
    )


def _hidden(fault: str, redactor: Redactor) -> str:
    """A fault without what may be secret in its texts; as long as it was."""
    return redactor.hide(_GIVEN.sub(lambda found: _without_keys(found[0]), fault))


def _without_keys(given: str) -> str:
    start = secret_start(given[1:-1].replace('\\"', '"'))
    if start is not None:  # blobs and keys in their places; quotes of the text are escaped
        start += given[1 : start + 1].count('\\"') + 1
        given = given[:start] + "*" * (len(given) - start - 1) + given[-1]
    if given[0] == "/" and _WORD.search(given):  # a key may be spread over a pattern
        return f"/{'*' * (len(given) - 2)}/"
    return _WORD.sub(lambda found: "*" * len(found[0]), given)


def _version() -> str:
    try:
        return version("mipl-emulator")
    except PackageNotFoundError:
        return "(not installed)"


def _spelt(value: object) -> str:
    """A quirk's value as `--quirk` takes it."""
    return "+".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
