"""Wires fixtures; no logic."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.ministack import start_ministack
from local.processes import free_port
from onebill.adapters.dynamodb.boto3_client import Boto3DynamoDb, make_boto3_client
from onebill.adapters.dynamodb.light_client import LightDynamoDb
from onebill.adapters.dynamodb.sigv4 import Credentials
from tests.emulators.dynamodb_local import start_dynamodb_local, why_absent

ONEBILL = Path(sys.executable).parent / "onebill"


@pytest.fixture(scope="session", autouse=True)
def aws_environment():
    """Credentials and region for boto3: no profile of the person running the tests is used."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        patch.setenv("AWS_ACCESS_KEY_ID", "local")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        patch.setenv("AWS_REGION", "us-east-1")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="session")
def ministack_url(tmp_path_factory):
    """A ministack for this process's tests."""
    port = free_port()
    log = tmp_path_factory.mktemp("ministack") / "log"
    child = start_ministack(port=port, log=log, state=None)
    yield f"http://127.0.0.1:{port}"
    child.stop()


@pytest.fixture(scope="session")
def dynamodb_local_url(tmp_path_factory):
    """A DynamoDB Local for this process's tests, where Java is."""
    absent = why_absent()
    if absent is not None:
        pytest.skip(f"DYNAMODB LOCAL IS NOT TESTED: {absent}")
    port = free_port()
    child = start_dynamodb_local(port=port, log=tmp_path_factory.mktemp("dynamodb-local") / "log")
    yield f"http://127.0.0.1:{port}"
    child.stop()


@pytest.fixture
async def light_client():
    """Makes light clients for a URL; closes them."""
    clients = []

    def make(url, **options):
        client = LightDynamoDb(
            endpoint_url=url,
            region="us-east-1",
            credentials=lambda: Credentials("local", "local"),
            **options,
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
async def boto3_dynamodb():
    """Makes boto3 clients for a URL; closes them."""
    clients = []

    def make(url):
        client = Boto3DynamoDb(make_boto3_client(region="us-east-1", endpoint_url=url))
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
def onebill():
    """Runs the command line as a person would; returns the finished process."""

    def run(*arguments, **options):
        return subprocess.run(
            [ONEBILL, *arguments], capture_output=True, text=True, timeout=60, **options
        )

    return run
