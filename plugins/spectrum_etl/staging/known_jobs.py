"""Names the jobs of a trigger form that Spectrum does not have.

A run that is narrowed to a job that does not exist would read nothing and call that a success. A job that Spectrum no
longer has is known as long as it is staged: that run deletes it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from difflib import get_close_matches

import psycopg
from psycopg import sql

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.selection import Selection
from spectrum_etl.model.spec import StagedObject
from spectrum_etl.settings import Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.companies import job_numbers
from spectrum_etl.staging.companies import require_company

log = logging.getLogger(__name__)

_MASTER = "JC_JOB_MASTER_MC"
#: So many similar numbers are offered.
_OFFERED = 5


def require_jobs(
    connection: psycopg.Connection, obj: StagedObject, jobs: Sequence[str], sources: Sources, settings: Settings
) -> None:
    """Refuse a run that names a job that is neither in Spectrum nor staged.

    Args:
        connection: the warehouse.
        obj: what is staged.
        jobs: what the run is narrowed to.
        sources: of the company.
        settings: which reader each table uses.

    Raises:
        FixConfiguration: the message names each of them, with similar ones that there are.
        SpectrumEtlError: what the sources' clients raise.
    """
    unknown, known = unknown_jobs(connection, obj, jobs, sources, settings)
    if unknown:
        raise no_such_jobs(unknown, known, sources.company.code)


def unknown_jobs(
    connection: psycopg.Connection, obj: StagedObject, jobs: Sequence[str], sources: Sources, settings: Settings
) -> tuple[list[str], list[str]]:
    """The jobs that are neither in Spectrum nor staged, and the numbers of those that Spectrum has.

    Args, errors: as for `require_jobs`. Spectrum is asked only where the warehouse does not know all of them.
    """
    company = sources.company.code
    staged = _staged(connection, obj, company, jobs)
    left = [job for job in jobs if job not in staged]
    if not left:
        return [], []
    known = _of_spectrum(sources, company)
    if known is None:
        log.warning("company %s: neither source shows which jobs there are; %s may not exist", company, left)
        return [], []
    if not known:
        require_company(sources)  # a wrong code has no job either, and is what has to be corrected
    left = [job for job in left if job not in known]
    # Rows of a job that its master lacks are rows of the source all the same.
    return [job for job in left if not _has_rows(obj, job, sources, settings)], sorted(known)


def no_such_jobs(unknown: Sequence[str], known: Collection[str], companies: str) -> FixConfiguration:
    """The error that names unknown jobs.

    Args:
        unknown: their numbers.
        known: the numbers there are.
        companies: the company code, or several.
    """
    similar = dict.fromkeys(
        match for job in unknown for match in get_close_matches(job, list(known), n=_OFFERED, cutoff=0.6)
    )
    perhaps = f"; there are {', '.join(list(similar)[:_OFFERED])}" if similar else ""
    return FixConfiguration(
        f"Spectrum has no job {', '.join(unknown)}, so nothing was read",
        company=companies,
        field="jobs",
        remedy=f"correct the jobs in the trigger form{perhaps}",
        cause="unknown job",
        names=unknown,
    )


def _staged(connection: psycopg.Connection, obj: StagedObject, company: str, jobs: Sequence[str]) -> set[str]:
    """Those that the warehouse knows: as jobs, or in a table of the object, deleted ones included."""
    found: set[str] = set()
    for name in dict.fromkeys(("jobs", *(table.name for table in obj.tables if table.by_job))):
        if connection.execute("select to_regclass(%s)", [f'spectrum."{name}"']).fetchone() == (None,):
            continue
        query = sql.SQL("select distinct job_number from {} where company_code = %s and job_number = any(%s)").format(
            sql.Identifier("spectrum", name)
        )
        found |= {job for (job,) in connection.execute(query, [company, list(jobs)])}
    return found


def _of_spectrum(sources: Sources, company: str) -> set[str] | None:
    """The numbers of a company's jobs; None where no source shows them."""
    if sources.has_infolink:
        try:
            return job_numbers(sources.infolink, _MASTER, company)
        except FixConfiguration as error:
            log.info("company %s: jobs cannot be looked up by Info-Link: %s", company, error)
    return set(sources.sdx.job_numbers(company)) if sources.has_sdx else None


def _has_rows(obj: StagedObject, job: str, sources: Sources, settings: Settings) -> bool:
    """Whether Info-Link holds a row of a job in a table of the object."""
    if not sources.has_infolink:
        return False
    return any(
        sources.infolink.totals(table, Selection(sources.company.code, jobs=(job,)))["rows"]
        for table in obj.tables
        if table.by_job and table.infolink and settings.reader(table) == "infolink"
        if not sources.infolink.plan(table, sources.company.code).left_out
    )
