"""An account of its own for each test: one database can serve all of them."""

from uuid import uuid4

import pytest

from onebill.domain.money import parse_usd
from tests.builders import NOW, a_configuration, an_account


@pytest.fixture
def account_id():
    return f"acme-{uuid4().hex[:12]}"


@pytest.fixture
async def open_account(stores, account_id):
    """Opens the account of the test: `await open_account(available="5.00", day="1.00")`."""

    async def open_it(available="5.00", **configuration):
        account = an_account(
            id=account_id, available="0", configuration=a_configuration(**configuration)
        )
        await stores.accounts.create(account)
        if parse_usd(available):
            account = await stores.ledger.grant_credit(
                account_id,
                grant_id=f"grant-{account_id}",
                amount_nano_usd=parse_usd(available),
                now=NOW,
            )
        return account

    return open_it
