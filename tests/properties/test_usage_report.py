from hypothesis import given
from hypothesis import strategies as st

from onebill.domain.usage_report import read_usage
from tests.properties.effort import PROPERTY
from tests.properties.strategies import json_values

counts = st.integers(0, 2_000_000)
whole_floats = counts.map(float)
numbers = st.one_of(
    counts,
    counts,
    whole_floats,
    st.integers(),
    st.floats(),
    st.just(10**30),
)
nonsense = json_values(numbers)
figures = st.one_of(numbers, numbers, nonsense)


def objects(**fields):
    """Objects any of whose fields may be missing, or no objects at all."""
    return st.one_of(
        st.fixed_dictionaries({}, optional=fields),
        st.fixed_dictionaries({}, optional=fields),
        nonsense,
    )


reports = objects(
    prompt_tokens=figures,
    completion_tokens=figures,
    total_tokens=figures,
    prompt_cache_hit_tokens=figures,
    prompt_tokens_details=objects(
        cached_tokens=figures, cache_write_tokens=figures, audio_tokens=figures
    ),
    completion_tokens_details=objects(reasoning_tokens=figures, audio_tokens=figures),
)
numbered = st.fixed_dictionaries(
    {"prompt_tokens": counts, "completion_tokens": counts},
    optional={
        "total_tokens": st.integers(0, 5_000_000),
        "prompt_cache_hit_tokens": counts,
        "prompt_tokens_details": st.fixed_dictionaries(
            {},
            optional={
                "cached_tokens": counts,
                "cache_write_tokens": counts,
                "audio_tokens": counts,
            },
        ),
        "completion_tokens_details": st.fixed_dictionaries(
            {}, optional={"reasoning_tokens": counts, "audio_tokens": counts}
        ),
    },
)


def output_of(usage):
    return usage.output_tokens + usage.reasoning_tokens + usage.audio_output_tokens


def with_floats(reported):
    """The same figures, every one of them written as ``12.0``."""
    return {
        name: with_floats(figure) if isinstance(figure, dict) else float(figure)
        for name, figure in reported.items()
    }


class TestAnyReport:
    @PROPERTY
    @given(reports | nonsense, st.booleans())
    def test_is_read_or_is_none_and_never_an_error(self, reported, reasoning_apart):
        report = read_usage(reported, reasoning_apart=reasoning_apart)

        assert report is None or report.usage.input_tokens >= 0

    @PROPERTY
    @given(numbered, st.booleans())
    def test_is_billed_for_no_less_than_it_says(self, reported, reasoning_apart):
        usage = read_usage(reported, reasoning_apart=reasoning_apart).usage

        total = reported.get("total_tokens", 0)
        assert usage.input_tokens >= reported["prompt_tokens"]
        assert output_of(usage) >= reported["completion_tokens"]
        assert usage.input_tokens + output_of(usage) >= total

    @PROPERTY
    @given(numbered, st.booleans())
    def test_is_split_into_buckets_that_add_up_again(self, reported, reasoning_apart):
        report = read_usage(reported, reasoning_apart=reasoning_apart)

        details = reported.get("prompt_tokens_details", {})
        cached = reported.get("prompt_cache_hit_tokens", details.get("cached_tokens", 0))
        parts = cached + details.get("cache_write_tokens", 0) + details.get("audio_tokens", 0)
        reasoning = reported.get("completion_tokens_details", {}).get("reasoning_tokens", 0)
        written = reported["completion_tokens"] + (reasoning if reasoning_apart else 0)
        left = reported.get("total_tokens", 0) - reported["prompt_tokens"]
        assert report.usage.input_tokens == max(reported["prompt_tokens"], parts)
        assert output_of(report.usage) == max(written, left)

    @PROPERTY
    @given(numbered, st.booleans())
    def test_that_adds_up_is_not_flagged_and_any_other_is(self, reported, reasoning_apart):
        report = read_usage(reported, reasoning_apart=reasoning_apart)

        used = report.usage
        adds_up = (
            used.input_tokens == reported["prompt_tokens"]
            and reported.get("total_tokens", used.input_tokens + output_of(used))
            == used.input_tokens + output_of(used)
            and (reasoning_apart or output_of(used) == reported["completion_tokens"])
        )
        assert report.contradictory is not adds_up

    @PROPERTY
    @given(numbered, st.booleans())
    def test_may_be_written_in_floats(self, reported, reasoning_apart):
        in_floats = read_usage(with_floats(reported), reasoning_apart=reasoning_apart)

        assert in_floats == read_usage(reported, reasoning_apart=reasoning_apart)
