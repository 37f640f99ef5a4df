"""A whole answer, paid from the balance."""

import pytest

from onebill.domain.errors import ProviderError
from tests.builders import a_model, a_price
from tests.fakes.providers import a_usage
from tests.unit.usecases.books import COST_OF_200_IN_50_OUT, spent
from tests.world import World


class TestABufferedAnswer:
    async def test_costs_exactly_tokens_times_price(self, world):
        world.providers.will_answer(usage=a_usage(200, 50))

        answer = await world.complete()

        assert spent(world) == COST_OF_200_IN_50_OUT
        assert answer.receipt.cost_nano_usd == COST_OF_200_IN_50_OUT
        assert answer.receipt.available_nano_usd == world.account.available_nano_usd

    async def test_rounds_a_fraction_of_a_nano_dollar_up_once(self):
        world = World(a_model(price=a_price(input=1, output=1)))
        world.has()
        world.providers.will_answer(usage=a_usage(1, 1))

        await world.complete()

        assert spent(world) == 1

    async def test_takes_two_writes_and_no_read_once_the_key_is_known(self, world):
        world.providers.will_answer()
        await world.complete()
        world.ledger.writes.clear()
        world.accounts.get = world.api_keys.find = None
        world.providers.will_answer()

        await world.complete()

        assert world.ledger.writes == ["place_hold", "settle_hold"]

    async def test_sends_the_body_on_with_the_models_own_name(self, world):
        world.providers.will_answer()

        await world.complete(temperature=0.3, made_up={"field": [1]})

        _, sent, _ = world.providers.sent[0]
        assert sent["model"] == "gpt-4o-mini"
        assert sent["temperature"] == 0.3
        assert sent["made_up"] == {"field": [1]}

    async def test_is_an_error_if_the_provider_says_200_and_an_error(self, world):
        world.providers.will_fail_reading({"error": {"message": "no"}})

        with pytest.raises(ProviderError):
            await world.complete()

        assert spent(world) == 0

    async def test_that_breaks_off_costs_nothing(self, world):
        answer = world.providers.will_fail_reading(ProviderError("gone"))

        with pytest.raises(ProviderError):
            await world.complete()

        assert spent(world) == 0
        assert answer.closed

    async def test_without_usage_is_estimated_within_the_hold(self, world):
        world.providers.will_answer(content="word " * 100, usage={})

        answer = await world.complete()

        assert answer.receipt.estimated
        assert 0 < spent(world) < answer.receipt.held_nano_usd

    async def test_that_costs_more_than_was_held_is_paid_in_full(self, world):
        world.providers.will_answer(usage=a_usage(200_000, 50_000))

        answer = await world.complete(max_tokens=10)

        assert spent(world) == 200_000 * 1_000 + 50_000 * 2_000
        assert answer.receipt.cost_nano_usd > answer.receipt.held_nano_usd

    async def test_with_figures_that_do_not_add_up_is_flagged(self, world):
        world.providers.will_answer(usage=a_usage(10, 5) | {"total_tokens": 20})

        answer = await world.complete()

        assert answer.receipt.contradictory
        assert spent(world) == 10 * 1_000 + 10 * 2_000
