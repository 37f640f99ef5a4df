"""A process that has answered before, and what it still notices."""

from dataclasses import replace

import pytest

from onebill.domain.account import AccountState
from onebill.domain.errors import AccountFrozen, InvalidApiKey, SpendLimitExceeded
from tests.builders import a_configuration
from tests.fakes.providers import a_usage
from tests.unit.usecases.books import COST_OF_200_IN_50_OUT, spent


class TestAWarmProcess:
    async def test_notices_a_revoked_key_at_once(self, world):
        world.providers.will_answer()
        await world.complete()
        await world.api_keys.revoke("acme", key_id="key-1", now=world.clock.now())

        with pytest.raises(InvalidApiKey):
            await world.complete()

        assert len(world.providers.sent) == 1

    async def test_notices_a_frozen_account_at_once(self, world):
        world.providers.will_answer()
        await world.complete()
        await world.accounts.configure(
            "acme",
            configuration=a_configuration(state=AccountState.FROZEN),
            change="frozen",
            now=world.clock.now(),
        )

        with pytest.raises(AccountFrozen):
            await world.complete()

    async def test_goes_on_at_once_when_a_limit_is_raised(self, world):
        world.has(replace(world.account, configuration=a_configuration(day="0.0000001")))
        with pytest.raises(SpendLimitExceeded):
            await world.complete()
        await world.accounts.configure(
            "acme",
            configuration=a_configuration(day="1.00"),
            change="limit raised",
            now=world.clock.now(),
        )
        world.providers.will_answer(usage=a_usage(200, 50))

        await world.complete()

        assert spent(world) == COST_OF_200_IN_50_OUT

    async def test_prunes_windows_that_are_long_over(self, world):
        world.providers.will_answer()
        await world.complete()
        world.clock.advance(days=70)
        world.providers.will_answer()

        await world.complete()

        assert sorted(world.account.windows) == ["d:2027-02-01", "m:2027-02", "w:2027-W05"]
