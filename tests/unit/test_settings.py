"""Configuration from the environment."""

from pathlib import Path

import pytest

from onebill.settings import InvalidSettings, load_settings, read_provider_keys

REQUIRED = {
    "ONEBILL_ACCOUNTS_TABLE": "accounts",
    "ONEBILL_API_KEYS_TABLE": "keys",
    "ONEBILL_PAYMENTS_TABLE": "payments",
    "ONEBILL_LEDGER_TABLE": "ledger",
    "AWS_REGION": "eu-west-1",
}


def test_the_required_ones_are_enough():
    settings = load_settings(REQUIRED)

    assert settings.accounts_table == "accounts"
    assert settings.region == "eu-west-1"
    assert settings.body_bytes_max == 10 * 1024 * 1024
    assert dict(settings.provider_base_urls) == {}


def test_everything_else_can_be_said():
    settings = load_settings(
        REQUIRED
        | {
            "ONEBILL_TOP_UP_URL": "https://onebill.example",
            "ONEBILL_BODY_BYTES_MAX": "1000",
            "ONEBILL_OUTPUT_TOKENS_DEFAULT": "512",
            "ONEBILL_PROVIDER_SECONDS_MAX": "30",
            "ONEBILL_PROVIDER_BASE_URLS": '{"*": "http://twin/v1"}',
            "ONEBILL_PROVIDER_ACCOUNT_IDS": '{"workers-ai": "abc"}',
            "ONEBILL_CATALOG_OVERLAYS": "a.json:b.json",
            "ONEBILL_DYNAMODB_URL": "http://127.0.0.1:8000",
        }
    )

    assert settings.top_up_url == "https://onebill.example"
    assert settings.body_bytes_max == 1000
    assert settings.output_tokens_default == 512
    assert settings.provider_seconds_max == 30
    assert settings.provider_base_urls == {"*": "http://twin/v1"}
    assert settings.provider_account_ids == {"workers-ai": "abc"}
    assert settings.catalog_overlays == (Path("a.json"), Path("b.json"))
    assert settings.dynamodb_url == "http://127.0.0.1:8000"


def test_all_problems_are_told_together():
    environment = REQUIRED | {
        "ONEBILL_LEDGER_TABLE": "",
        "ONEBILL_BODY_BYTES_MAX": "many",
        "ONEBILL_OUTPUT_TOKENS_DEFAULT": "0",
        "ONEBILL_PROVIDER_BASE_URLS": "[1]",
    }

    with pytest.raises(InvalidSettings) as refused:
        load_settings(environment)

    problems = str(refused.value).split("; ")
    assert [problem.split(":")[0].split(" ")[0] for problem in problems] == [
        "ONEBILL_LEDGER_TABLE",
        "ONEBILL_BODY_BYTES_MAX",
        "ONEBILL_OUTPUT_TOKENS_DEFAULT",
        "ONEBILL_PROVIDER_BASE_URLS",
    ]


def test_the_environment_of_the_process_is_the_default(monkeypatch):
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")

    assert load_settings().accounts_table == "accounts"
    assert read_provider_keys({"openai": "OPENAI_API_KEY"}) == {"openai": "sk-1"}


def test_a_provider_without_a_key_is_left_out():
    variables = {"openai": "OPENAI_API_KEY", "xai": "XAI_API_KEY", "groq": "GROQ_API_KEY"}

    keys = read_provider_keys(variables, {"OPENAI_API_KEY": "sk-1", "XAI_API_KEY": ""})

    assert keys == {"openai": "sk-1"}
