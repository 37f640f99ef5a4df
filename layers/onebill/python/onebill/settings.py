"""Configuration, from the environment, once, at the start of a process.

Everything that is missing or wrong is reported together, by name.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path

BODY_BYTES_MAX_DEFAULT = 10 * 1024 * 1024
"""API Gateway takes no larger request."""

_PREFIX = "ONEBILL_"


class InvalidSettings(Exception):
    """The environment does not describe a deployment; the message lists all problems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a deployment decides. Each field is the variable ``ONEBILL_<NAME>`` in upper case.

    `provider_base_urls` maps a provider, or ``*`` for all others, to where it is found;
    `provider_account_ids` completes the address of a provider that needs the operator's account;
    `catalog_overlays` are files with an operator's own providers and prices; `dynamodb_url`
    is set where DynamoDB is not AWS's.
    """

    accounts_table: str
    api_keys_table: str
    payments_table: str
    ledger_table: str
    region: str
    top_up_url: str = ""
    body_bytes_max: int = BODY_BYTES_MAX_DEFAULT
    output_tokens_default: int = 0
    provider_seconds_max: int = 0
    provider_base_urls: Mapping[str, str] = field(default_factory=dict)
    provider_account_ids: Mapping[str, str] = field(default_factory=dict)
    catalog_overlays: tuple[Path, ...] = ()
    dynamodb_url: str = ""


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises InvalidSettings with every problem."""
    source = os.environ if environment is None else environment
    values: dict[str, object] = {}
    problems: list[str] = []
    for each in fields(Settings):
        variable = "AWS_REGION" if each.name == "region" else _PREFIX + each.name.upper()
        raw = source.get(variable)
        if raw:
            try:
                values[each.name] = _READERS.get(each.name, str)(raw)
            except ValueError as error:
                problems.append(f"{variable}: {error}")
        elif each.default is MISSING and each.default_factory is MISSING:
            problems.append(f"{variable} is not set")
    if problems:
        raise InvalidSettings("; ".join(problems))
    return Settings(**values)  # type: ignore[arg-type]  # the readers give each field its type


def read_provider_keys(
    variables: Mapping[str, str], environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The provider keys that are set, by provider, given the name of each one's variable."""
    source = os.environ if environment is None else environment
    found = {provider: source.get(variable, "") for provider, variable in variables.items()}
    return {provider: key for provider, key in found.items() if key}


def _positive(raw: str) -> int:
    value = int(raw)
    if value < 1:
        raise ValueError("must be positive")
    return value


def _texts(raw: str) -> Mapping[str, str]:
    value = json.loads(raw)
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError("must be a JSON object of strings")
    return value


def _paths(raw: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in raw.split(os.pathsep))


_READERS: dict[str, Callable[[str], object]] = {
    "body_bytes_max": _positive,
    "output_tokens_default": _positive,
    "provider_seconds_max": _positive,
    "provider_base_urls": _texts,
    "provider_account_ids": _texts,
    "catalog_overlays": _paths,
}
