"""Requests of every kind, and the most a provider could count for each.

What can be counted is written down while a request is built, before anything is encoded, so it
owes nothing to the code under test.
"""

import base64
import json
from dataclasses import dataclass
from functools import reduce

from hypothesis import strategies as st

from onebill.domain.chat_request import ChatRequest, read_chat_request

TEMPLATE_TOKENS_PER_MESSAGE = 8
"""Role, separators, and an end: more than any published chat template adds for a message."""

TEMPLATE_TOKENS_PER_REQUEST = 60
TOOLS_TOKENS_PER_REQUEST = 804
TOKENS_PER_TILE = 258
MP3_BYTES_PER_SECOND = 1_000
ANYTHING = 10**9
"""Of what nothing bounds: a remote image, a document, silence in a compressed format."""


@dataclass(frozen=True)
class Counted:
    """The most there is of each thing a provider counts."""

    text_bytes: int = 0
    messages: int = 0
    images: int = 0
    squares: int = 0
    audio_seconds: int = 0
    replies: int = 0
    files: int = 0
    unbounded: int = 0
    unbounded_sound: int = 0
    tools: bool = False

    def __add__(self, other):
        return Counted(
            **{name: getattr(self, name) + getattr(other, name) for name in self.__annotations__}
        )

    def text_tokens(self, model):
        """Tokens at text rates: a token for every byte of text, and everything media cost."""
        bounds = model.bounds
        per_square = self.squares + self.unbounded * ANYTHING if bounds.image_tokens is None else 0
        per_image = self.images * (bounds.image_tokens or 0)
        return min(
            model.max_input_tokens,
            self.text_bytes
            + self.messages * TEMPLATE_TOKENS_PER_MESSAGE
            + TEMPLATE_TOKENS_PER_REQUEST
            + TOOLS_TOKENS_PER_REQUEST * bool(self.tools)
            + per_square
            + per_image
            + (self.files * (ANYTHING if bounds.file_tokens is None else bounds.file_tokens)),
        )

    def audio_tokens(self, model):
        return min(
            model.max_input_tokens,
            self.audio_seconds * model.bounds.audio_tokens_per_second
            + self.unbounded_sound * ANYTHING
            + self.replies * model.max_output_tokens,
        )


@dataclass(frozen=True)
class Asked:
    """A request, and what a provider can count in it."""

    request: ChatRequest
    counted: Counted


scripts = st.one_of(
    st.text(max_size=40),
    st.text(
        alphabet="\U0001f600\U0001f468\u200d\U0001f469\ufe0f\u732b\u05d0\u0e01\xe9", max_size=40
    ),
    st.text(alphabet='"\\/\n\r\t\x00\x1f\x7f\u2028{}[]:,', max_size=40),
    st.sampled_from(["", " ", "Hello", "<|im_start|>", "a" * 2_000, "\U0001f600" * 500]),
)


def utf8(text):
    return len(text.encode())


def every_text(value):
    """UTF-8 bytes of all names, texts and numbers: what a template can show the model."""
    match value:
        case str():
            return utf8(value)
        case list():
            return sum(map(every_text, value))
        case dict():
            return sum(utf8(name) + every_text(each) for name, each in value.items())
        case _:
            return len(json.dumps(value))


