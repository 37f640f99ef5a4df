from datetime import date

import pytest

from cli.prices.history import next_version, renew, renew_model
from tests.unit.cli.prices.builders import (
    TODAY,
    a_catalogue,
    a_priced_model,
    a_proposal,
    dated,
)

EARLIER = date(2026, 6, 1)
LATER = date(2027, 1, 1)
SOURCES = {"genai-prices": "1", "litellm": "1"}


class TestRenewModel:
    def test_takes_a_new_model_with_all_its_history(self):
        new = a_priced_model(dated(input=2), dated(EARLIER, input=1))

        assert renew_model(None, new, today=TODAY) == new

    def test_appends_a_changed_rate_and_keeps_the_old_one(self):
        old = a_priced_model(dated(input=1))

        renewed = renew_model(old, a_priced_model(dated(input=2)), today=TODAY)

        assert renewed.prices == (dated(input=1), dated(TODAY, input=2))

    def test_never_rewrites_what_was_charged_though_a_source_does(self):
        old = a_priced_model(dated(input=3), dated(EARLIER, input=1))

        renewed = renew_model(
            old, a_priced_model(dated(input=9), dated(EARLIER, input=1)), today=TODAY
        )

        assert renewed.prices == old.prices

    def test_notes_a_dispute_without_a_new_entry_when_the_rate_stays(self):
        old = a_priced_model(dated(input=2))

        renewed = renew_model(old, a_priced_model(dated(status="disputed", input=2)), today=TODAY)

        assert renewed.prices == (dated(status="disputed", input=2),)

    def test_follows_the_sources_in_what_they_announce(self):
        old = a_priced_model(dated(input=1), dated(LATER, input=5))

        renewed = renew_model(
            old, a_priced_model(dated(input=1), dated(LATER, input=2)), today=TODAY
        )

        assert renewed.prices == (dated(input=1), dated(LATER, input=2))

    def test_lets_an_announcement_come_true_without_another_entry(self):
        old = a_priced_model(dated(input=1), dated(LATER, input=2))

        renewed = renew_model(old, a_priced_model(dated(input=2)), today=LATER)

        assert renewed.prices == (dated(input=1), dated(LATER, input=2))

    def test_replaces_an_entry_of_the_same_day(self):
        old = a_priced_model(dated(input=1), dated(TODAY, input=2))

        renewed = renew_model(old, a_priced_model(dated(input=3)), today=TODAY)

        assert renewed.prices == (dated(input=1), dated(TODAY, input=3))

    def test_sells_a_withdrawn_model_again(self):
        old = a_priced_model(dated(input=1), withdrawn=EARLIER)

        renewed = renew_model(old, a_priced_model(dated(input=2)), today=TODAY)

        assert renewed.withdrawn is None
        assert renewed.prices == (dated(input=1), dated(TODAY, input=2))


class TestRenew:
    def test_withdraws_what_is_no_longer_priced_and_keeps_its_entries(self):
        old = a_catalogue(gpt=a_priced_model(dated(input=1)))

        renewed = renew(old, a_proposal(), sources=SOURCES, today=TODAY)

        assert renewed.models["openai/gpt"] == a_priced_model(dated(input=1), withdrawn=TODAY)
        assert renewed.sold == {}

    def test_remembers_when_a_model_was_first_withdrawn(self):
        old = a_catalogue(gpt=a_priced_model(withdrawn=EARLIER))

        renewed = renew(old, a_proposal(), sources=SOURCES, today=TODAY)

        assert renewed.models["openai/gpt"].withdrawn == EARLIER

    def test_gives_back_the_old_catalogue_when_nothing_changed(self):
        old = a_catalogue(gpt=a_priced_model())

        assert renew(old, a_proposal(gpt=a_priced_model()), sources=SOURCES, today=TODAY) is old

    def test_makes_the_first_catalogue(self):
        first = renew(None, a_proposal(gpt=a_priced_model()), sources=SOURCES, today=TODAY)

        assert (first.version, list(first.models)) == ("2026-11-23", ["openai/gpt"])


class TestNextVersion:
    @pytest.mark.parametrize(
        ("old", "expected"),
        [
            pytest.param(None, "2026-11-23", id="the first"),
            pytest.param("2026-10-01.4", "2026-11-23", id="another day"),
            pytest.param("2026-11-23", "2026-11-23.2", id="the second of a day"),
            pytest.param("2026-11-23.9", "2026-11-23.10", id="the tenth of a day"),
        ],
    )
    def test_never_names_two_catalogues_alike(self, old, expected):
        assert next_version(old, today=TODAY) == expected
