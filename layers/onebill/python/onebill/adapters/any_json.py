"""JSON that a strict and fast reader refuses, and others take."""

import json
from typing import cast

import orjson

from onebill.domain.json_value import JsonValue


def read_any_json(content: bytes) -> JsonValue:
    """Read what OpenAI's own clients would read, lone surrogates included. Raises ValueError.

    NaN and the infinities are refused: no client could read them in our answer.
    """
    try:
        return cast("JsonValue", orjson.loads(content))
    except orjson.JSONDecodeError:
        try:
            return cast("JsonValue", json.loads(content, parse_constant=_refuse))
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def _refuse(constant: str) -> None:
    message = f"{constant} is no JSON"
    raise ValueError(message)
