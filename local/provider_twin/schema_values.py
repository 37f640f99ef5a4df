"""A JSON value that satisfies a JSON Schema, always the same one.

Covers what tools and structured outputs use: types, required properties, `enum`, `const`,
unions, local references, and the limits of numbers, strings and arrays. `pattern` and `format`
are not obeyed.
"""

import math
from collections.abc import Sequence

from onebill.domain.json_value import JsonObject, JsonValue

DEPTH_MAX = 32
"""Deeper than any schema a provider accepts; where a recursive schema is cut, with null."""

LENGTH_MAX = 1_024
"""The longest string or array that a schema's minimum can ask for."""

_UNIONS = ("anyOf", "oneOf", "allOf")


def schema_value(schema: JsonObject) -> JsonValue:
    """The value; `schema` is also where its local references are looked up."""
    return _value(schema, schema, DEPTH_MAX)


def _value(schema: JsonValue, root: JsonObject, depth: int) -> JsonValue:
    if not isinstance(schema, dict) or depth == 0:
        return None
    if "const" in schema:
        return schema["const"]
    if options := _sequence(schema.get("enum")):
        return options[0]
    if isinstance(reference := schema.get("$ref"), str):
        return _value(_resolve(reference, root), root, depth - 1)
    for union in _UNIONS:
        if options := _sequence(schema.get(union)):
            return _value(options[0], root, depth - 1)
    return _typed(_type(schema), schema, root, depth)


def _typed(kind: JsonValue, schema: JsonObject, root: JsonObject, depth: int) -> JsonValue:
    value: JsonValue = None
    match kind:
        case "object":
            value = _object(schema, root, depth)
        case "array":
            items = schema.get("items")
            value = [_value(items, root, depth - 1) for _ in range(_length(schema, "minItems"))]
        case "string":
            text = "text".ljust(_length(schema, "minLength"), "-")
            value = text[: int(_limit(schema, "maxLength", LENGTH_MAX))]
        case "integer":
            value = math.ceil(_number(schema))
        case "number":
            value = _number(schema)
        case "boolean":
            value = True
        case _:
            pass
    return value


def _object(schema: JsonObject, root: JsonObject, depth: int) -> JsonObject:
    properties = schema.get("properties")
    known = properties if isinstance(properties, dict) else {}
    return {
        name: _value(known.get(name), root, depth - 1)
        for name in _sequence(schema.get("required"))
        if isinstance(name, str)
    }


def _type(schema: JsonObject) -> JsonValue:
    """The type to produce: the first of several; an object when only properties are given."""
    kind = schema.get("type")
    if isinstance(kind, list):
        return kind[0] if kind else None
    if kind is None and ("properties" in schema or "required" in schema):
        return "object"
    return kind


def _resolve(reference: str, root: JsonObject) -> JsonValue:
    """Follow ``#/$defs/Name``; a reference that leads nowhere is null."""
    found: JsonValue = root
    for name in reference.removeprefix("#").split("/")[1:]:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _number(schema: JsonObject) -> float:
    """One, or the nearest number the limits allow; between two exclusive ones, the middle."""
    low = max(
        _limit(schema, "minimum", -math.inf), _limit(schema, "exclusiveMinimum", -math.inf) + 1
    )
    high = min(
        _limit(schema, "maximum", math.inf), _limit(schema, "exclusiveMaximum", math.inf) - 1
    )
    return (low + high) / 2 if low > high else min(max(1, low), high)


def _length(schema: JsonObject, name: str) -> int:
    return int(min(max(0, _limit(schema, name, 0)), LENGTH_MAX))


def _limit(schema: JsonObject, name: str, absent: float) -> float:
    limit = schema.get(name)
    return limit if isinstance(limit, int | float) else absent


def _sequence(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, list) else ()
