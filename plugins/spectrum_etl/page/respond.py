"""Takes an approver's answer and gives it to the approval that waits in Airflow (A7). Routes of the page.

Nothing is written to the warehouse here: the approval itself does, after it has checked who answered what once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from spectrum_etl.page import access, number_taken, scope
from spectrum_etl.page.airflow_api import call
from spectrum_etl.page.answer_lock import alone
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.dead_questions import dead_questions
from spectrum_etl.page.question import OPTIONS, REASON, question, question_path, refused_words, wrong_fields
from spectrum_etl.page.reads import Row, open_warehouse
from spectrum_etl.page.stuck import key_of

router = APIRouter()

#: Records that "accept all" takes at most: as many as one can look over.
MAX_ROWS = 200
_TYPED = "answer."


class Asks(BaseModel):
    """The task instance whose question was shown."""

    asks_dag_id: str
    asks_run_id: str
    asks_task_id: str
    asks_map_index: int


class AnswerRequest(BaseModel):
    """An approver's answer.

    Args:
        object, company, project, record: the record.
        asks: whose question was shown to the approver.
        decision: what is answered.
        answers: the form's fields, as the approver saw them.
        reason: why it is rejected.
    """

    object: str
    company: str
    project: str = ""
    record: str
    asks: Asks
    decision: Literal["accept", "reject", "retrieve"]
    answers: dict[str, str] = {}
    reason: str = Field("", max_length=1000)


@router.get("/api/export/complete")
async def complete(
    request: Request,
    readable: access.Readable,
    object: str | None = None,
    company: str | None = None,
    project: str | None = None,
    search: str | None = None,
) -> ExactJson:
    """The waiting records of a list whose form can be sent as it is proposed: those that "accept all" is about.

    Returns:
        `rows`, each with what its form proposes, the totals of its amounts, and `clash`: whose number it would get,
        another record's of the list too; and whether there are `more` than one answer holds. Without those whose
        question takes no answer any more.
    """
    objects, companies = scope.export_objects(readable, object), scope.companies(company)

    def read() -> list[Row]:
        with open_warehouse() as warehouse:
            return warehouse.rows(
                "queue_rows",
                objects=objects,
                companies=companies,
                states=["waiting"],
                project=project,
                search=scope.search_text(search),
                complete=True,
                after_time=None,
                after_key=None,
                limit=MAX_ROWS + 1,
            )

    rows = await run_in_threadpool(read)
    dead = await dead_questions(request, rows[:MAX_ROWS])
    shown = [row for row in rows[:MAX_ROWS] if key_of(row) not in dead]
    judged = await run_in_threadpool(_judged, shown)
    clash = {key_of(verdict.wanted.record): verdict.taken for verdict in judged if verdict.taken}
    for place, others in number_taken.clashes(judged).items():
        verdict, also = judged[place], ", ".join(other.wanted.record["title"] for other in others)
        clash.setdefault(key_of(verdict.wanted.record), f"{verdict.wanted.title} is also proposed for {also}.")
    marked = [{**row, "clash": clash.get(key_of(row))} for row in shown]
    return ExactJson({"rows": marked, "more": len(rows) > MAX_ROWS})


@router.get("/api/export/taken")
def is_taken(
    request: Request, readable: access.Readable, object: str, company: str, record: str, project: str = ""
) -> ExactJson:
    """Whether the number that is typed into a waiting record's form is taken, as far as the warehouse knows.

    The fields of the form are further parts of the query, each with `answer.` before its name.

    Returns:
        `taken`: by field, whose the number is, in words; empty where it is free, or the form asks for none.
    """
    scope.export_objects(readable, object)
    answers = {name.removeprefix(_TYPED): value for name, value in request.query_params.items() if _TYPED in name}
    row = {
        "object_name": object,
        "company_code": scope.companies(company)[0],
        "project_id": project,
        "record_id": record,
    }
    return ExactJson({"taken": _taken(row, answers)})


@router.post("/api/export/answer")
async def answer(request: Request, given: AnswerRequest, readable: access.Readable, user: GetUserDep) -> ExactJson:
    """Give one answer to the approval that waits for it.

    Raises:
        HTTPException: 403 for who is no approver; 409 where the record no longer waits for this answer; 422 with what
            is wrong in the form.
    """
    await run_in_threadpool(access.require_approver, user)
    scope.export_objects(readable, given.object)
    await give(request, given)
    return ExactJson({"answered": given.decision})


async def give(request: Request, given: AnswerRequest) -> None:
    """Check an approver's answer and give it to Airflow, as the user of a request.

    Raises:
        HTTPException: 409 where the record no longer waits for this answer; 422 with what is wrong in the form.
        RetryLater: somebody else is answering, and does not come to an end.
    """
    row = await run_in_threadpool(_waiting, given)
    async with alone(row):
        await _give(request, given, row)


async def _give(request: Request, given: AnswerRequest, row: Row) -> None:
    asked = await question(request, row)
    if asked is None:
        dead = (await dead_questions(request, [row])).get(key_of(row))
        said = f"{dead['why']} Ask again, then answer." if dead else "Airflow is only about to ask. Answer in a moment."
        raise HTTPException(status.HTTP_409_CONFLICT, said)
    if asked["answered"]:
        raise _answered_by(asked)
    if asked["ended"]:
        raise HTTPException(status.HTTP_409_CONFLICT, f"{asked['ended']} Ask again, then answer.")
    reason = given.reason.strip()
    if given.decision == "reject" and not reason:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, {"fields": {REASON: "A rejection needs a reason."}})
    if given.decision == "reject" and (wrong_words := refused_words("The reason", reason)):
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, {"fields": {REASON: wrong_words}})
    values = {field["name"]: given.answers.get(field["name"], "").strip() for field in asked["fields"]}
    if given.decision == "accept":
        wrong = wrong_fields(asked["fields"], values) or await run_in_threadpool(_taken, row, values)
        if wrong:
            raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, {"fields": wrong})
    params: dict[str, Any] = {name: value or None for name, value in values.items()}
    body = {"chosen_options": [OPTIONS[given.decision]], "params_input": {**params, REASON: reason or None}}
    try:
        await call(request, "PATCH", question_path(row), body=body)
    except HTTPException as error:
        if error.status_code == status.HTTP_409_CONFLICT and (first := await question(request, row)):
            raise _answered_by(first) from None
        raise


def _answered_by(asked: Mapping[str, Any]) -> HTTPException:
    """What somebody hears whose answer came second."""
    who = f" by {asked['answered_by']}" if asked["answered_by"] else ""
    return HTTPException(status.HTTP_409_CONFLICT, f"It was answered already{who}.")


def _judged(rows: list[Row]) -> list[number_taken.CheckedNumber]:
    """Whether the numbers that the forms of some records propose are taken."""
    with open_warehouse() as warehouse:
        return number_taken.verdicts(warehouse, number_taken.requested_numbers(warehouse, rows, [{}] * len(rows)))


def _taken(row: Row, answers: Mapping[str, str]) -> dict[str, str]:
    """Which fields hold a number that is taken, and whose it is."""
    with open_warehouse() as warehouse:
        judged = number_taken.verdicts(warehouse, number_taken.requested_numbers(warehouse, [row], [answers]))
    return {verdict.wanted.field: verdict.taken for verdict in judged if verdict.taken}


def _waiting(given: AnswerRequest) -> Row:
    """The record's row, if it still waits for the question that was shown."""
    with open_warehouse() as warehouse:
        row = warehouse.row(
            "queue_row", object=given.object, company=given.company, project=given.project, record=given.record
        )
    if row is None or row["state"] != "waiting" or any(row[key] != value for key, value in given.asks):
        raise HTTPException(
            status.HTTP_409_CONFLICT,
            "The record no longer waits for this answer: it was answered, or it changed and is asked about again.",
        )
    return row
