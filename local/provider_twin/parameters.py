"""Reads single fields of a request as strictly as OpenAI does, and refuses in its words.

Every function returns None for a field that is absent or null.
"""

from collections.abc import Iterable, Mapping

from local.provider_twin.refusals import InvalidParameter
from onebill.domain.json_value import JsonObject, JsonValue

_NAMES_OF_TYPES: Mapping[type, str] = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    str: "a string",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def invalid_type(param: str, expected: str, value: JsonValue) -> InvalidParameter:
    """The refusal of a value of the wrong type."""
    got = _NAMES_OF_TYPES[type(value)]
    return InvalidParameter(
        f"Invalid type for '{param}': expected {expected}, but got {got} instead.",
        param=param,
        code="invalid_type",
    )


def invalid_value(param: str, value: JsonValue, supported: Iterable[str]) -> InvalidParameter:
    """The refusal of a value that is not one of the few supported."""
    names = ", ".join(f"'{name}'" for name in supported)
    return InvalidParameter(
        f"Invalid value: {value!r}. Supported values are: {names}.",
        param=param,
        code="invalid_value",
    )


def missing(param: str) -> InvalidParameter:
    """The refusal of a request that leaves out what it must carry."""
    return InvalidParameter(
        f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def boolean(body: JsonObject, param: str) -> bool | None:
    """A JSON boolean."""
    value = body.get(param)
    if value is not None and not isinstance(value, bool):
        raise invalid_type(param, "a boolean", value)
    return value


def whole(body: JsonObject, param: str, *, minimum: int, maximum: int | None = None) -> int | None:
    """A JSON integer within its limits."""
    value = body.get(param)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid_type(param, "an integer", value)
    _refuse_outside(param, "integer", value, minimum, maximum)
    return value


def decimal(body: JsonObject, param: str, *, minimum: float, maximum: float) -> float | None:
    """A JSON number within its limits."""
    value = body.get(param)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid_type(param, "a decimal", value)
    _refuse_outside(param, "decimal", value, minimum, maximum)
    return value


def mapping(body: JsonObject, param: str) -> JsonObject | None:
    """A JSON object."""
    value = body.get(param)
    if value is not None and not isinstance(value, dict):
        raise invalid_type(param, "an object", value)
    return value


def mappings(body: JsonObject, param: str) -> list[JsonObject] | None:
    """A JSON array of objects."""
    value = body.get(param)
    if value is None:
        return None
    if not isinstance(value, list):
        raise invalid_type(param, "an array of objects", value)
    checked: list[JsonObject] = []
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            raise invalid_type(f"{param}[{index}]", "an object", item)
        checked.append(item)
    return checked


def _refuse_outside(
    param: str, kind: str, value: float, minimum: float, maximum: float | None
) -> None:
    if value < minimum:
        side, sign, limit = "below", ">=", minimum
    elif maximum is not None and value > maximum:
        side, sign, limit = "above", "<=", maximum
    else:
        return
    edge = "minimum" if side == "below" else "maximum"
    raise InvalidParameter(
        f"Invalid '{param}': {kind} {side} {edge} value. "
        f"Expected a value {sign} {limit}, but got {value} instead.",
        param=param,
        code=f"{kind}_{side}_{edge[:3]}_value",
    )
