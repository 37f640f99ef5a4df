import pytest

from onebill.domain.usage import Usage
from onebill.domain.usage_report import TOKENS_MAX, UsageReport, read_usage
from tests.builders import a_price
from tests.fakes.providers import a_usage


def read(reported, *, reasoning_apart=False):
    return read_usage(reported, reasoning_apart=reasoning_apart)


class TestReadUsage:
    def test_takes_the_prompt_and_the_completion(self):
        assert read(a_usage(200, 50)) == UsageReport(
            usage=Usage(uncached_input_tokens=200, output_tokens=50), contradictory=False
        )

    def test_needs_no_total(self):
        reported = {"prompt_tokens": 200, "completion_tokens": 50}

        assert read(reported) == read(a_usage(200, 50))

    @pytest.mark.parametrize(
        "reported",
        [
            pytest.param(None, id="null"),
            pytest.param([], id="a list"),
            pytest.param("200", id="text"),
            pytest.param({}, id="an empty object"),
            pytest.param({"prompt_tokens": 200}, id="no completion"),
            pytest.param({"completion_tokens": 50}, id="no prompt"),
            pytest.param({"total_tokens": 250}, id="only a total"),
            pytest.param(a_usage() | {"prompt_tokens": None}, id="null for the prompt"),
            pytest.param(a_usage() | {"prompt_tokens": "200"}, id="text for the prompt"),
            pytest.param(a_usage() | {"prompt_tokens": True}, id="true for the prompt"),
            pytest.param(a_usage() | {"prompt_tokens": -1}, id="less than nothing"),
            pytest.param(a_usage() | {"completion_tokens": 12.5}, id="half a token"),
            pytest.param(a_usage() | {"completion_tokens": float("nan")}, id="not a number"),
            pytest.param(a_usage() | {"completion_tokens": [50]}, id="a list for the completion"),
            pytest.param(a_usage() | {"prompt_tokens": 1e300}, id="more than there can be"),
            pytest.param(a_usage() | {"prompt_tokens": TOKENS_MAX + 1}, id="one too many"),
            # Once: OverflowError. json.loads reads 1e999, and Infinity, as infinite.
            pytest.param(a_usage() | {"completion_tokens": float("inf")}, id="without end"),
        ],
    )
    def test_is_none_without_usable_counts(self, reported):
        assert read(reported) is None

    def test_takes_whole_numbers_written_as_floats(self):
        reported = {"prompt_tokens": 12.0, "completion_tokens": 3.0, "total_tokens": 15.0}

        report = read(reported)

        assert report == read(a_usage(12, 3))
        assert isinstance(report.usage.uncached_input_tokens, int)

    def test_takes_the_most_there_can_be(self):
        assert read(a_usage(TOKENS_MAX, 1)).usage.uncached_input_tokens == TOKENS_MAX

    def test_takes_nothing_for_an_answer(self):
        assert read(a_usage(0, 0)).usage == Usage()


class TestTheInput:
    @pytest.mark.parametrize(
        ("details", "expected"),
        [
            pytest.param({}, Usage(uncached_input_tokens=100), id="no details"),
            pytest.param(
                {"cached_tokens": 30},
                Usage(uncached_input_tokens=70, cache_read_tokens=30),
                id="read from a cache",
            ),
            pytest.param(
                {"cache_write_tokens": 30},
                Usage(uncached_input_tokens=70, cache_write_5m_tokens=30),
                id="written to a cache",
            ),
            pytest.param(
                {"audio_tokens": 30},
                Usage(uncached_input_tokens=70, audio_input_tokens=30),
                id="audio",
            ),
            pytest.param(
                {"cached_tokens": 10, "cache_write_tokens": 20, "audio_tokens": 70},
                Usage(cache_read_tokens=10, cache_write_5m_tokens=20, audio_input_tokens=70),
                id="all of it, in three parts",
            ),
            pytest.param(
                {"cached_tokens": None, "audio_tokens": "9", "cache_write_tokens": -4},
                Usage(uncached_input_tokens=100),
                id="nonsense",
            ),
        ],
    )
    def test_is_split_into_what_has_a_price(self, details, expected):
        report = read(a_usage(100, 0, prompt_tokens_details=details))

        assert report == UsageReport(usage=expected, contradictory=False)

    @pytest.mark.parametrize("details", [None, [], "cached", 5], ids=repr)
    def test_is_whole_if_the_details_are_no_object(self, details):
        report = read(a_usage(100, 0, prompt_tokens_details=details))

        assert report.usage == Usage(uncached_input_tokens=100)

    def test_takes_the_cache_hits_deepseek_states_beside_it(self):
        reported = a_usage(100, 0, prompt_cache_hit_tokens=64, prompt_cache_miss_tokens=36)

        assert read(reported).usage == Usage(uncached_input_tokens=36, cache_read_tokens=64)

    @pytest.mark.parametrize("hits", [0, 64])
    def test_does_not_count_cache_hits_twice(self, hits):
        reported = a_usage(
            100, 0, prompt_cache_hit_tokens=hits, prompt_tokens_details={"cached_tokens": 64}
        )

        assert read(reported).usage.cache_read_tokens == hits

    def test_that_is_less_than_its_parts_is_billed_by_its_parts_and_flagged(self):
        report = read(a_usage(100, 0, prompt_tokens_details={"cached_tokens": 101}))

        assert report == UsageReport(usage=Usage(cache_read_tokens=101), contradictory=True)


