"""Stores whose every request to DynamoDB passes through a proxy that can spoil it."""

from uuid import uuid4

import pytest

from local.tables import LOCAL_TABLES, create_tables
from onebill import bootstrap
from onebill.adapters.dynamodb.accounts import DynamoDbAccounts
from onebill.adapters.dynamodb.api_keys import DynamoDbApiKeys
from onebill.adapters.dynamodb.boto3_client import Boto3DynamoDb, make_boto3_client
from onebill.adapters.dynamodb.client import Patient
from onebill.adapters.dynamodb.ledger import DynamoDbLedger
from onebill.domain.money import parse_usd
from tests.builders import NOW, an_account
from tests.faults.dynamodb_proxy import dynamodb_proxy

READ_TIMEOUT_SECONDS = 0.15


@pytest.fixture
async def proxy(ministack_url, light_client):
    await create_tables(light_client(ministack_url), LOCAL_TABLES)
    async with dynamodb_proxy(ministack_url) as proxy:
        yield proxy


@pytest.fixture(params=["boto3", "light client"])
async def stores(request, proxy, light_client):
    """The stores through the proxy, with no pause between attempts."""
    if request.param == "boto3":
        client = Boto3DynamoDb(
            make_boto3_client(
                region="us-east-1",
                endpoint_url=proxy.url,
                read_timeout_seconds=READ_TIMEOUT_SECONDS,
            )
        )
    else:
        client = light_client(proxy.url, read_timeout_seconds=READ_TIMEOUT_SECONDS)
    yield stores_on(client)
    await client.close()


def stores_on(client):
    async def no_pause(_seconds):
        return None

    patient = Patient(client, pause=no_pause)
    return bootstrap.Stores(
        ledger=DynamoDbLedger(patient, tables=LOCAL_TABLES),
        accounts=DynamoDbAccounts(patient, tables=LOCAL_TABLES),
        api_keys=DynamoDbApiKeys(patient, tables=LOCAL_TABLES),
    )


@pytest.fixture
async def account(stores):
    account = an_account(id=f"acme-{uuid4().hex[:12]}", available="0")
    await stores.accounts.create(account)
    return await stores.ledger.grant_credit(
        account.id, grant_id=account.id, amount_nano_usd=parse_usd("5.00"), now=NOW
    )
