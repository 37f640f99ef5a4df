"""A chat completion paid from the balance, with nothing real around it."""

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
    ProviderError,
    ProviderRefused,
    ProviderTimeout,
    SpendLimitExceeded,
    TooManyInFlight,
)
from onebill.domain.money import parse_usd
from tests.builders import (
    KEY_TEXT,
    a_configuration,
    a_model,
    a_price,
    a_provider,
    an_account,
    an_api_key,
    some_rates,
)
from tests.fakes.providers import (
    DONE,
    a_chunk,
    a_stream,
    a_usage,
    an_answer,
)
from tests.world import World

COST_OF_200_IN_50_OUT = 200 * 1_000 + 50 * 2_000


@pytest.fixture
def world():
    world = World()
    world.has()
    yield world
    assert world.account.holds == {}, "a hold was left open"


def spent(world):
    return world.account.debited_nano_usd


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

        async for chunk in answer.chunks():
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
        chunks = answer.chunks()
        await anext(chunks)

        await chunks.aclose()

        assert answer.receipt.outcome == "abandoned"
        assert provider_answer.read_chunks == 23
        assert spent(world) == COST_OF_200_IN_50_OUT

    async def test_whose_client_leaves_a_failing_provider_is_paid_by_estimate(self, world):
        script = [a_chunk("w0 "), a_chunk("w1 "), ProviderError("gone")]
        world.providers.will_stream(script)
        answer = await world.complete(stream=True)
        chunks = answer.chunks()
        await anext(chunks)

        await chunks.aclose()

        assert answer.receipt.estimated
        assert spent(world) > 0

    async def test_answered_as_json_is_passed_on_as_json(self, world):
        world.providers.will_answer(usage=a_usage(200, 50))

        answer = await world.complete(stream=True)

        assert answer.body["object"] == "chat.completion"
        assert spent(world) == COST_OF_200_IN_50_OUT


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


class TestTooManyRequests:
    async def test_are_refused_at_the_cap(self):
        world = World()
        world.has(an_account(configuration=a_configuration(in_flight_max=1)))
        world.providers.will_stream(a_stream("w0 "))
        first = await world.complete(stream=True)

        with pytest.raises(TooManyInFlight):
            await world.complete()

        await first.chunks().aclose()


class TestALedgerThatStopsAnswering:
    async def test_does_not_keep_the_answer_from_the_client(self):
        world = World()
        world.has()
        world.providers.will_stream(a_stream("w0 "))
        answer = await world.complete(stream=True)
        world.ledger.is_down = True

        chunks = [chunk async for chunk in answer.chunks()]

        assert chunks[-1] == DONE
        assert answer.receipt.unsettled

    async def test_lets_a_hold_expire_that_could_not_be_released(self):
        world = World()
        world.has()
        answer = world.providers.will_stream([ProviderError("gone")])

        async def go_down():
            world.ledger.is_down = True

        answer.close = go_down

        with pytest.raises(ProviderError):
            await world.complete(stream=True)

        assert len(world.account.holds) == 1


def test_an_answer_of_the_script_can_leave_fields_out():
    assert "usage" not in an_answer(usage=...)


def test_rates_of_the_tests_are_what_they_say():
    assert some_rates().input == 1_000_000
