"""The `ApiKeys` port on DynamoDB."""

from datetime import datetime

from onebill.adapters.dynamodb.client import Patient
from onebill.adapters.dynamodb.errors import (
    CONDITION_FAILED_REASON,
    Item,
    TransactionCancelled,
)
from onebill.adapters.dynamodb.table import (
    BY_ACCOUNT_INDEX,
    TableNames,
    decode_api_key,
    encode_api_key,
    number,
    text,
)
from onebill.domain.api_key import ApiKey
from onebill.domain.errors import AccountNotFound, ApiKeyExists, ApiKeyNotFound
from onebill.domain.operation import ConfigurationSet, encode_operation, milliseconds

KEYS_PER_PAGE = 100


class DynamoDbApiKeys:
    """Keys by the hash of their text."""

    def __init__(self, client: Patient, *, tables: TableNames) -> None:
        self._client = client
        self._tables = tables

    async def create(self, api_key: ApiKey) -> None:
        """See `ports.ApiKeys`: only for an account that exists."""
        item = encode_api_key(api_key)
        put = {
            "TableName": self._tables.api_keys,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        check = {
            "TableName": self._tables.accounts,
            "Key": {"pk": text(api_key.account_id)},
            "ConditionExpression": "attribute_exists(pk)",
        }
        try:
            await self._client.call(
                "TransactWriteItems",
                {"TransactItems": [{"Put": put}, {"ConditionCheck": check}]},
            )
        except TransactionCancelled as cancelled:
            stored, account = cancelled.reasons
            if account.code == CONDITION_FAILED_REASON:
                raise AccountNotFound(api_key.account_id) from cancelled
            if stored.code != CONDITION_FAILED_REASON:
                raise
            if stored.item != item:
                raise ApiKeyExists(api_key.id) from cancelled

    async def find(self, key_hash: str) -> ApiKey | None:
        """See `ports.ApiKeys`."""
        request = {
            "TableName": self._tables.api_keys,
            "Key": {"pk": text(key_hash)},
            "ConsistentRead": True,
        }
        answer = await self._client.call("GetItem", request)
        return decode_api_key(answer["Item"]) if "Item" in answer else None

    async def of_account(self, account_id: str) -> list[ApiKey]:
        """See `ports.ApiKeys`."""
        items = await self._query("acct = :acct", {":acct": text(account_id)})
        keys = [decode_api_key(item) for item in items]
        return sorted(keys, key=lambda api_key: (api_key.created_at, api_key.id))

    async def revoke(self, account_id: str, *, key_id: str, now: datetime) -> None:
        """See `ports.ApiKeys`: the key and the account's version change together."""
        found = await self._query(
            "acct = :acct AND id = :id", {":acct": text(account_id), ":id": text(key_id)}
        )
        if not found:
            raise ApiKeyNotFound(key_id)
        revoke = {
            "TableName": self._tables.api_keys,
            "Key": {"pk": found[0]["pk"]},
            "UpdateExpression": "SET #st = :revoked",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#st": "st"},
            "ExpressionAttributeValues": {":revoked": text("revoked")},
        }
        operation = ConfigurationSet(at_ms=milliseconds(now), change=f"key {key_id} revoked")
        raise_version = {
            "TableName": self._tables.accounts,
            "Key": {"pk": text(account_id)},
            "UpdateExpression": "SET cfgv = cfgv + :one, seq = seq + :one, op = :op",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": {
                ":one": number(1),
                ":op": text(encode_operation(operation)),
            },
        }
        await self._client.call(
            "TransactWriteItems",
            {"TransactItems": [{"Update": revoke}, {"Update": raise_version}]},
        )

    async def _query(self, condition: str, values: Item) -> list[Item]:
        items: list[Item] = []
        request = {
            "TableName": self._tables.api_keys,
            "IndexName": BY_ACCOUNT_INDEX,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "Limit": KEYS_PER_PAGE,
        }
        while True:
            answer = await self._client.call("Query", request)
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return items
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
