"""Runs that have written into Procore, and the start of what plans to undo one (N10). Routes of the page.

The page starts the DAG `undo_import` with the rights of the user who asks. Its plan is decided and applied like any
other.
"""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from spectrum_etl.model import dag_ids
from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.reads import PAGE_ROWS, Row, open_warehouse, page_from
from spectrum_etl.page.runs import dags_of, start

router = APIRouter()


class Undo(BaseModel):
    """A run that is to be undone.

    Args:
        object, company: whose records it has written.
        run: its run id.
        resume: unpause the DAG first where it is paused.
    """

    object: str
    company: str
    run: str = Field(min_length=1, max_length=250)
    resume: bool = False


@router.get("/api/into-procore/runs")
async def runs(
    request: Request,
    readable: access.Readable,
    user: GetUserDep,
    object: str | None = None,
    company: str | None = None,
    offset: int = 0,
) -> ExactJson:
    """Runs that have written into Procore, the last first.

    Returns:
        `rows`, each with what it has `done` by kind, what was `refused`, how many records are `undoable`, were
        `undone`, and wait in the open plan to be (`undo_rows`); `next`; `may_undo`: whether the user may start an
        undo; `paused`: whether the DAG that undoes is.
    """
    objects, companies = scope.imported_objects(readable, object), scope.companies(company)

    def read() -> tuple[list[Row], bool]:
        return _runs(objects, companies, offset=max(offset, 0)), access.may_trigger(user, dag_ids.UNDO_IMPORT)

    found, may_undo = await run_in_threadpool(read)
    dag = (await dags_of(request)).get(dag_ids.UNDO_IMPORT, {})
    return ExactJson(
        {
            **page_from(found, max(offset, 0)),
            "may_undo": may_undo,
            "paused": bool(dag.get("is_paused")),
        }
    )


@router.post("/api/into-procore/undo")
async def undo(request: Request, asked: Undo, readable: access.Readable, user: GetUserDep) -> ExactJson:
    """Start the run that plans to undo another one; nothing is undone before its rows are accepted.

    Raises:
        HTTPException: 403 where the user may not; 409 where its DAG is paused, or nothing of the run can be undone.
    """
    [name], code = scope.imported_objects(readable, asked.object), scope.company_code(asked.company)
    found = await run_in_threadpool(_runs, [name], [code], run=asked.run)
    if not found or not found[0]["undoable"]:
        raise HTTPException(
            status.HTTP_409_CONFLICT,
            f"Nothing of the run {asked.run} can be undone: it has written nothing for company {code}, or all of it was"
            " undone.",
        )
    form: dict[str, Any] = {"object": name, "run_id": asked.run}
    # A run that waits for an answer is under way for days, and stands in nobody's way.
    begun = await start(request, user, dag_ids.UNDO_IMPORT, [code], resume=asked.resume, busy=False, form=form)
    return ExactJson({"run_id": begun["dag_run_id"], "state": begun["state"]})


def _runs(objects: list[str], companies: list[str], *, run: str | None = None, offset: int = 0) -> list[Row]:
    with open_warehouse() as warehouse:
        return warehouse.rows(
            "import_runs", objects=objects, companies=companies, run=run, limit=PAGE_ROWS + 1, offset=offset
        )
