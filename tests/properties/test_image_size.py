import base64

from hypothesis import given
from hypothesis import strategies as st

from onebill.domain.image_size import Pixels, pixels_of
from tests.properties.effort import PROPERTY

sides = st.integers(1, 65_535)
starts = st.sampled_from(
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"RIFF\0\0\0\0WEBPVP8L",
        b"RIFF\0\0\0\0WEBPVP8X",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe0\0\x10",
        b"\xff\xd8\xff\xff\xff",
    ]
)
segments = st.lists(
    st.tuples(
        st.sampled_from([0xC4, 0xC8, 0xCC, 0xDB, 0xE0, 0xE1, 0xFE]), st.binary(max_size=60)
    ).map(lambda each: b"\xff%c%b%b" % (each[0], (2 + len(each[1])).to_bytes(2), each[1])),
    max_size=5,
).map(b"".join)


def a_url(data):
    return f"data:image/x;base64,{base64.b64encode(data).decode()}"


class TestAnyImage:
    @PROPERTY
    @given(starts, st.binary(max_size=80))
    def test_has_a_size_or_none_and_is_never_an_error(self, start, rest):
        pixels = pixels_of(a_url(start + rest))

        assert pixels is None or pixels.width >= 0 <= pixels.height

    @PROPERTY
    @given(st.text())
    def test_may_be_any_text(self, text):
        assert pixels_of("data:image/png;base64," + text) in {None, pixels_of(text)}

    @PROPERTY
    @given(segments, sides, sides, st.sampled_from([0xC0, 0xC1, 0xC2, 0xC9, 0xCF]))
    def test_of_a_jpeg_is_found_behind_any_segments(self, before, width, height, marker):
        size = height.to_bytes(2) + width.to_bytes(2)
        frame = b"\xff%c\0\x11\x08%b\x03" % (marker, size)

        assert pixels_of(a_url(b"\xff\xd8" + before + frame)) == Pixels(width, height)
