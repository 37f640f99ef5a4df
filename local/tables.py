"""The four tables, for databases that no template deploys to."""

from collections.abc import Mapping
from typing import Any

from onebill.adapters.dynamodb.client import DynamoDb
from onebill.adapters.dynamodb.errors import Rejected, Unreachable
from onebill.adapters.dynamodb.table import BY_ACCOUNT_INDEX, BY_HOUR_INDEX, TableNames
from onebill.domain.errors import LedgerUnavailable

CREATE_ATTEMPTS_MAX = 15

LOCAL_TABLES = TableNames(
    accounts="onebill-accounts",
    api_keys="onebill-api-keys",
    payments="onebill-payments",
    ledger="onebill-ledger",
)


def table_definitions(names: TableNames, *, stream: bool = True) -> list[dict[str, Any]]:
    """What `CreateTable` takes for each table; `stream` on Accounts feeds the ledger."""
    accounts = _table(names.accounts, "pk") | _index(BY_HOUR_INDEX, "hb", "pk", "KEYS_ONLY")
    accounts["AttributeDefinitions"] += [_attribute("hb")]
    if stream:
        accounts["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
    api_keys = _table(names.api_keys, "pk") | _index(BY_ACCOUNT_INDEX, "acct", "id", "ALL")
    api_keys["AttributeDefinitions"] += [_attribute("acct"), _attribute("id")]
    ledger = _table(names.ledger, "pk")
    ledger["KeySchema"] += [{"AttributeName": "sk", "KeyType": "RANGE"}]
    ledger["AttributeDefinitions"] += [_attribute("sk", "N")]
    return [accounts, api_keys, _table(names.payments, "pk"), ledger]


async def create_tables(client: DynamoDb, names: TableNames, *, stream: bool = True) -> None:
    """Create the tables that are not there yet. Raises LedgerUnavailable."""
    for definition in table_definitions(names, stream=stream):
        await _create_table(client, definition)


async def _create_table(client: DynamoDb, definition: Mapping[str, Any]) -> None:
    """Ask until there is an answer: an emulator's first one can take many seconds."""
    for _ in range(CREATE_ATTEMPTS_MAX):
        try:
            await client.call("CreateTable", definition)
        except Unreachable:
            continue
        except Rejected as error:
            if error.code != "ResourceInUseException":
                raise
        return
    raise LedgerUnavailable("CreateTable")


def _table(name: str, partition_key: str) -> dict[str, Any]:
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": partition_key, "KeyType": "HASH"}],
        "AttributeDefinitions": [_attribute(partition_key)],
    }


def _index(name: str, partition_key: str, sort_key: str, projection: str) -> dict[str, Any]:
    index = {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": partition_key, "KeyType": "HASH"},
            {"AttributeName": sort_key, "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": projection},
    }
    return {"GlobalSecondaryIndexes": [index]}


def _attribute(name: str, kind: str = "S") -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": kind}
