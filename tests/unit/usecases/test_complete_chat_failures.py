"""What is paid when a provider or the ledger fails."""

import pytest

from onebill.domain.errors import AnswerTooLarge, ProviderError, ProviderRefused, ProviderTimeout
from onebill.domain.money import parse_usd
from tests.fakes.providers import DONE, a_stream, a_usage, an_answer
from tests.unit.usecases.books import spent
from tests.world import World


class TakesTheLedgerDown:
    """A script that fails, and the ledger with it."""

    def __init__(self, world):
        self._world = world

    def __iter__(self):
        self._world.ledger.is_down = True
        yield ProviderError("gone")


class TestAFailingProvider:
    @pytest.mark.parametrize(
        "error",
        [
            ProviderError("down"),
            ProviderTimeout("slow"),
            ProviderRefused(status=400, content_type="x", body=b"", retry_after=None),
            RuntimeError("a bug of ours"),
        ],
        ids=lambda error: type(error).__name__,
    )
    async def test_costs_nothing_and_holds_nothing(self, world, error):
        world.providers.will_raise(error)

        with pytest.raises(type(error)):
            await world.complete()

        assert spent(world) == 0
        assert world.account.available_nano_usd == parse_usd("5.00")

    @pytest.mark.parametrize("answer", [{}, {"usage": a_usage()}, {"choices": None}], ids=str)
    async def test_that_answers_no_completion_costs_nothing(self, world, answer):
        nothing = dict.fromkeys(an_answer(), ...)
        world.providers.will_answer(**(nothing | answer))

        with pytest.raises(ProviderError):
            await world.complete()

        assert spent(world) == 0


class TestALedgerThatStopsAnswering:
    async def test_does_not_keep_the_answer_from_the_client(self):
        world = World()
        world.has()
        world.providers.will_stream(a_stream("w0 "))
        answer = await world.complete(stream=True)
        world.ledger.is_down = True

        chunks = [chunk async for chunk in answer]

        assert chunks[-1] == DONE
        assert answer.receipt.unsettled

    async def test_lets_a_hold_expire_that_could_not_be_released(self):
        world = World()
        world.has()
        world.providers.will_stream(TakesTheLedgerDown(world))

        with pytest.raises(ProviderError):
            await world.complete(stream=True)

        assert len(world.account.holds) == 1


async def test_an_answer_that_is_larger_than_is_read_is_paid_by_estimate(world):
    """The provider bills it, and the client could ask for it again and again."""
    world.providers.will_fail_reading(AnswerTooLarge("OpenAI", limit_bytes=400))

    with pytest.raises(AnswerTooLarge):
        await world.complete()

    assert world.account.held_nano_usd == 0
    assert spent(world) > 110 * 600
