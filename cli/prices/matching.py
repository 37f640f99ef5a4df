"""Which of its models genai-prices means by a name: its own match clauses, evaluated here."""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from cli.prices.literal_calls import Call
from cli.prices.records import SourceChanged

Matcher: TypeAlias = Callable[[str], bool]

_COMPACT_DATE = re.compile(r"-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")


def spellings(name: str) -> tuple[str, ...]:
    """The name as it is looked up: in lower case; then with ``-20251211`` as ``-2025-12-11``."""
    lowered = name.lower()
    dashed = _COMPACT_DATE.sub(_with_dashes, lowered)
    return (lowered,) if dashed == lowered else (lowered, dashed)


def matcher(clause: object) -> Matcher:
    """Make a test of lower-case names from a clause. Raises SourceChanged for a new kind."""
    if not isinstance(clause, Call):
        raise SourceChanged(f"{clause!r} is not a match clause")
    values = [*clause.positional, *clause.keywords.values()]
    if len(values) != 1:
        raise SourceChanged(f"{clause.name} has {len(values)} arguments")
    value = values[0]
    if clause.name in _COMPOSED and isinstance(value, list):
        return _COMPOSED[clause.name]([matcher(part) for part in value])
    if clause.name in _SIMPLE and isinstance(value, str):
        return _SIMPLE[clause.name](value)
    raise SourceChanged(f"{clause.name} is not a match clause")


def _with_dashes(found: re.Match[str]) -> str:
    year, month, day = (int(found.group(index)) for index in (1, 2, 3))
    try:
        return f"-{date(year, month, day).isoformat()}"
    except ValueError:
        return found.group(0)


def _any(parts: list[Matcher]) -> Matcher:
    return lambda name: any(part(name) for part in parts)


def _all(parts: list[Matcher]) -> Matcher:
    return lambda name: all(part(name) for part in parts)


def _equals(text: str) -> Matcher:
    return lambda name: name == text.lower()


def _starts_with(text: str) -> Matcher:
    return lambda name: name.startswith(text.lower())


def _ends_with(text: str) -> Matcher:
    return lambda name: name.endswith(text.lower())


def _contains(text: str) -> Matcher:
    return lambda name: text.lower() in name


def _regex(text: str) -> Matcher:
    pattern = re.compile(text)
    return lambda name: pattern.search(name) is not None


_COMPOSED: dict[str, Callable[[list[Matcher]], Matcher]] = {"ClauseOr": _any, "ClauseAnd": _all}
_SIMPLE: dict[str, Callable[[str], Matcher]] = {
    "ClauseEquals": _equals,
    "ClauseStartsWith": _starts_with,
    "ClauseEndsWith": _ends_with,
    "ClauseContains": _contains,
    "ClauseRegex": _regex,
}
