from dataclasses import fields

import pytest

from onebill.domain.usage import Usage

BUCKETS = [field.name for field in fields(Usage)]


class TestUsage:
    def test_is_one_request_of_no_tokens_unless_told_otherwise(self):
        assert Usage() == Usage(uncached_input_tokens=0, output_tokens=0, requests=1)

    @pytest.mark.parametrize("bucket", BUCKETS)
    def test_never_counts_below_zero(self, bucket):
        with pytest.raises(ValueError, match=f"{bucket} is negative"):
            Usage(**{bucket: -1})

    def test_has_every_input_bucket_in_its_input_and_no_other(self):
        usage = Usage(
            uncached_input_tokens=1,
            cache_read_tokens=20,
            cache_write_5m_tokens=300,
            cache_write_1h_tokens=4_000,
            audio_input_tokens=50_000,
            output_tokens=600_000,
            reasoning_tokens=7_000_000,
            audio_output_tokens=80_000_000,
        )

        assert usage.input_tokens == 54_321
