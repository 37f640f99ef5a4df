from functools import reduce

import pytest

from onebill.domain.bounds import InputBound, input_bound
from onebill.domain.estimate import estimate_tokens, estimate_usage, written_bytes
from onebill.domain.usage import Usage
from tests.builders import a_model
from tests.unit.domain.requests import a_request, an_image


def an_answer(message, key="message"):
    return {"choices": [{"index": 0, key: message, "finish_reason": "stop"}]}


class TestEstimateTokens:
    @pytest.mark.parametrize(
        ("text_bytes", "expected"),
        [
            pytest.param(0, 0, id="nothing"),
            pytest.param(1, 1, id="a byte"),
            pytest.param(3, 1, id="almost a token"),
            pytest.param(40, 11, id="forty bytes"),
            pytest.param(41, 12, id="a little more"),
            pytest.param(4_000_000, 1_100_000, id="a book"),
        ],
    )
    def test_takes_four_bytes_for_a_token_and_adds_a_tenth(self, text_bytes, expected):
        assert estimate_tokens(text_bytes) == expected


class TestEstimateUsage:
    def test_guesses_the_input_by_its_bytes(self):
        request = a_request("word " * 1_000)

        usage = estimate_usage(request, bound=input_bound(request, a_model()), output_tokens=50)

        assert usage == Usage(
            uncached_input_tokens=estimate_tokens(request.size_bytes), output_tokens=50
        )

    def test_takes_media_at_their_bounds(self):
        request = a_request([an_image()])

        usage = estimate_usage(request, bound=input_bound(request, a_model()), output_tokens=50)

        assert usage.uncached_input_tokens == estimate_tokens(request.text_bytes) + 1_500

    def test_takes_audio_at_its_bound(self):
        bound = InputBound(tokens=100, audio_tokens=320)

        usage = estimate_usage(a_request(), bound=bound, output_tokens=50)

        assert usage.audio_input_tokens == 320

    def test_never_guesses_more_input_than_was_held(self):
        bound = InputBound(tokens=10, audio_tokens=0, media_tokens=10)

        assert estimate_usage(a_request(), bound=bound, output_tokens=1).input_tokens == 10

    def test_never_guesses_that_nothing_was_written(self):
        bound = InputBound(tokens=100, audio_tokens=0)

        assert estimate_usage(a_request(), bound=bound, output_tokens=0).output_tokens == 1


class TestWrittenBytes:
    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            pytest.param(an_answer({"content": "Hello"}), 5, id="a message"),
            pytest.param(an_answer({"content": "Hello"}, "delta"), 5, id="a delta"),
            pytest.param(an_answer("Hello", "text"), 5, id="plain text"),
            pytest.param(
                an_answer({"content": "\u00e9\u732b\U0001f600"}), 2 + 3 + 4, id="scripts"
            ),
            pytest.param(an_answer({"content": "\ud83d"}), 3, id="half an emoji"),
            pytest.param(an_answer({"content": ["Hel", "lo"]}), 5, id="a list"),
            pytest.param(an_answer({"reasoning_content": "Hm", "content": "a"}), 3, id="thoughts"),
            pytest.param(
                an_answer(
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {
                                "id": "call_1",
                                "type": "function",
                                "index": 0,
                                "function": {"name": "find", "arguments": '{"a":1}'},
                            }
                        ],
                    }
                ),
                4 + 7,
                id="a call of a tool, without what the model did not write",
            ),
            pytest.param(
                {"choices": [{"delta": {"content": "a"}}, {"delta": {"content": "bc"}}]},
                3,
                id="two choices",
            ),
        ],
    )
    def test_are_those_of_what_the_model_wrote(self, answer, expected):
        assert written_bytes(answer) == expected

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param({}, id="no choices"),
            pytest.param({"choices": None}, id="null"),
            pytest.param({"choices": []}, id="an empty list"),
            pytest.param({"choices": "Hello"}, id="text"),
            pytest.param({"choices": ["Hello", None, 5]}, id="choices that are no objects"),
            pytest.param({"choices": [{}]}, id="an empty choice"),
            pytest.param(an_answer({}, "delta"), id="an empty delta"),
            pytest.param(an_answer({"content": 5, "refusal": None}), id="numbers and nulls"),
            pytest.param(an_answer(message=True), id="true"),
        ],
    )
    def test_are_none_if_there_is_nothing_to_read(self, answer):
        assert written_bytes(answer) == 0

    # Once: RecursionError. It would escape `Order.settle` and leave the hold open.
    def test_are_read_from_an_answer_nested_deeper_than_python_likes(self):
        nested = reduce(lambda inner, _: {"content": inner}, range(900), "Hello")

        assert written_bytes(an_answer(nested)) == 5
