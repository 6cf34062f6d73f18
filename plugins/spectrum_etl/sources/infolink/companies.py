"""Which companies and jobs Info-Link holds rows of. Used by `staging`, to tell a wrong code from one without rows.

A code is compared as everywhere: trimmed and exactly, so that `1` is not `01`.
"""

from __future__ import annotations

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.infolink.binds import Binds, Statement, code_filter
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.infolink.templates import render

_COMPANY = "COMPANY_CODE"


def holds_company(reader: InfoLinkReader, table: str, company: str) -> bool:
    """Whether a table holds any row of a company.

    Args:
        reader: inside its `with`.
        table: Info-Link table. One without a company code shows the rows of the login's own company.
        company: company code.

    Raises:
        FixConfiguration: Info-Link does not show the table to this user.
        SpectrumEtlError: as every query of the reader.
    """
    binds = Binds()
    column = _company_column(reader, table)
    if column is None:
        if reader.connection.login_company.upper() != company.strip().upper():
            return False
        where = "1 = 1"
    else:
        where = " AND ".join(code_filter(f"t.{column[0]}", column[1], {"company": company.strip()}, binds))
    sql = render("company_is_there.sql", tables={"t": f"dbo.{reader.found(table)}"}, where={"t": where})
    return bool(reader.rows(Statement(sql, binds.values), table, company))


def company_codes(reader: InfoLinkReader, table: str) -> list[str]:
    """The companies that a table holds rows of, in order; of one without a company code none, since it cannot be told.

    Args, errors: as for `holds_company`.
    """
    column = _company_column(reader, table)
    if column is None:
        return []
    sql = render("companies.sql", tables={"t": f"dbo.{reader.found(table)}"}, t={"Company_Code": f"t.{column[0]}"})
    return sorted({str(code) for (code,) in reader.rows(Statement(sql, {}), table) if code})


def job_numbers(reader: InfoLinkReader, table: str, company: str) -> set[str]:
    """The trimmed numbers of a company's jobs.

    Args:
        reader: inside its `with`.
        table: the job master.
        company: company code.

    Raises:
        FixConfiguration: Info-Link does not show the table, or its job numbers, to this user.
        SpectrumEtlError: as every query of the reader.
    """
    binds = Binds()
    column = _company_column(reader, table)
    where = code_filter(f"j.{column[0]}", column[1], {"company": company.strip()}, binds) if column else ["1 = 1"]
    number = next((name for name in reader.columns(table) if name.upper() == "JOB_NUMBER"), None)
    if number is None:
        raise FixConfiguration(
            "its jobs cannot be looked up: there is no column Job_Number",
            object=table,
            company=company,
            remedy="allow the column to this user in Info-Link's table security and run Update Database",
        )
    sql = render(
        "job_numbers.sql",
        tables={"j": f"dbo.{reader.found(table)}"},
        where={"j": " AND ".join(where)},
        j={"Job_Number": f"j.{number}"},
    )
    return {str(job) for (job,) in reader.rows(Statement(sql, binds.values), table, company) if job}


def _company_column(reader: InfoLinkReader, table: str) -> tuple[str, str] | None:
    """Its name and type."""
    return next((entry for entry in reader.columns(table).items() if entry[0].upper() == _COMPANY), None)