class TestTheOutput:
    @pytest.mark.parametrize(
        ("details", "expected"),
        [
            pytest.param({"reasoning_tokens": 30}, (20, 30, 0), id="reasoning inside"),
            pytest.param({"audio_tokens": 30}, (20, 0, 30), id="audio inside"),
            pytest.param({"reasoning_tokens": 30, "audio_tokens": 15}, (5, 30, 15), id="both"),
            pytest.param({"reasoning_tokens": 80}, (0, 50, 0), id="more reasoning than output"),
            pytest.param(
                {"reasoning_tokens": 30, "audio_tokens": 40}, (0, 30, 20), id="more than both"
            ),
            pytest.param({"rejected_prediction_tokens": 5}, (50, 0, 0), id="what is in it anyway"),
        ],
    )
    def test_is_split_into_what_has_a_price(self, details, expected):
        usage = read(a_usage(100, 50, completion_tokens_details=details)).usage

        assert (
            usage.output_tokens,
            usage.reasoning_tokens,
            usage.audio_output_tokens,
        ) == expected

    @pytest.mark.parametrize(
        ("completion", "reasoning", "total", "expected"),
        [
            pytest.param(20, 30, 150, (20, 30), id="apart and in the total, as at xAI"),
            pytest.param(20, None, 150, (50, 0), id="only in the total, as at Gemini"),
            pytest.param(20, 30, None, (20, 30), id="without a total"),
        ],
    )
    def test_has_reasoning_on_top_where_it_is_reported_apart(
        self, completion, reasoning, total, expected
    ):
        reported = a_usage(
            100, completion, completion_tokens_details={"reasoning_tokens": reasoning}
        )

        report = read(reported | {"total_tokens": total}, reasoning_apart=True)

        assert (report.usage.output_tokens, report.usage.reasoning_tokens) == expected
        assert not report.contradictory

    def test_is_never_less_than_the_total_leaves_for_it(self):
        report = read(a_usage(100, 20) | {"total_tokens": 150})

        assert report == UsageReport(
            usage=Usage(uncached_input_tokens=100, output_tokens=50), contradictory=True
        )

    @pytest.mark.parametrize("reasoning_apart", [True, False])
    def test_is_never_less_than_the_completion(self, reasoning_apart):
        report = read(a_usage(100, 50) | {"total_tokens": 120}, reasoning_apart=reasoning_apart)

        assert report.usage.output_tokens == 50
        assert report.contradictory

    def test_reported_inside_where_it_should_be_apart_is_flagged(self):
        reported = a_usage(100, 50, completion_tokens_details={"reasoning_tokens": 30})

        assert read(reported, reasoning_apart=True).contradictory


class TestARecordedReport:
    @pytest.mark.parametrize(
        ("reported", "reasoning_apart", "price", "expected_nano_usd"),
        [
            pytest.param(
                {
                    "prompt_tokens": 10_120,
                    "completion_tokens": 1_499,
                    "total_tokens": 14_428,
                    "prompt_tokens_details": {"cached_tokens": 128},
                    "completion_tokens_details": {"reasoning_tokens": 2_809},
                    "cost_in_usd_ticks": 232_856_000,
                },
                True,
                a_price(input=1_250_000, cache_read=200_000, output=2_500_000),
                23_285_600,
                id="xAI's, to its own last tick",
            ),
            pytest.param(
                {
                    "prompt_tokens": 12,
                    "completion_tokens": 9,
                    "total_tokens": 21,
                    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                    "completion_tokens_details": {
                        "reasoning_tokens": 0,
                        "audio_tokens": 0,
                        "accepted_prediction_tokens": 0,
                        "rejected_prediction_tokens": 0,
                    },
                },
                False,
                a_price(input=150_000, cache_read=75_000, output=600_000),
                12 * 150 + 9 * 600,
                id="OpenAI's",
            ),
        ],
    )
    def test_costs_what_the_provider_says(
        self, reported, reasoning_apart, price, expected_nano_usd
    ):
        report = read(reported, reasoning_apart=reasoning_apart)

        assert price.cost_nano_usd(report.usage) == expected_nano_usd
        assert not report.contradictory
