"""What is refused before anything is sent to a provider."""

from dataclasses import replace

import pytest

from onebill.domain.account import AccountState
from onebill.domain.errors import (
    AccountFrozen,
    InsufficientCredits,
    InvalidApiKey,
    InvalidRequest,
    LedgerUnavailable,
    ModelNotFound,
    SpendLimitExceeded,
    TooManyInFlight,
)
from tests.builders import KEY_TEXT, a_configuration, a_model, a_provider, an_account, an_api_key
from tests.fakes.providers import a_stream
from tests.unit.usecases.books import spent
from tests.world import World


class TestNothingIsSent:
    @pytest.fixture(autouse=True)
    def nothing_sent(self, world):
        yield
        assert world.providers.sent == []
        assert spent(world) == 0

    async def test_without_a_key(self, world):
        with pytest.raises(InvalidApiKey):
            await world.complete(key=None)

    async def test_with_one_character_of_the_key_changed(self, world):
        with pytest.raises(InvalidApiKey):
            await world.complete(key=KEY_TEXT[:-1] + "_")

    async def test_with_a_key_nobody_made(self, world):
        world.store.api_keys.clear()

        with pytest.raises(InvalidApiKey):
            await world.complete()

    async def test_with_an_expired_key(self, world):
        world.has(world.account, an_api_key(expires_at=world.clock.now()))

        with pytest.raises(InvalidApiKey):
            await world.complete()

    async def test_for_a_model_that_is_not_sold(self, world):
        with pytest.raises(ModelNotFound):
            await world.complete(model="openai/gpt-99")

    async def test_from_a_frozen_account(self, world):
        configuration = a_configuration(state=AccountState.FROZEN)
        world.has(replace(world.account, configuration=configuration))

        with pytest.raises(AccountFrozen):
            await world.complete()

    async def test_beyond_a_spend_limit(self, world):
        world.has(replace(world.account, configuration=a_configuration(week="0.0000001")))

        with pytest.raises(SpendLimitExceeded):
            await world.complete()

    async def test_without_credit(self, world):
        world.has(an_account("0"))

        with pytest.raises(InsufficientCredits):
            await world.complete()

    async def test_for_an_option_the_provider_bills_apart(self, world):
        provider = a_provider(refused_options=frozenset({"plugins"}))
        world = World(a_model(provider=provider))
        world.has()

        with pytest.raises(InvalidRequest) as refused:
            await world.complete(plugins=[{"id": "web"}])

        assert refused.value.param == "plugins"

    @pytest.mark.parametrize(
        "part",
        [
            pytest.param({"type": "input_audio", "input_audio": {"data": "AAAA"}}, id="audio"),
            pytest.param({"type": "file", "file": {"file_id": "f"}}, id="file"),
        ],
    )
    async def test_for_media_without_a_price(self, world, part):
        with pytest.raises(InvalidRequest):
            await world.complete(content=[part])

    async def test_for_audio_output_without_a_price(self, world):
        with pytest.raises(InvalidRequest):
            await world.complete(modalities=["text", "audio"])

    async def test_when_the_ledger_does_not_answer(self, world):
        world.ledger.is_down = True

        with pytest.raises(LedgerUnavailable):
            await world.complete()


class TestTooManyRequests:
    async def test_are_refused_at_the_cap(self):
        world = World()
        world.has(an_account(configuration=a_configuration(in_flight_max=1)))
        world.providers.will_stream(a_stream("w0 "))
        first = await world.complete(stream=True)

        with pytest.raises(TooManyInFlight):
            await world.complete()

        await first.aclose()
