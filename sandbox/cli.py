"""Commands of the sandbox, as `python -m sandbox --help` tells them; used by people, the demo and the benchmarks."""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import psycopg

from sandbox.data import drift, generate, layouts, own_site, schema
from sandbox.data.month import advance_month
from sandbox.data.touch import touch
from sandbox.faults import REGISTRY, Faults
from sandbox.procore import commands as procore
from sandbox.procore import schema as procore_schema
from sandbox.serve import Credentials, ServeOptions, serve

_ABOUT = """The sandbox: a contractor's Spectrum and Procore, and the means to change them.

Every command works on one PostgreSQL database, named by --database or the environment variable SANDBOX_DB_URL
(`make demo` writes it to .run/env). The same seed always gives the same data."""

_SERVE = """Start the web services, Info-Link and Procore, loading the data first when the database is empty, and serve
until SIGTERM or Ctrl-C. Credentials come from the environment variables SANDBOX_AUTHORIZATION_ID,
SANDBOX_INFOLINK_PASSWORD, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_PROCORE_CLIENT_ID and
SANDBOX_PROCORE_CLIENT_SECRET; those that are not set are made up and printed."""


_SITE = """Change what Info-Link shows of a stored table or column, as another site has it, and show it (layout own).
Types are SQL Server's: char(n), varchar(n), nchar(n), nvarchar(n), a text's type with COLLATE NAME behind it, money,
smallmoney, decimal(p,s), numeric(p,s), float, real, bit, tinyint, smallint, int, bigint, date, datetime, datetime2(n),
smalldatetime, datetimeoffset(n), uniqueidentifier, text, ntext. What is stored, and what the web services show, stays
as it is."""
# Action -> the fields of `own_site.Place` that it sets, by what is given.
_SITE_ACTIONS: dict[str, Callable[[str], dict[str, object]]] = {
    "rename": lambda name: {"name": name},
    "retype": lambda kind: {"type": kind},
    "move": lambda place: {"schema": "" if place.lower() == "dbo" else place},
    "drop": lambda _: {"dropped": True},
    "own-company": lambda _: {"own_company": True},
}
_OF_TABLES = ("move", "own-company")
_WITHOUT_VALUE = ("drop", "own-company")


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
    except (ValueError, OSError, RuntimeError, psycopg.Error) as error:
        raise SystemExit(f"python -m sandbox {arguments[0]}: {error}") from error
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="command", dest="command")

    load = _command(commands, "load", "replace the data by freshly generated business", _load)
    _size(load)

    server = _command(commands, "serve", "start the web services, Info-Link and Procore", _serve)
    server.description = _SERVE
    _size(server)
    server.add_argument("--sdx-port", type=int, default=0, help="port of the web services (default: a free one)")
    server.add_argument("--infolink-port", type=int, default=0, help="port of Info-Link (default: a free one)")
    server.add_argument("--procore-port", type=int, default=0, help="port of Procore (default: a free one)")
    server.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    server.add_argument("--enhanced", action="store_true", help="demand bearer tokens (Enhanced Authentication)")
    server.add_argument(
        "--guid-policy",
        choices=("documented", "reused_guid_returns_empty"),
        default="documented",
        help="what a GUID used before on a service brings: the rows, or one empty row (default: %(default)s)",
    )
    server.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[=VALUE][:COUNT]",
        help="switch a fault on, for COUNT calls or for good; repeatable; `fault list` names them",
    )
    server.add_argument("--ready-file", type=Path, help="JSON of addresses and credentials, written when all serve")

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

    layout = _command(commands, "layout", "choose which columns and names of the tables Info-Link shows", _layout)
    layout.add_argument(
        "name",
        choices=layouts.LAYOUTS,
        help="hosted: all columns of a hosted site; aliases: an older site's names; bare: certain names only; "
        "own: what the command site made of them",
    )
    layout.add_argument(
        "--company", default=layouts.LOGIN_COMPANY, help="the login's own company (default: %(default)s)"
    )

    site = _command(commands, "site", "rename, retype, drop or move what Info-Link shows of a table or column", _site)
    site.description = _SITE
    site.add_argument("action", choices=(*_SITE_ACTIONS, "list", "reset"))
    site.add_argument("place", nargs="?", help="stored TABLE, or TABLE.COLUMN, for example JC_JOB_MASTER_MC.WO_Site")
    site.add_argument("value", nargs="?", help="rename: the new name; retype: the type; move: the schema")

    fault = _command(commands, "fault", "list, set or clear faults of the running servers", _fault)
    fault.add_argument("action", choices=("list", "set", "clear"))
    fault.add_argument("names", nargs="*", metavar="NAME[=VALUE][:COUNT]", help="none with clear: all of them")

    beside = _command(commands, "procore", "fill the stand-in Procore, or change what it holds", procore.run)
    procore.add_commands(beside)

    change_columns = _command(commands, "drift", "drop, add or retype a column, as an upgrade of Spectrum does", _drift)
    change_columns.add_argument("action", choices=("drop", "add", "retype"))
    change_columns.add_argument("table", help="for example JC_JOB_MASTER_MC")
    change_columns.add_argument("column", help="for example WO_Site")
    change_columns.add_argument("type", nargs="?", help="for add and retype: text(n), money, qty, date, ymd or integer")
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
    # What Procore held was linked to the business that is gone; `serve` and `procore seed` fill it anew.
    with schema.connect(options.database) as connection:
        procore_schema.drop(connection)
    print("\n".join(f"{table:30}{rows:>14,}" for table, rows in counts.rows.items()))


