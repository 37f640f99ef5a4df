"""Domain objects as the JSON of the two dialects. Money is decimal dollar strings."""

from collections.abc import Sequence
from datetime import date

from onebill.domain.api_key import ApiKey
from onebill.domain.json_value import JsonObject, JsonValue
from onebill.domain.model import Model
from onebill.domain.money import format_usd
from onebill.domain.pricing import Rates
from onebill.usecases.read_credit import CreditStatement, WindowStatement

_TOKENS_PER_PRICE = 1_000_000
_PICO_USD_PER_USD = 10**12


def openai_models(models: Sequence[Model], today: date) -> JsonObject:
    """OpenAI's list."""
    sold = _sold(models, today)
    return {"object": "list", "data": [openai_model(model, today) for model in sold]}


def _sold(models: Sequence[Model], today: date) -> list[Model]:
    return [model for model in models if model.is_priced_on(today)]


def openai_model(model: Model, today: date) -> JsonObject:
    """OpenAI's model object, with prices in USD per million tokens and limits in tokens."""
    tiers: list[JsonValue] = [
        {"above_input_tokens": tier.above_input_tokens, **_prices(tier.rates)}
        for tier in model.price_on(today).tiers
    ]
    return {
        "id": model.id,
        "object": "model",
        "created": 0,
        "owned_by": model.provider.id,
        "max_input_tokens": model.max_input_tokens,
        "max_output_tokens": model.max_output_tokens,
        "input_modalities": [*sorted(model.accepts)],
        "output_modalities": [*sorted(model.produces)],
        "pricing": {"unit": "USD per million tokens", "tiers": tiers},
    }


def cloudflare_models(models: Sequence[Model], today: date) -> JsonObject:
    """Cloudflare's list: ``cost_in`` and ``cost_out`` are numbers there, in USD per token."""
    data: list[JsonValue] = []
    for model in _sold(models, today):
        rates = model.base_rates_on(today)
        data.append(
            {
                "id": model.id,
                "object": "model",
                "created_at": 0,
                "cost_in": rates.input / _PICO_USD_PER_USD,
                "cost_out": rates.output / _PICO_USD_PER_USD,
                "owned_by": model.provider.id,
            }
        )
    return {"object": "list", "data": data}


def credit(statement: CreditStatement) -> JsonObject:
    """What the account has and may spend."""
    account = statement.account
    return {
        "object": "credits",
        "account_id": account.id,
        "account_state": account.configuration.state.value,
        "available_usd": format_usd(account.available_nano_usd),
        "held_usd": format_usd(account.held_nano_usd),
        "windows": {each.window.value: _window(each) for each in statement.windows},
    }


def key(api_key: ApiKey, statement: CreditStatement) -> JsonObject:
    """The key, never its text, and what its account may spend."""
    return {
        **credit(statement),
        "object": "api_key",
        "id": api_key.id,
        "name": api_key.name,
        "hint": api_key.hint,
        "created_at": api_key.created_at,
        "expires_at": api_key.expires_at.isoformat() if api_key.expires_at else None,
    }


def _window(statement: WindowStatement) -> JsonObject:
    limit, remaining = statement.limit_nano_usd, statement.remaining_nano_usd
    return {
        "limit_usd": None if limit is None else format_usd(limit),
        "spent_usd": format_usd(statement.spent_nano_usd),
        "held_usd": format_usd(statement.held_nano_usd),
        "remaining_usd": None if remaining is None else format_usd(remaining),
        "resets_at": statement.resets_at.isoformat(),
    }


def _prices(rates: Rates) -> JsonObject:
    """Pico-USD per token is micro-USD per million tokens: three digits short of nano-USD."""
    return {
        name: format_usd(getattr(rates, name) * 1000)
        for name in (
            "input",
            "cache_read",
            "cache_write_5m",
            "cache_write_1h",
            "audio_input",
            "output",
            "reasoning",
            "audio_output",
        )
    }
