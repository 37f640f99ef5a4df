import pytest

from tests.fakes.providers import a_chunk, a_usage
from tests.unit.domain.event_streams import a_reading, an_event, content_of


class TestAnError:
    @pytest.mark.parametrize("error", [{"message": "overloaded"}, "overloaded"])
    def test_is_noticed_and_passed_on(self, error):
        stream, passed_on = a_reading(a_chunk("w0"), an_event(error=error))

        assert stream.failed
        assert passed_on == a_chunk("w0") + an_event(error=error)

    @pytest.mark.parametrize("error", [None, "", {}], ids=repr)
    def test_may_be_none(self, error):
        assert not a_reading(an_event(error=error, choices=[]))[0].failed

    def test_may_come_with_usage(self):
        stream, _ = a_reading(an_event(error="no", usage=a_usage()))

        assert stream.failed
        assert stream.usage == a_usage()


class TestBreakingOff:
    def test_is_an_event_named_error_in_openais_shape(self):
        stream, _ = a_reading(a_chunk("w0"))

        event = stream.breaking_off(message='It said "no".\n', code="provider_timeout")

        name, data = event.removesuffix(b"\n\n").split(b"\n")
        assert name == b"event: error"
        assert content_of(data) == {
            "error": {
                "message": 'It said "no".\n',
                "type": "provider_error",
                "code": "provider_timeout",
                "param": None,
            }
        }

    @pytest.mark.parametrize("rest", [b"", b"\n", b"\r\n", b'data: {"cho'], ids=repr)
    def test_begins_an_event_of_its_own_if_the_last_is_not_whole(self, rest):
        last = a_chunk("w1").removesuffix(b"\n\n") + rest
        stream, passed_on = a_reading(a_chunk("w0"), last)

        answer = passed_on + stream.breaking_off(message="gone", code="provider_error")

        assert answer.replace(b"\r\n", b"\n").count(b"\n\nevent: error\n") == 1

    def test_may_be_all_there_is(self):
        stream, _ = a_reading()

        assert stream.breaking_off(message="gone", code="x").startswith(b"event: error\n")
