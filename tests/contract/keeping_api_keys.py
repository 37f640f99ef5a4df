"""What every store of API keys promises."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from onebill.domain.errors import AccountNotFound, ApiKeyExists, ApiKeyNotFound
from onebill.domain.ledger import ConfigurationChanged
from tests.builders import NOW, a_hold, an_api_key
from tests.contract.holds import place


class KeepingApiKeys:
    @pytest.fixture
    def api_key(self, account_id):
        return an_api_key(account_id=account_id, key_hash=uuid4().hex * 2)

    async def test_finds_a_key_by_its_hash(self, stores, open_account, api_key):
        await open_account()
        expiring = replace(api_key, expires_at=NOW + timedelta(days=1))

        await stores.api_keys.create(expiring)

        assert await stores.api_keys.find(api_key.key_hash) == expiring

    async def test_finds_nothing_under_an_unknown_hash(self, stores):
        assert await stores.api_keys.find("0" * 64) is None

    async def test_stores_a_key_only_for_an_account(self, stores, api_key):
        with pytest.raises(AccountNotFound):
            await stores.api_keys.create(api_key)

    async def test_takes_the_same_key_twice(self, stores, open_account, api_key):
        await open_account()
        await stores.api_keys.create(api_key)

        await stores.api_keys.create(api_key)

        assert await stores.api_keys.find(api_key.key_hash) == api_key

    async def test_lists_the_keys_of_one_account_oldest_first(self, stores, open_account, api_key):
        await open_account()
        newer = replace(
            api_key, key_hash=uuid4().hex, id="key-0", created_at="2026-11-02T00:00:00+00:00"
        )
        await stores.api_keys.create(newer)
        await stores.api_keys.create(api_key)

        assert await stores.api_keys.of_account(api_key.account_id) == [api_key, newer]

    async def test_revokes_a_key_and_refuses_every_stale_configuration(
        self, stores, open_account, api_key
    ):
        account = await open_account()
        await stores.api_keys.create(api_key)

        await stores.api_keys.revoke(account.id, key_id=api_key.id, now=NOW)

        found = await stores.api_keys.find(api_key.key_hash)
        assert found == replace(api_key, revoked=True)
        with pytest.raises(ConfigurationChanged):
            await place(stores, account, a_hold())

    async def test_revokes_one_key_and_leaves_the_others(self, stores, open_account, api_key):
        await open_account()
        other = replace(api_key, key_hash=uuid4().hex, id="key-0")
        await stores.api_keys.create(other)
        await stores.api_keys.create(api_key)

        await stores.api_keys.revoke(api_key.account_id, key_id=api_key.id, now=NOW)

        listed = await stores.api_keys.of_account(api_key.account_id)
        assert [(each.id, each.revoked) for each in listed] == [("key-0", False), ("key-1", True)]

    async def test_refuses_another_key_under_the_same_hash(self, stores, open_account, api_key):
        await open_account()
        await stores.api_keys.create(api_key)

        with pytest.raises(ApiKeyExists):
            await stores.api_keys.create(replace(api_key, name="other"))

    async def test_cannot_revoke_a_key_of_another_account(self, stores, open_account, api_key):
        await open_account()
        await stores.api_keys.create(api_key)

        with pytest.raises(ApiKeyNotFound):
            await stores.api_keys.revoke("another-account", key_id=api_key.id, now=NOW)
