"""GetJob, GetJobMain and GetJobDates: one row a job. Used by the server."""

from typing import Any

from psycopg import Connection, sql

from sandbox.data.written import kept_fields
from sandbox.sdx.filters import Where, trimmed
from sandbox.sdx.services import Service
from sandbox.sdx.writes.store import code

_FILTERS = {
    "pDivision": "Division",
    "pProject_Manager": "Project_Manager",
    "pSuperintendent": "Superintendent",
    "pEstimator": "Estimator",
    "pCustomer_Code": "Customer_Code",
}
_SORTS = {
    "": (),
    "D": ("Division",),
    "P": ("Project_Manager",),
    "S": ("Superintendent",),
    "E": ("Estimator",),
    "C": ("Customer_Code",),
}


def read_jobs(
    connection: Connection[Any], service: Service, call: dict[str, str], companies: list[str], limit: int | None
) -> list[dict[str, Any]]:
    """Return the jobs a call selects, in its order, as values by field name.

    Args:
        connection: a snapshot of the sandbox database.
        service: GetJob, GetJobMain or GetJobDates.
        call: the call's parameters.
        companies: the companies the call may see and asks for, trimmed.
        limit: most rows to read, None for all.

    Raises:
        SuperSelectError: a filter breaks the rules.
    """
    where = Where()
    where.companies(companies)
    where.status(call["pStatus_Code"])
    for parameter, column in _FILTERS.items():
        where.superselect(column, call[parameter])
    where.exact("Cost_Center", call["pCost_Center"])
    order = [*_SORTS[call["pSort_By"].strip()], "Job_Number", "Company_Code"]
    statement = sql.SQL('SELECT * FROM dbo."JC_JOB_MASTER_MC" WHERE {} ORDER BY {} LIMIT %s').format(
        where.sql(), sql.SQL(", ").join(sql.SQL('{} COLLATE "C"').format(trimmed(column)) for column in order)
    )
    rows = connection.execute(statement, [*where.values, limit]).fetchall()
    written = kept_fields(connection, "job", companies)
    rows = [written.get((code(row, "Company_Code"), code(row, "Job_Number")), {}) | row for row in rows]
    if service.name == "GetJob":
        # The field is 15 long here although the column holds 30 (note in the reference).
        return [row | {"Contract_Number": row["Contract_Number"][:15]} for row in rows]
    if service.name == "GetJobMain":
        names = _customer_names(connection)
        named = [names.get((code(row, "Company_Code"), code(row, "Customer_Code")), "") for row in rows]
        return [{"Owner_Name": name} | row | {"Customer_Name": name} for row, name in zip(rows, named, strict=True)]
    return rows


def _customer_names(connection: Connection[Any]) -> dict[tuple[str, str], str]:
    rows = connection.execute('SELECT "Company_Code", "Customer_Code", "Name" FROM dbo."CR_CUSTOMER_MASTER_MC"')
    return {(code(row, "Company_Code"), code(row, "Customer_Code")): code(row, "Name") for row in rows}
