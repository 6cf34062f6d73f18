"""M6: how much money the figures lack because rows are rejected, and that analysts see no more than that."""

# ruff: noqa: S608  queries are put together from names in these files

from __future__ import annotations

import json
from collections import Counter, defaultdict
from decimal import Decimal, InvalidOperation
from typing import Any

import psycopg
import pytest
from marts_world import HISTORY, busiest, publish
from staged_rows import StagedRows

from spectrum_etl.staging.objects import OBJECTS
from tests.staging.resilience.harness import World

FOUND = (
    "select company_code, table_name, job_number, amount_name, rejected_rows, unreadable_rows, rejected_amount,"
    " kept_rows, kept_amount, missing_rows, missing_amount from marts.rejected_amounts"
)
TABLES = {table.name: table for obj in OBJECTS.values() for table in obj.tables}
MONEY = {
    name: [column.name for column in table.columns if column.type == "money" and column.derived is None]
    for name, table in TABLES.items()
}


#: Spectrum holds a vendor's credit as a positive amount, and what was paid on it.
WITH_CREDITS = {"vendor_invoices", "vendor_payments"}


def number(value: str | None) -> Decimal | None:
    try:
        found = Decimal((value or "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def expected(world: World | StagedRows) -> Counter[tuple[Any, ...]]:
    """The same from each rejected row by itself, and from the rows that are kept."""
    rows: dict[tuple[str, str, str, str], list[Decimal | None]] = defaultdict(list)
    for company, table, job, source in world.ask(
        "select company_code, table_name, coalesce(job_number, ''), source_row from sync.rejected_rows"
        " where resolved_at is null"
    ):
        is_credit = table in WITH_CREDITS and source.get("invoice_type_code", "").strip() == "C"
        for name in MONEY[table] or [""]:
            amount = number(source.get(name)) if name else None
            rows[company, table, job, name].append(-amount if is_credit and amount is not None else amount)
    kept: dict[tuple[str, str, str, str], list[Decimal]] = defaultdict(list)
    for table, names in MONEY.items():
        job_of = "coalesce(job_number, '')" if TABLES[table].names_job else "''"
        for name in names:
            type_of = "invoice_type_code" if table in WITH_CREDITS else "''"
            for company, job, amount, type_code in world.ask(
                f"select company_code, {job_of}, coalesce({name}, 0), {type_of}"
                f" from spectrum.{table} where _rejected_at is not null and _deleted_at is null"
            ):
                kept[company, table, job, name].append(-amount if type_code == "C" else amount)
    found: Counter[tuple[Any, ...]] = Counter()
    for key in rows.keys() | kept.keys():
        amounts, still = rows.get(key, []), kept.get(key, [])
        lost = sum((a for a in amounts if a is not None), Decimal(0)) if key[3] else None
        counted = sum(still, Decimal(0)) if key[3] else None
        unreadable = sum(a is None for a in amounts) if key[3] else 0
        missing = None if lost is None or counted is None else lost - counted
        found[*key, len(amounts), unreadable, lost, len(still), counted, len(amounts) - len(still), missing] += 1
    return found


def assert_rejected_right(world: World) -> None:
    assert Counter(world.ask(FOUND)) == expected(world)


def test_m6_money_in_rejected_rows_is_told_by_table_and_job(world: World) -> None:
    publish(world)
    assert_rejected_right(world)
    lacking = "select sum(missing_amount), sum(missing_rows) from marts.rejected_amounts where table_name = %s"
    ((before, rows),) = world.ask(lacking, "job_cost_transactions")
    job, month = busiest(world)
    world.change(
        f'update {HISTORY} set "Tran_Date_Text" = \'20269999\', "Tran_Amount" = 77.77 where ctid ='
        f' (select min(ctid) from {HISTORY} where btrim("Job_Number") = %s and left("Tran_Date_Text", 6) = %s)',
        job,
        month,
    )
    world.sync("job_costs")
    publish(world)
    assert world.ask(lacking, "job_cost_transactions") == [(before + Decimal("77.77"), rows + 1)]
    assert_rejected_right(world)
    world.change(f"delete from {HISTORY} where \"Tran_Date_Text\" = '20269999'")
    world.sync("job_costs")
    publish(world)
    assert world.ask(lacking, "job_cost_transactions") == [(before, rows)]


def test_m6_a_row_whose_last_good_version_is_kept_lacks_only_the_difference(world: World) -> None:
    publish(world)
    ((job, contract),) = world.ask(
        "select job_number, original_contract from spectrum.jobs where company_code = '1' and original_contract > 0"
        " order by 1 limit 1"
    )
    world.change(
        'update "JC_JOB_MASTER_MC" set "Status_Code" = \'X\', "Original_Contract" = %s where btrim("Job_Number") = %s',
        contract + 5,
        job,
    )
    world.sync("jobs")
    publish(world)
    assert world.ask(
        "select rejected_rows, kept_rows, missing_rows, rejected_amount, kept_amount, missing_amount"
        " from marts.rejected_amounts where table_name = 'jobs' and job_number = %s",
        job,
    ) == [(1, 1, 0, contract + 5, contract, 5)]
    assert_rejected_right(world)


def test_m6_a_rejected_credit_is_missing_below_0(warehouse_database: str) -> None:
    """Spectrum holds a credit as a positive amount, and so is the version that is kept; figures are less by them."""
    staged = StagedRows(warehouse_database)
    key = {"vendor_code": "V1", "invoice_number": "I1"}
    with staged.sync() as sync:
        sync.put("vendor_invoices", **key, invoice_type_code="C", invoice_amount=300)
        sync.put("vendor_invoices", **key, invoice_type_code="I", invoice_amount=70)
    staged.ask("update spectrum.vendor_invoices set _rejected_at = now()")
    for type_code, amount in (("C", "500.25"), ("I", " 90")):
        row = {**key, "invoice_type_code": type_code, "invoice_amount": amount}
        staged.ask(
            "insert into sync.rejected_rows (object_name, table_name, company_code, column_name, reason, source_row,"
            " landing_id, run_id, rejected_at) values ('payables', 'vendor_invoices', '1', 'invoice_date', 'wrong', %s,"
            " 1, 'run_1', now())",
            json.dumps(row),
        )
    staged.marts(whole=True)
    assert staged.ask(
        "select rejected_rows, rejected_amount, kept_rows, kept_amount, missing_rows, missing_amount"
        " from marts.rejected_amounts where amount_name = 'invoice_amount'"
    ) == [(2, Decimal("-410.25"), 2, -230, 0, Decimal("-180.25"))]
    assert Counter(staged.ask(FOUND)) == expected(staged)


def test_m6_an_amount_that_is_no_number_is_counted_and_not_added(world: World) -> None:
    publish(world)
    world.change(f'alter table {HISTORY} alter column "Tran_Amount" type text using "Tran_Amount"::text')
    job, _ = busiest(world)
    for text in ("NaN", "1e5", "twelve"):
        world.change(
            f'update {HISTORY} set "Tran_Amount" = %s where ctid = (select min(ctid) from {HISTORY}'
            ' where btrim("Job_Number") = %s and "Tran_Amount" ~ \'^[0-9.]+$\')',
            text,
            job,
        )
    world.sync("job_costs")
    publish(world)
    ((unreadable,),) = world.ask(
        "select unreadable_rows from marts.rejected_amounts where company_code = '1' and job_number = %s"
        " and table_name = 'job_cost_transactions'",
        job,
    )
    assert unreadable == 3


def test_m6_analysts_read_the_sums_and_not_the_rows(world: World) -> None:
    publish(world)
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("set role spectrum_analyst")
        assert connection.execute("select count(*) from marts.rejected_amounts").fetchone() != (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select count(*) from sync.rejected_rows")
