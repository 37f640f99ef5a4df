"""A chat completion request, reduced to what decides its price.

The body itself is passed on; only the fields that bear on money are read, and those strictly:
a request whose worst case cannot be bounded is refused before anything is held.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from onebill.domain.errors import InvalidRequest
from onebill.domain.json_value import JsonObject, JsonValue
from onebill.domain.media import Media, find_media

CHOICES_MAX = 128
"""The most completions one request may ask for; OpenAI's own limit for `n`."""

OUTPUT_CAP_FIELDS = ("max_completion_tokens", "max_tokens")
_PRICED_SERVICE_TIERS = (None, "auto", "default", "standard")
_UNPRICED_OPTIONS = ("web_search_options", "prediction", "best_of", "num_return_sequences")
_PRICED_TOOL_TYPES = ("function", "custom")
_UNBILLED_TOOL_FIELDS = ("cache_control",)  # What it caches is in the usage.


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A validated request. `body` is the client's JSON; whole numbers beyond 64 bits are floats.

    `size_bytes` is the length of the body as it arrived: JSON escapes only lengthen text, so it
    bounds the UTF-8 bytes of everything the model will read.
    """

    body: JsonObject
    size_bytes: int
    model: str
    stream: bool
    include_usage: bool
    requested_output_tokens: int | None
    choices: int
    media: Media
    has_tools: bool
    wants_audio: bool

    @property
    def text_bytes(self) -> int:
        """Upper bound of the UTF-8 bytes of text, tool schemas and structure."""
        return max(1, self.size_bytes - self.media.encoded_bytes)


def read_chat_request(body: JsonValue, *, size_bytes: int) -> ChatRequest:
    """Check a decoded body. Raises InvalidRequest naming the parameter."""
    if not isinstance(body, dict):
        raise InvalidRequest("The body must be a JSON object.")
    _refuse_unpriced(body)
    stream_options = body.get("stream_options")
    if stream_options is not None and not isinstance(stream_options, dict):
        raise InvalidRequest("stream_options must be an object.", param="stream_options")
    return ChatRequest(
        body=body,
        size_bytes=size_bytes,
        model=_model(body),
        stream=_boolean(body, "stream"),
        include_usage=stream_options is not None and _boolean(stream_options, "include_usage"),
        requested_output_tokens=_requested_output_tokens(body),
        choices=_positive(body, "n", maximum=CHOICES_MAX) or 1,
        media=find_media(_messages(body)),
        has_tools=bool(body.get("tools") or body.get("functions")),
        wants_audio=_wants_audio(body),
    )


def refuse_options(body: JsonObject, options: Iterable[str]) -> None:
    """Refuse fields that change the bill in a way the catalogue does not price."""
    for option in options:
        if body.get(option) is not None:
            raise InvalidRequest(f"{option} is not priced here.", param=option)


def _model(body: JsonObject) -> str:
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise InvalidRequest("model must be a string such as 'openai/gpt-4o-mini'.", param="model")
    return model


def _messages(body: JsonObject) -> list[JsonObject]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise InvalidRequest("messages must be a non-empty list.", param="messages")
    checked: list[JsonObject] = []
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            param = f"messages[{index}]"
            raise InvalidRequest(f"{param} must be an object with a role.", param=param)
        checked.append(message)
    return checked


def _boolean(body: JsonObject, name: str) -> bool:
    value = body.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise InvalidRequest(f"{name} must be true or false.", param=name)
    return value


def _positive(body: JsonObject, name: str, *, maximum: int | None = None) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidRequest(f"{name} must be a positive whole number.", param=name)
    if maximum is not None and value > maximum:
        raise InvalidRequest(f"{name} must be at most {maximum}.", param=name)
    return value


def _requested_output_tokens(body: JsonObject) -> int | None:
    asked = [cap for name in OUTPUT_CAP_FIELDS if (cap := _positive(body, name)) is not None]
    return min(asked) if asked else None


def _wants_audio(body: JsonObject) -> bool:
    modalities = body.get("modalities")
    return isinstance(modalities, list) and "audio" in modalities


def _refuse_unpriced(body: JsonObject) -> None:
    """Refuse what changes the bill in a way no catalogue entry covers."""
    if body.get("service_tier") not in _PRICED_SERVICE_TIERS:
        raise InvalidRequest("Only the default service tier is priced.", param="service_tier")
    refuse_options(body, _UNPRICED_OPTIONS)
    tools = body.get("tools")
    if tools is None:
        return
    if not isinstance(tools, list):
        raise InvalidRequest("tools must be a list.", param="tools")
    for index, tool in enumerate(tools):
        _refuse_unpriced_tool(tool, param=f"tools[{index}]")


def _refuse_unpriced_tool(tool: JsonValue, *, param: str) -> None:
    """Refuse what runs at the provider, also where it hides beside a function."""
    fields = tool if isinstance(tool, dict) else {}
    kind = fields.get("type")
    if kind not in _PRICED_TOOL_TYPES:
        raise InvalidRequest(
            f"Tools of type {kind!r} run at the provider and are not priced here.",
            param=f"{param}.type",
        )
    for name, value in fields.items():
        if isinstance(value, dict) and name not in (kind, *_UNBILLED_TOOL_FIELDS):
            raise InvalidRequest(f"{name} in a tool is not priced.", param=f"{param}.{name}")
