"""What is held is never less than what can be billed."""

from hypothesis import given
from hypothesis import strategies as st

from onebill.domain.bounds import WorstCase, input_bound, output_cap
from onebill.domain.estimate import estimate_usage
from onebill.domain.model import DatedPrice, MediaBounds
from onebill.domain.usage import Usage
from onebill.domain.usage_report import read_usage
from tests.builders import a_model
from tests.properties.effort import PROPERTY, QUICK
from tests.properties.requests import requests
from tests.properties.strategies import paid_rates, prices, shares, worst_cases

PATCH_PIXELS = 14

budgets = st.integers(-(10**9), 10**12)


@st.composite
def models(draw):
    """Models with long contexts and short ones, and images bounded either way."""
    return a_model(
        max_input_tokens=draw(st.sampled_from([200, 5_000, 1_000_000])),
        max_output_tokens=draw(st.sampled_from([50, 4_000])),
        bounds=MediaBounds(
            image_tokens=draw(st.sampled_from([None, 0, 85, 1_500])),
            image_patch_pixels=PATCH_PIXELS,
            audio_tokens_per_second=draw(st.integers(0, 50)),
            file_tokens=draw(st.sampled_from([None, 0, 3_000])),
        ),
        prices=(DatedPrice(from_day=None, price=draw(prices())),),
    )


@st.composite
def held_requests(draw):
    """A request, its model, and the worst case it is held by."""
    asked, model = draw(requests(PATCH_PIXELS)), draw(models())
    worst_case = WorstCase(
        price=model.prices[0].price,
        input=input_bound(asked.request, model),
        choices=asked.request.choices,
        with_audio=asked.request.wants_audio,
    )
    return asked, model, worst_case


@st.composite
def counts(draw, held):
    """Input and output a provider could count: text, audio, and what was written."""
    asked, model, _ = held
    text = draw(st.integers(0, asked.counted.text_tokens(model)) | st.just(10**9))
    audio = draw(st.integers(0, asked.counted.audio_tokens(model)) | st.just(10**9))
    most = output_cap(asked.request, model) * asked.request.choices
    written = draw(st.integers(0, most) | st.just(most))
    return (
        min(text, asked.counted.text_tokens(model)),
        min(audio, asked.counted.audio_tokens(model)),
        written,
    )


def hold_of(held):
    asked, model, worst_case = held
    return worst_case.hold_nano_usd(output_cap(asked.request, model))


class TestTheHold:
    @PROPERTY
    @given(held_requests(), st.data())
    def test_covers_all_that_can_be_used(self, held, data):
        asked, _, worst_case = held
        text, audio, written = data.draw(counts(held))
        uncached, read, write_5m, write_1h = data.draw(shares(text, 4))
        spoken, output, reasoning = data.draw(shares(written, 3))
        used = Usage(
            uncached_input_tokens=uncached,
            cache_read_tokens=read,
            cache_write_5m_tokens=write_5m,
            cache_write_1h_tokens=write_1h,
            audio_input_tokens=audio,
            output_tokens=output + (0 if asked.request.wants_audio else spoken),
            reasoning_tokens=reasoning,
            audio_output_tokens=spoken if asked.request.wants_audio else 0,
        )

        assert worst_case.price.cost_nano_usd(used) <= hold_of(held)

    @PROPERTY
    @given(held_requests(), st.data())
    def test_covers_all_that_can_be_reported(self, held, data):
        asked, _, worst_case = held
        text, audio, written = data.draw(counts(held))
        _, cached, cache_write = data.draw(shares(text, 3))
        _, reasoning, spoken = data.draw(shares(written, 3))
        apart = data.draw(st.booleans())
        reported = {
            "prompt_tokens": text + audio,
            "completion_tokens": written - (reasoning if apart else 0),
            "total_tokens": text + audio + written,
            "prompt_tokens_details": {
                "cached_tokens": cached,
                "cache_write_tokens": cache_write,
                "audio_tokens": audio,
            },
            "completion_tokens_details": {
                "reasoning_tokens": reasoning,
                "audio_tokens": spoken if asked.request.wants_audio else 0,
            },
        }

        report = read_usage(reported, reasoning_apart=apart)

        assert not report.contradictory
        assert worst_case.price.cost_nano_usd(report.usage) <= hold_of(held)

    @QUICK
    @given(held_requests(), st.integers(0, 10**6))
    def test_covers_the_input_of_an_estimate(self, held, output_tokens):
        asked, _, worst_case = held

        used = estimate_usage(asked.request, bound=worst_case.input, output_tokens=output_tokens)

        assert 1 <= used.uncached_input_tokens <= worst_case.input.tokens
        assert used.audio_input_tokens == worst_case.input.audio_tokens

    @QUICK
    @given(held_requests())
    def test_is_bounded_by_the_context_window(self, held):
        _, model, worst_case = held

        assert 1 <= worst_case.input.tokens <= model.max_input_tokens
        assert 0 <= worst_case.input.media_tokens <= worst_case.input.tokens
        assert 0 <= worst_case.input.audio_tokens <= model.max_input_tokens

    @PROPERTY
    @given(worst_cases(), st.integers(0, 100_000), st.integers(1, 100_000))
    def test_never_falls_with_a_longer_answer(self, worst_case, output_tokens, more):
        longer = worst_case.hold_nano_usd(output_tokens + more)

        assert longer >= worst_case.hold_nano_usd(output_tokens) >= 0


class TestAffordableOutputTokens:
    @PROPERTY
    @given(worst_cases(paid_rates), budgets)
    def test_are_the_exact_inverse_of_the_hold(self, worst_case, budget_nano_usd):
        affordable = worst_case.affordable_output_tokens(budget_nano_usd)

        assert worst_case.hold_nano_usd(affordable) <= budget_nano_usd
        assert worst_case.hold_nano_usd(affordable + 1) > budget_nano_usd

    @PROPERTY
    @given(worst_cases(), budgets)
    def test_always_fit_the_budget_even_where_tokens_are_free(self, worst_case, budget_nano_usd):
        affordable = worst_case.affordable_output_tokens(budget_nano_usd)
        without_an_answer = worst_case.hold_nano_usd(0)

        assert (affordable >= 0) == (without_an_answer <= budget_nano_usd)
        assert worst_case.hold_nano_usd(max(0, affordable)) <= max(
            budget_nano_usd, without_an_answer
        )

    @PROPERTY
    @given(worst_cases(paid_rates), st.integers(0, 100_000))
    def test_are_at_least_what_the_budget_was_made_for(self, worst_case, output_tokens):
        budget_nano_usd = worst_case.hold_nano_usd(output_tokens)

        assert worst_case.affordable_output_tokens(budget_nano_usd) >= output_tokens
