"""What a staged table must hold, worked out from the sandbox's tables without any of the staging's own SQL.

staged + rejected = source, row by row, equal rows counted: nothing lost, nothing twice, nothing half new.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from sandbox.data.tables import tables
from spectrum_etl.model.spec import Column, Table
from spectrum_etl.staging.objects import OBJECTS
from tests.staging.resilience.harness import World

_JOB_TO_DATE = """
SELECT btrim(p."Job_Number"), btrim(p."Phase_Code"), btrim(p."Cost_Type"), coalesce((
    SELECT sum(t."Tran_Amount") FROM "JC_TRANSACTION_HISTORY_MC" AS t
    WHERE btrim(t."Company_Code") = btrim(p."Company_Code") AND btrim(t."Job_Number") = btrim(p."Job_Number")
        AND btrim(t."Phase_Code") = btrim(p."Phase_Code") AND btrim(t."Cost_Type") = btrim(p."Cost_Type")
), 0)
FROM "JC_PHASE_MASTER_MC" AS p WHERE btrim(p."Company_Code") = %s AND btrim(p."Cost_Type") <> ''
"""

Rows = Counter[tuple[object, ...]]
_PLACES = {"quantity": Decimal("0.0001"), "degrees": Decimal("0.000001")}


def assert_equals_source(world: World, *names: str, company: str = "1") -> None:
    """Every table of these objects, or of all that are staged, holds what the source holds."""
    for name in names or OBJECTS:
        for table in OBJECTS[name].tables:
            if table.name == "job_cost_totals":
                assert_totals(world, company)
                continue
            staged, rejected = staged_rows(world, table, company), rejected_rows(world, table, company)
            source = source_rows(world, table, company)
            assert not (missing := source - staged - rejected), f"{table.name}: lost {_some(missing)}"
            assert not (extra := (staged + rejected) - source), f"{table.name}: too many {_some(extra)}"


def source_rows(world: World, table: Table, company: str) -> Rows:
    """The sandbox's rows, in comparable form."""
    assert table.infolink is not None
    columns = _columns(world, table)
    with psycopg.connect(world.source, row_factory=dict_row, options="-c search_path=dbo,public") as connection:
        found = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(_stored(table)))).fetchall()
    by_name = [{key.lower(): value for key, value in row.items()} for row in found]
    kept = [row for row in by_name if row["company_code"].strip() == company]
    if world.settings.reader(table) == "sdx":
        # The services are asked for every status that is documented, so they never show another.
        kept = [row for row in kept if (row["status_code"] or "").strip() in ("A", "I", "C")]
    if table.infolink.added_up:
        kept = _added_up(table, kept)
    return Counter(tuple(_plain(c, row.get(_source(c).lower())) for c in columns) for row in kept)


def _stored(table: Table) -> str:
    """The sandbox's name of a staged table's source: of two names, the one that it has."""
    assert table.infolink is not None
    name = table.infolink.table
    return name if name in tables() else name.removesuffix("_MC")


