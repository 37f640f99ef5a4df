"""What every ledger promises who grants credit."""

import pytest

from onebill.domain.errors import AccountNotFound, GrantExists
from onebill.domain.money import parse_usd
from tests.builders import NOW


class GrantingCredit:
    async def test_raises_what_is_available(self, stores, open_account):
        account = await open_account("5.00")

        after = await stores.ledger.grant_credit(
            account.id, grant_id=f"second-{account.id}", amount_nano_usd=7, now=NOW
        )

        assert after.available_nano_usd == parse_usd("5.00") + 7
        assert after.credited_nano_usd == parse_usd("5.00") + 7
        assert after.sequence == account.sequence + 1

    async def test_happens_once_per_grant_id(self, stores, open_account):
        account = await open_account("5.00")

        after = await stores.ledger.grant_credit(
            account.id,
            grant_id=f"grant-{account.id}",
            amount_nano_usd=parse_usd("5.00"),
            now=NOW,
        )

        assert after == account

    async def test_refuses_a_grant_id_that_meant_something_else(self, stores, open_account):
        account = await open_account("5.00")

        with pytest.raises(GrantExists):
            await stores.ledger.grant_credit(
                account.id, grant_id=f"grant-{account.id}", amount_nano_usd=1, now=NOW
            )

    async def test_needs_an_account(self, stores, account_id):
        with pytest.raises(AccountNotFound):
            await stores.ledger.grant_credit(
                account_id, grant_id=f"grant-{account_id}", amount_nano_usd=1, now=NOW
            )
