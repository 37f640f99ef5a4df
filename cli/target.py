"""Which deployment a command talks to: the one in the environment, or the local one."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from local.launcher import REGION, use_local_credentials
from local.state import read_local_stack
from local.tables import LOCAL_TABLES
from onebill.adapters.dynamodb.boto3_client import Boto3DynamoDb, make_boto3_client
from onebill.adapters.system import RandomIds, SystemClock
from onebill.bootstrap import Stores, stores, table_names
from onebill.ports import Clock, Ids
from onebill.settings import load_settings
from onebill.usecases.manage_accounts import ManageAccounts
from onebill.usecases.manage_api_keys import ManageApiKeys
from onebill.usecases.read_credit import ReadCredit

DEFAULT_STATE_DIR = Path(".onebill")

_Result = TypeVar("_Result")


class NoTarget(Exception):
    """Neither the environment nor the state directory names a deployment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The use cases of one deployment."""

    accounts: ManageAccounts
    api_keys: ManageApiKeys
    read_credit: ReadCredit
    clock: Clock
    ids: Ids


def add_target_options(parser: argparse.ArgumentParser) -> None:
    """Options every command that talks to a deployment has."""
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.add_argument(
        "--state-dir",
        type=Path,
        default=DEFAULT_STATE_DIR,
        help="where the local stack keeps its state, if the environment names no deployment",
    )


def on_target(
    arguments: argparse.Namespace, work: Callable[[Target], Awaitable[_Result]]
) -> _Result:
    """Do something on the deployment the arguments and the environment choose."""

    async def connected() -> _Result:
        client, kept = _connect(arguments.state_dir)
        try:
            return await work(_target(kept))
        finally:
            await client.close()

    return asyncio.run(connected())


def _connect(state_dir: Path) -> tuple[Boto3DynamoDb, Stores]:
    if "ONEBILL_ACCOUNTS_TABLE" in os.environ:
        settings = load_settings()
        url, region, tables = settings.dynamodb_url, settings.region, table_names(settings)
    else:
        stack = read_local_stack(state_dir)
        if stack is None:
            raise NoTarget(
                f"no deployment: set ONEBILL_ACCOUNTS_TABLE and its siblings, or start one "
                f"with `onebill local --state-dir {state_dir}`"
            )
        use_local_credentials()
        url, region, tables = stack.dynamodb_url, REGION, LOCAL_TABLES
    client = Boto3DynamoDb(make_boto3_client(region=region, endpoint_url=url or None))
    return client, stores(client, tables)


def _target(kept: Stores) -> Target:
    clock, ids = SystemClock(), RandomIds()
    return Target(
        accounts=ManageAccounts(accounts=kept.accounts, ledger=kept.ledger, clock=clock),
        api_keys=ManageApiKeys(api_keys=kept.api_keys, clock=clock, ids=ids),
        read_credit=ReadCredit(accounts=kept.accounts),
        clock=clock,
        ids=ids,
    )
