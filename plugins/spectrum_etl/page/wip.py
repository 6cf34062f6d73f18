"""The WIP schedule: jobs at a month end, as known then or now, as a file, and what is behind a figure. Routes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, status
from fastapi.responses import StreamingResponse

from spectrum_etl.model import dag_ids
from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.downloads import csv_file
from spectrum_etl.page.reads import PAGE_ROWS, Row, open_warehouse, page_with_total
from spectrum_etl.staging.configured import load_settings


def _may_see(readable: access.Readable) -> None:
    scope.require_dag(readable, dag_ids.PUBLISH_MARTS)


router = APIRouter(dependencies=[Depends(_may_see)])

#: The amounts that are shown and added up, in their order.
_SUMS = (
    "original_contract", "approved_changes", "revised_contract", "cost_at_completion", "gross_profit_at_completion",
    "cost_to_date", "earned_revenue", "billed_to_date", "over_billed", "under_billed", "gross_profit_to_date",
    "loss_provision", "backlog", "retainage", "gross_profit_at_completion_then", "gross_profit_at_completion_now",
    "fade",
)  # fmt: skip
#: The columns of the file: those that are shown, in the same order, and what tells why one is empty. `{other}` is what
#: the profit is compared with.
_FILE = (
    "company_code", "job_number", "job_description", "has_contract", "price_method", "revised_contract",
    "cost_at_completion", "gross_profit_at_completion", "gross_profit_at_completion_{other}", "fade", "cost_to_date",
    "percent_complete", "earned_revenue", "billed_to_date", "over_under_billed", "gross_profit_to_date",
    "loss_provision", "backlog", "retainage", "original_contract", "approved_changes", "not_known_because",
)  # fmt: skip
_OTHER = {"now": "then", "then": "now"}
_SORTS = {name.format(other=other) for name in _FILE for other in _OTHER} - {"has_contract", "not_known_because"}
Known = Literal["then", "now"]
Offset = Annotated[int, Query(ge=0)]


def _asked(
    month_end: date,
    known: Known = "now",
    company: str | None = None,
    search: str | None = None,
    jobs: Literal["all", "open", "complete"] = "all",
) -> dict[str, Any]:
    """Which schedule is shown, and what it is narrowed to."""
    return {
        "month_end": month_end,
        "known": known,
        "companies": scope.companies(company),
        "search": scope.search_text(search),
        "complete": None if jobs == "all" else jobs == "complete",
    }


Asked = Annotated[dict[str, Any], Depends(_asked)]


def _sort(sort: str = "job_number") -> str:
    """A column of the schedule, with a `-` before it for the greatest first.

    Raises:
        HTTPException: 422, there is no such column.
    """
    if sort.removeprefix("-") not in _SORTS:
        detail = f"The schedule is not sorted by {sort[:60]!r}."
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, detail)
    return sort


Sort = Annotated[str, Depends(_sort)]


@router.get("/api/wip/months")
def months(company: str | None = None) -> ExactJson:
    """The month ends of the schedule, the newest first, one row a company."""
    with open_warehouse() as warehouse:
        rows = warehouse.rows("wip_month_ends", companies=scope.companies(company))
    return ExactJson({"rows": rows})


@router.get("/api/wip")
def schedule(asked: Asked, sort: Sort) -> ExactJson:
    """The whole schedule: jobs with a contract, those without apart, and what each part adds up to."""
    shown, apart = _parts(asked, sort)
    return ExactJson({"rows": shown, "totals": _totals(shown), "apart": apart, "apart_totals": _totals(apart)})


@router.get("/api/wip.csv")
def schedule_file(asked: Asked, sort: Sort) -> StreamingResponse:
    """What is shown as a file: the same jobs in the same order, those without a contract last."""
    shown, apart = _parts(asked, sort)
    columns = [name.format(other=_OTHER[asked["known"]]) for name in _FILE]
    return csv_file(f"wip_{asked['month_end']:%Y-%m-%d}_known_{asked['known']}", columns, [*shown, *apart])


@router.get("/api/wip/job")
def job(company: str, job: str, month_end: date, known: Known = "now") -> ExactJson:
    """One job of the schedule with all that its figures are made of, and how they stood then and now."""
    key = {"company": scope.companies(company)[0], "job": job, "month_end": month_end}
    with open_warehouse() as warehouse:
        found = warehouse.row("wip_job", **key, known=known)
        if found is None:
            detail = f"Job {job!r} of company {company} is not in the schedule of {month_end:%B %Y}."
            raise HTTPException(status.HTTP_404_NOT_FOUND, detail)
        fade = warehouse.row("wip_fade", **key)
    return ExactJson({"job": found, "fade": fade})


@router.get("/api/wip/behind")
def behind(
    company: str,
    job: str,
    month_end: date,
    what: Literal["contracts", "changes", "estimate", "postings", "billings"],
    known: Known = "now",
    offset: Offset = 0,
) -> ExactJson:
    """One page of what is behind a figure of a job, up to the month end and as known then or now, with its total."""
    key = {"company": scope.companies(company)[0], "job": job}
    with open_warehouse() as warehouse:
        found = warehouse.row("wip_job", **key, month_end=month_end, known=known)
        if found is None or not found["is_known"]:
            return ExactJson(page_with_total([], offset))
        rows = warehouse.rows(
            f"wip_{what}",
            **key,
            month_end=month_end,
            moment=found["moment"],
            types=list(load_settings().estimate_change_types),
            limit=PAGE_ROWS + 1,
            offset=offset,
        )
    return ExactJson(page_with_total(rows, offset))


def _parts(asked: dict[str, Any], sort: str) -> tuple[list[Row], list[Row]]:
    """The rows in their order: those with a contract, or of which that is not known, and those without one."""
    with open_warehouse() as warehouse:
        rows = _sorted(warehouse.rows("wip", **asked), sort)
    return [row for row in rows if row["has_contract"] is not False], [
        row for row in rows if row["has_contract"] is False
    ]


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    """By a column; what is not known comes last either way, and rows of the same value by job."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    known = [row for row in rows if row[name] is not None]
    known.sort(key=lambda row: row[name], reverse=down)
    return known + [row for row in rows if row[name] is None]


def _totals(rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """Of each amount: the sum of the jobs of which it is known, null where it is of none; and of how many it is not."""
    totals = {}
    for name in _SUMS:
        amounts = [row[name] for row in rows]
        known = [amount for amount in amounts if amount is not None]
        totals[name] = {"sum": sum(known, Decimal(0)) if known else None, "unknown": len(amounts) - len(known)}
    return totals
