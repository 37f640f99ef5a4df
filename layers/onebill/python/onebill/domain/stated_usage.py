"""The `usage` a caller is shown: the provider's own words, and what they cost."""

import json

from onebill.domain.json_value import JsonObject, JsonValue
from onebill.domain.money import format_usd
from onebill.domain.usage import Usage


def usage_with_cost(reported: JsonValue, *, usage: Usage, cost_nano_usd: int) -> bytes:
    """The usage object as JSON with ``cost`` in USD: an exact decimal, never a float.

    If the provider reported nothing, the estimate stands in its place and says so.
    """
    rest = _without_cost(reported) or {**_counted(usage), "estimated": True}
    try:
        text = json.dumps(rest, separators=(",", ":"), allow_nan=False)
    except ValueError:  # An infinite number: JSON can be read so, but not written.
        text = json.dumps(_counted(usage), separators=(",", ":"))
    return f'{text[:-1]},"cost":{format_usd(cost_nano_usd)}}}'.encode()


def _without_cost(reported: JsonValue) -> JsonObject:
    fields = reported if isinstance(reported, dict) else {}
    return {name: value for name, value in fields.items() if name != "cost"}


def _counted(usage: Usage) -> JsonObject:
    written = usage.output_tokens + usage.reasoning_tokens + usage.audio_output_tokens
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": written,
        "total_tokens": usage.input_tokens + written,
    }
