"""The whole system on a laptop: database, provider twin and gateway, on loopback only."""

import asyncio
import json
import os
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from local.ministack import start_ministack
from local.processes import (
    GRACE_SECONDS,
    LOOPBACK,
    STOP_SECONDS_MAX,
    Child,
    ChildFailed,
    free_port,
    is_listening,
)
from local.seed import ACCOUNT_ID, seed
from local.state import DATABASE_DIR, LOG_DIR, LocalStack, forget, read_local_stack
from local.tables import LOCAL_TABLES
from onebill.adapters.catalog.catalog import PriceCatalog
from onebill.adapters.dynamodb.light_client import LightDynamoDb
from onebill.adapters.dynamodb.sigv4 import Credentials

TWIN_KEY = "twin-provider-key"
REGION = "us-east-1"
_CREDENTIALS = Credentials("local", "local")
_OVERLAY = Path(__file__).parent / "provider_twin" / "overlay.json"
_WATCH_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchOptions:
    """What `onebill local` takes. Port 0 is a free one."""

    port: int
    state_dir: Path
    reset: bool
    provider_latency_ms: int
    seed_credit_nano_usd: int


class PortTaken(Exception):
    """Another program listens on the port that was asked for."""


class Launcher:
    """Starts the parts in order, and stops them in reverse."""

    def __init__(self, options: LaunchOptions) -> None:
        self._options = options
        self._children: list[Child] = []
        self._stopping = threading.Event()

    def run(self) -> int:
        """Run until a signal, or until a part fails; return an exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            stack = self._start()
            print(_welcome(stack, self._options.state_dir), flush=True)
            print(f"ready {stack.base_url}", flush=True)
            return self._watch()
        except (ChildFailed, PortTaken) as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            for child in reversed(self._children):
                child.stop()

    def _start(self) -> LocalStack:
        options = self._options
        if options.port and is_listening(options.port):
            raise PortTaken(f"port {options.port} is taken; choose another with --port")
        options.state_dir.mkdir(parents=True, exist_ok=True)
        earlier = read_local_stack(options.state_dir)
        if earlier is not None and is_listening(int(earlier.base_url.rpartition(":")[2])):
            raise PortTaken(f"a stack with this state already runs at {earlier.base_url}")
        if options.reset:
            forget(options.state_dir)
            earlier = None
        port, database_port, twin_port = options.port or free_port(), free_port(), free_port()
        self._start_database(database_port)
        self._start_twin(twin_port)
        dynamodb_url = _url(database_port)
        api_key = asyncio.run(
            _seed(dynamodb_url, options.seed_credit_nano_usd, earlier.api_key if earlier else None)
        )
        provider_url = f"{_url(twin_port)}/v1"
        self._start_gateway(port, dynamodb_url=dynamodb_url, provider_url=provider_url)
        stack = LocalStack(
            base_url=_url(port),
            api_key=api_key,
            account_id=ACCOUNT_ID,
            provider_url=provider_url,
            dynamodb_url=dynamodb_url,
            pid=os.getpid(),
        )
        stack.write(options.state_dir)
        return stack

    def _start_database(self, port: int) -> None:
        state_dir = self._options.state_dir
        child = start_ministack(
            port=port, log=state_dir / LOG_DIR / "database.log", state=state_dir / DATABASE_DIR
        )
        self._children.append(child)

    def _start_twin(self, port: int) -> None:
        latency_ms = self._options.provider_latency_ms
        command = [sys.executable, "-m", "local.provider_twin", "--port", str(port)]
        self._start_child("provider-twin", [*command, "--latency-ms", str(latency_ms)], port, {})

    def _start_gateway(self, port: int, *, dynamodb_url: str, provider_url: str) -> None:
        command = [sys.executable, "-m", "local.gateway", "--port", str(port)]
        environment = gateway_environment(dynamodb_url=dynamodb_url, provider_url=provider_url)
        self._start_child(
            "gateway",
            command,
            port,
            environment,
            stop_seconds_max=GRACE_SECONDS + STOP_SECONDS_MAX,
        )

    def _start_child(
        self,
        name: str,
        command: list[str],
        port: int,
        environment: dict[str, str],
        *,
        stop_seconds_max: float = STOP_SECONDS_MAX,
    ) -> None:
        child = Child(
            name,
            command,
            environment={**os.environ, **environment},
            log=self._options.state_dir / LOG_DIR / f"{name}.log",
            stop_seconds_max=stop_seconds_max,
        )
        self._children.append(child)
        child.wait_until_listening(port)

    def _watch(self) -> int:
        while not self._stopping.wait(_WATCH_SECONDS):
            for child in self._children:
                if not child.is_running:
                    raise ChildFailed(f"{child.name} ended:\n{child.tail()}")
        return 0

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()


def gateway_environment(*, dynamodb_url: str, provider_url: str) -> dict[str, str]:
    """Settings of a local gateway: providers without a key in our environment are the twin."""
    variables = PriceCatalog.load(overlays=[_OVERLAY]).provider_key_variables()
    twins = {slug: name for slug, name in variables.items() if not os.environ.get(name)}
    return {
        "ONEBILL_ACCOUNTS_TABLE": LOCAL_TABLES.accounts,
        "ONEBILL_API_KEYS_TABLE": LOCAL_TABLES.api_keys,
        "ONEBILL_PAYMENTS_TABLE": LOCAL_TABLES.payments,
        "ONEBILL_LEDGER_TABLE": LOCAL_TABLES.ledger,
        "ONEBILL_DYNAMODB_URL": dynamodb_url,
        "ONEBILL_CATALOG_OVERLAYS": str(_OVERLAY),
        "ONEBILL_PROVIDER_BASE_URLS": json.dumps(dict.fromkeys(twins, provider_url)),
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": _CREDENTIALS.access_key_id,
        "AWS_SECRET_ACCESS_KEY": _CREDENTIALS.secret_access_key,
        **dict.fromkeys(twins.values(), TWIN_KEY),
    }


async def _seed(dynamodb_url: str, credit_nano_usd: int, known_key: str | None) -> str:
    client = LightDynamoDb(
        endpoint_url=dynamodb_url, region=REGION, credentials=lambda: _CREDENTIALS
    )
    try:
        return await seed(client, credit_nano_usd=credit_nano_usd, known_key=known_key)
    finally:
        await client.close()


def _url(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"


def _welcome(stack: LocalStack, state_dir: Path) -> str:
    """What a newcomer needs to spend the first credit."""
    return f"""
Onebill runs at {stack.base_url} with an account of play money. Spend some:

  curl -s {stack.base_url}/v1/chat/completions \\
    -H 'Authorization: Bearer {stack.api_key}' \\
    -H 'Content-Type: application/json' \\
    -d '{{"model": "openai/gpt-4o-mini", "messages": [{{"role": "user", "content": "Hello"}}]}}'

and see what is left:

  curl -s {stack.base_url}/v1/credits -H 'Authorization: Bearer {stack.api_key}'

Any OpenAI client works with base URL {stack.base_url}/v1 and this key.
Without a provider's key in the environment, a twin on this machine answers in its place.
State is in {state_dir}; Ctrl-C stops everything.
"""


def use_local_credentials() -> None:
    """Give boto3 the credentials of the local database, in place of anybody's real ones."""
    os.environ["AWS_ACCESS_KEY_ID"] = _CREDENTIALS.access_key_id
    os.environ["AWS_SECRET_ACCESS_KEY"] = _CREDENTIALS.secret_access_key
    os.environ.pop("AWS_SESSION_TOKEN", None)
