import hashlib
from datetime import timedelta

import pytest

from onebill.domain.api_key import (
    ENTROPY_BYTES,
    PREFIX,
    format_api_key,
    hash_api_key,
    hint_of,
    is_well_formed,
)
from tests.builders import KEY_TEXT, NOW, an_api_key

A_MOMENT = timedelta(microseconds=1)


class TestIsUsable:
    @pytest.mark.parametrize(
        ("key", "expected"),
        [
            pytest.param(an_api_key(), True, id="without an end"),
            pytest.param(an_api_key(expires_at=NOW + A_MOMENT), True, id="before its end"),
            pytest.param(an_api_key(expires_at=NOW), False, id="at its end"),
            pytest.param(an_api_key(expires_at=NOW - A_MOMENT), False, id="after its end"),
            pytest.param(an_api_key(revoked=True), False, id="revoked"),
            pytest.param(
                an_api_key(revoked=True, expires_at=NOW + A_MOMENT), False, id="revoked early"
            ),
        ],
    )
    def test_is_until_it_expires_or_is_revoked(self, key, expected):
        assert key.is_usable(NOW) is expected


class TestFormatApiKey:
    def test_never_changes_its_alphabet_or_its_checksum(self):
        assert KEY_TEXT == "ob_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf2OH3zO"

    @pytest.mark.parametrize(
        "entropy",
        [
            pytest.param(bytes(ENTROPY_BYTES), id="the smallest number"),
            pytest.param(b"\xff" * ENTROPY_BYTES, id="the largest number"),
        ],
    )
    def test_has_the_same_length_for_every_number(self, entropy):
        key = format_api_key(entropy)

        assert key.startswith(PREFIX)
        assert len(key) == 3 + 43 + 6
        assert is_well_formed(key)

    def test_keeps_all_of_the_largest_number(self):
        largest = format_api_key(b"\xff" * ENTROPY_BYTES)
        one_less = format_api_key(b"\xff" * (ENTROPY_BYTES - 1) + b"\xfe")
        half = format_api_key(b"\x7f" + b"\xff" * (ENTROPY_BYTES - 1))

        assert len({largest, one_less, half}) == 3

    @pytest.mark.parametrize("length", [0, ENTROPY_BYTES - 1, ENTROPY_BYTES + 1])
    def test_needs_exactly_its_random_bytes(self, length):
        with pytest.raises(ValueError, match="32 random bytes"):
            format_api_key(bytes(length))


class TestIsWellFormed:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="nothing"),
            pytest.param("ob_", id="only the prefix"),
            pytest.param("sk-" + KEY_TEXT[3:], id="another prefix"),
            pytest.param("OB_" + KEY_TEXT[3:], id="the prefix in capitals"),
            pytest.param(KEY_TEXT[:-1], id="one character short"),
            pytest.param(KEY_TEXT + "0", id="one character more"),
            pytest.param(KEY_TEXT + "\n", id="a line end after it"),
            pytest.param(" " + KEY_TEXT, id="a space before it"),
            pytest.param(KEY_TEXT[:-1] + "-", id="a character of no key"),
            pytest.param(KEY_TEXT[:-1] + "\u0665", id="a digit of another script"),
            pytest.param(KEY_TEXT.swapcase()[:2].lower() + KEY_TEXT[2:].swapcase(), id="swapcase"),
            pytest.param("ob_" + "0" * 49, id="zeros, whose checksum is not zero"),
        ],
    )
    def test_refuses_what_nobody_made(self, text):
        assert not is_well_formed(text)


class TestHashApiKey:
    def test_is_the_sha_256_of_the_whole_text(self):
        assert hash_api_key("ob_x") == hashlib.sha256(b"ob_x").hexdigest()


class TestHintOf:
    def test_is_the_end_of_the_text(self):
        assert hint_of(KEY_TEXT) == KEY_TEXT[-4:]
        assert len(hint_of(KEY_TEXT)) == 4
