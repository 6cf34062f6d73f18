"""The question that waits for an approver, as Airflow keeps it: fields, limits, who may answer.

What the answer must be is checked here before it is sent, since Airflow takes any; the export checks it once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import HTTPException, Request, status

from spectrum_etl.exports.display.form import (
    ACCEPT,
    NEEDED_TO_ACCEPT,
    PATTERN_SAYS,
    REASON,
    REJECT,
    REQUIRED_TO_ACCEPT,
    RETRIEVE,
)
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.model.characters import refused
from spectrum_etl.page.airflow_api import call, part

#: Airflow fails a question that is answered before its scheduler has heard that the process which asked has ended: up
#: to `[workers] min_heartbeat_interval` later, 5 seconds by default. The record would be asked about again.
HEARD = timedelta(seconds=6)
#: States of a task instance that has asked and is over.
_ENDED = frozenset({"failed", "upstream_failed", "skipped", "removed"})
#: The form's options by decision.
OPTIONS = {"accept": ACCEPT, "reject": REJECT, "retrieve": RETRIEVE}


def question_path(row: Mapping[str, Any]) -> str:
    """Where Airflow keeps the question of a row of the queue: a path below its API."""
    return (
        f"dags/{part(row['asks_dag_id'])}/dagRuns/{part(row['asks_run_id'])}"
        f"/taskInstances/{part(row['asks_task_id'])}/{row['asks_map_index']}/hitlDetails"
    )


async def question(request: Request, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The question of a waiting record; None where Airflow has not asked yet, just asks, or asks no longer.

    Returns:
        `fields` of the form, who may answer (`assigned`), whether somebody has (`answered`), why no answer is taken
        any more (`ended`, null where one is), and `asks`: which task instance an answer has to name, so that nobody
        accepts what they have not seen.
    """
    try:
        detail = await call(request, "GET", question_path(row))
    except HTTPException as error:
        if error.status_code == status.HTTP_404_NOT_FOUND:
            return None
        raise
    if datetime.now(UTC) - datetime.fromisoformat(detail["created_at"]) < HEARD:
        return None
    return {
        "fields": [_field(name, param) for name, param in detail["params"].items() if name != REASON],
        "assigned": [user["name"] or user["id"] for user in detail["assigned_users"]],
        "answered": bool(detail["response_received"]),
        "answered_by": (detail.get("responded_by_user") or {}).get("name"),
        "ended": _ended(detail["task_instance"]["state"]),
        "asks": {key: row[key] for key in ("asks_dag_id", "asks_run_id", "asks_task_id", "asks_map_index")},
    }


def wrong_fields(fields: list[dict[str, Any]], answers: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a form, by field; nothing where it can be sent."""
    wrong = {}
    for field in fields:
        value = answers.get(field["name"], "")
        known = FormField(**{**field, "choices": tuple(field["choices"])})
        if wrong_words := refused_words(known.title, value):
            wrong[known.name] = wrong_words
        elif misfit := next(known.misfits(value), None):
            wrong[known.name] = f"{known.title} {misfit.says}."
    return wrong


def refused_words(title: str, value: str) -> str:
    """What is wrong with words that hold a character which cannot be kept or sent; empty where none does."""
    found = next(refused(value), None)
    return f"{title} contains a character that cannot be stored or sent: {found[1]}" if found else ""


def _ended(state: str | None) -> str | None:
    """Why a question that Airflow still shows takes no answer: Airflow would accept one, and nobody would take it."""
    if state not in _ENDED:
        return None
    return f"The answer can no longer be taken: the task that asked has ended ({state.replace('_', ' ')} in Airflow)."


def _field(name: str, param: Mapping[str, Any]) -> dict[str, Any]:
    schema = param.get("schema") or {}
    description = param.get("description") or schema.get("description") or ""
    return {
        "name": name,
        "title": schema.get("title") or name,
        "description": description.removesuffix(NEEDED_TO_ACCEPT).strip(),
        "required": bool(schema.get(REQUIRED_TO_ACCEPT)),
        "proposal": "" if param.get("value") is None else str(param["value"]),
        "max_length": schema.get("maxLength"),
        "pattern": schema.get("pattern") or "",
        "pattern_says": schema.get(PATTERN_SAYS) or "another form",
        "choices": [choice for choice in schema.get("enum") or [] if choice is not None],
    }