def tiles(width, height):
    """Gemini's tiles before Gemini 3: squares of two thirds of the shorter side, 256 to 768."""
    side = min(768, max(256, min(width, height) * 2 // 3))
    whole = max(width, height) <= 384
    return 1 if whole else -(-width // side) * -(-height // side)


def text_part(text):
    return {"type": "text", "text": text}, Counted(text_bytes=utf8(text))


@st.composite
def image_parts(draw, patch_pixels):
    """An image in the request with its size in its header, or one elsewhere, of any size."""
    inside = draw(st.booleans())
    width, height = draw(st.integers(1, 4_096)), draw(st.integers(1, 4_096))
    header = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + width.to_bytes(4) + height.to_bytes(4)
    data = base64.b64encode(header + bytes(draw(st.integers(0, 600)))).decode()
    url = f"data:image/png;base64,{data}" if inside else "https://example.com/a.png"
    patches = -(-width // patch_pixels) * -(-height // patch_pixels)
    squares = max(patches, tiles(width, height) * TOKENS_PER_TILE)
    detail = draw(st.sampled_from([{}, {"detail": "high"}]))
    part = {"type": "image_url", "image_url": {"url": url, **detail}}
    counted = Counted(images=1, squares=squares * inside, unbounded=not inside)
    return part, counted + Counted(text_bytes=4 if detail else 0)


@st.composite
def audio_parts(draw):
    """A sound that states its length, or one of a format that does not."""
    is_mp3 = draw(st.booleans())
    sound = (b"\xff\xfb" if is_mp3 else b"OggS") + bytes(draw(st.integers(1, 3_000)))
    data = base64.b64encode(sound).decode()
    part = {"type": "input_audio", "input_audio": {"data": data, "format": "mp3"}}
    seconds = -(-len(sound) // MP3_BYTES_PER_SECOND) * is_mp3
    return part, Counted(audio_seconds=seconds, unbounded_sound=not is_mp3, text_bytes=3)


@st.composite
def file_parts(draw):
    """A document."""
    name = draw(scripts)
    content = base64.b64encode(bytes(draw(st.integers(1, 3_000)))).decode()
    part = {"type": "file", "file": {"file_data": content, "filename": name}}
    return part, Counted(files=1, text_bytes=utf8(name))


@st.composite
def parts(draw, patch_pixels):
    """The content of a message as a list, and what it counts for."""
    drawn = draw(
        st.lists(
            st.one_of(
                scripts.map(text_part), image_parts(patch_pixels), audio_parts(), file_parts()
            ),
            max_size=4,
        )
    )
    return [part for part, _ in drawn], reduce(
        Counted.__add__, (each for _, each in drawn), Counted()
    )


@st.composite
def messages(draw, patch_pixels):
    """One message and what it counts for."""
    role = draw(st.sampled_from(["system", "user", "assistant", "tool", "developer", "u"]))
    content, counted = draw(
        st.one_of(
            scripts.map(lambda text: (text, Counted(text_bytes=utf8(text)))),
            st.just((None, Counted())),
            parts(patch_pixels),
        )
    )
    said = draw(
        st.one_of(
            st.just({}),
            st.just({"audio": {"id": "audio_1"}}),
            scripts.map(lambda text: {"name": text}),
            scripts.map(
                lambda text: {"tool_calls": [{"function": {"name": "f", "arguments": text}}]}
            ),
        )
    )
    beside = Counted(
        messages=1,
        replies=int("audio" in said),
        text_bytes=0 if "audio" in said else every_text(said),
    )
    return {"role": role, "content": content, **said}, counted + beside


schemas = st.recursive(
    st.one_of(scripts, st.booleans(), st.none(), st.integers()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(scripts, inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def tools(draw):
    """Fields that offer tools, and what they count for."""
    described = draw(st.lists(st.tuples(scripts, schemas), max_size=2))
    functions = [
        {"name": "f", "description": text, "parameters": each} for text, each in described
    ]
    fields = draw(
        st.sampled_from(
            [
                {"tools": [{"type": "function", "function": each} for each in functions]},
                {"functions": functions},
                {},
            ]
        )
    )
    shown = fields.get("tools") or fields.get("functions") or []
    return fields, Counted(text_bytes=every_text(shown), tools=bool(shown))


@st.composite
def requests(draw, patch_pixels=14):
    """A request as it arrives: its JSON written one way or another, its length in bytes."""
    drawn = draw(st.lists(messages(patch_pixels), min_size=1, max_size=4))
    offered, counted = draw(tools())
    body = {
        "model": "openai/gpt-4o-mini",
        "messages": [message for message, _ in drawn],
        **offered,
        **draw(st.sampled_from([{}, {"max_tokens": 100}, {"max_completion_tokens": 7}])),
        **draw(st.sampled_from([{}, {"n": 1}, {"n": 3}])),
        **draw(st.sampled_from([{}, {"modalities": ["text", "audio"]}])),
    }
    arrived = json.dumps(body, ensure_ascii=draw(st.booleans()), separators=(",", ":")).encode()
    request = read_chat_request(json.loads(arrived), size_bytes=len(arrived))
    return Asked(request, reduce(Counted.__add__, (each for _, each in drawn), counted))
