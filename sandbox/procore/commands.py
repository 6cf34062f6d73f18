"""The commands `python -m sandbox procore ...`: seed, change a record while it waits, merge two, look one up."""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from sandbox.data.schema import connect
from sandbox.procore import schema
from sandbox.procore.access import ServiceAccount
from sandbox.procore.merge import merge
from sandbox.procore.seed import ALL_COMPANIES, COMPANIES, counts, seed
from sandbox.procore.seed_connector import CONNECTOR_COMPANY, Size, link_more
from sandbox.procore.seed_load import seed_like_vendors, seed_vendors
from sandbox.procore.store import ORIGIN, Record, Store

_CHANGE = """Change a record as a person in Procore does, or an administrator past every lock: FIELD=VALUE for each
attribute, `null` for none. Lines are records of their own (contract_line, change_order_line, adjustment_line,
budget_line); a project's budget_locked is its budget's lock, its permitted whether the service account sees it, its
tools_off the tools that are switched off, as ["direct_costs"]; origin_fixed and erp_locked of a record that another
integration linked are whether Procore refuses to replace its origin id, and to change it at all."""


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `procore` to the command line."""
    actions = parser.add_subparsers(required=True, metavar="action", dest="action")
    filling = actions.add_parser("seed", help="write the first records; those that are there already stay")
    filling.add_argument("--vendors", type=int, default=0, metavar="N", help="let there be N companies for a load test")
    filling.add_argument("--not-ready", action="store_true", help="that break a rule, instead of ready ones")
    filling.add_argument("--company", type=int, default=COMPANIES["1"], help="Procore company (default: %(default)s)")
    filling.add_argument(
        "--like-vendors", type=int, default=0, metavar="N", help="let N of them be almost a vendor of Spectrum's"
    )
    past = Size()
    of = f"in company {CONNECTOR_COMPANY}, which ran Procore's connector (default: %(default)s), with a first seed"
    filling.add_argument("--past-projects", type=int, default=past.projects, metavar="N", help=f"projects {of}")
    filling.add_argument("--past-companies", type=int, default=past.companies, metavar="N", help=f"companies {of}")
    filling.add_argument(
        "--past-commitments", type=int, default=past.commitments, metavar="N", help=f"commitments {of}"
    )
    filling.add_argument("--again", action="store_true", help="remove all records of Procore first")
    change = actions.add_parser("change", help="change or delete a record", description=_CHANGE)
    change.add_argument("id", type=int, help="of the record")
    change.add_argument("values", nargs="*", metavar="FIELD=VALUE")
    change.add_argument("--delete", action="store_true", help="delete it")
    merging = actions.add_parser("merge", help="merge one company of the directory into another, as people do")
    merging.add_argument("id", type=int, help="of the company that is gone afterwards")
    merging.add_argument(
        "into", type=int, help="of the one that stays; it keeps its own origin id, else gets the other's"
    )
    linking = actions.add_parser(
        "connector", help=f"let Procore's connector link companies of {CONNECTOR_COMPANY} still"
    )
    linking.add_argument("--links", type=int, default=1, metavar="N", help="how many (default: %(default)s)")
    show = actions.add_parser("list", help="print records: id, project, origin id, name or title")
    show.add_argument("kind", nargs="?", help="for example work_order_contract (default: count all kinds)")
    show.add_argument("--project", type=int, help="only those of this project")
    for action in (filling, change, merging, linking, show):  # taken behind the action as well as before it
        action.add_argument("--database", metavar="URL", default=argparse.SUPPRESS, help="the sandbox's PostgreSQL")


def run(options: argparse.Namespace) -> None:
    """Do what the command line says.

    Raises:
        ValueError: an unknown record or field, or a value that cannot be read.
        psycopg.Error: the database refuses.
    """
    actions = {"seed": _seed, "change": _change, "merge": _merge, "connector": _connector, "list": _list}
    actions[options.action](options)


def account(client_id: str, client_secret: str) -> ServiceAccount:
    """Return the service account that `serve` lets in: it is installed in every seeded company."""
    return ServiceAccount(client_id, client_secret, ALL_COMPANIES)


def _seed(options: argparse.Namespace) -> None:
    if options.again:
        with connect(options.database) as connection:
            schema.drop(connection)
    past = Size(options.past_projects, options.past_companies, options.past_commitments)
    seed(options.database, past=past)
    if options.like_vendors:
        added = seed_like_vendors(options.database, options.like_vendors, options.company)
        print(f"{added:,} companies added that are almost a vendor")
    if options.vendors:
        added = seed_vendors(options.database, options.vendors, not options.not_ready, options.company)
        print(f"{added:,} companies added for a load test")
    with connect(options.database) as connection:
        print("\n".join(f"{kind:28}{number:>10,}" for kind, number in sorted(counts(connection).items())))


def _change(options: argparse.Namespace) -> None:
    if not options.values and not options.delete:
        raise ValueError("give FIELD=VALUE or --delete")
    with connect(options.database) as connection:
        store = Store(connection)
        record = store.get(options.id) if schema.exists(connection) else None
        if record is None:
            raise ValueError(f"Procore has no record {options.id}: `python -m sandbox procore list KIND` shows them")
        if options.delete:
            store.delete(record)
            print(f"{record.kind} {record.id} is deleted")
            return
        changed = store.update(record, _values(record, options.values))
        if changed.parent_id is not None:
            store.touch(changed.parent_id)
        shown = changed.origin | changed.fields
        print(f"{record.kind} {record.id}: " + json.dumps(shown, ensure_ascii=False, sort_keys=True))


def _merge(options: argparse.Namespace) -> None:
    with connect(options.database) as connection:
        kept = merge(Store(connection), options.id, options.into)
        print(f"vendor {options.id} is merged into {kept.id}: origin id {kept.origin_id or '-'}")


def _connector(options: argparse.Namespace) -> None:
    with connect(options.database) as connection:
        for record in link_more(Store(connection), options.links):
            print(f"vendor {record.id} {record['name']!r}: origin id {record.origin_id}, ERP code {record.origin_code}")


def _values(record: Record, texts: Sequence[str]) -> dict[str, Any]:
    known = {*record.fields, *ORIGIN}
    values: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or name not in known:
            raise ValueError(f"{text!r}: a {record.kind} has the fields {', '.join(sorted(known))}; write FIELD=VALUE")
        held = record.fields.get(name)
        if value == "null":
            values[name] = None
        elif isinstance(held, bool | int | list | dict):
            try:
                values[name] = json.loads(value)
            except ValueError:
                raise ValueError(f"{text!r}: write the value as JSON, like {json.dumps(held)}") from None
        else:
            values[name] = value
    return values


def _list(options: argparse.Namespace) -> None:
    with connect(options.database) as connection:
        if options.kind is None:
            print("\n".join(f"{kind:28}{number:>10,}" for kind, number in sorted(counts(connection).items())))
            return
        store = Store(connection)
        for company in ALL_COMPANIES:
            for record in store.all(options.kind, company, options.project):
                name = record["name"] or record["title"] or record["flat_code"] or record["description"] or ""
                print(f"{record.id}  {record.project_id or '-':>15}  {record.origin_id or '-':26}  {name}")
