"""The command line: parses, calls one use case, prints its result."""

import argparse
import sys
from collections.abc import Sequence

from cli import accounts, credit, keys, local_stack, prices_commands
from cli.output import UsageError
from cli.target import NoTarget
from onebill.domain.errors import LedgerUnavailable, OnebillError
from onebill.settings import InvalidSettings

_FAILED = 1


def build_parser() -> argparse.ArgumentParser:
    """The whole grammar; each module adds its commands."""
    parser = argparse.ArgumentParser(
        prog="onebill", description="One bill for every AI provider: the operator's commands."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (local_stack, accounts, keys, credit, prices_commands):
        module.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 refused or failed, 2 wrongly called."""
    parsed = build_parser().parse_args(arguments)
    try:
        sys.exit(parsed.run(parsed))
    except (OnebillError, LedgerUnavailable, InvalidSettings, NoTarget, UsageError) as error:
        print(f"onebill: {error}", file=sys.stderr)
        sys.exit(_FAILED)
