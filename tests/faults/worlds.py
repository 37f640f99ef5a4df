"""A gateway on stores of the test's choice."""

from uuid import uuid4

from onebill.domain.api_key import format_api_key
from tests.builders import an_api_key
from tests.world import World


async def a_world(stores, account):
    """A gateway on these stores, and a key of the account."""
    key = format_api_key(uuid4().bytes * 2)
    await stores.api_keys.create(an_api_key(key, account_id=account.id))
    return World(stores=stores), key
