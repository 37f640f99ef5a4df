"""Strict reading of JSON: a wrong entry is refused by file and key, never guessed at."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn


class CatalogError(ValueError):
    """A catalogue file is not what it must be. The message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One JSON object, and where it stands."""

    file: str
    path: str
    fields: Mapping[str, object]

    def fail(self, key: str, problem: str) -> NoReturn:
        """Refuse the entry because of one of its keys."""
        where = f"{self.path}.{key}" if self.path else key
        raise CatalogError(f"{self.file}: {where}: {problem}")

    def allow_only(self, *known: str) -> None:
        """Refuse a key that nobody reads: it is a typing error."""
        for key in self.fields:
            if key not in known:
                self.fail(key, "unknown key")

    def has(self, key: str) -> bool:
        """Whether the key is there, even as null."""
        return key in self.fields

    def text(self, key: str, default: str | None = None) -> str:
        """Read a string; a string with a default may be absent, and only it may be empty."""
        value = self.fields.get(key, default)
        if not isinstance(value, str) or not (value or default is not None):
            self.fail(key, "must be a string")
        return value

    def whole(self, key: str, *, minimum: int = 0) -> int:
        """Read a whole number."""
        value = self.fields.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
            self.fail(key, f"must be a whole number of at least {minimum}")
        return value

    def whole_or_null(self, key: str) -> int | None:
        """Read a positive whole number, or an explicit null."""
        if key in self.fields and self.fields[key] is None:
            return None
        return self.whole(key, minimum=1)

    def flag(self, key: str) -> bool:
        """Read true or false."""
        value = self.fields.get(key)
        if not isinstance(value, bool):
            self.fail(key, "must be true or false")
        return value

    def day_or_null(self, key: str) -> date | None:
        """Read a day as ``YYYY-MM-DD``, or null; absent is null."""
        value = self.fields.get(key)
        if value is None:
            return None
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            self.fail(key, "must be a day such as 2026-11-23, or null")

    def names(self, key: str) -> tuple[str, ...]:
        """Read a list of strings."""
        value = self.fields.get(key)
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self.fail(key, "must be a list of strings")
        return tuple(value)

    def entry(self, key: str) -> "Entry":
        """Descend into an object."""
        value = self.fields.get(key)
        if not isinstance(value, dict):
            self.fail(key, "must be an object")
        return Entry(self.file, f"{self.path}.{key}" if self.path else key, value)

    def entries(self, key: str) -> Iterator["Entry"]:
        """Descend into each object of a list."""
        value = self.fields.get(key)
        if not isinstance(value, list):
            self.fail(key, "must be a list")
        for index, item in enumerate(value):
            name = f"{key}[{index}]"
            if not isinstance(item, dict):
                self.fail(name, "must be an object")
            yield Entry(self.file, f"{self.path}.{name}" if self.path else name, item)


def read_file(path: Path) -> Entry:
    """Read a whole file, which must be one JSON object. Raises CatalogError."""
    try:
        value: object = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CatalogError(f"{path.name}: {error}") from error
    if not isinstance(value, dict):
        raise CatalogError(f"{path.name}: must be an object")
    return Entry(path.name, "", value)