def _added_up(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a key of the rows that are its increments, with their sums, and the texts on which all of them agree."""
    keys = [_source(c).lower() for c in table.columns if c.key]
    amounts = [_source(c).lower() for c in table.columns if c.type in ("money", "quantity")]
    others = [_source(c).lower() for c in table.columns if c.source and not c.key and c.type in ("code", "text")]
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows:
        known = found.setdefault(tuple(row[key].strip() for key in keys), {key: row[key] for key in keys})
        known |= {name: known.get(name, Decimal(0)) + row[name] for name in amounts}
        known |= {name: row[name] if known.get(name, row[name]) == row[name] else None for name in others}
    return list(found.values())


def staged_rows(world: World, table: Table, company: str) -> Rows:
    """The living rows of a staged table, without those that stand in for a rejected one."""
    columns = _columns(world, table)
    query = sql.SQL(
        "select {} from {} where company_code = %s and _deleted_at is null and _rejected_at is null"
    ).format(sql.SQL(", ").join(sql.Identifier(c.name) for c in columns), sql.Identifier("spectrum", table.name))
    with psycopg.connect(world.warehouse) as connection:
        return Counter(
            tuple(_plain(c, value) for c, value in zip(columns, row, strict=True))
            for row in connection.execute(query, [company])
        )


def rejected_rows(world: World, table: Table, company: str) -> Rows:
    """The rows of a table that are listed as rejected, each with a reason."""
    columns = _columns(world, table)
    found = world.ask(
        "select source_row, reason from sync.rejected_rows where table_name = %s and company_code = %s"
        " and resolved_at is null",
        table.name,
        company,
    )
    assert all(reason for _, reason in found)
    return Counter(tuple(_plain(c, row[c.name]) for c in columns) for row, _ in found)


def assert_totals(world: World, company: str = "1") -> None:
    """Job-to-date totals are the sums of the source's own transactions."""
    sums: dict[tuple[str, ...], Decimal] = {}
    transactions = OBJECTS["job_costs"].table("job_cost_transactions")
    if world.settings.reader(OBJECTS["job_costs"].table("job_cost_totals")) == "transactions":
        names = [c.name for c in _columns(world, transactions)]
        for row, count in staged_rows(world, transactions, company).items():
            fields = dict(zip(names, row, strict=True))
            key = (fields["job_number"], fields["phase_code"], fields["cost_type"])
            sums[key] = sums.get(key, Decimal(0)) + count * fields["tran_amount"]
    else:
        with psycopg.connect(world.source, options="-c search_path=dbo,public") as connection:
            for *key, amount in connection.execute(_JOB_TO_DATE, [company]):
                sums[tuple(key)] = amount
    staged = world.ask(
        "select job_number, phase_code, cost_type, jtd_cost from spectrum.job_cost_totals where company_code = %s"
        " and _deleted_at is null",
        company,
    )
    assert {tuple(key): amount for *key, amount in staged} == sums


def fingerprint(world: World, name: str) -> list[tuple[Any, ...]]:
    """Everything of an object's tables that a write would change, even one of the same values: each row's xmin."""
    found: list[tuple[Any, ...]] = []
    with psycopg.connect(world.warehouse) as connection:
        for table in OBJECTS[name].tables:
            query = "select xmin::text, ctid::text, t::text from {} as t order by ctid"
            found += connection.execute(sql.SQL(query).format(sql.Identifier("spectrum", table.name))).fetchall()
    return found


def _columns(world: World, table: Table) -> list[Column]:
    """The columns that come from the first table of the query as they are, by the reader in use."""
    if world.settings.reader(table) == "sdx":
        return [c for c in table.read_columns() if c.sdx and c.source]
    return [c for c in table.read_columns() if c.source and "." not in str(c.source)]


def _source(column: Column) -> str:
    return column.sources[0]


def _plain(column: Column, value: object) -> object:
    """A value, comparable whichever side it comes from."""
    if isinstance(value, str):
        value = value.strip() or None
    if value is None:
        return None
    if column.ymd and isinstance(value, date):
        return value.strftime("%Y%m%d")
    if column.type == "date" and not column.ymd:
        return _day(value)
    if column.type in ("money", "quantity", "degrees", "integer"):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return str(value)
        # Hours, quantities and degrees may have more decimals than the warehouse keeps.
        places = _PLACES.get(column.type)
        return (number.quantize(places, ROUND_HALF_UP) if places else number).normalize() + 0
    return str(value)


def _day(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date()
    american = re.fullmatch(r"(\d+)/(\d+)/(\d+)", str(value))
    return f"{int(american[3]):04d}-{int(american[1]):02d}-{int(american[2]):02d}" if american else str(value)[:10]


def _some(rows: Iterable[object]) -> str:
    return "\n".join(map(str, list(rows)[:3]))
