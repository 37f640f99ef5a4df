"""Printing: a table for people, JSON for programs. Reading amounts of money."""

import argparse
import json
from collections.abc import Mapping, Sequence

from onebill.domain.money import parse_usd


class UsageError(Exception):
    """An argument that parses but makes no sense."""


def show(rows: Sequence[Mapping[str, str | None]], *, as_json: bool) -> None:
    """Print rows that share their columns; absent values are empty, or null in JSON."""
    if as_json:
        print(json.dumps([dict(row) for row in rows], indent=2))
        return
    if not rows:
        print("none")
        return
    columns = list(rows[0])
    cells = [columns, *([row[column] or "" for column in columns] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    for line in cells:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def show_one(row: Mapping[str, str | None], *, as_json: bool) -> None:
    """Print one thing: a line per field, or one JSON object."""
    if as_json:
        print(json.dumps(dict(row), indent=2))
        return
    width = max(len(name) for name in row)
    for name, value in row.items():
        print(f"{name.ljust(width)}  {value or ''}".rstrip())


def usd(text: str) -> int:
    """An argument in dollars, as nano-USD."""
    try:
        return parse_usd(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
