"""Chat completion requests as they arrive: a body, and its length in bytes."""

import base64
import json

from onebill.domain.chat_request import read_chat_request
from tests.builders import a_body


def a_request(content="Hello", **fields):
    """A request read from a body of these fields, its size that of compact JSON."""
    body = a_body(content, **fields)
    return read_chat_request(body, size_bytes=len(json.dumps(body, separators=(",", ":"))))


def an_encoded(data, media_type="image/png"):
    """A data URL."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def a_png(width, height):
    """The first bytes of a PNG of this size."""
    size = width.to_bytes(4) + height.to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x0dIHDR" + size + b"\x08\x02\0\0\0"


def an_image(url="https://example.com/cat.png"):
    return {"type": "image_url", "image_url": {"url": url}}


def a_wav(seconds, *, sample_rate=8_000, channels=1, bits=16, encoding=1, block_bytes=None):
    """A WAV of plain samples; its header is 44 bytes, its sound is silence."""
    block_bytes = channels * bits // 8 if block_bytes is None else block_bytes
    samples = bytes(sample_rate * block_bytes * seconds)
    numbers = ((encoding, 2), (channels, 2), (sample_rate, 4), (0, 4), (block_bytes, 2), (bits, 2))
    chunk = b"".join(number.to_bytes(size, "little") for number, size in numbers)
    return a_riff(b"fmt ", chunk, b"data", samples)


def a_riff(*chunks):
    """A WAV of these names and contents."""
    body = b"".join(
        name + len(content).to_bytes(4, "little") + content
        for name, content in zip(chunks[::2], chunks[1::2], strict=True)
    )
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WAVE" + body


def an_mp3(size_bytes):
    """A frame header of layer 3, and nothing after it."""
    return b"\xff\xfb\x90\x00".ljust(size_bytes, b"\0")


def an_audio(sound):
    data = base64.b64encode(sound).decode()
    return {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}


def a_file(size_bytes=3):
    data = base64.b64encode(bytes(size_bytes)).decode()
    return {"type": "file", "file": {"filename": "report.pdf", "file_data": data}}
