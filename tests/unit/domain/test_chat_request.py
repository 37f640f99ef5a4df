import pytest

from onebill.domain.chat_request import CHOICES_MAX, read_chat_request, refuse_options
from onebill.domain.errors import InvalidRequest
from tests.builders import a_body
from tests.unit.domain.requests import a_request, an_image

A_FUNCTION = {"type": "function", "function": {"name": "f", "parameters": {}}}


class TestReadChatRequest:
    def test_reads_the_simplest_request(self):
        body = a_body()

        request = read_chat_request(body, size_bytes=80)

        assert request.body is body
        assert request.size_bytes == 80
        assert request.model == "openai/gpt-4o-mini"
        assert request.choices == 1
        assert request.requested_output_tokens is None
        assert not request.stream
        assert not request.include_usage
        assert not request.has_tools
        assert not request.wants_audio

    def test_lets_fields_pass_that_do_not_bear_on_money(self):
        request = a_request(temperature=0.3, made_up={"field": [1]}, response_format={"type": "x"})

        assert request.body["made_up"] == {"field": [1]}

    @pytest.mark.parametrize("body", [None, [], "Hello", 5, True], ids=repr)
    def test_refuses_what_is_no_object(self, body):
        with pytest.raises(InvalidRequest, match="must be a JSON object"):
            read_chat_request(body, size_bytes=2)

    @pytest.mark.parametrize(
        ("fields", "param"),
        [
            pytest.param({"model": None}, "model", id="no model"),
            pytest.param({"model": ""}, "model", id="an empty model"),
            pytest.param({"model": 5}, "model", id="a number for a model"),
            pytest.param({"messages": None}, "messages", id="no messages"),
            pytest.param({"messages": []}, "messages", id="an empty list of messages"),
            pytest.param({"messages": "Hello"}, "messages", id="text for messages"),
            pytest.param({"messages": ["Hello"]}, "messages[0]", id="text for a message"),
            pytest.param({"messages": [{"content": "x"}]}, "messages[0]", id="no role"),
            pytest.param(
                {"messages": [{"role": "user"}, {"role": 5}]},
                "messages[1]",
                id="a number for a role",
            ),
            pytest.param({"stream": "yes"}, "stream", id="text for stream"),
            pytest.param({"stream": 1}, "stream", id="one for stream"),
            pytest.param({"stream_options": []}, "stream_options", id="a list of stream options"),
            pytest.param(
                {"stream_options": {"include_usage": 1}},
                "include_usage",
                id="one for include_usage",
            ),
            pytest.param({"n": 0}, "n", id="no choices"),
            pytest.param({"n": -1}, "n", id="less than no choices"),
            pytest.param({"n": True}, "n", id="true for n"),
            pytest.param({"n": 2.0}, "n", id="a fraction for n"),
            pytest.param({"n": "2"}, "n", id="text for n"),
            pytest.param({"n": CHOICES_MAX + 1}, "n", id="too many choices"),
            pytest.param({"max_tokens": 0}, "max_tokens", id="no output"),
            pytest.param({"max_tokens": True}, "max_tokens", id="true for a cap"),
            pytest.param({"max_tokens": 10.5}, "max_tokens", id="a fraction for a cap"),
            pytest.param(
                {"max_completion_tokens": -1}, "max_completion_tokens", id="less than no output"
            ),
            pytest.param(
                {"max_completion_tokens": 5, "max_tokens": "5"}, "max_tokens", id="the other cap"
            ),
        ],
    )
    def test_refuses_nonsense_and_names_it(self, fields, param):
        with pytest.raises(InvalidRequest) as refused:
            a_request(**fields)

        assert refused.value.param == param

    @pytest.mark.parametrize("choices", [1, 2, CHOICES_MAX])
    def test_reads_the_number_of_choices(self, choices):
        assert a_request(n=choices).choices == choices

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            pytest.param({}, None, id="none"),
            pytest.param({"max_tokens": None}, None, id="null"),
            pytest.param({"max_tokens": 1}, 1, id="the smallest"),
            pytest.param({"max_tokens": 77}, 77, id="the old field"),
            pytest.param({"max_completion_tokens": 88}, 88, id="the new field"),
            pytest.param({"max_tokens": 77, "max_completion_tokens": 88}, 77, id="the smaller"),
            pytest.param({"max_tokens": 99, "max_completion_tokens": 88}, 88, id="of both"),
        ],
    )
    def test_reads_the_output_cap(self, fields, expected):
        assert a_request(**fields).requested_output_tokens == expected

    @pytest.mark.parametrize(
        ("fields", "stream", "include_usage"),
        [
            pytest.param({"stream": True}, True, False, id="a stream"),
            pytest.param({"stream": False}, False, False, id="no stream"),
            pytest.param({"stream": None, "stream_options": None}, False, False, id="nulls"),
            pytest.param({"stream": True, "stream_options": {}}, True, False, id="no options"),
            pytest.param(
                {"stream": True, "stream_options": {"include_usage": True}}, True, True, id="usage"
            ),
            pytest.param(
                {"stream": True, "stream_options": {"include_usage": False}},
                True,
                False,
                id="no usage",
            ),
        ],
    )
    def test_reads_how_it_is_to_be_answered(self, fields, stream, include_usage):
        request = a_request(**fields)

        assert (request.stream, request.include_usage) == (stream, include_usage)

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            pytest.param({}, False, id="none"),
            pytest.param({"tools": []}, False, id="an empty list"),
            pytest.param({"tools": None, "functions": None}, False, id="nulls"),
            pytest.param({"tools": [A_FUNCTION]}, True, id="a function"),
            pytest.param({"tools": [{"type": "custom", "custom": {}}]}, True, id="a custom tool"),
            pytest.param({"functions": [{"name": "f"}]}, True, id="the old field"),
        ],
    )
    def test_sees_tools(self, fields, expected):
        assert a_request(**fields).has_tools is expected

    @pytest.mark.parametrize(
        ("modalities", "expected"),
        [
            pytest.param(None, False, id="none"),
            pytest.param(["text"], False, id="text"),
            pytest.param(["text", "audio"], True, id="audio"),
            pytest.param("audio", False, id="not a list"),
        ],
    )
    def test_sees_that_audio_is_wanted(self, modalities, expected):
        assert a_request(modalities=modalities).wants_audio is expected

    def test_sees_the_media_of_its_messages(self):
        assert a_request([an_image("https://a.bc/")]).media.images == (None,)


