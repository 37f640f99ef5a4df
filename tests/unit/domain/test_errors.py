import pytest

from onebill.domain import errors
from onebill.domain.errors import (
    AccountExists,
    AccountFrozen,
    AccountNotFound,
    AnswerTooLarge,
    ApiKeyNotFound,
    GrantExists,
    InsufficientCredits,
    InvalidApiKey,
    InvalidRequest,
    LedgerUnavailable,
    ModelNotFound,
    OnebillError,
    ProviderError,
    ProviderFailure,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnavailable,
    RequestTooLarge,
    SpendLimitExceeded,
    TooManyInFlight,
    Unaffordable,
)
from onebill.domain.money import parse_usd
from onebill.domain.windows import Window, resets_at
from tests.builders import NOW


def insufficient_credits(required="1.50", available="0.25"):
    return InsufficientCredits(
        required_nano_usd=parse_usd(required), available_nano_usd=parse_usd(available)
    )


def spend_limit_exceeded(limit="10.00", spent="9.75"):
    return SpendLimitExceeded(
        window=Window.WEEK,
        limit_nano_usd=parse_usd(limit),
        spent_nano_usd=parse_usd(spent),
        required_nano_usd=parse_usd("0.50"),
        resets_at=resets_at(Window.WEEK, NOW),
    )


EVERY_ERROR = [
    InvalidApiKey(),
    AccountNotFound("acme"),
    AccountExists("acme"),
    GrantExists("g-1"),
    ApiKeyNotFound("key-1"),
    AccountFrozen("frozen"),
    ModelNotFound("openai/gpt-99"),
    InvalidRequest("messages must be a non-empty list.", param="messages"),
    RequestTooLarge(1_000),
    insufficient_credits(),
    spend_limit_exceeded(),
    TooManyInFlight(64),
    ProviderRefused(status=400, content_type="text/plain", body=b"no", retry_after=None),
    ProviderError("down"),
    AnswerTooLarge("OpenAI", limit_bytes=64),
    ProviderTimeout("slow"),
    ProviderUnavailable("no key"),
]


class TestEveryError:
    @pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
    def test_is_anticipated_and_has_a_code_and_a_message(self, error):
        assert isinstance(error, OnebillError)
        assert error.code.replace("_", "").isalpha()
        assert str(error)

    def test_has_a_code_of_its_own(self):
        assert len({error.code for error in EVERY_ERROR}) == len(EVERY_ERROR)

    @pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
    def test_is_in_the_tree_at_the_top_of_the_module(self, error):
        assert f"── {type(error).__name__} " in errors.__doc__

    def test_of_the_database_is_not_anticipated(self):
        error = LedgerUnavailable("place_hold")

        assert not isinstance(error, OnebillError)
        assert str(error) == "the ledger did not do place_hold: no answer"


class TestMessages:
    @pytest.mark.parametrize(
        ("error", "named"),
        [
            (AccountNotFound("acme"), "'acme'"),
            (AccountExists("acme"), "'acme'"),
            (GrantExists("g-1"), "'g-1'"),
            (ApiKeyNotFound("key-1"), "'key-1'"),
            (AccountFrozen("closed"), "is closed"),
            (ModelNotFound("openai/gpt-99"), "'openai/gpt-99'"),
            (RequestTooLarge(1_000), "1000 bytes"),
            (TooManyInFlight(64), "64 requests in flight"),
            (
                ProviderRefused(status=422, content_type="x", body=b"", retry_after=None),
                "answered 422",
            ),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_name_what_they_are_about(self, error, named):
        assert named in str(error)

    def test_of_an_unusable_key_do_not_tell_why(self):
        assert str(InvalidApiKey()) == "The API key is missing, unknown, revoked or expired."


class TestInvalidRequest:
    def test_names_the_parameter_to_blame(self):
        assert InvalidRequest("no", param="tools[0].type").param == "tools[0].type"

    def test_may_blame_the_body_as_a_whole(self):
        assert InvalidRequest("no").param is None


class TestModelNotFound:
    def test_blames_the_model(self):
        assert ModelNotFound("openai/gpt-99").param == "model"


class TestInsufficientCredits:
    def test_says_what_is_needed_what_there_is_and_what_is_missing(self):
        error = insufficient_credits(required="1.50", available="0.25")

        assert "needs up to $1.50 and $0.25 is available: $1.25 is missing" in str(error)
        assert error.facts == {
            "required_usd": "1.50",
            "available_usd": "0.25",
            "missing_usd": "1.25",
        }

    def test_knows_what_would_have_fitted(self):
        assert insufficient_credits(available="0.25").affordable_nano_usd == parse_usd("0.25")

    def test_counts_debt_as_missing_and_affords_nothing(self):
        error = insufficient_credits(required="1.50", available="-0.50")

        assert error.missing_nano_usd == parse_usd("2.00")
        assert error.affordable_nano_usd == 0
        assert isinstance(error, Unaffordable)


class TestSpendLimitExceeded:
    def test_names_the_window_the_limit_the_spend_and_the_reset(self):
        error = spend_limit_exceeded()

        assert str(error) == (
            "The week spend limit of $10.00 leaves no room: $9.75 is spent or held and this "
            "request needs up to $0.50. The window resets at 2026-11-30T00:00:00+00:00."
        )
        assert error.facts == {
            "window": "week",
            "limit_usd": "10.00",
            "spent_usd": "9.75",
            "required_usd": "0.50",
            "resets_at": "2026-11-30T00:00:00+00:00",
        }

    def test_knows_what_would_have_fitted(self):
        error = spend_limit_exceeded(limit="10.00", spent="9.75")

        assert error.affordable_nano_usd == parse_usd("0.25")
        assert isinstance(error, Unaffordable)

    def test_affords_nothing_once_the_limit_is_overrun(self):
        assert spend_limit_exceeded(limit="10.00", spent="10.50").affordable_nano_usd == 0


class TestProviderRefused:
    def test_carries_the_providers_answer_untouched(self):
        error = ProviderRefused(
            status=429, content_type="application/json", body=b'{"a":1}', retry_after="7"
        )

        assert (error.status, error.body, error.retry_after) == (429, b'{"a":1}', "7")
        assert error.content_type == "application/json"


class TestProviderFailure:
    @pytest.mark.parametrize("kind", [ProviderError, ProviderTimeout, ProviderUnavailable])
    def test_is_what_leads_to_a_release(self, kind):
        assert issubclass(kind, ProviderFailure)
        assert not issubclass(ProviderRefused, ProviderFailure)
