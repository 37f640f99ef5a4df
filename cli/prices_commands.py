"""``onebill prices``: make the price catalogue, and compare it with its sources."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from cli.grammar import Group, group_of
from cli.prices import commands as price_commands
from onebill.adapters.catalog.catalog import PRICES_FILE

_DIFFERENT = 1


def add_commands(commands: Group) -> None:
    """Add the commands to the grammar."""
    actions = group_of(commands, "prices", "update and check the price catalogue")
    for name, text, run in (
        ("update", "write what the sources say today; prices only ever gain entries", _update),
        ("check", "compare the catalogue with its sources; write nothing", _check),
    ):
        parser = actions.add_parser(name, help=text, description=text)
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        parser.add_argument("--path", type=Path, default=PRICES_FILE)
        parser.add_argument(
            "--wheels", type=Path, help="a directory with the sources' wheels, instead of PyPI"
        )
        parser.set_defaults(run=run)


def _update(arguments: argparse.Namespace) -> int:
    report = price_commands.update(
        path=arguments.path, wheels=arguments.wheels, today=datetime.now(UTC).date()
    )
    print(json.dumps(report.as_dict(), indent=2) if arguments.json else report.summary())
    return 0


def _check(arguments: argparse.Namespace) -> int:
    report = price_commands.check(
        path=arguments.path, wheels=arguments.wheels, today=datetime.now(UTC).date()
    )
    print(json.dumps(report.as_dict(), indent=2) if arguments.json else report.summary())
    return 0 if report.ok else _DIFFERENT
