"""From the usage a provider reports, in OpenAI's shape, to disjoint buckets.

Providers disagree on what contains what. The rules that hold for all of them:

* Cached, cache-write and audio tokens are inside the prompt.
* Reasoning and audio are inside the completion, unless the provider reports reasoning apart
  (xAI, Gemini's compatible endpoint): then ``total - prompt`` is the whole output.
* So the output is ``max(completion, total - prompt)``, and figures that do not add up are
  billed as the larger and flagged.
"""

from dataclasses import dataclass

from onebill.domain.json_value import JsonObject, JsonValue
from onebill.domain.usage import Usage

TOKENS_MAX = 10**9
"""More than any request can use: a larger figure is nonsense, and no figure at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """What was used, and whether the provider's own figures contradict each other."""

    usage: Usage
    contradictory: bool = False


def read_usage(reported: JsonValue, *, reasoning_apart: bool) -> UsageReport | None:
    """Untangle a ``usage`` object; None if it is absent or has no usable token counts."""
    if not isinstance(reported, dict):
        return None
    prompt = _count(reported, "prompt_tokens")
    completion = _count(reported, "completion_tokens")
    if prompt is None or completion is None:
        return None
    total = _count(reported, "total_tokens")
    prompt_details = _object(reported, "prompt_tokens_details")
    completion_details = _object(reported, "completion_tokens_details")

    reasoning = _count(completion_details, "reasoning_tokens") or 0
    stated_output = completion + reasoning if reasoning_apart else completion
    output = max(stated_output, 0 if total is None else total - prompt)
    reasoning = min(reasoning, output)
    audio_output = min(_count(completion_details, "audio_tokens") or 0, output - reasoning)

    cache_read = _cache_read(reported, prompt_details)
    cache_write = _count(prompt_details, "cache_write_tokens") or 0
    audio_input = _count(prompt_details, "audio_tokens") or 0
    parts = cache_read + cache_write + audio_input
    return UsageReport(
        usage=Usage(
            uncached_input_tokens=max(0, prompt - parts),
            cache_read_tokens=cache_read,
            cache_write_5m_tokens=cache_write,
            audio_input_tokens=audio_input,
            output_tokens=output - reasoning - audio_output,
            reasoning_tokens=reasoning,
            audio_output_tokens=audio_output,
        ),
        contradictory=parts > prompt
        or (total is not None and total != prompt + output)
        or (output != stated_output and not reasoning_apart),
    )


def _cache_read(reported: JsonObject, prompt_details: JsonObject) -> int:
    """DeepSeek states hits beside the prompt; everyone else inside its details."""
    hits = _count(reported, "prompt_cache_hit_tokens")
    return hits if hits is not None else _count(prompt_details, "cached_tokens") or 0


def _object(parent: JsonObject, name: str) -> JsonObject:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _count(parent: JsonObject, name: str) -> int | None:
    """A whole, non-negative number of tokens; some providers write ``12.0``."""
    value = parent.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= TOKENS_MAX else None
