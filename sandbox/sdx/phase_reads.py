"""GetPhase and GetPhaseEnhanced: one row a job, phase and cost type, totals computed from what is posted at the moment.

Used by the server. Job to date is the sum of the transactions; the current estimate is the original one plus posted
adjustments plus change requests that count (formula at the end of infolink-tables.yaml). Projected is the sum of the
rows of JC_PROJ_COST_HISTORY_MC up to now, and 0 where there are none.

A phase whose Projected_Cost_Code is E or A is projected by unit costs. The reference does not say how; here it is the
projected quantity, or where none was entered the estimated one, times estimated cost or hours per estimated unit (E),
times actual cost or hours per unit installed (A); without a unit to divide by it is the current estimate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from psycopg import Connection, sql

from sandbox.data.projection_rows import WORKED_OUT
from sandbox.sdx.filters import Where, trimmed

_JOB_WIDTH = 10
_SORTS = {
    "": ("Job_Number", "Phase_Code", "Cost_Type", "Company_Code"),
    "C": ("Cost_Type", "Job_Number", "Phase_Code", "Company_Code"),
}
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class _Total:
    """Quantity, hours and dollars of one kind."""

    quantity: Decimal
    hours: Decimal
    dollars: Decimal

    def __add__(self, other: "_Total") -> "_Total":
        return _Total(self.quantity + other.quantity, self.hours + other.hours, self.dollars + other.dollars)


_NOTHING = _Total(Decimal(0), Decimal(0), Decimal(0))
_CENT = Decimal("0.01")


def read_phases(
    connection: Connection[Any],
    call: dict[str, str],
    companies: list[str],
    limit: int | None,
    projected_more: int = 0,
) -> list[dict[str, Any]]:
    """Return the phases a call selects, in its order, with their totals, as values by field name.

    Args:
        connection: a snapshot of the sandbox database.
        call: the call's parameters.
        companies: the companies the call may see and asks for, trimmed.
        limit: most rows to read, None for all.
        projected_more: dollars that an entered projection is shown above the sum of its rows.

    Raises:
        SuperSelectError: a filter breaks the rules.
    """
    where = Where()
    where.companies(companies)
    where.superselect("Job_Number", call["pJob_Number"], _JOB_WIDTH)
    where.superselect("Cost_Type", call["pCost_Type"])
    where.status(call["pStatus_Code"])
    where.exact("Phase_Cost_Center", call["pCost_Center"])
    order = (sql.SQL('{} COLLATE "C"').format(trimmed(column)) for column in _SORTS[call["pSort_By"].strip()])
    statement = sql.SQL('SELECT * FROM dbo."JC_PHASE_MASTER_MC" WHERE {} ORDER BY {} LIMIT %s').format(
        where.sql(), sql.SQL(", ").join(order)
    )
    rows = connection.execute(statement, [*where.values, limit]).fetchall()
    if not rows:
        return []
    jobs = sorted({row["Job_Number"].strip() for row in rows})
    actual = _sums(connection, _ACTUAL, "Job_Number", companies, jobs)
    adjusted = _sums(connection, _ADJUSTMENTS, "Job_Number", companies, jobs)
    changed = _sums(connection, _CHANGES, "Job_Number", companies, jobs)
    booked = _sums(connection, _PROJECTIONS, "Job", companies, jobs)
    result = []
    for row in rows:
        key = _key(row[name] for name in ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type"))
        original = _Total(
            row["Original_Est_Quantity"] or Decimal(0),
            row["Original_Est_Hours"] or Decimal(0),
            row["Original_Est_Cost"] or Decimal(0),
        )
        estimate = original + adjusted.get(key, _NOTHING) + changed.get(key, _NOTHING)
        totals = actual.get(key, _NOTHING)
        projected = _projected(row["Projected_Cost_Code"].strip(), booked.get(key), estimate, totals, projected_more)
        result.append(
            row
            | {
                "Cost_Center": row["Phase_Cost_Center"],
                "JTD_Quantity": totals.quantity,
                "JTD_Hours": totals.hours,
                "JTD_Actual_Dollars": totals.dollars,
                "Projected_Quantity": projected.quantity,
                "Projected_Hours": projected.hours,
                "Projected_Dollars": projected.dollars,
                "Estimated_Quantity": estimate.quantity,
                "Estimated_Hours": estimate.hours,
                "Current_Estimated_Dollars": estimate.dollars,
            }
        )
    return result


def _key(codes: Iterable[str | None]) -> Key:
    company, job, phase, cost_type = ((code or "").strip() for code in codes)
    return company, job, phase, cost_type


def _sums(
    connection: Connection[Any], statement: sql.SQL, job_column: str, companies: list[str], jobs: list[str]
) -> dict[Key, _Total]:
    rows = _rows(connection, statement, job_column, companies, jobs)
    return {key: _Total(row["quantity"], row["hours"], row["dollars"]) for key, row in rows.items()}


def _rows(
    connection: Connection[Any], statement: sql.SQL, job_column: str, companies: list[str], jobs: list[str]
) -> dict[Key, dict[str, Any]]:
    where = Where()
    where.companies(companies)
    where.any_of(job_column, jobs, _JOB_WIDTH)
    return {
        _key((row["company"], row["job"], row["phase"], row["cost_type"])): row
        for row in connection.execute(statement.format(where=where.sql()), where.values)
    }


def _projected(code: str, booked: _Total | None, estimate: _Total, actual: _Total, more: int) -> _Total:
    """What is projected of a phase and cost type, by its Projected_Cost_Code (see the first lines)."""
    if code not in WORKED_OUT:
        return _NOTHING if booked is None else booked + _Total(Decimal(0), Decimal(0), Decimal(more))
    quantity = booked.quantity if booked is not None and booked.quantity else estimate.quantity
    unit = estimate if code == "E" else actual
    if not unit.quantity:
        return _Total(quantity, estimate.hours, estimate.dollars)
    hours, dollars = (quantity * value / unit.quantity for value in (unit.hours, unit.dollars))
    return _Total(quantity, hours, dollars.quantize(_CENT, ROUND_HALF_UP))


_ACTUAL = sql.SQL("""
SELECT btrim("Company_Code") AS company, btrim("Job_Number") AS job, btrim("Phase_Code") AS phase,
       btrim("Cost_Type") AS cost_type, coalesce(sum("Quantity"), 0) AS quantity,
       coalesce(sum("Total_Hours"), 0) AS hours, coalesce(sum("Tran_Amount"), 0) AS dollars
