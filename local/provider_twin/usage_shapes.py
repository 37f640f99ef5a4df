"""How providers spell the same counts."""

from collections.abc import Callable
from typing import TypeAlias

from local.provider_twin.answers import Counts
from onebill.domain.json_value import JsonObject

UsageShape: TypeAlias = Callable[[Counts], JsonObject]


def openai_usage(counts: Counts) -> JsonObject:
    """Cached tokens are part of the prompt, reasoning of the completion."""
    return {
        "prompt_tokens": counts.prompt,
        "completion_tokens": counts.completion,
        "total_tokens": counts.prompt + counts.completion,
        "prompt_tokens_details": {"cached_tokens": counts.cached, "audio_tokens": counts.audio},
        "completion_tokens_details": {"reasoning_tokens": counts.reasoning, "audio_tokens": 0},
    }


def reasoning_apart_usage(counts: Counts) -> JsonObject:
    """As xAI: `completion_tokens` leaves reasoning out, `total_tokens` does not."""
    return openai_usage(counts) | {"completion_tokens": counts.completion - counts.reasoning}


def deepseek_usage(counts: Counts) -> JsonObject:
    """As DeepSeek: the cached part has a name of its own, and is still part of the prompt."""
    usage = openai_usage(counts)
    del usage["prompt_tokens_details"]
    return usage | {
        "prompt_cache_hit_tokens": counts.cached,
        "prompt_cache_miss_tokens": counts.prompt - counts.cached,
    }
