import pytest

from onebill.domain.bounds import OUTPUT_TOKENS_DEFAULT, OUTPUT_TOKENS_MIN, output_cap
from tests.builders import a_model
from tests.unit.domain.requests import a_request


class TestTheOutputCap:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            pytest.param({}, OUTPUT_TOKENS_DEFAULT, id="none asked for"),
            pytest.param({"max_tokens": 77}, 77, id="asked for"),
            pytest.param({"max_tokens": 20_000}, 20_000, id="more than the default"),
            pytest.param({"max_tokens": 40_000}, 32_000, id="more than the model writes"),
        ],
    )
    def test_is_what_was_asked_for_within_what_the_model_writes(self, fields, expected):
        model = a_model(max_output_tokens=32_000)

        assert output_cap(a_request(**fields), model) == expected

    def test_is_the_models_own_if_that_is_less_than_the_default(self):
        assert output_cap(a_request(), a_model(max_output_tokens=4_096)) == 4_096

    def test_has_a_default_an_operator_can_choose(self):
        assert output_cap(a_request(), a_model(), default=500) == 500

    def test_is_never_shrunk_below_a_minimal_answer(self):
        assert 1 <= OUTPUT_TOKENS_MIN <= OUTPUT_TOKENS_DEFAULT
