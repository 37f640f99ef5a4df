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


def an_audio(size_bytes):
    data = base64.b64encode(bytes(size_bytes)).decode()
    return {"type": "input_audio", "input_audio": {"data": data, "format": "mp3"}}


def a_file(size_bytes):
    data = base64.b64encode(bytes(size_bytes)).decode()
    return {"type": "file", "file": {"filename": "report.pdf", "file_data": data}}
