"""The `Accounts` port on DynamoDB."""

from datetime import datetime

from onebill.adapters.dynamodb.client import Patient
from onebill.adapters.dynamodb.errors import ConditionFailed
from onebill.adapters.dynamodb.table import (
    TableNames,
    decode_account,
    encode_account,
    encode_configuration,
    number,
    text,
)
from onebill.domain.account import Account, Configuration
from onebill.domain.errors import AccountExists, AccountNotFound
from onebill.domain.ledger import ConfigurationChanged
from onebill.domain.operation import ConfigurationSet, encode_operation, milliseconds

_LIMIT_ATTRIBUTES = ("ld", "lw", "lm")


class DynamoDbAccounts:
    """Accounts other than their money."""

    def __init__(self, client: Patient, *, tables: TableNames) -> None:
        self._client = client
        self._tables = tables

    async def create(self, account: Account) -> None:
        """See `ports.Accounts`."""
        request = {
            "TableName": self._tables.accounts,
            "Item": encode_account(account),
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            await self._client.call("PutItem", request)
        except ConditionFailed as failed:
            if failed.item is None or decode_account(failed.item) != account:
                raise AccountExists(account.id) from failed

    async def get(self, account_id: str) -> Account:
        """See `ports.Accounts`."""
        request = {
            "TableName": self._tables.accounts,
            "Key": {"pk": text(account_id)},
            "ConsistentRead": True,
        }
        answer = await self._client.call("GetItem", request)
        if "Item" not in answer:
            raise AccountNotFound(account_id)
        return decode_account(answer["Item"])

    async def configure(
        self, account_id: str, *, configuration: Configuration, change: str, now: datetime
    ) -> Account:
        """See `ports.Accounts`."""
        operation = encode_operation(ConfigurationSet(at_ms=milliseconds(now), change=change))
        attributes = encode_configuration(configuration)
        attributes["cfgv"] = number(configuration.version + 1)
        removed = [name for name in _LIMIT_ATTRIBUTES if name not in attributes]
        assignments = ", ".join(f"#{name} = :{name}" for name in attributes)
        request = {
            "TableName": self._tables.accounts,
            "Key": {"pk": text(account_id)},
            "UpdateExpression": f"SET {assignments}, seq = seq + :one, op = :op"
            + (f" REMOVE {', '.join(removed)}" if removed else ""),
            "ConditionExpression": "cfgv = :current",
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
            "ExpressionAttributeValues": {
                **{f":{name}": value for name, value in attributes.items()},
                ":one": number(1),
                ":op": text(operation),
                ":current": number(configuration.version),
            },
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            answer = await self._client.call("UpdateItem", request)
        except ConditionFailed as failed:
            if failed.item is None:
                raise AccountNotFound(account_id) from failed
            account = decode_account(failed.item)
            if account.operation == operation:
                return account  # An earlier copy of this write landed.
            raise ConfigurationChanged(account) from failed
        return decode_account(answer["Attributes"])
