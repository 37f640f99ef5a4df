"""Domain objects with sensible values: keyword arguments override, nothing is random."""

from datetime import UTC, datetime

from onebill.domain.account import Account, Configuration, Hold, SpendLimits
from onebill.domain.api_key import ApiKey, format_api_key, hash_api_key, hint_of
from onebill.domain.model import DatedPrice, MediaBounds, Model, Provider
from onebill.domain.money import parse_usd
from onebill.domain.operation import HoldSettled, milliseconds
from onebill.domain.pricing import Price, Rates, Tier
from onebill.domain.usage import Usage
from onebill.domain.windows import day_number

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY_TEXT = format_api_key(bytes(range(32)))
HOUR_SECONDS = 3600


def a_configuration(**overrides):
    limits = {name: overrides.pop(name) for name in ("day", "week", "month") if name in overrides}
    if limits:
        overrides["limits"] = SpendLimits(
            **{f"{name}_nano_usd": parse_usd(amount) for name, amount in limits.items()}
        )
    return Configuration(**overrides)


def an_account(available="5.00", **overrides):
    available_nano_usd = parse_usd(available)
    fields = {
        "id": "acme",
        "name": "Acme",
        "created_at": "2026-11-01T00:00:00+00:00",
        "available_nano_usd": available_nano_usd,
        "credited_nano_usd": available_nano_usd,
        "sequence": 1,
        "operation": "F|0|account created",
    }
    return Account(**(fields | overrides))


def a_hold(amount="1.00", **overrides):
    fields = {
        "id": "hold-1",
        "amount_nano_usd": parse_usd(amount),
        "expires_at": int(NOW.timestamp()) + HOUR_SECONDS,
        "day": day_number(NOW),
    }
    return Hold(**(fields | overrides))


def a_settlement(hold, cost="0.25", **overrides):
    fields = {
        "at_ms": milliseconds(NOW),
        "hold_id": hold.id,
        "held_nano_usd": hold.amount_nano_usd,
        "cost_nano_usd": parse_usd(cost),
        "key_id": "key-1",
        "model": "openai/gpt-4o-mini",
        "price_version": "base@2026-11-23",
        "usage": Usage(uncached_input_tokens=200, output_tokens=50),
    }
    return HoldSettled(**(fields | overrides))


def an_api_key(text=KEY_TEXT, **overrides):
    fields = {
        "key_hash": hash_api_key(text),
        "id": "key-1",
        "account_id": "acme",
        "name": "laptop",
        "hint": hint_of(text),
        "created_at": "2026-11-01T00:00:00+00:00",
    }
    return ApiKey(**(fields | overrides))


def some_rates(**overrides):
    """$1 in, $2 out per million tokens; every other input costs as input, output as output."""
    given = {"input": 1_000_000, "output": 2_000_000} | overrides
    inherited = {
        "cache_read": given["input"],
        "cache_write_5m": given["input"],
        "cache_write_1h": given["input"],
        "audio_input": given["input"],
        "reasoning": given["output"],
        "audio_output": given["output"],
    }
    return Rates(**(inherited | given))


def a_price(*tiers, version="base@test", **rates):
    """A price from (threshold, rates) pairs, or of one tier from rates."""
    pairs = tiers or ((0, some_rates(**rates)),)
    return Price(
        version=version,
        tiers=tuple(Tier(above_input_tokens=above, rates=each) for above, each in pairs),
    )


def a_provider(**overrides):
    fields = {
        "id": "openai",
        "name": "OpenAI",
        "base_url": "http://127.0.0.1:1/v1",
        "auth_header": "authorization",
        "auth_scheme": "Bearer",
        "output_cap_field": "max_completion_tokens",
    }
    return Provider(**(fields | overrides))


def a_model(name="gpt-4o-mini", *, price=None, provider=None, **overrides):
    provider = provider or a_provider()
    fields = {
        "id": f"{provider.id}/{name}",
        "provider": provider,
        "upstream_name": name,
        "max_input_tokens": 128_000,
        "max_output_tokens": 16_384,
        "accepts": frozenset({"text", "image"}),
        "produces": frozenset({"text"}),
        "bounds": MediaBounds(
            image_tokens=1_500,
            image_patch_pixels=14,
            audio_tokens_per_second=10,
            file_tokens=3_000,
        ),
        "prices": (DatedPrice(from_day=None, price=price or a_price()),),
    }
    return Model(**(fields | overrides))


def a_body(content="Hello", **overrides):
    fields = {
        "model": "openai/gpt-4o-mini",
        "messages": [{"role": "user", "content": content}],
    }
    return fields | overrides
