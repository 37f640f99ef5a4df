"""What every store of accounts promises."""

from dataclasses import replace

import pytest

from onebill.domain.errors import AccountExists, AccountNotFound
from onebill.domain.ledger import ConfigurationChanged
from tests.builders import NOW, a_configuration, an_account


class KeepingAccounts:
    async def test_reads_back_what_was_created(self, stores, account_id):
        configuration = a_configuration(day="1.00", month="20.00", in_flight_max=3)
        account = an_account(id=account_id, available="0", configuration=configuration)

        await stores.accounts.create(account)

        assert await stores.accounts.get(account_id) == account

    async def test_creates_an_account_once(self, stores, open_account):
        account = await open_account("5.00")

        with pytest.raises(AccountExists):
            await stores.accounts.create(an_account(id=account.id, available="0", name="Other"))

    async def test_takes_the_same_creation_twice(self, stores, account_id):
        account = an_account(id=account_id, available="0")
        await stores.accounts.create(account)

        await stores.accounts.create(account)

        assert await stores.accounts.get(account_id) == account

    async def test_does_not_know_an_account_nobody_created(self, stores, account_id):
        with pytest.raises(AccountNotFound):
            await stores.accounts.get(account_id)

    async def test_replaces_a_configuration_and_raises_its_version(self, stores, open_account):
        account = await open_account("5.00", day="1.00", week="2.00")
        wanted = a_configuration(month="9.00", in_flight_max=7)

        after = await stores.accounts.configure(
            account.id, configuration=wanted, change="limits set", now=NOW
        )

        assert after.configuration == replace(wanted, version=2)
        assert after.sequence == account.sequence + 1
        assert await stores.accounts.get(account.id) == after

    async def test_refuses_a_configuration_made_from_a_stale_one(self, stores, open_account):
        account = await open_account("5.00")
        await stores.accounts.configure(
            account.id, configuration=account.configuration, change="first", now=NOW
        )

        with pytest.raises(ConfigurationChanged):
            await stores.accounts.configure(
                account.id, configuration=account.configuration, change="second", now=NOW
            )

    async def test_cannot_configure_an_account_nobody_created(self, stores, account_id):
        with pytest.raises(AccountNotFound):
            await stores.accounts.configure(
                account_id, configuration=a_configuration(), change="any", now=NOW
            )
