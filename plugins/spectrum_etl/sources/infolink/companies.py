"""Which companies and jobs Info-Link holds rows of.

A code is compared as everywhere: trimmed and exactly, so that `1` is not `01`, unless the settings of the company say
that the tables write it so.
"""

from __future__ import annotations

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.infolink.binds import Binds, Statement, code_filter
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.infolink.templates import render

_COMPANY = "Company_Code"
_CODES = (_COMPANY, "Job_Number")


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
    found = reader.table(table).as_texts(_CODES)
    column = found.find(_COMPANY)
    if column is None:
        if not reader.shows_only(found, company):
            return False
        where = "1 = 1"
    else:
        codes = {"company": reader.written(company)}
        where = " AND ".join(code_filter(f"t.{column[0]}", column[1], codes, binds))
    sql = render("company_is_there.sql", tables={"t": found.relation}, where={"t": where})
    return bool(reader.rows(Statement(sql, binds.values), table, company))


def company_codes(reader: InfoLinkReader, table: str) -> list[str]:
    """The companies that a table holds rows of, in order; of one without a company code none, since it cannot be told.

    Args, errors: as for `holds_company`.
    """
    found = reader.table(table).as_texts(_CODES)
    column = found.find(_COMPANY)
    if column is None:
        return []
    sql = render("companies.sql", tables={"t": found.relation}, t={"Company_Code": f"t.{column[0]}"})
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
    found = reader.table(table).as_texts(_CODES)
    column, number = found.find(_COMPANY), found.find("Job_Number")
    codes = {"company": reader.written(company)}
    where = code_filter(f"j.{column[0]}", column[1], codes, binds) if column else ["1 = 1"]
    if number is None:
        raise FixConfiguration(
            "its jobs cannot be looked up: there is no column Job_Number",
            object=table,
            company=company,
            remedy="allow the column to this user in Info-Link's table security and run Update Database",
        )
    sql = render(
        "job_numbers.sql",
        tables={"j": found.relation},
        where={"j": " AND ".join(where)},
        j={"Job_Number": f"j.{number[0]}"},
    )
    return {str(job) for (job,) in reader.rows(Statement(sql, binds.values), table, company) if job}
