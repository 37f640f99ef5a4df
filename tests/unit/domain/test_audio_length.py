import base64

import pytest

from onebill.domain.audio_length import HEADER_BYTES_MAX, seconds_of
from tests.unit.domain.requests import a_riff, a_wav, an_mp3

A_TAG = b"ID3\x04\0\0\0\0\x01\x02" + bytes(130)
PLAIN_FORMAT = a_wav(0)[20:36]


def encoded(sound):
    return base64.b64encode(sound).decode()


def an_extensible_wav(encoding):
    """A WAV whose encoding is the start of a longer name."""
    extension = (22).to_bytes(2, "little") + bytes(6) + encoding.to_bytes(2, "little")
    return a_riff(b"fmt ", b"\xfe\xff" + PLAIN_FORMAT[2:] + extension, b"data", bytes(32_000))


class TestAWav:
    @pytest.mark.parametrize(
        "sound",
        [
            pytest.param(a_wav(2), id="speech"),
            pytest.param(a_wav(2, sample_rate=44_100, channels=2), id="music"),
            pytest.param(a_wav(2, bits=32, encoding=3), id="floats"),
            pytest.param(a_wav(2, bits=8, encoding=7), id="mu-law"),
            pytest.param(an_extensible_wav(1), id="an extensible format"),
        ],
    )
    def test_of_plain_samples_lasts_as_long_as_its_rate_says(self, sound):
        assert seconds_of(encoded(sound)) == 3  # The header counts as sound: at most one more.

    def test_lasts_long_at_a_low_rate(self):
        assert seconds_of(encoded(a_wav(61, sample_rate=1, bits=8))) == 61 + 44

    def test_is_found_behind_other_chunks(self):
        even, odd = (b"LIST", bytes(4)), (b"bext", bytes(3))
        sound = a_riff(*even, b"fmt ", PLAIN_FORMAT, b"data", bytes(16_000))
        padded = a_riff(*odd, b"fmt ", PLAIN_FORMAT).replace(bytes(3) + b"fmt", bytes(4) + b"fmt")

        assert (seconds_of(encoded(sound)), seconds_of(encoded(padded))) == (2, 1)

    @pytest.mark.parametrize(
        ("block_bytes", "bits"),
        [pytest.param(1, 16, id="small blocks"), pytest.param(2, 8, id="small samples")],
    )
    def test_that_contradicts_itself_lasts_as_long_as_either_reading(self, block_bytes, bits):
        sound = a_wav(4, sample_rate=1_000, bits=bits, block_bytes=block_bytes)

        assert seconds_of(encoded(sound)) == (4_000 * block_bytes + 44 + 999) // 1_000


class TestAnMp3:
    @pytest.mark.parametrize(
        "sound",
        [
            pytest.param(an_mp3(3_000), id="a frame"),
            pytest.param((A_TAG + an_mp3(3_000))[:3_000], id="a tag and a frame"),
            pytest.param(b"\xff\xe3" + bytes(2_998), id="MPEG 2.5"),
        ],
    )
    def test_lasts_as_long_as_the_lowest_rate_takes(self, sound):
        assert seconds_of(encoded(sound)) == 3


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"OggS" + bytes(60), id="Ogg"),
        pytest.param(b"fLaC" + bytes(60), id="FLAC"),
        pytest.param(b"\xff\xfd" + bytes(60), id="layer 2"),
        pytest.param(b"\xff", id="half a frame header"),
        pytest.param(A_TAG + b"OggS", id="a tag and something else"),
        pytest.param(A_TAG[:9], id="half a tag"),
        pytest.param(b"ID3\x04\0\0\x7f\x7f\x7f\x7f", id="a tag without end"),
        pytest.param(a_wav(1, encoding=2), id="a compressed WAV"),
        pytest.param(an_extensible_wav(2), id="a compressed WAV of the extensible kind"),
        pytest.param(a_wav(1, encoding=0xFFFE), id="an extensible WAV without its extension"),
        pytest.param(a_wav(1, sample_rate=0), id="a WAV of no rate"),
        pytest.param(a_wav(1, channels=0, block_bytes=1), id="a WAV of no channel"),
        pytest.param(a_wav(1)[:30], id="a WAV cut in its format"),
        pytest.param(a_riff(b"data", bytes(60)), id="a WAV without a format"),
        pytest.param(
            a_riff(b"LIST", bytes(HEADER_BYTES_MAX), b"fmt ", PLAIN_FORMAT), id="a late format"
        ),
        pytest.param(b"RIFF\0\0\0\0AVI ", id="a film"),
    ],
)
def test_any_other_sound_has_no_bound(sound):
    assert seconds_of(encoded(sound)) is None


@pytest.mark.parametrize("text", ["A===", "A", "====", "A A A"])
def test_what_cannot_be_decoded_has_no_bound(text):
    assert seconds_of(text) is None
