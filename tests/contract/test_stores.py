"""Every implementation of the stores, held to the same contract."""

import pytest
from moto import mock_aws

from local.tables import LOCAL_TABLES, create_tables
from onebill.adapters.memory.store import (
    MemoryAccounts,
    MemoryApiKeys,
    MemoryLedger,
    MemoryStore,
)
from onebill.bootstrap import Stores
from onebill.bootstrap import stores as dynamodb_stores
from tests.contract.closing_a_hold import ClosingAHold
from tests.contract.granting_credit import GrantingCredit
from tests.contract.keeping_accounts import KeepingAccounts
from tests.contract.keeping_api_keys import KeepingApiKeys
from tests.contract.placing_a_hold import PlacingAHold

PARTS = (PlacingAHold, ClosingAHold, GrantingCredit, KeepingAccounts, KeepingApiKeys)


class StoresContract(*PARTS):
    """Everything together.

    A test class per implementation inherits from it and provides the fixture `stores`, with
    no accounts in it.
    """


def test_no_part_of_the_contract_hides_a_test_of_another():
    names = [name for part in PARTS for name in vars(part) if name.startswith("test_")]

    assert sorted(names) == sorted(set(names))


class TestMemory(StoresContract):
    @pytest.fixture
    def stores(self):
        store = MemoryStore()
        return Stores(
            ledger=MemoryLedger(store),
            accounts=MemoryAccounts(store),
            api_keys=MemoryApiKeys(store),
        )


class TestMoto(StoresContract):
    """moto is exact as long as nothing runs at the same time."""

    @pytest.fixture
    async def stores(self, boto3_dynamodb):
        with mock_aws():
            client = boto3_dynamodb(None)
            await create_tables(client, LOCAL_TABLES)
            yield dynamodb_stores(client, LOCAL_TABLES)


@pytest.mark.emulator
@pytest.mark.xdist_group("ministack")
class TestMinistackThroughBoto3(StoresContract):
    @pytest.fixture
    async def stores(self, ministack_url, boto3_dynamodb):
        client = boto3_dynamodb(ministack_url)
        await create_tables(client, LOCAL_TABLES)
        return dynamodb_stores(client, LOCAL_TABLES)


@pytest.mark.emulator
@pytest.mark.xdist_group("ministack")
class TestMinistackThroughLightClient(StoresContract):
    @pytest.fixture
    async def stores(self, ministack_url, light_client):
        client = light_client(ministack_url)
        await create_tables(client, LOCAL_TABLES)
        return dynamodb_stores(client, LOCAL_TABLES)


@pytest.mark.emulator
@pytest.mark.xdist_group("dynamodb-local")
class TestDynamoDbLocalThroughBoto3(StoresContract):
    @pytest.fixture
    async def stores(self, dynamodb_local_url, boto3_dynamodb):
        client = boto3_dynamodb(dynamodb_local_url)
        await create_tables(client, LOCAL_TABLES)
        return dynamodb_stores(client, LOCAL_TABLES)


@pytest.mark.emulator
@pytest.mark.xdist_group("dynamodb-local")
class TestDynamoDbLocalThroughLightClient(StoresContract):
    @pytest.fixture
    async def stores(self, dynamodb_local_url, light_client):
        client = light_client(dynamodb_local_url)
        await create_tables(client, LOCAL_TABLES)
        return dynamodb_stores(client, LOCAL_TABLES)
