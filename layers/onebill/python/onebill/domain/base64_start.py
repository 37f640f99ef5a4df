"""The first bytes of something that arrives as base64, without decoding the rest."""

import base64
import binascii


def decode_start(text: str, *, start: int = 0, bytes_max: int) -> bytes | None:
    """Decode at most so many bytes from a position on; None if that is no base64."""
    encoded = text[start : start + bytes_max * 4 // 3]
    try:
        return base64.b64decode(encoded[: len(encoded) // 4 * 4])
    except (binascii.Error, ValueError):
        return None
