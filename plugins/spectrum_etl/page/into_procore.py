"""Plans of what would be changed in Procore: counts, rows with what they change, results. Routes of the page."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from psycopg.types.json import Jsonb

from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.imports.records.limits import Pace
from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.reads import PAGE_ROWS, Row, open_warehouse, page_from
from spectrum_etl.page.runs import active, dags_of, run_row, runs_of

router = APIRouter()

#: The tabs, and the states of rows that each shows.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "decide": ("ready", "suggested"),
    "blocked": ("not ready",),
    "accepted": ("accepted", "applying", "unknown", "waiting for permission"),
    "results": ("applied", "failed", "put back"),
    "left-out": ("left out",),
}
#: Rows that one call takes, by object.
_BATCHES = {name: obj.writes.rows_a_call for name, obj in IMPORTS.items() if obj.writes is not None}
#: Fields of new records that take a call of their own, by object.
_AFTERWARDS = {name: list(obj.set_afterwards) for name, obj in IMPORTS.items()}
_STATES = [state for states in GROUPS.values() for state in states]
#: What a row does, in the order in which people are told.
Does = Literal[
    "create", "link", "suggested", "take over", "unsure", "conflict", "update", "undo", "refused", "waits", "gone"
]
Sort = Literal["key", "title", "-title", "score", "-score", "-changed"]
#: Of Procore's answer, not of the record as people know it; and what a link is made of.
_HIDDEN = frozenset({"is_active", "origin_id", "origin_code", "link"})


@router.get("/api/into-procore/counts")
async def counts(
    request: Request,
    readable: access.Readable,
    user: GetUserDep,
    object: str | None = None,
    company: str | None = None,
) -> ExactJson:
    """How many rows each tab holds, by what they do; the open plans, and how far each is; runs that are under way.

    Returns:
        `groups` by tab; `plans` with `calls_left`, and `seconds_left` at the limit that Procore last reported, null
        where it has reported none; `takeovers`: what was confirmed about another integration; `may_start`, `paused` and
        `running`, each by object.
    """
    objects, companies = scope.imported_objects(readable, object), scope.companies(company)

    def read() -> tuple[list[Row], list[Row], list[Row], list[str]]:
        narrowed: dict[str, Any] = {"objects": objects, "companies": companies}
        with open_warehouse() as warehouse:
            found = warehouse.rows("planned_counts", **narrowed, states=_STATES, run=None, search=None)
            plans = warehouse.rows("open_plans", **narrowed, batches=Jsonb(_BATCHES), afterwards=Jsonb(_AFTERWARDS))
            takeovers = warehouse.rows("takeovers", **narrowed)
        return found, plans, takeovers, [name for name in objects if access.may_trigger(user, IMPORTS[name].dag_id)]

    found, plans, takeovers, may_start = await run_in_threadpool(read)
    # A run that waits for an answer works on nothing.
    waiting = {plan["asks_run_id"] for plan in plans}
    dags, found_runs = await asyncio.gather(
        dags_of(request), runs_of(request, [IMPORTS[name].dag_id for name in objects])
    )
    runs = [run for run in found_runs if run["dag_run_id"] not in waiting]
    working = {name: active([run for run in runs if run["dag_id"] == IMPORTS[name].dag_id]) for name in objects}
    return ExactJson(
        {
            "groups": {group: _group(found, states) for group, states in GROUPS.items()},
            "plans": [_plan(plan, found) for plan in plans],
            "takeovers": takeovers,
            "may_start": may_start,
            "paused": [name for name in objects if dags.get(IMPORTS[name].dag_id, {}).get("is_paused")],
            "running": {name: run_row(run) for name, run in working.items() if run},
        }
    )


@router.get("/api/into-procore/rows")
def rows(
    group: str,
    readable: access.Readable,
    object: str | None = None,
    company: str | None = None,
    does: Does | None = None,
    run: str | None = None,
    search: str | None = None,
    sort: Sort | None = None,
    offset: int = 0,
) -> ExactJson:
    """One page of the rows of a tab.

    Args:
        does: only rows that do this.
        run: only rows that this run has written.
        sort: results are the newest first where nothing is said; everything else is by the number in Spectrum.

    Returns:
        `rows`, each with what it `changes`, and what both systems `hold`; `next`; how many are `matching` on all pages.

    Raises:
        HTTPException: 404 for an unknown tab.
    """
    states = scope.states_of_tab(GROUPS, group)
    objects, companies = scope.imported_objects(readable, object), scope.companies(company)
    with open_warehouse() as warehouse:
        found = warehouse.rows(
            "planned",
            objects=objects,
            companies=companies,
            states=states,
            does=does,
            run=run or None,
            search=scope.search_text(search),
            sort=sort or ("-changed" if group == "results" else "key"),
            limit=PAGE_ROWS + 1,
            offset=max(offset, 0),
        )
    page = page_from(found, max(offset, 0))
    return ExactJson(
        {
            **page,
            "rows": [_row(row) for row in page["rows"]],
            "matching": found[0]["matching"] if found else 0,
        }
    )


def _group(found: list[Row], states: tuple[str, ...]) -> Row:
    """How many rows a tab holds: in all, by what they do, by state; and those that failed in an open plan."""
    of_tab = [row for row in found if row["state"] in states]
    does: Counter[str] = Counter()
    by_state: Counter[str] = Counter()
    for row in of_tab:
        does[row["does"]] += row["records"]
        by_state[row["state"]] += row["records"]
    failed = sum(row["records"] for row in of_tab if row["state"] == "failed" and row["is_current"])
    return {"records": by_state.total(), "does": does, "states": by_state, "failed": failed}


def _plan(plan: Row, found: list[Row]) -> Row:
    """An open plan, with how many of its rows stand where."""
    place = plan["object_name"], plan["company_code"]
    states: Counter[str] = Counter()
    for row in found:
        if row["is_current"] and (row["object_name"], row["company_code"]) == place:
            states[row["state"]] += row["records"]
    limit, reported_at = plan["limit_calls"], plan["limit_reported_at"]
    pace = None if limit is None else Pace(limit, plan["limit_seconds"], reported_at)
    seconds = None if pace is None else pace.takes(plan["calls_left"])
    return {**plan, "seconds_left": seconds, "states": states}


def _row(row: Row) -> Row:
    """A row as it is shown, field by field."""
    before, after, spectrum = row.pop("before"), row.pop("after"), row.pop("spectrum")
    return {
        **row,
        "changes": _changes(before, after),
        "reactivates": row["kind"] == "link" and before.get("is_active") is False,
        "holds": _holds(before, spectrum) if row["kind"] in ("link", "take over") else [],
    }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """What is written: from what, to what."""
    return [
        {"field": name, "from": before.get(name), "to": value}
        for name, value in after.items()
        if value != before.get(name)
    ]


def _holds(before: Mapping[str, Any], spectrum: Mapping[str, Any]) -> list[Row]:
    """What both systems hold of a match, side by side."""
    names = [name for name in {**spectrum, **before} if name not in _HIDDEN]
    return [
        {"field": name, "spectrum": spectrum.get(name), "procore": before.get(name)}
        for name in names
        if spectrum.get(name) or before.get(name)
    ]
