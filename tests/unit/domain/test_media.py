import pytest

from onebill.domain.errors import InvalidRequest
from onebill.domain.image_size import Pixels
from onebill.domain.media import Media, find_media
from tests.unit.domain.requests import a_file, a_png, a_wav, an_audio, an_encoded, an_image


def in_a_message(*parts, **fields):
    return [{"role": "user", "content": list(parts), **fields}]


class TestFindMedia:
    @pytest.mark.parametrize(
        "content",
        [
            pytest.param("Hello", id="text"),
            pytest.param(None, id="nothing"),
            pytest.param([], id="no parts"),
            pytest.param([{"type": "text", "text": "Hello"}], id="a part of text"),
            pytest.param([{"type": "refusal", "refusal": "No."}], id="a refusal"),
            pytest.param([{"type": "thinking", "thinking": "Hm."}], id="a thought"),
        ],
    )
    def test_finds_nothing_in_words(self, content):
        assert find_media([{"role": "user", "content": content}]) == Media()

    def test_finds_an_image_and_its_size(self):
        url = an_encoded(a_png(640, 480))

        media = find_media(in_a_message(an_image(url)))

        assert media == Media(images=(Pixels(640, 480),), encoded_bytes=len(url))

    def test_finds_an_image_elsewhere_without_a_size(self):
        media = find_media(in_a_message(an_image("https://example.com/cat.png")))

        assert media == Media(images=(None,), encoded_bytes=27)

    def test_takes_an_image_that_is_no_object_as_some_providers_do(self):
        media = find_media(in_a_message({"type": "image_url", "image_url": "https://a.bc/"}))

        assert media == Media(images=(None,), encoded_bytes=13)

    @pytest.mark.parametrize(
        "part",
        [
            pytest.param({"type": "image_url"}, id="no image"),
            pytest.param({"type": "image_url", "image_url": None}, id="null"),
            pytest.param({"type": "image_url", "image_url": {"url": 5}}, id="a number"),
            pytest.param({"type": "image_url", "image_url": {"id": "f"}}, id="another field"),
        ],
    )
    def test_counts_an_image_even_if_it_is_not_there(self, part):
        assert find_media(in_a_message(part)) == Media(images=(None,))

    def test_leaves_text_that_is_no_base64_in_the_text(self):
        media = find_media(in_a_message(an_image("https://example.com/\u732b.png")))

        assert media == Media(images=(None,), encoded_bytes=0)

    def test_finds_audio_and_its_length(self):
        part = an_audio(a_wav(1))

        media = find_media(in_a_message(part))

        encoded_bytes = len(part["input_audio"]["data"])
        assert media == Media(audio_seconds=(2,), encoded_bytes=encoded_bytes)

    def test_takes_audio_that_is_no_object_as_some_providers_do(self):
        media = find_media(in_a_message({"type": "input_audio", "input_audio": "AAAA"}))

        assert media == Media(audio_seconds=(None,), encoded_bytes=4)

    # Once: counted as no audio at all: neither refused where audio has no price, nor bounded.
    @pytest.mark.parametrize(
        "audio",
        [
            pytest.param({"url": "https://example.com/talk.mp3"}, id="elsewhere"),
            pytest.param({"file_id": "file-1"}, id="at the provider"),
        ],
    )
    def test_refuses_audio_whose_length_cannot_be_told(self, audio):
        with pytest.raises(InvalidRequest):
            find_media(in_a_message({"type": "input_audio", "input_audio": audio}))

    # Once: an hour of sound behind a URL is bounded by the length of the URL: one second.
    def test_refuses_audio_whose_data_is_an_address(self):
        part = {"type": "input_audio", "input_audio": {"data": "https://example.com/talk.mp3"}}

        with pytest.raises(InvalidRequest):
            find_media(in_a_message(part))

    def test_counts_answers_in_audio_that_are_referred_to(self):
        messages = [
            {"role": "assistant", "audio": {"id": "audio_1"}, "content": None},
            {"role": "user", "content": "And again?"},
            {"role": "assistant", "audio": {"id": "audio_2"}},
            {"role": "assistant", "audio": None},
        ]

        assert find_media(messages) == Media(audio_replies=2)

    def test_finds_a_document(self):
        part = a_file(1_000)

        media = find_media(in_a_message(part))

        assert media == Media(files=1, encoded_bytes=len(part["file"]["file_data"]))

    @pytest.mark.parametrize("file", [{"file_data": ""}, None], ids=["empty", "null"])
    def test_finds_a_document_even_if_it_is_not_there(self, file):
        assert find_media(in_a_message({"type": "file", "file": file})) == Media(files=1)

    @pytest.mark.parametrize("kind", ["file", "image_url", "input_audio"])
    def test_refuses_what_is_stored_at_the_provider_where_all_accounts_have_one_key(self, kind):
        part = {"type": kind, kind: {"file_id": "file-1", "file_data": "x"}}

        with pytest.raises(InvalidRequest, match="stored at a provider"):
            find_media(in_a_message(part))

    def test_adds_up_all_parts_of_all_messages(self):
        messages = [
            *in_a_message(
                an_image("https://a.bc/"), an_audio(b"abc"), {"type": "text", "text": "?"}
            ),
            *in_a_message(an_audio(b"abc"), a_file(3), an_image("https://a.bc/"), role="tool"),
        ]

        assert find_media(messages) == Media(
            images=(None, None),
            audio_seconds=(None, None),
            files=1,
            encoded_bytes=13 + 4 + 4 + 4 + 13,
        )

    @pytest.mark.parametrize(
        ("part", "kind"),
        [
            pytest.param(
                {"type": "video_url", "video_url": {"url": "x"}}, "'video_url'", id="video"
            ),
            pytest.param({"type": "document_url"}, "'document_url'", id="a document elsewhere"),
            pytest.param({"type": "image"}, "'image'", id="another provider's image"),
            pytest.param({"text": "Hello"}, "None", id="no kind"),
            pytest.param({"type": 5}, "5", id="a number for a kind"),
            pytest.param("Hello", "None", id="a part that is no object"),
            pytest.param(None, "None", id="null"),
        ],
    )
    def test_refuses_a_part_whose_cost_would_be_a_guess(self, part, kind):
        messages = [{"role": "user", "content": "Hello"}, *in_a_message(an_image(), part)]

        with pytest.raises(InvalidRequest) as refused:
            find_media(messages)

        assert str(refused.value) == f"Parts of type {kind} are not priced here."
        assert refused.value.param == "messages[1].content[1]"

    # Once: TypeError, unhashable type: a 500 for what the caller got wrong.
    @pytest.mark.parametrize("kind", [["text"], {"text": "text"}], ids=["a list", "an object"])
    def test_refuses_a_part_whose_kind_is_no_name(self, kind):
        with pytest.raises(InvalidRequest):
            find_media(in_a_message({"type": kind}))


class TestKinds:
    @pytest.mark.parametrize(
        ("media", "expected"),
        [
            pytest.param(Media(), set(), id="nothing"),
            pytest.param(Media(images=(None,)), {"image"}, id="an image of unknown size"),
            pytest.param(Media(audio_seconds=(1,)), {"audio"}, id="audio"),
            pytest.param(Media(audio_replies=1), {"audio"}, id="an earlier answer in audio"),
            pytest.param(Media(audio_seconds=(None,)), {"audio"}, id="audio of unknown length"),
            pytest.param(Media(files=1), {"file"}, id="a document"),
            pytest.param(
                Media(images=(None,), audio_seconds=(1,), files=1),
                {"image", "audio", "file"},
                id="everything",
            ),
        ],
    )
    def test_are_the_media_there_are(self, media, expected):
        assert media.kinds == expected
