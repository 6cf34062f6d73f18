"""Commands of the sandbox, as `python -m sandbox --help` tells them."""

import argparse
import os
from collections.abc import Sequence

import psycopg

from sandbox.data import generate


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: the words after `python -m sandbox`.

    Returns:
        The exit code: 0 done, 1 refused with a message on standard error, 2 wrong usage.
    """
    options = _parser().parse_args(arguments)
    if not options.database:
        raise SystemExit(
            "Name the sandbox's PostgreSQL with --database URL or the environment variable SANDBOX_DB_URL."
        )
    try:
        options.run(options)
    except (ValueError, psycopg.Error) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from error
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    load = commands.add_parser("load", help="replace the data by freshly generated business")
    _database(load)
    _size(load)
    load.set_defaults(run=_load)
    return parser


def _database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--database", metavar="URL", default=os.environ.get("SANDBOX_DB_URL"))


def _size(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, default=50)
    parser.add_argument("--transactions", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)


def _load(options: argparse.Namespace) -> None:
    counts = generate.load(options.database, options.jobs, options.transactions, options.seed)
    for table, rows in counts.rows.items():
        print(f"{table:30} {rows:>12,}")
