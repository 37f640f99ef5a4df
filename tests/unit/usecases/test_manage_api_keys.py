"""Making keys."""

import pytest

from onebill.adapters.memory.store import MemoryApiKeys, MemoryStore
from onebill.domain.api_key import hash_api_key
from onebill.domain.errors import AccountNotFound, InvalidRequest
from onebill.usecases.manage_api_keys import ManageApiKeys
from tests.builders import KEY_TEXT, an_account
from tests.fakes.clock import FixedClock
from tests.fakes.ids import CountingIds


@pytest.fixture
def keys():
    account = an_account()
    store = MemoryStore(accounts={account.id: account})
    return ManageApiKeys(api_keys=MemoryApiKeys(store), clock=FixedClock(), ids=CountingIds())


async def test_a_new_key_is_told_once_and_stored_by_its_hash(keys):
    created = await keys.create("acme", name="laptop")

    [stored] = await keys.of_account("acme")
    assert stored == created.api_key
    assert stored.key_hash == hash_api_key(created.text)
    assert created.text.endswith(stored.hint)


async def test_a_key_that_exists_elsewhere_can_be_brought(keys):
    created = await keys.create("acme", text=KEY_TEXT)

    assert created.text == KEY_TEXT


async def test_a_text_that_is_no_key_cannot(keys):
    with pytest.raises(InvalidRequest):
        await keys.create("acme", text="ob_mine")


async def test_a_key_needs_an_account(keys):
    with pytest.raises(AccountNotFound):
        await keys.create("nobody")
