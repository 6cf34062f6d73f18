"""Reads what the generated Spectrum holds, for the seed of the stand-in Procore: codes come out trimmed."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, LiteralString

from psycopg import Connection, sql
from psycopg.rows import dict_row

Row = dict[str, Any]
#: How many jobs without a linked project are read.
MOST_OTHERS = 7
# Of how many of these more than the job itself.
_READ_WHOLE = 2


@dataclass
class Job:
    """One job with what belongs to it."""

    number: str
    row: Row
    phases: list[Row] = field(default_factory=list)
    contract: Row | None = None
    items: list[Row] = field(default_factory=list)
    subcontracts: list[Row] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def pairs(self, cost_type: str = "") -> list[tuple[str, str]]:
        """The open phases and cost types, or those of one cost type."""
        return [
            (row["Phase_Code"], row["Cost_Type"])
            for row in self.phases
            if row["Status_Code"] == "A" and cost_type in ("", row["Cost_Type"])
        ]

    def descriptions(self) -> dict[str, str]:
        """Description by phase code."""
        return {row["Phase_Code"]: row["Description"] for row in self.phases}


@dataclass
class Company:
    """One Spectrum company: its vendors by code, cost types, standard phases of the list for Procore, and jobs: those
    that get a linked project, the next ones, which do not, and sub jobs, which cannot."""

    code: str
    vendors: list[Row]
    cost_types: list[Row]
    standard: list[Row]
    jobs: list[Job]
    others: list[Job]
    sub_jobs: list[Row]


def read_companies(connection: Connection[Any], most_jobs: int) -> list[Company]:
    """Read the companies, each with its newest jobs that a Procore project may be linked to.

    Args:
        connection: the sandbox database with `dbo` on the search path.
        most_jobs: how many jobs of a company at most; open fixed-price ones come first, sub jobs and templates never.
    """
    rows = read_rows(connection, 'SELECT DISTINCT trim("Company_Code") AS code FROM dbo."JC_JOB_MASTER_MC" ORDER BY 1')
    return [_company(connection, row["code"], most_jobs) for row in rows]


def _company(connection: Connection[Any], code: str, most_jobs: int) -> Company:
    vendors = _table(connection, "VN_VENDOR_MASTER_MC", code, """trim("Vendor_Code") <> ''""", '"Vendor_Code"')
    types = _table(connection, "JC_COST_TYPE_MASTER_MC", code, "true", '"Cost_Type"')
    standard = _table(
        connection, "JC_STD_PHASE_DESCRIPTION_MC", code, """trim("Phase_Category") = 'STD'""", '"Phase_Code"'
    )
    known = {row["Cost_Type"] for row in types}
    living = """trim("Master_Job") = '' AND trim("Job_Number") <> 'TEMPLATE' AND trim("Job_Description") <> ''"""
    order = """("Status_Code" = 'A') DESC, ("Price_Method_Code" = 'F') DESC, "Start_Date" DESC NULLS LAST"""
    rows = _table(connection, "JC_JOB_MASTER_MC", code, living, order)
    # One complete job is linked too: Spectrum refuses to write to it.
    complete = next((row for row in rows if row["Status_Code"] == "C"), None)
    kept = rows[:most_jobs]
    if complete is not None and complete not in kept:
        kept[-1:] = [complete]
    jobs = [_job(connection, code, row, known) for row in kept]
    numbers = {job.number for job in jobs}
    others = [row for row in rows if row["Job_Number"] not in numbers and row["Status_Code"] != "C"][:MOST_OTHERS]
    subs = _table(connection, "JC_JOB_MASTER_MC", code, """trim("Master_Job") <> ''""", '"Job_Number"')[:1]
    unlinked = [_job(connection, code, row, known, bought=False) for row in others[:_READ_WHOLE]]
    unlinked += [Job(row["Job_Number"], row) for row in others[_READ_WHOLE:]]
    return Company(code, vendors, types, standard, jobs, unlinked, subs)


def _job(connection: Connection[Any], company: str, row: Row, cost_types: set[str], *, bought: bool = True) -> Job:
    number = row["Job_Number"]
    job = Job(number, row)

    def of(table: str, order: LiteralString) -> list[Row]:
        return _table(connection, table, company, 'trim("Job_Number") = %s', order, number)

    phases = of("JC_PHASE_MASTER_MC", '"Phase_Code", "Cost_Type"')
    job.phases = [phase for phase in phases if phase["Cost_Type"] in cost_types]
    contracts = of("CR_CONTRACT_MASTER_MC", '"Original_Contract_Amount" DESC')
    job.contract = contracts[0] if contracts else None
    items = of("CR_BID_ITEM_DES_MC", '"Billing_Item"')
    job.items = [item for item in items if contracts and item["Customer_Code"] == contracts[0]["Customer_Code"]]
    if not bought:
        return job
    job.subcontracts = of("VN_SUBCONTRACT_MC", '"Subcontract_Number"')
    for subcontract in job.subcontracts:
        subcontract["lines"] = _table(
            connection,
            "VN_SUBCONTRACT_PHASE_MC",
            company,
            'trim("Vendor_Code") = %s AND trim("Subcontract_Number") = %s',
            '"Phase_Code"',
            subcontract["Vendor_Code"],
            subcontract["Subcontract_Number"],
        )
    job.requests = sorted({request["Change_Request_Number"] for request in of("CR_CHNG_REQ_HDR_MC", "1")})
    return job


def _table(
    connection: Connection[Any], table: str, company: str, where: LiteralString, order: LiteralString, *values: str
) -> list[Row]:
    query = sql.SQL('SELECT * FROM dbo.{} WHERE trim("Company_Code") = %s AND {} ORDER BY {}').format(
        sql.Identifier(table), sql.SQL(where), sql.SQL(order)
    )
    return read_rows(connection, query, company, *values)


def read_rows(connection: Connection[Any], query: sql.Composed | LiteralString, *values: Any) -> list[Row]:
    """Return the rows of a query, their texts trimmed."""
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(query, values or None).fetchall()
    return [{name: value.strip() if isinstance(value, str) else value for name, value in row.items()} for row in found]


def amount(value: Decimal | None) -> Decimal:
    """An amount, nothing as zero."""
    return value if value is not None else Decimal()
