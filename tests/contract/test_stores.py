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
from tests.contract.stores_contract import (  # noqa: F401  (fixtures)
    StoresContract,
    account_id,
    open_account,
    test_no_part_of_the_contract_hides_a_test_of_another,
)


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