FROM dbo."JC_TRANSACTION_HISTORY_MC"
WHERE {where}
GROUP BY 1, 2, 3, 4
""")

_ADJUSTMENTS = sql.SQL("""
SELECT btrim("Company_Code") AS company, btrim("Job_Number") AS job, btrim("Phase_Code") AS phase,
       btrim("Cost_Type") AS cost_type, coalesce(sum("Est_Quantity"), 0) AS quantity,
       coalesce(sum("Est_Hours"), 0) AS hours, coalesce(sum("Est_Cost"), 0) AS dollars
FROM dbo."JC_PHASE_ESTIMATES_MC"
WHERE {where}
GROUP BY 1, 2, 3, 4
""")

# A change request counts with a change order number, or when its status is of type 1, 2 or 5.
_CHANGES = sql.SQL("""
WITH detail AS (
    SELECT btrim("Company_Code") AS company, btrim("Job_Number") AS job, btrim("Phase_Code") AS phase,
           btrim("Cost_Type") AS cost_type, btrim("Customer_Code") AS customer,
           btrim("Change_Request_Number") AS request, "Change_Request_Quantity" AS quantity,
           "Change_Request_Hours" AS hours, "Change_Request_Amount" AS dollars
    FROM dbo."CR_CHNG_REQ_CON_DET_MC"
    WHERE {where}
), counting AS (
    SELECT btrim(header."Company_Code") AS company, btrim(header."Job_Number") AS job,
           btrim(header."Customer_Code") AS customer, btrim(header."Change_Request_Number") AS request
    FROM dbo."CR_CHNG_REQ_HDR_MC" AS header
    LEFT JOIN dbo."CR_CHNG_REQ_STATUS_MC" AS status
      ON btrim(status."Company_Code") = btrim(header."Company_Code")
     AND btrim(status."Status_Code") = btrim(header."Status")
    WHERE btrim(header."Job_Number") IN (SELECT job FROM detail)
      AND (coalesce(btrim(header."Change_Order_Number"), '') <> '' OR status."CR_Type" IN ('1', '2', '5'))
)
SELECT company, job, phase, cost_type, coalesce(sum(quantity), 0) AS quantity, coalesce(sum(hours), 0) AS hours,
       coalesce(sum(dollars), 0) AS dollars
FROM detail
JOIN counting USING (company, job, customer, request)
GROUP BY company, job, phase, cost_type
""")

# Now is the last day of business, or the clock's day where that is later.
_PROJECTIONS = sql.SQL("""
SELECT btrim("Company_Code") AS company, btrim("Job") AS job, btrim("Phase") AS phase,
       btrim("Cost_Type") AS cost_type, coalesce(sum("Projected_Quantity"), 0) AS quantity,
       coalesce(sum("Projected_Hours"), 0) AS hours, coalesce(sum("Amount"), 0) AS dollars
FROM dbo."JC_PROJ_COST_HISTORY_MC"
WHERE {where}
  AND ("Transaction_Date" IS NULL OR "Transaction_Date"::date <= greatest(
      (now() AT TIME ZONE 'UTC')::date, (SELECT value::date FROM sandbox.state WHERE name = 'as_of')))
GROUP BY 1, 2, 3, 4
""")