class TestWhatHasNoPrice:
    @pytest.mark.parametrize("tier", [None, "auto", "default", "standard"])
    def test_is_not_the_default_service_tier(self, tier):
        assert a_request(service_tier=tier).body["service_tier"] == tier

    @pytest.mark.parametrize("tier", ["priority", "flex", "scale", "", 5, {}], ids=repr)
    def test_is_any_other_service_tier(self, tier):
        with pytest.raises(InvalidRequest) as refused:
            a_request(service_tier=tier)

        assert refused.value.param == "service_tier"

    @pytest.mark.parametrize("option", ["web_search_options", "prediction"])
    def test_is_what_the_provider_bills_apart(self, option):
        with pytest.raises(InvalidRequest) as refused:
            a_request(**{option: {}})

        assert refused.value.param == option

    @pytest.mark.parametrize("option", ["web_search_options", "prediction", "best_of"])
    def test_may_be_null(self, option):
        assert a_request(**{option: None}).body[option] is None

    @pytest.mark.parametrize(
        ("tools", "param"),
        [
            pytest.param([{"type": "web_search"}], "tools[0].type", id="a search"),
            pytest.param([A_FUNCTION, {"type": "code"}], "tools[1].type", id="after a function"),
            pytest.param(
                [{**A_FUNCTION, "google_search": {}}], "tools[0].google_search", id="a stowaway"
            ),
            pytest.param([{}], "tools[0].type", id="a tool of no type"),
            pytest.param([{"type": ["function"]}], "tools[0].type", id="a type that is no name"),
            pytest.param(["function"], "tools[0].type", id="text for a tool"),
            pytest.param({"type": "function"}, "tools", id="an object for tools"),
            pytest.param("web_search", "tools", id="text for tools"),
        ],
    )
    def test_is_a_tool_that_runs_at_the_provider(self, tools, param):
        with pytest.raises(InvalidRequest) as refused:
            a_request(tools=tools)

        assert refused.value.param == param

    def test_is_not_what_only_caches_a_tool(self):
        cached = {**A_FUNCTION, "cache_control": {"type": "ephemeral"}, "strict": True}

        assert a_request(tools=[cached]).has_tools


class TestTextBytes:
    def test_are_the_body_as_it_arrived(self):
        assert read_chat_request(a_body(), size_bytes=1_234).text_bytes == 1_234

    def test_leave_the_payload_of_media_out(self):
        url = "https://a.bc/"

        request = read_chat_request(a_body([an_image(url)]), size_bytes=1_234)

        assert request.text_bytes == 1_234 - len(url)

    def test_are_never_none(self):
        request = read_chat_request(a_body([an_image("x" * 500)]), size_bytes=500)

        assert request.text_bytes == 1


class TestRefuseOptions:
    def test_refuses_the_options_that_are_named(self):
        with pytest.raises(InvalidRequest, match="plugins is not priced here") as refused:
            refuse_options({"plugins": []}, ["other", "plugins"])

        assert refused.value.param == "plugins"

    def test_lets_the_others_pass(self):
        assert refuse_options({"plugins": [], "other": None}, ["other"]) is None
