"""What one write of an account did, as the short text stored beside it.

Every write sets ``op`` and raises ``seq``; the stream of ``(seq, op)`` is the ledger. The text
is short because it is part of the hottest item: fields joined by ``|``, the first a letter for
the kind, the second the time in milliseconds since 1970.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from onebill.domain.usage import Usage

_SEPARATOR = "|"
_FORBIDDEN = re.compile(r"[|\x00-\x1f]")
_USAGE_CODES = {
    "i": "uncached_input_tokens",
    "r": "cache_read_tokens",
    "w": "cache_write_5m_tokens",
    "W": "cache_write_1h_tokens",
    "a": "audio_input_tokens",
    "o": "output_tokens",
    "t": "reasoning_tokens",
    "A": "audio_output_tokens",
    "q": "requests",
}
_USAGE = re.compile(rf"([{''.join(_USAGE_CODES)}]\d+)*", re.ASCII)
_USAGE_PART = re.compile(r"([a-zA-Z])(\d+)")


def milliseconds(now: datetime) -> int:
    """The time an operation is stamped with."""
    return int(now.timestamp() * 1000)


def encode_usage(usage: Usage) -> str:
    """Write the non-zero buckets: ``"i200o50q1"``."""
    return "".join(
        f"{code}{count}" for code, name in _USAGE_CODES.items() if (count := getattr(usage, name))
    )


def decode_usage(text: str) -> Usage:
    """Read what :func:`encode_usage` wrote. Raises ValueError for anything else."""
    if _USAGE.fullmatch(text) is None:
        message = f"not a usage: {text!r}"
        raise ValueError(message)
    counts = {_USAGE_CODES[code]: int(count) for code, count in _USAGE_PART.findall(text)}
    return Usage(**{"requests": 0, **counts})


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced:
    """R: credit was set aside for a request."""

    kind: ClassVar[str] = "R"
    at_ms: int
    hold_id: str
    held_nano_usd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSettled:
    """C: a hold was closed at the real cost of the request."""

    kind: ClassVar[str] = "C"
    at_ms: int
    hold_id: str
    held_nano_usd: int
    cost_nano_usd: int
    key_id: str
    model: str
    price_version: str
    usage: Usage
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldClosed:
    """X: a hold was closed at cost 0, by its owner or, after its expiry, by the sweeper."""

    kind: ClassVar[str] = "X"
    at_ms: int
    hold_id: str
    held_nano_usd: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditGranted:
    """G: an operator gave credit; `grant_id` makes it happen once."""

    kind: ClassVar[str] = "G"
    at_ms: int
    grant_id: str
    amount_nano_usd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationSet:
    """F: state, limits or keys changed, no money moved. `change` says which, for readers."""

    kind: ClassVar[str] = "F"
    at_ms: int
    change: str


Operation = HoldPlaced | HoldSettled | HoldClosed | CreditGranted | ConfigurationSet

_KINDS: dict[str, type[Operation]] = {
    kind.kind: kind
    for kind in (HoldPlaced, HoldSettled, HoldClosed, CreditGranted, ConfigurationSet)
}
_READERS: dict[str, Callable[[str], int | bool | Usage]] = {
    "at_ms": int,
    "held_nano_usd": int,
    "cost_nano_usd": int,
    "amount_nano_usd": int,
    "usage": decode_usage,
    "estimated": bool,
}
"""How to read a field that is not plain text."""


def encode_operation(operation: Operation) -> str:
    """Write the kind and the fields in the order of their declaration."""
    parts = [operation.kind]
    for name in operation.__slots__:
        value = getattr(operation, name)
        if isinstance(value, Usage):
            parts.append(encode_usage(value))
        elif isinstance(value, bool):
            parts.append("1" if value else "")
        else:
            parts.append(_checked(str(value)))
    return _SEPARATOR.join(parts)


def decode_operation(text: str) -> Operation:
    """Read any operation. Raises ValueError for a text no version of this code wrote."""
    kind, *values = text.split(_SEPARATOR)
    if kind not in _KINDS:
        message = f"unknown operation: {text!r}"
        raise ValueError(message)
    cls = _KINDS[kind]
    names = cls.__slots__
    arguments = {
        name: _READERS.get(name, str)(value) for name, value in zip(names, values, strict=True)
    }
    return cls(**arguments)  # type: ignore[arg-type]  # the readers give each field its type


def _checked(value: str) -> str:
    """Refuse what would break the field separation; ids and model names never contain it."""
    if _FORBIDDEN.search(value):
        message = f"not usable in an operation: {value!r}"
        raise ValueError(message)
    return value
