"""The JSON Schema of scenarios, for editors; it is kept as `scenario.schema.json` beside this."""

import json

from emulator.scenario.kinds import Schema
from emulator.scenario.shapes import top

DRAFT = "http://json-schema.org/draft-07/schema#"
"""Editors know no newer one everywhere."""


def schema() -> Schema:
    """All that the check knows of keys, types, ranges and words; what only it can say: whether
    a line can come, an event can happen, a value is one of a platform."""
    return {
        "$schema": DRAFT,
        "title": "A scenario of mipl-emulator",
        **top().schema(),
    }


def schema_text() -> str:
    """As it is printed and kept."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
