"""An account to start with: seeded once, found again at the next start."""

from local.tables import LOCAL_TABLES, create_tables
from onebill.adapters.dynamodb.client import DynamoDb
from onebill.adapters.system import RandomIds, SystemClock
from onebill.bootstrap import stores
from onebill.domain.api_key import hash_api_key
from onebill.domain.errors import AccountExists
from onebill.usecases.manage_accounts import ManageAccounts
from onebill.usecases.manage_api_keys import ManageApiKeys

ACCOUNT_ID = "demo"
_GRANT_ID = "seed"


async def seed(client: DynamoDb, *, credit_nano_usd: int, known_key: str | None) -> str:
    """Make tables, account, credit and key where they are missing; return the key's text."""
    await create_tables(client, LOCAL_TABLES)
    kept = stores(client, LOCAL_TABLES)
    clock, ids = SystemClock(), RandomIds()
    accounts = ManageAccounts(accounts=kept.accounts, ledger=kept.ledger, clock=clock)
    try:
        await accounts.create(ACCOUNT_ID, name="Demo")
    except AccountExists:
        pass
    else:
        await accounts.grant_credit(
            ACCOUNT_ID, grant_id=_GRANT_ID, amount_nano_usd=credit_nano_usd
        )
    if known_key is not None and await kept.api_keys.find(hash_api_key(known_key)):
        return known_key
    api_keys = ManageApiKeys(api_keys=kept.api_keys, clock=clock, ids=ids)
    created = await api_keys.create(ACCOUNT_ID, name="demo")
    return created.text
