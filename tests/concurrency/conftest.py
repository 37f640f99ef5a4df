"""Several gateway processes on one database, and a provider twin that takes its time."""

import json
import os
import sys
from dataclasses import dataclass
from uuid import uuid4

import pytest

from local.launcher import gateway_environment
from local.processes import Child, free_port
from local.tables import LOCAL_TABLES, create_tables
from onebill.adapters.system import RandomIds, SystemClock
from onebill.bootstrap import Stores, stores
from onebill.usecases.manage_accounts import ManageAccounts
from onebill.usecases.manage_api_keys import ManageApiKeys

GATEWAYS = 3
PROVIDER_LATENCY_MS = 700


@dataclass
class Deployment:
    """Gateways that share a database."""

    urls: list[str]
    stores: Stores
    accounts: ManageAccounts
    api_keys: ManageApiKeys

    async def open_account(self, *, available_nano_usd, limits=None, in_flight_max=None):
        """A fresh account with credit and, if wanted, limits; returns its id and a key."""
        account_id = f"acme-{uuid4().hex[:12]}"
        await self.accounts.create(account_id)
        await self.accounts.grant_credit(
            account_id, grant_id=account_id, amount_nano_usd=available_nano_usd
        )
        if limits is not None:
            await self.accounts.set_limits(account_id, limits)
        if in_flight_max is not None:
            await self.accounts.set_in_flight_max(account_id, in_flight_max)
        created = await self.api_keys.create(account_id)
        return account_id, created.text


@pytest.fixture(scope="session")
def dear_overlay(tmp_path_factory):
    """A model whose output costs so much that input hardly counts: 16 tokens are $0.032."""
    rates = {"input": 1_000_000, "output": 2_000_000_000}
    model = {
        "max_input_tokens": 128_000,
        "max_output_tokens": 16_384,
        "accepts": ["text"],
        "produces": ["text"],
        "prices": [{"from": None, "tiers": [{"above_input_tokens": 0, "rates": rates}]}],
    }
    overlay = {"schema": 1, "version": "dear", "models": {"twin/dear": model}}
    path = tmp_path_factory.mktemp("overlay") / "dear.json"
    path.write_text(json.dumps(overlay))
    return path


@pytest.fixture(scope="session")
def slow_provider_url(tmp_path_factory):
    port = free_port()
    command = [sys.executable, "-m", "local.provider_twin", "--port", str(port)]
    child = Child(
        "provider-twin",
        [*command, "--latency-ms", str(PROVIDER_LATENCY_MS)],
        environment=os.environ,
        log=tmp_path_factory.mktemp("twin") / "log",
    )
    child.wait_until_listening(port)
    yield f"http://127.0.0.1:{port}/v1"
    child.stop()


def start_gateways(database_url, provider_url, overlay, log_directory):
    """Start gateway processes; returns them and their URLs."""
    environment = gateway_environment(dynamodb_url=database_url, provider_url=provider_url)
    environment["ONEBILL_CATALOG_OVERLAYS"] += f"{os.pathsep}{overlay}"
    ports = [free_port() for _ in range(GATEWAYS)]
    children = [
        Child(
            "gateway",
            [sys.executable, "-m", "local.gateway", "--port", str(port)],
            environment=os.environ | environment,
            log=log_directory / f"{port}.log",
        )
        for port in ports
    ]
    for child, port in zip(children, ports, strict=True):
        child.wait_until_listening(port)
    return children, [f"http://127.0.0.1:{port}" for port in ports]


@pytest.fixture(scope="session")
def ministack_gateways(ministack_url, slow_provider_url, dear_overlay, tmp_path_factory):
    children, urls = start_gateways(
        ministack_url, slow_provider_url, dear_overlay, tmp_path_factory.mktemp("gateways")
    )
    yield ministack_url, urls
    for child in children:
        child.stop()


@pytest.fixture(scope="session")
def dynamodb_local_gateways(dynamodb_local_url, slow_provider_url, dear_overlay, tmp_path_factory):
    children, urls = start_gateways(
        dynamodb_local_url, slow_provider_url, dear_overlay, tmp_path_factory.mktemp("gateways")
    )
    yield dynamodb_local_url, urls
    for child in children:
        child.stop()


@pytest.fixture
async def deploy(light_client):
    """Makes a `Deployment` of a database and gateways."""

    async def make(database_url, urls):
        client = light_client(database_url)
        # DynamoDB Local cannot take concurrent writes of one item with a stream in useful time.
        await create_tables(client, LOCAL_TABLES, stream=False)
        kept = stores(client, LOCAL_TABLES)
        clock, ids = SystemClock(), RandomIds()
        return Deployment(
            urls=urls,
            stores=kept,
            accounts=ManageAccounts(accounts=kept.accounts, ledger=kept.ledger, clock=clock),
            api_keys=ManageApiKeys(api_keys=kept.api_keys, clock=clock, ids=ids),
        )

    return make
