"""How much a model may write for the credit there is."""

import pytest

from onebill.domain.errors import InsufficientCredits
from onebill.domain.money import parse_usd
from tests.builders import a_configuration, a_model, a_price, a_provider, an_account
from tests.fakes.providers import a_usage
from tests.world import World


class TestTheOutputCap:
    async def test_is_the_clients_own_and_then_not_mentioned(self, world):
        world.providers.will_answer()

        answer = await world.complete(max_tokens=77)

        _, sent, _ = world.providers.sent[0]
        assert sent["max_completion_tokens"] == 77
        assert "max_tokens" not in sent
        assert answer.output_cap is None

    async def test_is_always_sent_and_mentioned_when_the_client_named_none(self, world):
        world.providers.will_answer()

        answer = await world.complete()

        _, sent, _ = world.providers.sent[0]
        assert sent["max_completion_tokens"] == 16_384
        assert answer.output_cap == 16_384

    async def test_uses_the_field_the_provider_takes(self):
        world = World(a_model(provider=a_provider(output_cap_field="max_tokens")))
        world.has()
        world.providers.will_answer()

        await world.complete()

        _, sent, _ = world.providers.sent[0]
        assert sent["max_tokens"] == 16_384

    async def test_never_exceeds_what_the_model_can_write(self, world):
        world.providers.will_answer()

        answer = await world.complete(max_completion_tokens=1_000_000)

        _, sent, _ = world.providers.sent[0]
        assert sent["max_completion_tokens"] == 16_384
        assert answer.output_cap == 16_384

    async def test_shrinks_to_what_the_credit_affords(self):
        world = World()
        world.has(an_account("0.01"))
        world.providers.will_answer()

        answer = await world.complete(max_tokens=16_000)

        _, sent, _ = world.providers.sent[0]
        assert 16 <= sent["max_completion_tokens"] < 5_000
        assert answer.output_cap == sent["max_completion_tokens"]
        assert answer.receipt.held_nano_usd <= parse_usd("0.01")

    async def test_shrinks_to_what_a_window_affords(self):
        world = World()
        world.has(an_account("5.00", configuration=a_configuration(day="0.01")))
        world.providers.will_answer()

        answer = await world.complete(max_tokens=16_000)

        assert answer.output_cap < 5_000

    async def test_does_not_shrink_below_a_minimal_answer(self):
        world = World()
        world.has(an_account("0.00019"))

        with pytest.raises(InsufficientCredits):
            await world.complete(max_tokens=16_000)

        assert world.providers.sent == []

    async def test_of_a_tiny_request_is_not_raised_to_the_minimum(self):
        world = World(a_model(price=a_price(input=1, output=1_000_000)))
        world.has(an_account("0.000002"))
        world.providers.will_answer(usage=a_usage(1, 1))

        answer = await world.complete(max_tokens=1)

        assert answer.output_cap is None
