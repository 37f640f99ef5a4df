"""Which models are considered: our providers, and what the two sources call them."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from cli.prices import reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One of our providers as the sources name it. LiteLLM's keys lose `litellm_prefixes`."""

    genai_id: str
    litellm_provider: str
    litellm_prefixes: tuple[str, ...] = ()

    def name_of(self, litellm_key: str) -> str:
        """The name a caller gives, from LiteLLM's key."""
        for prefix in self.litellm_prefixes:
            if litellm_key.startswith(prefix):
                return litellm_key.removeprefix(prefix)
        return litellm_key


SCOPES = {
    "anthropic": Scope(genai_id="anthropic", litellm_provider="anthropic"),
    "baseten": Scope(
        genai_id="baseten", litellm_provider="baseten", litellm_prefixes=("baseten/",)
    ),
    "cerebras": Scope(
        genai_id="cerebras", litellm_provider="cerebras", litellm_prefixes=("cerebras/",)
    ),
    "cohere": Scope(
        genai_id="cohere",
        litellm_provider="cohere_chat",
        litellm_prefixes=("cohere_chat/", "cohere/"),
    ),
    "deepseek": Scope(
        genai_id="deepseek", litellm_provider="deepseek", litellm_prefixes=("deepseek/",)
    ),
    "fireworks": Scope(
        genai_id="fireworks", litellm_provider="fireworks_ai", litellm_prefixes=("fireworks_ai/",)
    ),
    "google-ai-studio": Scope(
        genai_id="google", litellm_provider="gemini", litellm_prefixes=("gemini/",)
    ),
    "groq": Scope(genai_id="groq", litellm_provider="groq", litellm_prefixes=("groq/",)),
    "minimax": Scope(
        genai_id="minimax", litellm_provider="minimax", litellm_prefixes=("minimax/",)
    ),
    "mistral": Scope(
        genai_id="mistral", litellm_provider="mistral", litellm_prefixes=("mistral/",)
    ),
    "openai": Scope(genai_id="openai", litellm_provider="openai", litellm_prefixes=("openai/",)),
    "perplexity": Scope(
        genai_id="perplexity", litellm_provider="perplexity", litellm_prefixes=("perplexity/",)
    ),
    "workers-ai": Scope(
        genai_id="cloudflare", litellm_provider="cloudflare", litellm_prefixes=("cloudflare/",)
    ),
    "xai": Scope(genai_id="x-ai", litellm_provider="xai", litellm_prefixes=("xai/",)),
}

WITHHELD_PROVIDERS = {
    "alibaba": reasons.ONE_SOURCE,
    "huggingface": reasons.ROUTED,
    "openrouter": reasons.ROUTED,
}
"""Providers none of whose models is sold, so none is named one by one."""

_WITHHELD = (
    ("*/ft:*", reasons.FINE_TUNED),
    ("openai/gpt-*-search-*", reasons.HOSTED_TOOL),
    ("openai/container", reasons.HOSTED_TOOL),
    ("*deep-research*", reasons.HOSTED_TOOL),
    ("groq/*compound*", reasons.HOSTED_TOOL),
    ("*computer-use*", reasons.HOSTED_TOOL),
    # DeepSeek has served V3.2 as deepseek-chat only; a price for the name came from resellers.
    ("deepseek/deepseek-v3.2*", reasons.NAME_NOT_SERVED),
)


def withheld(model_id: str) -> str | None:
    """The reason for which a model is not sold whatever the sources say, if there is one."""
    for pattern, reason in _WITHHELD:
        if fnmatchcase(model_id, pattern):
            return reason
    return None
