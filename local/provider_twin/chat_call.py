"""A chat completion as the twin understands it: validated like OpenAI, reduced to what it uses."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from local.provider_twin.parameters import (
    boolean,
    decimal,
    invalid_type,
    invalid_value,
    mapping,
    mappings,
    missing,
    whole,
)
from local.provider_twin.refusals import InvalidParameter
from onebill.domain.json_value import JsonObject, JsonValue

CHOICES_MAX = 128
TEMPERATURE_MAX = 2

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_CAP_FIELDS = ("max_completion_tokens", "max_tokens")
_RESPONSE_FORMATS = ("text", "json_object", "json_schema")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCall:
    """A valid request. `function` is the one to call, `json_schema` what the text must satisfy."""

    body: JsonObject
    size_bytes: int
    model: str
    messages: list[JsonObject]
    stream: bool
    include_usage: bool
    output_cap: int | None
    choices: int
    function: JsonObject | None
    json_schema: JsonObject | None

    @property
    def behaviour_name(self) -> str:
        """The part of the model's name that may ask for a behaviour."""
        return self.model.rpartition("/")[2]


def read_chat_call(raw: bytes) -> ChatCall:
    """Decode and check a request. Raises InvalidParameter where OpenAI answers 400."""
    body = _decoded(raw)
    messages = _messages(body)
    stream = boolean(body, "stream") or False
    decimal(body, "temperature", minimum=0, maximum=TEMPERATURE_MAX)
    caps = [cap for name in _CAP_FIELDS if (cap := whole(body, name, minimum=1)) is not None]
    return ChatCall(
        body=body,
        size_bytes=len(raw),
        model=_model(body),
        messages=messages,
        stream=stream,
        include_usage=_include_usage(body, stream=stream),
        output_cap=min(caps) if caps else None,
        choices=whole(body, "n", minimum=1, maximum=CHOICES_MAX) or 1,
        function=_function(body) if messages[-1]["role"] == "user" else None,
        json_schema=_json_schema(body),
    )


def _decoded(raw: bytes) -> JsonObject:
    try:
        body: JsonValue = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        message = f"We could not parse the JSON body of your request: {error}."
        raise InvalidParameter(message) from error
    if not isinstance(body, dict):
        raise InvalidParameter("The JSON body of your request is not an object.")
    return body


def _model(body: JsonObject) -> str:
    model = body.get("model")
    if model is None or model == "":
        raise InvalidParameter("you must provide a model parameter")
    if not isinstance(model, str):
        raise invalid_type("model", "a string", model)
    return model


def _messages(body: JsonObject) -> list[JsonObject]:
    messages = mappings(body, "messages")
    if messages is None:
        raise missing("messages")
    if not messages:
        raise InvalidParameter(
            "Invalid 'messages': empty array. Expected an array with minimum length 1.",
            param="messages",
            code="empty_array",
        )
    for index, message in enumerate(messages):
        _check_message(message, f"messages[{index}]")
    return messages


def _check_message(message: JsonObject, param: str) -> None:
    role, content = message.get("role"), message.get("content")
    if role is None:
        raise missing(f"{param}.role")
    if role not in _ROLES:
        raise invalid_value(f"{param}.role", role, _ROLES)
    if content is None and role != "assistant":
        raise invalid_type(f"{param}.content", "a string or an array of objects", None)
    if not isinstance(content, str):
        mappings({f"{param}.content": content}, f"{param}.content")


def _include_usage(body: JsonObject, *, stream: bool) -> bool:
    options = mapping(body, "stream_options")
    if options is None:
        return False
    if not stream:
        raise InvalidParameter(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            param="stream_options",
        )
    return boolean(options, "include_usage") or False


def _function(body: JsonObject) -> JsonObject | None:
    """The function a model would call: the one that is named, else the first."""
    functions = _functions(body)
    choice = body.get("tool_choice")
    if choice == "none" or not functions:
        return None
    named = mapping(choice, "function") if isinstance(choice, dict) else None
    if named is None:
        return next(iter(functions.values()))
    name = named.get("name")
    if name not in functions:
        raise InvalidParameter(
            f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice"
        )
    return functions[name]


def _functions(body: JsonObject) -> Mapping[JsonValue, JsonObject]:
    functions: dict[JsonValue, JsonObject] = {}
    for index, tool in enumerate(mappings(body, "tools") or ()):
        if tool.get("type") != "function":
            continue
        function = mapping(tool, "function")
        name = None if function is None else function.get("name")
        if function is None or not isinstance(name, str):
            raise missing(f"tools[{index}].function.name")
        functions.setdefault(name, function)
    return functions


def _json_schema(body: JsonObject) -> JsonObject | None:
    """What a JSON answer must satisfy; None when the answer may be any text."""
    response_format = mapping(body, "response_format")
    if response_format is None:
        return None
    kind = response_format.get("type")
    if kind not in _RESPONSE_FORMATS:
        raise invalid_value("response_format.type", kind, _RESPONSE_FORMATS)
    if kind != "json_schema":
        return {} if kind == "json_object" else None
    declared = mapping(response_format, "json_schema")
    if declared is None:
        raise missing("response_format.json_schema")
    return mapping(declared, "schema") or {}
