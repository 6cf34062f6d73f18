"""Commands of the sandbox, as `python -m sandbox --help` tells them; used by people, the demo and the benchmarks."""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict

import psycopg

from sandbox.data import generate
from sandbox.data.month import advance_month
from sandbox.data.touch import touch

_ABOUT = """The sandbox: a contractor's Spectrum and the means to change it.

Every command works on one PostgreSQL database, named by --database or the environment variable SANDBOX_DB_URL
(`make demo` writes it to .run/env). The same seed always gives the same data."""


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: the words after `python -m sandbox`.

    Returns:
        The exit code 0.

    Raises:
        SystemExit: code 2 for wrong usage; a message on standard error when the command is refused.
    """
    options = _parser().parse_args(arguments)
    if not options.database:
        raise SystemExit("name the sandbox's PostgreSQL: --database URL, or the environment variable SANDBOX_DB_URL")
    try:
        options.run(options)
    except (ValueError, psycopg.Error) as error:
        raise SystemExit(f"python -m sandbox {arguments[0]}: {error}") from error
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="command", dest="command")

    load = _command(commands, "load", "replace the data by freshly generated business", _load)
    _size(load)

    month = _command(commands, "month", "let a month of business happen and print what changed", _month)
    month.add_argument("--seed", type=int, help="seed of this month (default: the load's own)")
    month.add_argument("--transactions", type=int, help="new postings (default: one for forty there are)")

    change = _command(commands, "touch", "change a share of the transactions, for benchmarks", _touch)
    change.add_argument("--share", type=float, default=0.001, help="changes per transaction (default: %(default)s)")
    change.add_argument(
        "--spread",
        choices=("recent", "uniform"),
        default="recent",
        help="the newest two months only, or all of history (default: %(default)s)",
    )
    change.add_argument("--seed", type=int, default=1, help="which rows are drawn (default: %(default)s)")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], None],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text.capitalize() + ".")
    parser.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get("SANDBOX_DB_URL"),
        help="the sandbox's PostgreSQL (default: environment variable SANDBOX_DB_URL)",
    )
    parser.set_defaults(run=run)
    return parser


def _size(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, default=50, help="jobs of all companies together (default: %(default)s)")
    parser.add_argument("--transactions", type=int, default=20_000, help="job cost transactions (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same data (default: %(default)s)")


def _load(options: argparse.Namespace) -> None:
    counts = generate.load(options.database, options.jobs, options.transactions, options.seed)
    print("\n".join(f"{table:30}{rows:>14,}" for table, rows in counts.rows.items()))


def _month(options: argparse.Namespace) -> None:
    print("\n".join(advance_month(options.database, options.seed, options.transactions).lines()))


def _touch(options: argparse.Namespace) -> None:
    counts = touch(options.database, options.share, options.spread, options.seed)
    print("\n".join(f"{name.replace('_', ' '):26}{rows:>12,}" for name, rows in asdict(counts).items()))
