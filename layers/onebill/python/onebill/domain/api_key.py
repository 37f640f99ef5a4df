"""API keys: their text, the hash they are stored under, and what is remembered of them.

A key is ``ob_``, 43 base-62 digits of 256 random bits, and 6 base-62 digits of CRC-32. The
checksum lets a mistyped key, or a scanner's guess, be refused without touching the database.
Only the SHA-256 of the whole text is stored; the text is shown once.
"""

import hashlib
import re
import zlib
from dataclasses import dataclass
from datetime import datetime

PREFIX = "ob_"
ENTROPY_BYTES = 32
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_DIGITS = 43
_CHECKSUM_DIGITS = 6
_SHAPE = re.compile(rf"ob_[0-9A-Za-z]{{{_SECRET_DIGITS + _CHECKSUM_DIGITS}}}", re.ASCII)
_HINT_LENGTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is stored of a key. `hint` is the end of its text, to recognise it by."""

    key_hash: str
    id: str
    account_id: str
    name: str
    hint: str
    created_at: str
    expires_at: datetime | None = None
    revoked: bool = False

    def is_usable(self, now: datetime) -> bool:
        """Tell whether the key may still spend at this moment."""
        return not self.revoked and (self.expires_at is None or now < self.expires_at)


def format_api_key(entropy: bytes) -> str:
    """Make the text of a key from 32 random bytes."""
    if len(entropy) != ENTROPY_BYTES:
        message = f"a key is made of {ENTROPY_BYTES} random bytes"
        raise ValueError(message)
    body = PREFIX + _base62(int.from_bytes(entropy), _SECRET_DIGITS)
    return body + _checksum(body)


def is_well_formed(text: str) -> bool:
    """Tell whether the text can be a key at all: its shape and its checksum."""
    if _SHAPE.fullmatch(text) is None:
        return False
    return _checksum(text[:-_CHECKSUM_DIGITS]) == text[-_CHECKSUM_DIGITS:]


def hash_api_key(text: str) -> str:
    """Return the SHA-256 the key is stored under: with 256 random bits no salt is needed."""
    return hashlib.sha256(text.encode()).hexdigest()


def hint_of(text: str) -> str:
    """Return the last characters, which tell a person which key this is."""
    return text[-_HINT_LENGTH:]


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM_DIGITS)


def _base62(number: int, digits: int) -> str:
    text = ""
    for _ in range(digits):
        number, digit = divmod(number, 62)
        text = _ALPHABET[digit] + text
    return text
