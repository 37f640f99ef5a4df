"""boto3 as a `DynamoDb`: its calls run in threads, its errors stop here."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from onebill.adapters.dynamodb.client import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
)
from onebill.adapters.dynamodb.errors import DynamoDbError, Rejected, Unreachable, error_from

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

CONNECTIONS_MAX = 32

_METHODS = {
    "CreateTable": "create_table",
    "DeleteTable": "delete_table",
    "DescribeTable": "describe_table",
    "GetItem": "get_item",
    "PutItem": "put_item",
    "Query": "query",
    "TransactWriteItems": "transact_write_items",
    "UpdateItem": "update_item",
}


def make_boto3_client(
    *,
    region: str | None,
    endpoint_url: str | None,
    read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
) -> "DynamoDBClient":
    """Make a client with every timeout and retry said out loud.

    boto3's own are 60 seconds, and its retry mode depends on its version. It sends once here:
    `client.Patient` is the only retry policy.
    """
    return boto3.client(
        "dynamodb",
        region_name=region,
        endpoint_url=endpoint_url,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=read_timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=CONNECTIONS_MAX,
            tcp_keepalive=True,
        ),
    )


class Boto3DynamoDb:
    """Carries calls through boto3."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client
        self._threads = ThreadPoolExecutor(CONNECTIONS_MAX, thread_name_prefix="dynamodb")

    async def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """See `DynamoDb.call`."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._call, operation, request
        )

    async def close(self) -> None:
        """See `DynamoDb.close`."""
        self._threads.shutdown()
        self._client.close()

    def _call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        method = getattr(self._client, _METHODS[operation])
        try:
            answer: dict[str, Any] = method(**request)
        except (ClientError, BotoCoreError) as error:
            raise translate(error) from error
        return answer


def translate(error: ClientError | BotoCoreError) -> DynamoDbError:
    """Say a boto3 error in our words; `tests/adapters` proves that every class is covered."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return error_from(
            status=status,
            code=details.get("Code", ""),
            message=details.get("Message", ""),
            body=error.response,
        )
    if isinstance(error, HTTPClientError | BotoConnectionError):
        return Unreachable(str(error))
    return Rejected(type(error).__name__, str(error))
