import json
from decimal import Decimal

import pytest

from onebill.domain.stated_usage import usage_with_cost
from onebill.domain.usage import Usage

USED = Usage(
    uncached_input_tokens=100,
    cache_read_tokens=20,
    audio_input_tokens=3,
    output_tokens=40,
    reasoning_tokens=5,
    audio_output_tokens=6,
)


def stated(reported, cost_nano_usd=300_000):
    text = usage_with_cost(reported, usage=USED, cost_nano_usd=cost_nano_usd)
    return json.loads(text, parse_float=Decimal)


class TestUsageWithCost:
    def test_is_what_the_provider_said_and_what_it_cost(self):
        reported = {"prompt_tokens": 200, "details": {"cached_tokens": 0}, "queue_time": 0.5}

        assert stated(reported) == reported | {
            "queue_time": Decimal("0.5"),
            "cost": Decimal("0.0003"),
        }

    # 1e999 is JSON, and infinite once it is read.
    def test_is_what_was_counted_where_what_was_said_cannot_be_written(self):
        assert stated({"prompt_tokens": 200, "details": {"speed": float("inf")}}) == {
            "prompt_tokens": 123,
            "completion_tokens": 51,
            "total_tokens": 174,
            "cost": Decimal("0.0003"),
        }

    def test_has_our_cost_in_place_of_the_providers(self):
        assert stated({"cost": 9.99, "prompt_tokens": 200})["cost"] == Decimal("0.0003")

    @pytest.mark.parametrize(
        ("cost_nano_usd", "written"),
        [
            pytest.param(1, b'"cost":0.000000001}', id="a nano-dollar"),
            pytest.param(0, b'"cost":0.00}', id="nothing"),
            pytest.param(9_007_199_254_740_993, b'"cost":9007199.254740993}', id="a fortune"),
        ],
    )
    def test_writes_the_cost_exactly(self, cost_nano_usd, written):
        text = usage_with_cost({"prompt_tokens": 1}, usage=USED, cost_nano_usd=cost_nano_usd)

        assert text.endswith(written)

    def test_is_compact(self):
        text = usage_with_cost({"a": 1, "b": [1, 2]}, usage=USED, cost_nano_usd=0)

        assert text == b'{"a":1,"b":[1,2],"cost":0.00}'

    @pytest.mark.parametrize("reported", [None, {}, [], "12", 12, False], ids=repr)
    def test_is_our_estimate_if_the_provider_said_nothing(self, reported):
        assert stated(reported) == {
            "prompt_tokens": 123,
            "completion_tokens": 51,
            "total_tokens": 174,
            "estimated": True,
            "cost": Decimal("0.0003"),
        }

    # Once: `{,"cost":0.0003}`, which is no JSON.
    def test_is_json_even_if_the_provider_stated_its_cost_and_nothing_else(self):
        assert stated({"cost": 9.99})["cost"] == Decimal("0.0003")
