from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

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
from tests.properties.effort import PROPERTY
from tests.properties.strategies import amounts, moments, usages

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

stamps = st.integers(0, 10**14)
words = st.text(st.characters(min_codepoint=0x20, exclude_characters="|"), max_size=20)

operations = st.one_of(
    st.builds(HoldPlaced, at_ms=stamps, hold_id=words, held_nano_usd=amounts),
    st.builds(
        HoldSettled,
        at_ms=stamps,
        hold_id=words,
        held_nano_usd=amounts,
        cost_nano_usd=amounts,
        key_id=words,
        model=words,
        price_version=words,
        usage=usages,
        estimated=st.booleans(),
    ),
    st.builds(HoldClosed, at_ms=stamps, hold_id=words, held_nano_usd=amounts, reason=words),
    st.builds(CreditGranted, at_ms=stamps, grant_id=words, amount_nano_usd=st.integers()),
    st.builds(ConfigurationSet, at_ms=stamps, change=words),
)


class TestOperations:
    @PROPERTY
    @given(operations)
    def test_are_read_as_they_were_written(self, operation):
        assert decode_operation(encode_operation(operation)) == operation

    @PROPERTY
    @given(operations, operations)
    def test_that_differ_are_written_differently(self, one, another):
        assert (encode_operation(one) == encode_operation(another)) == (one == another)


class TestUsageInAnOperation:
    @PROPERTY
    @given(usages)
    def test_is_read_as_it_was_written(self, used):
        assert decode_usage(encode_usage(used)) == used


class TestTimeInAnOperation:
    @PROPERTY
    @given(moments)
    def test_is_true_to_the_millisecond_and_never_ahead(self, moment):
        elapsed = moment - EPOCH

        late = elapsed - timedelta(milliseconds=milliseconds(moment))

        assert timedelta(0) <= late < timedelta(milliseconds=1)
