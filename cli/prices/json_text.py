"""Writes JSON that a human can review: small things on one line, large ones indented."""

import json

LINE_LENGTH = 99
INDENT = "  "


def render(value: object) -> str:
    """The text of a JSON document, ending in a newline; the same value gives the same text."""
    return _render(value, depth=0, used=0) + "\n"


def _render(value: object, *, depth: int, used: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if used + len(flat) + 1 <= LINE_LENGTH or not isinstance(value, dict | list) or not value:
        return flat
    inner = INDENT * (depth + 1)
    if isinstance(value, dict):
        items = [_member(key, item, depth=depth + 1) for key, item in value.items()]
        opening, closing = "{}"
    else:
        items = [_render(item, depth=depth + 1, used=len(inner)) for item in value]
        opening, closing = "[]"
    body = ",\n".join(inner + item for item in items)
    return f"{opening}\n{body}\n{INDENT * depth}{closing}"


def _member(key: str, value: object, *, depth: int) -> str:
    name = f"{json.dumps(key, ensure_ascii=False)}: "
    return name + _render(value, depth=depth, used=len(INDENT) * depth + len(name))
