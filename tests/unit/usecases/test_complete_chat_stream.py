"""A streamed answer, paid from the balance, however it ends."""

import pytest

from onebill.domain.errors import ProviderError, ProviderTimeout
from tests.builders import a_model, a_provider
from tests.fakes.providers import DONE, a_chunk, a_stream, a_usage
from tests.unit.usecases.books import COST_OF_200_IN_50_OUT, spent
from tests.world import World


class TestAStream:
    async def test_passes_the_providers_bytes_on(self, world):
        words = a_stream("w0 ", "w1 ")
        world.providers.will_stream(words)

        body, _ = await world.stream()

        assert body == b"".join([*words[:3], DONE])

    async def test_costs_exactly_tokens_times_price(self, world):
        world.providers.will_stream(a_stream("w0 ", usage=a_usage(200, 50)))

        _, receipt = await world.stream()

        assert spent(world) == receipt.cost_nano_usd == COST_OF_200_IN_50_OUT
        assert receipt.outcome == "answered"

    async def test_asks_the_provider_for_usage_whatever_the_client_wants(self, world):
        world.providers.will_stream(a_stream("w0 "))

        await world.stream(stream_options={"include_usage": False, "other": 1})

        _, sent, _ = world.providers.sent[0]
        assert sent["stream_options"] == {"include_usage": True, "other": 1}

    async def test_does_not_send_stream_options_to_a_provider_that_refuses_them(self):
        world = World(a_model(provider=a_provider(takes_stream_options=False)))
        world.has()
        world.providers.will_stream(a_stream("w0 "))

        await world.stream(stream_options={"include_usage": True})

        _, sent, _ = world.providers.sent[0]
        assert "stream_options" not in sent

    async def test_ends_with_usage_and_its_cost_if_the_client_asked(self, world):
        world.providers.will_stream(a_stream("w0 ", usage=a_usage(200, 50)))

        body, _ = await world.stream(stream_options={"include_usage": True})

        *_, usage_event, done, _ = body.split(b"\n\n")
        assert b'"choices":[],"usage":{' in usage_event
        assert usage_event.endswith(b'"total_tokens":250,"cost":0.0003}}')
        assert done == b"data: [DONE]"

    async def test_is_settled_before_its_end_is_sent(self, world):
        world.providers.will_stream(a_stream("w0 "))
        answer = await world.complete(stream=True)

        async for chunk in answer:
            if b"[DONE]" in chunk:
                assert world.account.holds == {}

        assert answer.receipt is not None

    async def test_that_fails_before_its_first_event_costs_nothing(self, world):
        answer = world.providers.will_stream([ProviderError("gone")])

        with pytest.raises(ProviderError):
            await world.complete(stream=True)

        assert spent(world) == 0
        assert answer.closed

    @pytest.mark.parametrize(
        "script",
        [
            pytest.param([], id="nothing at all"),
            pytest.param([DONE], id="only the end"),
            pytest.param([b'data: {"error": {"message": "no"}}\n\n'], id="only an error"),
        ],
    )
    async def test_that_produces_nothing_costs_nothing(self, world, script):
        world.providers.will_stream(script)

        with pytest.raises(ProviderError):
            await world.complete(stream=True)

        assert spent(world) == 0

    async def test_that_breaks_off_ends_with_an_error_event_and_is_paid_by_estimate(self, world):
        world.providers.will_stream([a_chunk("w0 " * 50), ProviderTimeout("too slow")])

        body, receipt = await world.stream()

        assert b"event: error\ndata: " in body
        assert b'"code": "provider_timeout"' in body
        assert b"[DONE]" not in body
        assert receipt.outcome == "failed_mid_stream"
        assert receipt.estimated
        assert 0 < spent(world) < receipt.held_nano_usd

    async def test_that_ends_without_done_is_a_failure(self, world):
        world.providers.will_stream([a_chunk("w0 ")])

        body, receipt = await world.stream()

        assert b"ended its answer too early" in body
        assert receipt.outcome == "failed_mid_stream"

    async def test_may_end_without_done_where_the_provider_does(self):
        world = World(a_model(provider=a_provider(ends_with_done=False)))
        world.has()
        world.providers.will_stream([a_chunk("w0 ", usage=a_usage())])

        body, receipt = await world.stream()

        assert b"error" not in body
        assert receipt.outcome == "answered"

    async def test_with_an_error_of_the_providers_own_ends_there(self, world):
        error = b'data: {"error": {"message": "overloaded"}}\n\n'
        world.providers.will_stream([a_chunk("w0 "), error])

        body, receipt = await world.stream()

        assert body.endswith(error)
        assert receipt.outcome == "failed_mid_stream"

    async def test_that_fails_within_its_first_packet_is_paid_for_what_it_said(self, world):
        error = b'data: {"error": {"message": "overloaded"}}\n\n'
        world.providers.will_stream([a_chunk("w0 ") + error])

        body, receipt = await world.stream()

        assert body.endswith(error)
        assert receipt.outcome == "failed_mid_stream"
        assert spent(world) > 0

    async def test_that_fails_after_its_usage_is_paid_by_that_usage(self, world):
        usage = a_chunk(usage=a_usage(200, 50), choices=False)
        world.providers.will_stream([a_chunk("w0 "), usage, ProviderError("gone")])

        _, receipt = await world.stream()

        assert not receipt.estimated
        assert spent(world) == COST_OF_200_IN_50_OUT

    async def test_whose_client_leaves_is_read_to_its_end_and_paid_in_full(self, world):
        provider_answer = world.providers.will_stream(a_stream(*["w "] * 20))
        answer = await world.complete(stream=True)
        await anext(answer)

        await answer.aclose()

        assert answer.receipt.outcome == "abandoned"
        assert provider_answer.read_chunks == 23
        assert spent(world) == COST_OF_200_IN_50_OUT

    async def test_whose_client_was_gone_before_the_first_byte_is_paid_in_full(self, world):
        provider_answer = world.providers.will_stream(a_stream("w0 "))
        answer = await world.complete(stream=True)

        await answer.aclose()

        assert provider_answer.closed
        assert spent(world) == COST_OF_200_IN_50_OUT

    async def test_whose_usage_is_no_number_is_paid_by_estimate(self, world):
        no_number = a_chunk(usage=a_usage(200, float("nan")), choices=False)
        world.providers.will_stream([a_chunk("w0 "), no_number, DONE])

        body, receipt = await world.stream()

        assert receipt.estimated
        assert b'"cost"' not in body
        assert receipt.cost_nano_usd == spent(world) > 0

    async def test_whose_client_leaves_a_failing_provider_is_paid_by_estimate(self, world):
        script = [a_chunk("w0 "), a_chunk("w1 "), ProviderError("gone")]
        world.providers.will_stream(script)
        answer = await world.complete(stream=True)
        await anext(answer)

        await answer.aclose()

        assert answer.receipt.estimated
        assert spent(world) > 0

    async def test_answered_as_json_is_passed_on_as_json(self, world):
        world.providers.will_answer(usage=a_usage(200, 50))

        answer = await world.complete(stream=True)

        assert answer.body["object"] == "chat.completion"
        assert spent(world) == COST_OF_200_IN_50_OUT
