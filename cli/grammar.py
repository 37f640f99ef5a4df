"""The types and the one shape that commands share."""

import argparse
from collections.abc import Callable
from typing import TypeAlias

from cli.target import add_target_options

Group: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  (it has no public name)
"""What commands are added to."""

Run: TypeAlias = Callable[[argparse.Namespace], int]
"""What a command does: returns an exit status."""


def group_of(commands: Group, name: str, text: str) -> Group:
    """Add a command that only has sub-commands."""
    parser = commands.add_parser(name, help=text, description=text)
    return parser.add_subparsers(dest="action", required=True, metavar="ACTION")


def account_action(actions: Group, name: str, text: str, run: Run) -> argparse.ArgumentParser:
    """Add a sub-command about one account of a deployment."""
    parser = actions.add_parser(name, help=text, description=text)
    parser.add_argument("account", metavar="ACCOUNT")
    add_target_options(parser)
    parser.set_defaults(run=run)
    return parser
