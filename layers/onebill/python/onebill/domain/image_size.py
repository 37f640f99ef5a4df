"""How many pixels an image has, read from the first bytes of its base64 text.

Providers bill pictures by their pixels, so a bound needs the size and nothing else of the
image. Only headers are looked at, of formats whose header decides: in a GIF each frame has a size
of its own, so a GIF has none here.
"""

import re
from dataclasses import dataclass

from onebill.domain.base64_start import decode_start

HEADER_BYTES_MAX = 256 * 1024
"""How far into a JPEG its size is looked for: behind colour profiles and camera data."""

_DATA_URL = re.compile(r"data:[^,]{0,128};base64,", re.ASCII)
_JPEG_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True)
class Pixels:
    """The size of an image."""

    width: int
    height: int


def pixels_of(url: str) -> Pixels | None:
    """The size of the image in a data URL; None if it is remote or of no known format."""
    match = _DATA_URL.match(url)
    if match is None:
        return None
    header = decode_start(url, start=match.end(), bytes_max=HEADER_BYTES_MAX)
    if header is None:
        return None
    for read in (_png, _webp, _jpeg):
        pixels = read(header)
        if pixels is not None:
            return pixels
    return None


def _png(data: bytes) -> Pixels | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or len(data) < 24:
        return None
    return Pixels(int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))


def _webp(data: bytes) -> Pixels | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8 ":
            width, height = data[26:28], data[28:30]
            return Pixels(
                int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
            )
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return Pixels((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8X":
            width, height = data[24:27], data[27:30]
            return Pixels(
                int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
            )
        case _:
            return None


def _jpeg(data: bytes) -> Pixels | None:
    """Walk the segments to the frame header, which has the size."""
    if not data.startswith(b"\xff\xd8"):
        return None
    position = 2
    while position + 9 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:  # A fill byte before the marker.
            position += 1
        elif marker in _JPEG_STANDALONE:
            position += 2
        elif marker in _JPEG_SIZE_MARKERS:
            height = int.from_bytes(data[position + 5 : position + 7])
            return Pixels(int.from_bytes(data[position + 7 : position + 9]), height)
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4])
    return None
