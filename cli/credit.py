"""``onebill credits``: grant, show."""

import argparse

from cli.grammar import Group, account_action, group_of
from cli.output import show_one, usd
from cli.target import Target, on_target
from onebill.domain.account import Account
from onebill.domain.money import format_usd


def add_commands(commands: Group) -> None:
    """Add the commands to the grammar."""
    actions = group_of(commands, "credits", "grant credit, and show what is left")
    grant = account_action(actions, "grant", "give credit without a payment", _grant)
    grant.add_argument("amount", type=usd, metavar="USD")
    grant.add_argument("--grant-id", help="makes it happen once, however often the command is run")
    account_action(actions, "show", "show what is available and held", _show)


def _grant(arguments: argparse.Namespace) -> int:
    async def grant(target: Target) -> Account:
        return await target.accounts.grant_credit(
            arguments.account,
            grant_id=arguments.grant_id or target.ids.request_id(),
            amount_nano_usd=arguments.amount,
        )

    return _print(on_target(arguments, grant), arguments)


def _show(arguments: argparse.Namespace) -> int:
    async def read(target: Target) -> Account:
        statement = await target.read_credit(arguments.account, now=target.clock.now())
        return statement.account

    return _print(on_target(arguments, read), arguments)


def _print(account: Account, arguments: argparse.Namespace) -> int:
    row = {
        "account": account.id,
        "available_usd": format_usd(account.available_nano_usd),
        "held_usd": format_usd(account.held_nano_usd),
        "credited_usd": format_usd(account.credited_nano_usd),
        "debited_usd": format_usd(account.debited_nano_usd),
    }
    show_one(row, as_json=arguments.json)
    return 0
