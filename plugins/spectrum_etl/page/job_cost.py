"""Job cost: jobs, budget against cost by month and by phase, and what is behind a number. Routes of the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, status
from fastapi.responses import StreamingResponse

from spectrum_etl.model import dag_ids
from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.downloads import csv_file
from spectrum_etl.page.reads import EVERYTHING, PAGE_ROWS, Row, open_warehouse, page_of, page_with_total


def _may_see(readable: access.Readable) -> None:
    scope.require_dag(readable, dag_ids.PUBLISH_MARTS)


router = APIRouter(dependencies=[Depends(_may_see)])

_FILE = (
    "phase_code", "cost_type", "description", "original_estimate", "estimate_adjustments", "approved_changes",
    "current_estimate", "committed_cost", "actual_cost", "projected_cost", "projection_entered", "cost_at_completion",
    "cost_floor_used", "job_complete", "variance", "percent_complete", "transactions",
)  # fmt: skip
_POSTING = (
    "tran_date", "phase_code", "cost_type", "tran_type_code", "description", "vendor_code", "vendor_name",
    "reference_1", "total_hours", "quantity", "unit_of_measure", "tran_amount",
)  # fmt: skip
Offset = Annotated[int, Query(ge=0)]


@router.get("/api/jobs")
def jobs(
    company: str | None = None, search: str | None = None, after: str | None = None, active: bool = False
) -> ExactJson:
    """One page of jobs with what they cost, by number."""
    with open_warehouse() as warehouse:
        rows = warehouse.rows(
            "jobs",
            companies=scope.companies(company),
            search=scope.search_text(search),
            after=after,
            active=active,
            limit=PAGE_ROWS + 1,
        )
    return ExactJson(page_of(rows, "job_key"))


@router.get("/api/job")
def job(company: str, job: str) -> ExactJson:
    """One job with its budget and cost by phase and cost type, and its cost by month."""
    key: dict[str, Any] = {"company": scope.companies(company)[0], "job": job}
    with open_warehouse() as warehouse:
        found = warehouse.row("job", **key)
        if found is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"Job {job!r} of company {company} is not staged.")
        lines = warehouse.rows("job_cost_lines", **key)
        months = warehouse.rows("job_cost_months", **key)
    return ExactJson({"job": found, "lines": lines, "months": months})


@router.get("/api/job.csv")
def job_file(company: str, job: str) -> StreamingResponse:
    """The table of a job as a file."""
    with open_warehouse() as warehouse:
        rows = warehouse.rows("job_cost_lines", company=scope.companies(company)[0], job=job)
    return csv_file(f"job_cost_{_safe(job)}", _FILE, rows)


@router.get("/api/transactions")
def transactions(
    company: str,
    job: str,
    phase: str | None = None,
    cost_type: str | None = None,
    month: date | None = None,
    offset: Offset = 0,
) -> ExactJson:
    """One page of the postings behind a number, the newest first, with the total of all of them."""
    with open_warehouse() as warehouse:
        rows = warehouse.rows(
            "transactions",
            company=scope.companies(company)[0],
            job=job,
            phase=phase,
            cost_type=cost_type,
            month=month,
            limit=PAGE_ROWS + 1,
            offset=offset,
        )
    return ExactJson({**page_with_total(rows, offset), "postings": rows[0]["postings"] if rows else None})


@router.get("/api/transactions.csv")
def transactions_file(
    company: str,
    job: str,
    phase: str | None = None,
    cost_type: str | None = None,
    month: date | None = None,
) -> StreamingResponse:
    """All postings behind a number as a file."""
    values = {"company": scope.companies(company)[0], "job": job, "phase": phase, "cost_type": cost_type}
    rows = _stream("transactions", {**values, "month": month, "limit": EVERYTHING, "offset": 0})
    name = "_".join(_safe(part) for part in (job, phase, cost_type, month and f"{month:%Y-%m}") if part)
    return csv_file(f"postings_{name}", _POSTING, rows)


@router.get("/api/commitments")
def commitments(company: str, job: str, phase: str, cost_type: str, offset: Offset = 0) -> ExactJson:
    """One page of the lines and changes behind a committed amount, with the total of those that count."""
    with open_warehouse() as warehouse:
        rows = warehouse.rows(
            "commitments",
            company=scope.companies(company)[0],
            job=job,
            phase=phase,
            cost_type=cost_type,
            limit=PAGE_ROWS + 1,
            offset=offset,
        )
    return ExactJson(page_with_total(rows, offset))


@router.get("/api/budget-line")
def budget_line(company: str, job: str, phase: str, cost_type: str) -> ExactJson:
    """What Spectrum holds about one phase and cost type: what the budget columns and the projection are made of."""
    with open_warehouse() as warehouse:
        found = warehouse.row(
            "budget_line", company=scope.companies(company)[0], job=job, phase=phase, cost_type=cost_type
        )
    return ExactJson({"line": found})


def _stream(query: str, values: dict[str, Any]) -> Iterator[Row]:
    with open_warehouse() as warehouse:
        yield from warehouse.stream(query, **values)


def _safe(text: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter == "-") else "_" for letter in text)
