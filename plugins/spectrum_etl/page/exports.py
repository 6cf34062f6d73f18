"""The export queue by state, one record with everything about it, and a new look at Procore. Routes of the page."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from spectrum_etl.model import dag_ids
from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.dead_questions import dead_questions, waiting
from spectrum_etl.page.documents import difference, earlier_answer, waiting_document
from spectrum_etl.page.outside_links import of_record
from spectrum_etl.page.question import question
from spectrum_etl.page.reads import PAGE_ROWS, Row, open_warehouse
from spectrum_etl.page.runs import start
from spectrum_etl.page.stuck import key_of, stuck_records, under_way
from spectrum_etl.staging.configured import load_settings

router = APIRouter()

#: The tabs of the page, by what accountants call them, and the states of the queue that each shows.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "ready": ("ready", "queued"),
    "waiting": ("waiting",),
    "sending": ("sending", "unknown", "sent", "confirmed"),
    "failed": ("not_ready", "failed"),
    "synced": ("linked",),
    "rejected": ("rejected", "retrieved"),
}


class Collect(BaseModel):
    """Which object's records Procore is asked for.

    Args:
        object: exportable object.
        companies: company codes; empty means all that have a Procore company.
        projects, records: Procore ids; empty means all. A record that is named is collected again although it was
            rejected, taken out or has failed.
        resume: unpause its DAG first where it is paused.
    """

    object: str
    companies: list[str] = []
    projects: list[str] = []
    records: list[str] = []
    resume: bool = False


@router.get("/api/export/counts")
async def counts(
    request: Request,
    readable: access.Readable,
    user: GetUserDep,
    object: str | None = None,
    company: str | None = None,
    project: str | None = None,
) -> ExactJson:
    """How many records each tab holds, stand still, or were changed since; projects; what the user may collect."""
    objects, companies = scope.export_objects(readable, object), scope.companies(company)
    everything = scope.export_objects(readable)

    def read() -> tuple[list[Row], list[Row], tuple[list[Row], list[Row]], Row | None, list[str]]:
        narrowed: dict[str, Any] = {"objects": objects, "companies": companies, "project": project}
        with open_warehouse() as warehouse:
            states = warehouse.rows("queue_counts", **narrowed)
            projects = warehouse.rows("queue_projects", objects=everything, companies=companies)
            moving = under_way(warehouse, **narrowed), waiting(warehouse, **narrowed)
            changed = warehouse.row("changed_records", **narrowed)
        allowed = [name for name in everything if access.may_trigger(user, dag_ids.EXPORT + name)]
        return states, projects, moving, changed, allowed

    states, projects, moving, changed, allowed = await run_in_threadpool(read)
    still, dead = await asyncio.gather(stuck_records(request, moving[0]), dead_questions(request, moving[1]))
    groups: Counter[str] = Counter()
    for row in states:
        groups[next(group for group, members in GROUPS.items() if row["state"] in members)] += row["records"]
    return ExactJson(
        {
            "groups": {name: groups[name] for name in GROUPS},
            "still": {"sending": len(still), "waiting": len(dead)},
            "changed": changed["records"] if changed else 0,
            "projects": projects,
            "may_collect": allowed,
        }
    )


@router.get("/api/export/queue")
async def queue(
    request: Request,
    group: str,
    readable: access.Readable,
    object: str | None = None,
    company: str | None = None,
    project: str | None = None,
    search: str | None = None,
    after: str | None = None,
) -> ExactJson:
    """One page of the records of a tab, those that changed last first.

    Raises:
        HTTPException: 404 for an unknown tab; 422 for a continuation that is none.
    """
    states = scope.states_of_tab(GROUPS, group)
    after_time, after_key = _place(after)
    objects, companies = scope.export_objects(readable, object), scope.companies(company)

    def read() -> tuple[list[Row], list[Row]]:
        with open_warehouse() as warehouse:
            rows = warehouse.rows(
                "queue_rows",
                objects=objects,
                companies=companies,
                states=states,
                project=project,
                search=scope.search_text(search),
                complete=False,
                after_time=after_time,
                after_key=after_key,
                limit=PAGE_ROWS + 1,
            )
            return rows, under_way(warehouse, objects, companies, project) if group == "sending" else []

    rows, moving = await run_in_threadpool(read)
    asked = rows[:PAGE_ROWS] if group == "waiting" else []
    still = {**await stuck_records(request, moving), **await dead_questions(request, asked)}
    shown, more = [{**row, "still": still.get(key_of(row))} for row in rows[:PAGE_ROWS]], len(rows) > PAGE_ROWS
    last = shown[-1] if more else None
    return ExactJson(
        {"rows": shown, "next": f"{last['changed_at'].isoformat()}|{last['record_key']}" if last else None}
    )


@router.get("/api/export/record")
async def record(
    request: Request,
    readable: access.Readable,
    user: GetUserDep,
    object: str,
    company: str,
    record: str,
    project: str = "",
) -> ExactJson:
    """One record: what would be written to Spectrum, what was answered and written before, the form while it waits.

    Raises:
        HTTPException: 404 where it has left the queue.
    """
    scope.export_objects(readable, object)
    key = {"object": object, "company": scope.companies(company)[0], "project": project, "record": record}

    def read() -> tuple[Row | None, list[Row], list[Row], list[Row]]:
        with open_warehouse() as warehouse:
            moving = under_way(warehouse, [object], [key["company"]], project, record)
            changes = warehouse.rows("record_changes", object=object, company=key["company"], record=record)
            mails = {mail["attempt_id"]: mail for mail in warehouse.rows("rejection_mails", **key)}
            attempts = warehouse.rows("attempts", **key)
            before = [earlier_answer(attempt, mails.get(attempt["attempt_id"])) for attempt in attempts]
            return warehouse.row("queue_row", **key), before, moving, changes

    found, attempts, moving, changes = await run_in_threadpool(read)
    if found is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "The record has left the queue: Procore no longer has it.")
    asks = [found] if found["state"] == "waiting" else []
    asked = await question(request, found) if asks else None
    still = {**await stuck_records(request, moving), **await dead_questions(request, asks)}
    allowed = await run_in_threadpool(access.may_trigger, user, dag_ids.EXPORT + object)
    return ExactJson(
        {
            "record": {name: value for name, value in found.items() if name != "shown"},
            "still": still.get(key_of(found)),
            "changes": [difference(change) for change in changes],
            "written": waiting_document(found["shown"]) if found["state"] == "waiting" else None,
            "attempts": attempts,
            "question": asked,
            "may_collect": allowed,
            "elsewhere": of_record(found, load_settings()),
        }
    )


@router.post("/api/export/collect")
async def collect(request: Request, asked: Collect, readable: access.Readable, user: GetUserDep) -> ExactJson:
    """Look at Procore now, or at one record again: start the export DAG, which collects and asks, and sends nothing.

    Raises:
        HTTPException: 403 where the user may not; 409 where the DAG is paused.
    """
    scope.export_objects(readable, asked.object)
    dag_id = dag_ids.EXPORT + asked.object
    # Runs that wait for their approvers stay open: they do not stand in the way of another look.
    form = {name: value for name, value in (("projects", asked.projects), ("records", asked.records)) if value}
    run: Any = await start(request, user, dag_id, asked.companies, resume=asked.resume, busy=False, form=form)
    return ExactJson({"run_id": run["dag_run_id"], "state": run["state"]})


def _place(after: str | None) -> tuple[datetime | None, str | None]:
    if not after:
        return None, None
    moment, _, key = after.partition("|")
    try:
        return datetime.fromisoformat(moment), key
    except ValueError:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, f"{after!r} does not continue a list.") from None
