"""How long a sound can last, read from the first bytes of its base64 text.

Only two formats say so much that they can be believed: WAV of plain samples, by the sample rate
that plays them, and MP3, by the lowest bit rate there is. Silence in any other format can be
almost arbitrarily short for its length.
"""

from onebill.domain.base64_start import decode_start
from onebill.domain.money import ceil_div

HEADER_BYTES_MAX = 64 * 1024
"""How far a WAV's format is looked for, and an MP3's first frame behind its tag."""

MP3_BYTES_PER_SECOND_MIN = 1_000
"""8 kbit/s, the lowest rate an MP3 frame can state (ISO 13818-3, low sampling frequencies)."""

_PLAIN_SAMPLES = frozenset({1, 3, 6, 7})  # PCM, float, A-law, mu-law (RFC 2361).
_EXTENSIBLE = 0xFFFE
_CHUNK_HEADER_BYTES = 8
_FORMAT_BYTES_MIN = 16
_SUBFORMAT_BYTES_MIN = 26


def seconds_of(base64_text: str) -> int | None:
    """The most seconds the sound can last; None if nothing bounds it."""
    size_bytes = len(base64_text) * 3 // 4
    header = decode_start(base64_text, bytes_max=HEADER_BYTES_MAX)
    if header is None:
        return None
    bytes_per_second = _wav(header) or _mp3(header)
    return None if bytes_per_second is None else ceil_div(size_bytes, bytes_per_second)


def _wav(data: bytes) -> int | None:
    """Bytes per second of plain samples, from the format chunk."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    position = 12
    while position + _CHUNK_HEADER_BYTES <= len(data):
        name, length = data[position : position + 4], data[position + 4 : position + 8]
        position += _CHUNK_HEADER_BYTES
        length_bytes = int.from_bytes(length, "little")
        if name == b"fmt ":
            return _plain_bytes_per_second(data[position : position + length_bytes])
        position += length_bytes + length_bytes % 2
    return None


def _plain_bytes_per_second(chunk: bytes) -> int | None:
    if len(chunk) < _FORMAT_BYTES_MIN:
        return None
    encoding, channels = _number(chunk[0:2]), _number(chunk[2:4])
    if encoding == _EXTENSIBLE and len(chunk) >= _SUBFORMAT_BYTES_MIN:
        encoding = _number(chunk[24:26])
    if encoding not in _PLAIN_SAMPLES:
        return None
    sample_rate, block_bytes, bits = (
        _number(chunk[4:8]),
        _number(chunk[12:14]),
        _number(chunk[14:16]),
    )
    # A decoder may go by either of these: the smaller makes it last longer.
    bytes_per_frame = min(block_bytes, channels * bits // 8)
    return sample_rate * bytes_per_frame or None


def _mp3(data: bytes) -> int | None:
    """The lowest rate, if this is an MP3 at all: a frame, or a tag and then a frame."""
    position = 0
    if data.startswith(b"ID3") and len(data) >= 10:
        size = data[6:10]
        position = 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3])
    frame = data[position : position + 2]
    is_layer_3 = len(frame) == 2 and frame[0] == 0xFF and frame[1] & 0xE6 == 0xE2
    return MP3_BYTES_PER_SECOND_MIN if is_layer_3 else None


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")
