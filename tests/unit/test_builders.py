"""What the tests are built of is what they say it is."""

from tests.builders import some_rates
from tests.fakes.providers import an_answer


def test_an_answer_of_the_script_can_leave_fields_out():
    assert "usage" not in an_answer(usage=...)


def test_rates_of_the_tests_are_what_they_say():
    assert some_rates().input == 1_000_000
