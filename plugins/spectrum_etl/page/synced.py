"""What is in Spectrum and linked: when, approved by whom, how much. A list with totals, and a file. Routes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.downloads import csv_file
from spectrum_etl.page.reads import EVERYTHING, PAGE_ROWS, Row, open_warehouse, page_from
from spectrum_etl.staging.configured import load_settings

router = APIRouter()

Sort = Literal["title", "-title", "approver", "-approver", "amount", "-amount", "synced", "-synced"]
_COLUMNS = (
    "company_code", "object_name", "project_id", "project_name", "record_id", "title", "spectrum_key",
    "answered_by_name", "answered_at", "changed_at", "amount",
)  # fmt: skip


def _asked(
    readable: access.Readable,
    object: str | None = None,
    company: str | None = None,
    project: str | None = None,
    search: str | None = None,
    since: date | None = None,
    until: date | None = None,
    approver: str | None = None,
    changed: bool = False,
) -> dict[str, Any]:
    """What the list is narrowed to. Days are those of the settings' time zone; the last one is a part of it.

    `changed`: only records that Procore holds otherwise than they were exported.
    """
    zone = ZoneInfo(load_settings().timezone)

    def midnight(day: date | None) -> datetime | None:
        return datetime.combine(day, time(), zone) if day else None

    return {
        "objects": scope.export_objects(readable, object),
        "companies": scope.companies(company),
        "project": project,
        "search": scope.search_text(search),
        "since": midnight(since),
        "until": midnight(until + timedelta(days=1) if until else None),
        "approver": approver or None,
        "changed": changed,
    }


Asked = Annotated[dict[str, Any], Depends(_asked)]


@router.get("/api/export/synced")
def synced(asked: Asked, sort: Sort = "-synced", offset: int = 0) -> ExactJson:
    """One page of the list, with totals of all pages by object, and who has approved anything in it."""
    with open_warehouse() as warehouse:
        rows = warehouse.rows("synced", **asked, sort=sort, limit=PAGE_ROWS + 1, offset=max(offset, 0))
        totals = warehouse.rows("synced_totals", **asked)
        who = warehouse.rows("approvers", objects=asked["objects"], companies=asked["companies"])
    return ExactJson(
        {
            **page_from(rows, max(offset, 0)),
            "totals": totals,
            "approvers": [row["answered_by_name"] for row in who if row["answered_by_name"]],
        }
    )


@router.get("/api/export/synced.csv")
def download(asked: Asked, sort: Sort = "-synced") -> StreamingResponse:
    """The whole list as a file."""

    def rows() -> Iterator[Row]:
        with open_warehouse() as warehouse:
            yield from warehouse.stream("synced", **asked, sort=sort, limit=EVERYTHING, offset=0)

    return csv_file("synced", _COLUMNS, rows())
