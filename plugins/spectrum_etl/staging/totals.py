"""Job-to-date totals: summed from the staged transactions, or compared with them (K1)."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.model.run import Landing
from spectrum_etl.model.spec import Table
from spectrum_etl.warehouse.templates import render

#: Which column of the totals is the sum of which column of the transactions.
SUMS = {"jtd_cost": "tran_amount", "jtd_hours": "total_hours", "jtd_quantity": "quantity"}


@dataclass(frozen=True)
class SummedTotals:
    """Totals made in the publishing transaction.

    Args:
        relation: temporary table of the typed rows.
        rejects: an empty temporary table: sums are never rejected.
        jobs: the jobs it is complete for; none where it is for all of them.
    """

    relation: str
    rejects: str
    jobs: list[str]


def sum_transactions(
    connection: psycopg.Connection, totals: Table, source: Table, landing: Landing, jobs: list[str] | None
) -> SummedTotals:
    """Sum the staged transactions.

    Args:
        connection: the warehouse, in the publishing transaction, after the transactions were written.
        totals: the table of totals.
        source: the table of transactions.
        landing: names the company.
        jobs: of these jobs; None means all of the company.
    """
    relation, rejects = f"_summed_{totals.name}", f"_rejects_of_{totals.name}"
    connection.execute(
        render(
            "publish/totals_from_transactions.sql",
            summed=relation,
            staged=f"spectrum.{source.name}",
            whole=jobs is None,
            selected=[
                (column.name, _expression(column.name, column.key, column.sql_type)) for column in totals.columns
            ],
            hashed=[column.name for column in totals.columns],
        ),
        {"company_code": landing.scope.company_code, "jobs": jobs or []},
    )
    connection.execute(render("publish/rejects_table.sql", kind="temporary", rejects=rejects))
    return SummedTotals(relation, rejects, jobs or [])


def reconcile(connection: psycopg.Connection, totals: Table, source: Table, landing: Landing) -> CheckResult:
    """Compare GetPhase's job-to-date cost with the transactions, of jobs that did not change around the call.

    Rejected transactions count: Spectrum counts them too, and they are listed elsewhere.

    Returns:
        A warning where they differ, with the phases and both amounts.
    """
    rows = connection.execute(
        render(
            "publish/totals_reconcile.sql",
            totals=f"spectrum.{totals.name}",
            staged=f"spectrum.{source.name}",
            partitions=landing.relation(source.name, "partitions"),
        ),
        {"company_code": landing.scope.company_code},
    ).fetchall()
    differing = rows[0][-1] if rows else 0
    examples = [
        {"job_number": job, "phase_code": phase, "cost_type": kind, "get_phase": str(theirs), "transactions": str(ours)}
        for job, phase, kind, theirs, ours, _ in rows
    ]
    message = (
        f"job-to-date cost of {differing} phases and cost types differs between GetPhase and the transactions, though"
        " the source did not change around the call: look at the examples in Spectrum's Job Cost inquiry. Contract"
        " labor, pre-time-card entries and unapproved invoices are in neither."
        if rows
        else ""
    )
    return CheckResult(
        "totals_reconcile",
        "warning",
        "warned" if rows else "passed",
        columns=("jtd_cost",),
        rows_failed=differing,
        examples=examples,
        message=message,
        source="reconciliation",
    )


def _expression(name: str, key: bool, sql_type: str) -> str:
    if key:
        return name
    if name in SUMS:
        return f"coalesce(sum({SUMS[name]}), 0)::{sql_type}"
    return f"null::{sql_type}"
