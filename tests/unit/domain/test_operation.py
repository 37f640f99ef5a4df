from dataclasses import fields
from datetime import UTC, datetime

import pytest

from onebill.domain.operation import (
    ConfigurationSet,
    CreditGranted,
    HoldClosed,
    HoldPlaced,
    HoldSettled,
    decode_operation,
    decode_usage,
    encode_operation,
    encode_usage,
    milliseconds,
)
from onebill.domain.usage import Usage
from tests.builders import NOW

SETTLED = HoldSettled(
    at_ms=1_700_000_000_000,
    hold_id="h1",
    held_nano_usd=1_000,
    cost_nano_usd=250,
    key_id="key-1",
    model="openai/gpt-4o-mini",
    price_version="base@2026-11-23",
    usage=Usage(uncached_input_tokens=200, output_tokens=50),
)

WRITTEN = [
    pytest.param(
        HoldPlaced(at_ms=1_700_000_000_000, hold_id="h1", held_nano_usd=1_000),
        "R|1700000000000|h1|1000",
        id="a hold placed",
    ),
    pytest.param(
        SETTLED,
        "C|1700000000000|h1|1000|250|key-1|openai/gpt-4o-mini|base@2026-11-23|i200o50q1|",
        id="a hold settled",
    ),
    pytest.param(
        HoldSettled(
            at_ms=1,
            hold_id="h1",
            held_nano_usd=2,
            cost_nano_usd=3,
            key_id="k",
            model="m",
            price_version="p",
            usage=Usage(requests=0),
            estimated=True,
        ),
        "C|1|h1|2|3|k|m|p||1",
        id="a hold settled by an estimate of nothing",
    ),
    pytest.param(
        HoldClosed(at_ms=5, hold_id="h1", held_nano_usd=1_000, reason="provider failed"),
        "X|5|h1|1000|provider failed",
        id="a hold closed",
    ),
    pytest.param(
        CreditGranted(at_ms=5, grant_id="g-1", amount_nano_usd=5_000),
        "G|5|g-1|5000",
        id="credit granted",
    ),
    pytest.param(
        ConfigurationSet(at_ms=0, change="account created"), "F|0|account created", id="a change"
    ),
]


class TestMilliseconds:
    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            pytest.param(datetime(1970, 1, 1, tzinfo=UTC), 0, id="the beginning"),
            pytest.param(NOW, 1_795_435_200_000, id="a whole second"),
            pytest.param(NOW.replace(microsecond=1_000), 1_795_435_200_001, id="a millisecond"),
            pytest.param(
                NOW.replace(microsecond=999_999), 1_795_435_200_999, id="almost one more"
            ),
        ],
    )
    def test_count_from_1970_and_never_run_ahead(self, moment, expected):
        assert milliseconds(moment) == expected


class TestEncodeUsage:
    def test_has_a_letter_for_every_bucket(self):
        names = [field.name for field in fields(Usage)]
        usage = Usage(**{name: count for count, name in enumerate(names, start=1)})

        assert encode_usage(usage) == "i1r2w3W4a5o6t7A8q9"

    def test_leaves_out_what_is_zero(self):
        assert encode_usage(Usage(output_tokens=50, requests=0)) == "o50"


class TestDecodeUsage:
    def test_reads_what_is_not_there_as_zero(self):
        assert decode_usage("") == Usage(requests=0)

    def test_tells_capitals_apart(self):
        assert decode_usage("w1W2a3A4") == Usage(
            cache_write_5m_tokens=1,
            cache_write_1h_tokens=2,
            audio_input_tokens=3,
            audio_output_tokens=4,
            requests=0,
        )


class TestEncodeOperation:
    @pytest.mark.parametrize(("operation", "text"), WRITTEN)
    def test_writes_the_kind_and_the_fields_in_order(self, operation, text):
        assert encode_operation(operation) == text

    @pytest.mark.parametrize(
        "character",
        [
            pytest.param("|", id="the separator"),
            pytest.param("\n", id="a line end"),
            pytest.param("\0", id="a null"),
            pytest.param("\x1f", id="a control character"),
        ],
    )
    def test_refuses_text_that_would_break_the_fields(self, character):
        operation = ConfigurationSet(at_ms=0, change=f"limit{character}raised")

        with pytest.raises(ValueError, match="not usable in an operation"):
            encode_operation(operation)


class TestDecodeOperation:
    @pytest.mark.parametrize(("operation", "text"), WRITTEN)
    def test_reads_what_was_written(self, operation, text):
        assert decode_operation(text) == operation

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="nothing"),
            pytest.param("Z|1|h1", id="an unknown kind"),
            pytest.param("r|1|h1|5", id="a kind in small letters"),
            pytest.param("R|1|h1", id="too few fields"),
            pytest.param("R|1|h1|5|6", id="too many fields"),
            pytest.param("R|soon|h1|5", id="a time that is no number"),
        ],
    )
    def test_refuses_what_nobody_wrote(self, text):
        with pytest.raises(ValueError):  # noqa: PT011  # Any of int's, zip's or our own.
            decode_operation(text)

    # Once: an unknown letter is a KeyError, anything else is read as no usage at all.
    @pytest.mark.parametrize(
        "usage",
        [
            pytest.param("z5", id="a bucket nobody knows"),
            pytest.param("i-5", id="a negative count"),
            pytest.param("i200,o50", id="a separator"),
            pytest.param("nonsense", id="nothing of the kind"),
        ],
    )
    def test_refuses_usage_nobody_wrote(self, usage):
        with pytest.raises(ValueError):  # noqa: PT011  # Any message will do.
            decode_operation(f"C|1|h1|2|3|k|m|p|{usage}|")
