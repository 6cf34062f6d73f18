"""Takes decisions on rows of a plan, finds other matches, and starts the run that applies what was accepted. Routes.

What is decided is written by the functions that Airflow's own question uses, with the connection `warehouse`: the
page's own login may only read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException, Request, status
from pydantic import BaseModel, Field

from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.imports.steps.accept import Decider, Decision, Verb, accept_exact_names
from spectrum_etl.imports.steps.accept import decide as decide_rows
from spectrum_etl.imports.systems import Systems, systems_from_airflow
from spectrum_etl.model.run import Run
from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.reads import open_warehouse
from spectrum_etl.page.runs import start
from spectrum_etl.page.wording import sentences
from spectrum_etl.staging.configured import load_settings

router = APIRouter()

#: Rows that one call decides at most: as many as one can tick.
MAX_ROWS = 1_000
#: Records of Procore that a search for another match shows.
_FOUND = 20
#: Who works, in place of a run: nothing is called here, so it is recorded nowhere.
_HERE = Run("page", "page")


class RowDecision(BaseModel):
    """A decision on one row, as it was shown.

    Args:
        row, hash: which, and what it was.
        verb: what is decided.
        record: with `accept`: the Procore id of another record to link it to; blank: a new one; null: as shown.
    """

    row: int = Field(ge=1, lt=2**63)
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    verb: Verb
    record: str | None = Field(None, pattern=r"^[0-9]{0,20}$")


class Decisions(BaseModel):
    """Decisions on rows of the open plan of one object and company."""

    object: str
    company: str
    rows: list[RowDecision] = Field(min_length=1, max_length=MAX_ROWS)


class OpenPlan(BaseModel):
    """The open plan of one object and company.

    Args:
        resume: with a run that is started: unpause its DAG first where it is paused.
    """

    object: str
    company: str
    resume: bool = False


@router.post("/api/into-procore/decide")
def decide(asked: Decisions, readable: access.Readable, user: GetUserDep) -> ExactJson:
    """Accept rows, leave them out, include them again, or take acceptance back.

    Returns:
        `decided`: how many were; `refused`: by row, why it was not.

    Raises:
        HTTPException: 403 for who is no approver of imports.
    """
    scope.imported_objects(readable, asked.object)
    with _systems(user, asked.company) as systems:
        decisions = [Decision(each.row, each.hash, each.verb, each.record) for each in asked.rows]
        found = decide_rows(systems, IMPORTS[asked.object], decisions, _decider(user))
    refused = {row: sentences(why) for row, why in found.items() if why is not None}
    return ExactJson({"decided": len(found) - len(refused), "refused": refused})


@router.post("/api/into-procore/link-exact-names")
def link_exact_names(asked: OpenPlan, readable: access.Readable, user: GetUserDep) -> ExactJson:
    """Accept every match of exactly the same name, and nothing else (N3).

    Raises:
        HTTPException: 403 for who is no approver of imports.
    """
    scope.imported_objects(readable, asked.object)
    with _systems(user, asked.company) as systems:
        return ExactJson({"decided": accept_exact_names(systems, IMPORTS[asked.object], _decider(user))})


@router.post("/api/into-procore/run")
async def run(request: Request, asked: OpenPlan, readable: access.Readable, user: GetUserDep) -> ExactJson:
    """Start a run, with the user's own rights: it plans again, and applies what was accepted.

    Raises:
        HTTPException: 403 where the user may not; 409 where its DAG is paused.
    """
    scope.imported_objects(readable, asked.object)
    # A run that waits for an answer is under way for days, and stands in nobody's way.
    begun = await start(request, user, IMPORTS[asked.object].dag_id, [asked.company], resume=asked.resume, busy=False)
    return ExactJson({"run_id": begun["dag_run_id"], "state": begun["state"]})


@router.get("/api/into-procore/records")
def records(readable: access.Readable, object: str, company: str, search: str) -> ExactJson:
    """Records of Procore that a row could be linked to, by name, number or id; inactive ones, too."""
    [name], [code] = scope.imported_objects(readable, object), scope.companies(company)
    with open_warehouse() as warehouse:
        rows = warehouse.rows("procore_records", object=name, company=code, search=search.strip(), limit=_FOUND + 1)
    return ExactJson({"rows": rows[:_FOUND], "more": len(rows) > _FOUND})


@contextmanager
def _systems(user: GetUserDep, company: str) -> Iterator[Systems]:
    """What a decision works with.

    Raises:
        HTTPException: 403 for who is no approver of imports; 404 for an unknown company.
    """
    if not access.may_approve_imports(user):
        raise HTTPException(
            status.HTTP_403_FORBIDDEN,
            f"{user.get_name()} may not decide about imports into Procore. Only those listed under imports.approvers in"
            " include/settings.yaml (where that is empty, under exports.approvers) may.",
        )
    code = scope.company_code(company)
    with systems_from_airflow(code, load_settings(), _HERE) as systems:
        yield systems


def _decider(user: GetUserDep) -> Decider:
    return Decider(access.user_id(user), user.get_name())
