import pytest

from onebill.domain.image_size import HEADER_BYTES_MAX, Pixels, pixels_of
from tests.unit.domain.requests import a_png, an_encoded


def a_webp(kind, payload):
    chunk = kind + len(payload).to_bytes(4, "little") + payload
    return b"RIFF" + (4 + len(chunk)).to_bytes(4, "little") + b"WEBP" + chunk


def a_lossy_webp(width, height):
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return a_webp(b"VP8 ", b"\x30\x01\0\x9d\x01\x2a" + size)


def a_lossless_webp(width, height):
    bits = (width - 1) | (height - 1) << 14 | 1 << 28
    return a_webp(b"VP8L", b"\x2f" + bits.to_bytes(4, "little") + bytes(5))


def an_extended_webp(width, height):
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return a_webp(b"VP8X", b"\x10\0\0\0" + size)


def a_segment(marker, payload):
    return b"\xff" + bytes([marker]) + (2 + len(payload)).to_bytes(2) + payload


def a_frame(width, height, marker=0xC0):
    size = height.to_bytes(2) + width.to_bytes(2)
    return a_segment(marker, b"\x08" + size + b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01")


def a_jpeg(*segments):
    return b"\xff\xd8" + b"".join(segments)


JFIF = a_segment(0xE0, b"JFIF\0\x01\x01\0\0\x48\0\x48\0\0")
A_THUMBNAIL = a_segment(0xE1, b"Exif\0\0" + a_jpeg(a_frame(160, 120)))
A_LOOKALIKE = b"\x08\x00\x10\x00\x10"  # Read as a frame header, this says 16 by 16.


class TestPixelsOf:
    @pytest.mark.parametrize(
        "image",
        [
            pytest.param(a_png(640, 480), id="a PNG"),
            pytest.param(a_lossy_webp(640, 480), id="a lossy WebP"),
            pytest.param(a_lossless_webp(640, 480), id="a lossless WebP"),
            pytest.param(an_extended_webp(640, 480), id="an extended WebP"),
            pytest.param(a_jpeg(JFIF, a_frame(640, 480)), id="a JPEG"),
            pytest.param(a_jpeg(a_frame(640, 480)), id="a JPEG of nothing else"),
            pytest.param(a_jpeg(JFIF, a_frame(640, 480, 0xC2)), id="a progressive JPEG"),
            pytest.param(a_jpeg(A_THUMBNAIL, a_frame(640, 480)), id="a JPEG with a thumbnail"),
            pytest.param(a_jpeg(b"\xff\xff", a_frame(640, 480)), id="a JPEG with fill bytes"),
            pytest.param(a_jpeg(b"\xff\xd0\xff\x01", a_frame(640, 480)), id="lone markers"),
        ],
    )
    def test_reads_the_header(self, image):
        assert pixels_of(an_encoded(image)) == Pixels(640, 480)

    @pytest.mark.parametrize(
        "marker",
        [
            pytest.param(0xC4, id="Huffman tables"),
            pytest.param(0xC8, id="an extension"),
            pytest.param(0xCC, id="arithmetic coding"),
            pytest.param(0xDB, id="quantisation tables"),
        ],
    )
    def test_does_not_take_other_segments_of_a_jpeg_for_its_size(self, marker):
        image = a_jpeg(a_segment(marker, A_LOOKALIKE), a_frame(640, 480))

        assert pixels_of(an_encoded(image)) == Pixels(640, 480)

    @pytest.mark.parametrize(
        ("image", "expected"),
        [
            pytest.param(a_png(2**31, 1), Pixels(2**31, 1), id="a PNG"),
            pytest.param(a_jpeg(a_frame(65_535, 65_534)), Pixels(65_535, 65_534), id="a JPEG"),
            pytest.param(a_lossless_webp(16_384, 16_383), Pixels(16_384, 16_383), id="VP8L"),
            pytest.param(an_extended_webp(2**24, 2**24 - 1), Pixels(2**24, 2**24 - 1), id="VP8X"),
            pytest.param(a_lossy_webp(16_383, 16_382), Pixels(16_383, 16_382), id="VP8"),
        ],
    )
    def test_reads_the_largest_sizes(self, image, expected):
        assert pixels_of(an_encoded(image)) == expected

    def test_leaves_the_scale_of_a_webp_out_of_its_size(self):
        assert pixels_of(an_encoded(a_lossy_webp(640 | 1 << 14, 480 | 3 << 14))) == Pixels(
            640, 480
        )

    @pytest.mark.parametrize(
        "url",
        [
            pytest.param("https://example.com/cat.png", id="a remote image"),
            pytest.param("", id="nothing"),
            pytest.param("data:image/png,raw", id="a data URL that is not base64"),
            pytest.param("x" + an_encoded(a_png(1, 1)), id="a data URL behind something"),
            pytest.param(an_encoded(b"<svg/>", "image/svg+xml"), id="a format without a header"),
            pytest.param(an_encoded(b""), id="no image at all"),
            pytest.param("data:image/png;base64,A===", id="broken base64"),
            pytest.param(an_encoded(a_png(640, 480)[:22]), id="a PNG cut short"),
            # Once read from its first bytes, but each of its frames has a size of its own.
            pytest.param(an_encoded(b"GIF89a\x01\0\x01\0" + bytes(20)), id="a GIF"),
            pytest.param(an_encoded(a_lossy_webp(640, 480)[:27]), id="a WebP cut short"),
            pytest.param(an_encoded(a_webp(b"ANIM", bytes(20))), id="a WebP of another kind"),
            pytest.param(an_encoded(b"RIFF" + bytes(4) + b"WAVE" + bytes(20)), id="a sound"),
            pytest.param(an_encoded(a_jpeg()), id="a JPEG of two bytes"),
            pytest.param(an_encoded(a_jpeg(JFIF, a_frame(640, 480)[:8])), id="a JPEG cut short"),
            pytest.param(an_encoded(a_jpeg(b"not a marker!")), id="a JPEG with no segments"),
        ],
    )
    def test_is_unknown_if_it_cannot_be_read(self, url):
        assert pixels_of(url) is None

    def test_is_found_behind_a_large_colour_profile(self):
        profile = a_segment(0xE2, bytes(65_000))

        assert pixels_of(an_encoded(a_jpeg(*[profile] * 3, a_frame(640, 480)))) == Pixels(640, 480)

    def test_is_not_looked_for_without_end(self):
        profile = a_segment(0xE2, bytes(65_000))
        image = a_jpeg(*[profile] * 5, a_frame(640, 480))

        assert len(image) > HEADER_BYTES_MAX
        assert pixels_of(an_encoded(image)) is None
