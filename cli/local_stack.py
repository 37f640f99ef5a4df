"""``onebill local``: the whole system on this machine."""

import argparse
from pathlib import Path

from cli.grammar import Group
from cli.output import usd
from cli.target import DEFAULT_STATE_DIR
from local.launcher import Launcher, LaunchOptions

DEFAULT_PORT = 8787
DEFAULT_CREDIT_USD = "10.00"


def add_commands(commands: Group) -> None:
    """Add the command to the grammar."""
    parser = commands.add_parser("local", help="run the whole system on this machine")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 for a free one")
    parser.add_argument("--state-dir", type=Path, default=DEFAULT_STATE_DIR)
    parser.add_argument("--reset", action="store_true", help="forget what earlier runs left")
    parser.add_argument(
        "--provider-latency-ms", type=int, default=0, help="of the provider twin, per chunk"
    )
    parser.add_argument("--seed-credit-usd", type=usd, default=DEFAULT_CREDIT_USD, metavar="USD")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    options = LaunchOptions(
        port=arguments.port,
        state_dir=arguments.state_dir,
        reset=arguments.reset,
        provider_latency_ms=arguments.provider_latency_ms,
        seed_credit_nano_usd=arguments.seed_credit_usd,
    )
    return Launcher(options).run()
