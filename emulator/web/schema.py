"""Declarations as JSON Schema 2020-12, which OpenAPI 3.1 has."""

from emulator.web.fields import (
    Anything,
    Flag,
    Json,
    Kind,
    ListOf,
    MapOf,
    Number,
    OneOf,
    Real,
    Record,
    Scalar,
    Text,
)


def schema(kind: Kind) -> dict[str, Json]:
    """As JSON Schema."""
    match kind:
        case Text(least, most, pattern):
            found: dict[str, Json] = {"type": "string", "minLength": least, "maxLength": most}
            return {**found, "pattern": f"^{pattern}$"} if pattern else found
        case Number(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case Real(least, most):
            return {"type": "number", "minimum": least, "maximum": most}
        case Flag(lenient):
            return {} if lenient else {"type": "boolean"}
        case OneOf(values, any_case):
            return {"type": "string"} if any_case else {"type": "string", "enum": list(values)}
        case Scalar(with_hex):
            plain: dict[str, Json] = {"type": ["string", "boolean", "number"]}
            bytes_: dict[str, Json] = {
                "type": "object",
                "properties": {"hex": {"type": "string", "pattern": "^([0-9A-Fa-f]{2})*$"}},
                "required": ["hex"],
                "additionalProperties": False,
            }
            return {"anyOf": [plain, bytes_]} if with_hex else plain
        case Anything():
            return {}
        case ListOf(each, most, least):
            return {"type": "array", "items": schema(each), "minItems": least, "maxItems": most}
        case MapOf(names, each, most, least):
            return {
                "type": "object",
                "propertyNames": schema(names),
                "additionalProperties": schema(each),
                "minProperties": least,
                "maxProperties": most,
            }
        case Record():
            return _record_schema(kind)


def _record_schema(record: Record) -> dict[str, Json]:
    described = {
        each.name: {**schema(each.kind), **({"description": each.about} if each.about else {})}
        for each in record.fields
    }
    found: dict[str, Json] = {"type": "object", "properties": described}
    required = [each.name for each in record.fields if each.required]
    if required:
        found["required"] = required
    if record.closed:
        found["additionalProperties"] = False
    return found
