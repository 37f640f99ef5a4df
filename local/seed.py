"""An account to start with: seeded once, found again at the next start."""

import contextlib

from local.tables import LOCAL_TABLES, create_tables
from onebill.adapters.dynamodb.client import DynamoDb
from onebill.adapters.system import RandomIds, SystemClock
from onebill.bootstrap import stores
from onebill.domain.api_key import format_api_key, hash_api_key
from onebill.domain.errors import AccountExists, GrantExists
from onebill.usecases.manage_accounts import ManageAccounts
from onebill.usecases.manage_api_keys import ManageApiKeys

ACCOUNT_ID = "demo"


async def seed(client: DynamoDb, *, credit_nano_usd: int, known_key: str | None) -> str:
    """Make tables, account, credit and key where they are missing; return the key's text."""
    await create_tables(client, LOCAL_TABLES)
    api_key = known_key or format_api_key(RandomIds().key_entropy())
    await open_account(
        client, ACCOUNT_ID, credit_nano_usd=credit_nano_usd, api_key=api_key, name="Demo"
    )
    return api_key


async def open_account(
    client: DynamoDb, account_id: str, *, credit_nano_usd: int, api_key: str, name: str = ""
) -> None:
    """Make an account with credit, and this key of it. What exists already stays as it is."""
    kept = stores(client, LOCAL_TABLES)
    clock, ids = SystemClock(), RandomIds()
    accounts = ManageAccounts(accounts=kept.accounts, ledger=kept.ledger, clock=clock)
    with contextlib.suppress(AccountExists):
        await accounts.create(account_id, name=name)
    with contextlib.suppress(GrantExists):
        await accounts.grant_credit(
            account_id, grant_id=f"seed-{account_id}", amount_nano_usd=credit_nano_usd
        )
    if await kept.api_keys.find(hash_api_key(api_key)) is None:
        api_keys = ManageApiKeys(api_keys=kept.api_keys, clock=clock, ids=ids)
        await api_keys.create(account_id, name="seed", text=api_key)
