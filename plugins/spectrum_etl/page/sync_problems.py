"""What went wrong on the way from Spectrum: rejected rows, failed checks, changed columns. Lists and files. Routes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, status
from fastapi.responses import StreamingResponse

from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.downloads import csv_file
from spectrum_etl.page.reads import EVERYTHING, PAGE_ROWS, Row, open_warehouse, page_of
from spectrum_etl.page.rejected import readable_parts
from spectrum_etl.page.wording import affected, check_message, reason_of_rejection, sentences

router = APIRouter()

#: The daily comparison with the source counts as long as it is not older.
_VERIFIED_SINCE = timedelta(days=8)

_FILES = {
    "rejected": (
        "rejected_rows",
        (
            "company_code", "object_name", "table_name", "job_number", "row_key", "column_name", "value", "reason",
            "rejected_at", "source_row",
        ),
    ),
    "checks": (
        "failed_checks",
        (
            "company_code", "object_name", "table_name", "check_name", "severity", "status", "rows_failed",
            "rows_checked", "message", "checked_at", "examples",
        ),
    ),
    "drift": (
        "drift",
        (
            "company_code", "object_name", "table_name", "reader", "source_name", "column_name", "change", "detail",
            "affects", "first_seen_at", "last_seen_at",
        ),
    ),
}  # fmt: skip


@router.get("/api/import/counts")
def counts(readable: access.Readable, object: str | None = None, company: str | None = None) -> ExactJson:
    """How many rows are rejected by object and column, checks failed, and columns changed."""
    objects, companies = scope.staged_objects(readable, object), scope.companies(company)
    with open_warehouse() as warehouse:
        return ExactJson(
            {
                "rejected": warehouse.rows("rejected_counts", objects=objects, companies=companies),
                "checks": len(warehouse.rows("failed_checks", **_checks(objects, companies))),
                "drift": len(warehouse.rows("drift", objects=objects, companies=companies)),
            }
        )


@router.get("/api/import/rejected")
def rejected(
    readable: access.Readable,
    object: str | None = None,
    company: str | None = None,
    search: str | None = None,
    table: str | None = None,
    column: str | None = None,
    after: int | None = None,
) -> ExactJson:
    """One page of rejected rows, the newest first, each with what of it can be read.

    Args:
        table, column: only the rows of one staged table that one column stopped.
    """
    values = _rejected(scope.staged_objects(readable, object), scope.companies(company), search, table, column)
    with open_warehouse() as warehouse:
        rows = warehouse.rows("rejected_rows", **values, after=after, limit=PAGE_ROWS + 1)
    return ExactJson(page_of([_rejected_row(row) for row in rows], "rejected_id"))


@router.get("/api/import/rejected-row")
def rejected_row(readable: access.Readable, number: int) -> ExactJson:
    """One rejected row, whatever list it is in, also after it was corrected in Spectrum.

    Raises:
        HTTPException: 404 where there is none, or it is of an object that the user may not view.
    """
    with open_warehouse() as warehouse:
        row = warehouse.row(
            "rejected_row", number=number, objects=scope.staged_objects(readable), companies=scope.companies(None)
        )
    if row is None:
        raise HTTPException(
            status.HTTP_404_NOT_FOUND,
            "There is no such rejected row: it was corrected long ago, or it is of an object that you may not view.",
        )
    return ExactJson({"row": _rejected_row(row)})


@router.get("/api/import/checks")
def checks(readable: access.Readable, object: str | None = None, company: str | None = None) -> ExactJson:
    """The checks that are not met now: there are never more of them than tables have checks."""
    with open_warehouse() as warehouse:
        values = _checks(scope.staged_objects(readable, object), scope.companies(company))
        rows = warehouse.rows("failed_checks", **values)
    return ExactJson({"rows": [{**row, "message": check_message(row)} for row in rows], "next": None})


@router.get("/api/import/drift")
def drift(readable: access.Readable, object: str | None = None, company: str | None = None) -> ExactJson:
    """The columns that differ now from what is known of them."""
    with open_warehouse() as warehouse:
        objects, companies = scope.staged_objects(readable, object), scope.companies(company)
        rows = warehouse.rows("drift", objects=objects, companies=companies)
    return ExactJson({"rows": [_drifted(row) for row in rows], "next": None})


@router.get("/api/import/{what}.csv")
def download(
    what: Literal["rejected", "checks", "drift"],
    readable: access.Readable,
    object: str | None = None,
    company: str | None = None,
    search: str | None = None,
    table: str | None = None,
    column: str | None = None,
) -> StreamingResponse:
    """A whole list as a file."""
    query, columns = _FILES[what]
    objects, companies = scope.staged_objects(readable, object), scope.companies(company)
    values: dict[str, Any] = {
        "rejected": lambda: {
            **_rejected(objects, companies, search, table, column),
            "after": None,
            "limit": EVERYTHING,
        },
        "checks": lambda: _checks(objects, companies),
        "drift": lambda: {"objects": objects, "companies": companies},
    }[what]()
    return csv_file(what if object is None else f"{object}_{what}", columns, _stream(query, values))


def _stream(query: str, values: dict[str, Any]) -> Iterator[Row]:
    with open_warehouse() as warehouse:
        rows = warehouse.stream(query, **values)
        yield from map(_drifted, rows) if query == "drift" else rows


def _drifted(row: Row) -> Row:
    return {**row, "detail": sentences(row["detail"]), "affects": affected(row)}


def _rejected_row(row: Row) -> Row:
    return {**row, "reason": reason_of_rejection(row), **readable_parts(row)}


def _rejected(
    objects: list[str], companies: list[str], search: str | None, table: str | None, column: str | None
) -> dict[str, Any]:
    return {
        "objects": objects,
        "companies": companies,
        "search": scope.search_text(search),
        "table": table,
        "column": column,
    }


def _checks(objects: list[str], companies: list[str]) -> dict[str, Any]:
    return {**scope.tables_of(objects), "companies": companies, "since": datetime.now(UTC) - _VERIFIED_SINCE}
