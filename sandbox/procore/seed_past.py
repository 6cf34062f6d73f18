"""Reads what a Spectrum company has exchanged with Procore for years: its jobs with the most subcontracts, whole tables
at a time, since there are thousands."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection, sql

from sandbox.procore.seed_spectrum import Job, Row, read_rows


@dataclass
class Past:
    """One Spectrum company: vendors (those with subcontracts first), cost types, standard phases, and jobs; each
    subcontract has its `lines` and its `changes`, by number of the change request."""

    code: str
    vendors: list[Row]
    cost_types: list[Row]
    standard: list[Row]
    jobs: list[Job]


def read_past(connection: Connection[Any], code: str, projects: int, companies: int) -> Past:
    """Read a company's past.

    Args:
        connection: the sandbox database.
        code: of the Spectrum company.
        projects: how many jobs at most.
        companies: how many vendors at most.
    """
    chosen = read_rows(
        connection,
        """
        SELECT trim(job."Job_Number") AS number
        FROM dbo."JC_JOB_MASTER_MC" AS job
        LEFT JOIN dbo."VN_SUBCONTRACT_MC" AS sub USING ("Company_Code", "Job_Number")
        WHERE trim(job."Company_Code") = %s AND trim(job."Master_Job") = '' AND trim(job."Job_Description") <> ''
            AND trim(job."Job_Number") NOT IN ('', 'TEMPLATE')
        GROUP BY 1 ORDER BY count(sub."Job_Number") DESC, 1 LIMIT %s
        """,
        code,
        projects,
    )
    numbers = [row["number"] for row in chosen]

    def of(table: LiteralString, order: LiteralString) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        query = sql.SQL(
            'SELECT * FROM dbo.{} WHERE trim("Company_Code") = %s AND trim("Job_Number") = ANY(%s) ORDER BY {}'
        ).format(sql.Identifier(table), sql.SQL(order))
        for row in read_rows(connection, query, code, numbers):
            found[row["Job_Number"]].append(row)
        return found

    types = _company_rows(connection, "JC_COST_TYPE_MASTER_MC", code, '"Cost_Type"')
    known = {row["Cost_Type"] for row in types}
    masters, phases = of("JC_JOB_MASTER_MC", "1"), of("JC_PHASE_MASTER_MC", '"Phase_Code", "Cost_Type"')
    contracts = of("CR_CONTRACT_MASTER_MC", '"Original_Contract_Amount" DESC')
    items, subcontracts = of("CR_BID_ITEM_DES_MC", '"Billing_Item"'), of("VN_SUBCONTRACT_MC", '"Subcontract_Number"')
    jobs = []
    for number in numbers:
        job = Job(number, masters[number][0], [row for row in phases[number] if row["Cost_Type"] in known])
        job.contract = contracts[number][0] if contracts[number] else None
        customer = job.contract["Customer_Code"] if job.contract else None
        job.items = [row for row in items[number] if row["Customer_Code"] == customer]
        job.subcontracts = subcontracts[number]
        jobs.append(job)
    _add_lines(connection, code, jobs)
    busy = {row["Vendor_Code"] for job in jobs for row in job.subcontracts}
    vendors = _company_rows(connection, "VN_VENDOR_MASTER_MC", code, '"Vendor_Code"')
    vendors = sorted((row for row in vendors if row["Vendor_Code"]), key=lambda row: row["Vendor_Code"] not in busy)
    standard = _company_rows(connection, "JC_STD_PHASE_DESCRIPTION_MC", code, '"Phase_Code"')
    return Past(code, vendors[:companies], types, [row for row in standard if row["Phase_Category"] == "STD"], jobs)


def _company_rows(connection: Connection[Any], table: LiteralString, code: str, order: LiteralString) -> list[Row]:
    query = sql.SQL('SELECT * FROM dbo.{} WHERE trim("Company_Code") = %s ORDER BY {}').format(
        sql.Identifier(table), sql.SQL(order)
    )
    return read_rows(connection, query, code)


def _add_lines(connection: Connection[Any], code: str, jobs: list[Job]) -> None:
    lines: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in _company_rows(connection, "VN_SUBCONTRACT_PHASE_MC", code, '"Phase_Code"'):
        lines[row["Vendor_Code"], row["Subcontract_Number"]].append(row)
    changes: dict[tuple[str, str, str], dict[str, list[Row]]] = defaultdict(dict)
    query: LiteralString = """
        SELECT detail.*
        FROM dbo."VN_CHNG_REQ_SUB_DET" AS detail
        JOIN dbo."VN_CHNG_REQ_SUB_HDR" AS header
            USING ("Company_Code", "Job_Number", "Change_Request_Number", "Vendor_Code", "Subcontract_Number")
        WHERE trim(detail."Company_Code") = %s AND header."Sub_Status" = 'E'
        ORDER BY detail."Change_Request_Number", detail."Phase_Code", detail."Cost_Type"
    """
    for row in read_rows(connection, query, code):
        of_subcontract = changes[row["Job_Number"], row["Vendor_Code"], row["Subcontract_Number"]]
        of_subcontract.setdefault(row["Change_Request_Number"], []).append(row)
    for job in jobs:
        for row in job.subcontracts:
            row["lines"] = lines[row["Vendor_Code"], row["Subcontract_Number"]]
            row["changes"] = changes[job.number, row["Vendor_Code"], row["Subcontract_Number"]]
