"""What is measured: a gateway on one core; its database, provider and load on the other."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.launcher import REGION, gateway_environment
from local.ministack import start_ministack
from local.processes import Child, free_port
from local.tables import LOCAL_TABLES, create_tables
from onebill.adapters.dynamodb.light_client import LightDynamoDb
from onebill.adapters.dynamodb.sigv4 import Credentials
from onebill.adapters.system import RandomIds, SystemClock
from onebill.bootstrap import stores
from onebill.usecases.manage_accounts import ManageAccounts
from onebill.usecases.manage_api_keys import ManageApiKeys
from tests.emulators.dynamodb_local import LONG_LIVED, start_dynamodb_local, why_absent

IN_FLIGHT_MAX = 1000
PLENTY_NANO_USD = 10**16
CPUS = sorted(os.sched_getaffinity(0))
GATEWAY_CPU, OTHER_CPU = {CPUS[0]}, {CPUS[-1]}


@contextlib.contextmanager
def pinned(cpus):
    """What is started in here stays on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass
class Deployment:
    """Running parts."""

    database: str
    database_url: str
    provider_url: str
    gateway: Child
    gateway_url: str
    key: str


@contextlib.contextmanager
def deployment(*, database, latency_ms=0):
    """Start everything; stop it all."""
    with contextlib.ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with pinned(OTHER_CPU):
            database_url = start_database(stack, database, logs)
            provider_url = start_twin(stack, logs, latency_ms)
        key = asyncio.run(seed(database_url))
        with pinned(GATEWAY_CPU):
            gateway, url = start_gateway(stack, logs, database_url, provider_url)
        yield Deployment(database, database_url, provider_url, gateway, f"{url}/v1", key)


def start_database(stack, database, logs):
    port = free_port()
    if database == "dynamodb-local":
        absent = why_absent()
        if absent:
            raise SystemExit(f"DynamoDB Local cannot run: {absent}; use --database ministack")
        child = start_dynamodb_local(port=port, log=logs / "database", jvm_options=LONG_LIVED)
    else:
        child = start_ministack(port=port, log=logs / "database", state=None)
    stack.callback(child.stop)
    return f"http://127.0.0.1:{port}"


def start_twin(stack, logs, latency_ms):
    port = free_port()
    command = [sys.executable, "-m", "local.provider_twin", "--port", str(port)]
    child = Child(
        "twin",
        [*command, "--latency-ms", str(latency_ms)],
        environment=os.environ,
        log=logs / "twin",
    )
    stack.callback(child.stop)
    child.wait_until_listening(port)
    return f"http://127.0.0.1:{port}/v1"


def start_gateway(stack, logs, database_url, provider_url):
    port = free_port()
    environment = gateway_environment(dynamodb_url=database_url, provider_url=provider_url)
    child = Child(
        "gateway",
        [sys.executable, "-m", "local.gateway", "--port", str(port)],
        environment=os.environ | environment,
        log=logs / "gateway",
    )
    stack.callback(child.stop)
    child.wait_until_listening(port)
    return child, f"http://127.0.0.1:{port}"


def ledger_of(database_url):
    """A client of the database, and the stores on it."""
    credentials = Credentials("local", "local")
    client = LightDynamoDb(
        endpoint_url=database_url, region=REGION, credentials=lambda: credentials
    )
    return client, stores(client, LOCAL_TABLES)


async def seed(database_url):
    """An account with plenty, and no stream: nothing reads it here."""
    client, kept = ledger_of(database_url)
    await create_tables(client, LOCAL_TABLES, stream=False)
    clock = SystemClock()
    accounts = ManageAccounts(accounts=kept.accounts, ledger=kept.ledger, clock=clock)
    await accounts.create("bench")
    await accounts.grant_credit("bench", grant_id="bench", amount_nano_usd=PLENTY_NANO_USD)
    await accounts.set_in_flight_max("bench", IN_FLIGHT_MAX)
    keys = ManageApiKeys(api_keys=kept.api_keys, clock=clock, ids=RandomIds())
    created = await keys.create("bench")
    await client.close()
    return created.text


def load(url, key, **options):
    """Run the load generator on the other core; its figures."""
    command = [sys.executable, "-m", "bench.load", "--url", url, "--key", key]
    for name, value in options.items():
        command += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    with pinned(OTHER_CPU):
        ran = subprocess.run(command, capture_output=True, check=True)
    return json.loads(ran.stdout)


def cpu_seconds(pid):
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid):
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
