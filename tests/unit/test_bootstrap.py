"""The composition root builds the gateway that is deployed."""

from onebill import bootstrap
from onebill.adapters.catalog.catalog import PriceCatalog
from onebill.adapters.dynamodb.ledger import DynamoDbLedger
from onebill.settings import Settings

SETTINGS = Settings(
    accounts_table="accounts",
    api_keys_table="api-keys",
    payments_table="payments",
    ledger_table="ledger",
    region="eu-west-1",
    output_tokens_default=77,
    provider_seconds_max=33,
)


def test_the_gateway_is_wired_from_settings():
    gateway = bootstrap.gateway(SETTINGS)

    assert isinstance(gateway.catalog, PriceCatalog)
    assert isinstance(gateway.complete_chat._hold_credit._ledger, DynamoDbLedger)
    assert gateway.complete_chat._output_tokens_default == 77
    assert gateway.complete_chat._provider_seconds_max == 33


def test_dynamodb_is_aws_own_unless_told_otherwise():
    client = bootstrap.light_dynamodb(SETTINGS)

    assert client._origin == ("https", "dynamodb.eu-west-1.amazonaws.com", 443)
