"""The calls as an OpenAPI 3.1 description, made of the declarations that check them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from emulator.web.calls import Call
from emulator.web.fields import Field, Json, Kind, Record
from emulator.web.schema import schema


@dataclass(frozen=True, slots=True)
class Section:
    """Calls that belong together. `envelope` is the schema of a success with that answer;
    `failures` are the HTTP statuses of failures, with the schema of their envelope."""

    name: str
    about: str
    calls: tuple[Call, ...]
    envelope: Callable[[Kind | None], Json]
    failures: tuple[int, ...]
    failure: Json


def describe(sections: Iterable[Section], version: str) -> Json:
    """The whole description; operation ids are the calls' names."""
    found = tuple(sections)
    paths: dict[str, dict[str, Json]] = {}
    for section in found:
        for call in section.calls:
            operation = _operation(section, call)
            paths.setdefault(call.path, {})[call.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mipl-emulator: modems and local platforms",
            "version": version,
            "summary": "Running modems, and what platforms do that they log in to",
        },
        "tags": [{"name": each.name, "description": each.about} for each in found],
        "paths": paths,
    }


def _operation(section: Section, call: Call) -> Json:
    answers: dict[str, Json] = {
        "200": {"description": "done", **_json(section.envelope(call.answer))}
    }
    for status in section.failures:
        answers[str(status)] = {"description": "not done", **_json(section.failure)}
    operation: dict[str, Json] = {
        "operationId": call.name,
        "tags": [section.name],
        "summary": call.about,
        "parameters": [
            *(_parameter(each, "path") for each in call.places),
            *(_parameter(each, "query") for each in call.query),
        ],
        "responses": answers,
    }
    if call.body is not None:
        required = not isinstance(call.body, Record) or any(f.required for f in call.body.fields)
        operation["requestBody"] = {"required": required, **_json(schema(call.body))}
    return operation


def _json(described: Json) -> dict[str, Json]:
    return {"content": {"application/json": {"schema": described}}}


def _parameter(field: Field, place: str) -> Json:
    found: dict[str, Json] = {
        "name": field.name,
        "in": place,
        "required": field.required or place == "path",
        "schema": schema(field.kind),
    }
    if found["schema"].get("type") == "array":
        found |= {"style": "form", "explode": False}
    if field.about:
        found["description"] = field.about
    return found