def _month(options: argparse.Namespace) -> None:
    print("\n".join(advance_month(options.database, options.seed, options.transactions).lines()))


def _touch(options: argparse.Namespace) -> None:
    counts = touch(options.database, options.share, options.spread, options.seed)
    print("\n".join(f"{name.replace('_', ' '):26}{rows:>12,}" for name, rows in asdict(counts).items()))


def _serve(options: argparse.Namespace) -> None:
    serve(
        ServeOptions(
            database_url=options.database,
            host=options.host,
            sdx_port=options.sdx_port,
            infolink_port=options.infolink_port,
            procore_port=options.procore_port,
            jobs=options.jobs,
            transactions=options.transactions,
            seed=options.seed,
            faults=options.fault,
            enhanced=options.enhanced,
            guid_policy=options.guid_policy,
            ready_file=options.ready_file,
        ),
        Credentials.from_environment(),
    )


def _layout(options: argparse.Namespace) -> None:
    with schema.connect(options.database) as connection:
        layouts.show(connection, options.name, options.company)


def _site(options: argparse.Namespace) -> None:
    with schema.connect(options.database) as connection:
        if options.action == "list":
            for (table, column), place in own_site.places(connection).items():
                said = {name: value for name, value in asdict(place).items() if value}
                print(f"{table}{column and '.'}{column}: {', '.join(f'{k} {v}' for k, v in said.items())}")
            return
        if options.action == "reset":
            own_site.forget(connection)
            layouts.show(connection, "hosted")
            return
        table, _, column = (options.place or "").partition(".")
        if not table or bool(options.value) == (options.action in _WITHOUT_VALUE):
            needs = (
                "TABLE or TABLE.COLUMN" if options.action in _WITHOUT_VALUE else "TABLE or TABLE.COLUMN, and a value"
            )
            raise ValueError(f"site {options.action} needs {needs}")
        if (options.action in _OF_TABLES) == bool(column) and options.action not in ("rename", "drop"):
            raise ValueError(f"site {options.action} is about a {'table' if column else 'column'}")
        own_site.say(connection, table, column, **_SITE_ACTIONS[options.action](options.value or ""))
        company = layouts.shown(connection)[1]
        layouts.show(connection, "own", company)


def _fault(options: argparse.Namespace) -> None:
    faults = Faults(options.database)
    try:
        if options.action == "set":
            if not options.names:
                raise ValueError("name a fault to set; `python -m sandbox fault list` shows them")
            faults.set_all(options.names)
        elif options.action == "clear":
            for name in options.names or [None]:
                faults.clear(name)
        active = {name: (value, remaining) for name, value, remaining in faults.active()}
    finally:
        faults.close()
    for fault in REGISTRY.values():
        value, remaining = active.get(fault.name, (fault.default or "-", None))
        left = "" if remaining is None else f" ({remaining} calls)"
        print(f"{fault.name:26}{value + left:18}{fault.description}")


def _drift(options: argparse.Namespace) -> None:
    if options.action == "drop":
        drift.drop_column(options.database, options.table, options.column)
        return
    if options.type is None:
        raise ValueError(f"drift {options.action} needs a type: text(n), money, qty, date, ymd or integer")
    change = drift.add_column if options.action == "add" else drift.retype_column
    change(options.database, options.table, options.column, options.type)
