"""What the DAGs of this package have in common: owner, start, callbacks, retries by remedy, the companies of the form.

Parsing touches nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, ExceptionRetryPolicy, Param, RetryAction, RetryRule

from spectrum_etl.errors import FixConfiguration, FixRecord, Reauthenticate, StopSync
from spectrum_etl.model.run import clean_codes
from spectrum_etl.orchestration.callbacks import end_the_log, on_failure, on_success
from spectrum_etl.settings import Company, Settings
from spectrum_etl.staging.configured import load_settings

START = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))

#: Only what may pass by itself is tried again; everything else needs a person, who should hear of it at once.
_RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=error, action=RetryAction.FAIL, reason=reason)
        for error, reason in (
            (FixConfiguration, "a setting, connection or permission must be corrected first"),
            (Reauthenticate, "the credentials must be corrected first"),
            (FixRecord, "a record must be corrected in Spectrum first"),
            (StopSync, "a person must look at it first; trying again would end the same way"),
        )
    ]
)


def make_dag(
    dag_id: str,
    description: str,
    doc: str | None,
    settings: Settings,
    *,
    tags: Sequence[str],
    schedule: Any = None,
    params: Mapping[str, Param] | None = None,
    max_active_runs: int = 1,
    start: datetime = START,
    succeeded: Callable[[Any], None] | None = on_success,
) -> DAG:
    """A DAG with what all of them have in common; the caller adds its tasks.

    Args:
        dag_id: its name.
        description: in a sentence.
        doc: documentation for the operator.
        settings: time zone, retries.
        tags: to find it by.
        schedule: as Airflow takes it, in the settings' time zone; None: it is only triggered.
        params: of its trigger form.
        max_active_runs: runs at once.
        start: first moment of the schedule, zone-aware.
        succeeded: called after a run that succeeded; None where its last task has said everything.
    """
    return DAG(
        dag_id=dag_id,
        description=description,
        doc_md=doc,
        schedule=schedule,
        start_date=start.astimezone(ZoneInfo(settings.timezone)),
        catchup=False,
        max_active_runs=max_active_runs,
        tags=list(tags),
        on_failure_callback=on_failure,
        on_success_callback=succeeded,
        params=dict(params or {}),
        default_args=task_defaults(settings),
    )


def refuse_unknown_fields(context: Mapping[str, Any]) -> None:
    """Refuse a run whose configuration holds what its form does not know; for the first task of every DAG.

    Airflow takes any key: a misspelt one would leave its field as it is filled in at first, which is everything.

    Args:
        context: of the task.

    Raises:
        FixConfiguration: the message names the keys, and the fields that the form has.
    """
    run, dag = context.get("dag_run"), context.get("dag")
    if run is None or dag is None:
        return
    fields = list(dag.params)
    unknown = [key for key in getattr(run, "conf", None) or {} if key not in fields]
    if unknown:
        raise FixConfiguration(
            f"the configuration of this run names what the form of {dag.dag_id} does not have: {', '.join(unknown)}",
            limit=", ".join(fields) or "nothing, since it has no form",
            remedy="trigger the DAG again with the fields of its form; nothing was done",
        )


def task_defaults(settings: Settings) -> dict[str, Any]:
    """The `default_args` of every DAG."""
    return {
        "owner": "spectrum",
        "retries": settings.retries,
        "retry_delay": timedelta(seconds=settings.retry_delay),
        "retry_exponential_backoff": True,
        "retry_policy": _RETRY_POLICY,
        "on_failure_callback": end_the_log,
        "on_retry_callback": end_the_log,
        # No task of a healthy system takes longer; then it is stopped and tried again.
        "execution_timeout": timedelta(hours=3),
    }


def daily(settings: Settings, hours: int) -> str:
    """The schedule of what happens once a day, so many hours after the daily syncs (before them, if negative)."""
    return f"{settings.daily_at.minute} {(settings.daily_at.hour + hours) % 24} * * *"


def companies_of_form(context: Mapping[str, Any]) -> list[Company]:
    """The companies that the trigger form names; for the first task of a DAG that has `companies_param`.

    Raises:
        FixConfiguration: the run's configuration holds what its form does not know, or a company that is not there.
    """
    refuse_unknown_fields(context)
    settings = load_settings()
    return [settings.company(code) for code in clean_codes(context["params"]["companies"])]


def companies_param(settings: Settings, description: str, proposed: Sequence[str] = ()) -> Param:
    """The trigger form's field for the companies.

    Args:
        settings: name the companies.
        description: what it is for.
        proposed: codes filled in at first; default: all.
    """
    codes = [company.code for company in settings.companies]
    return Param(
        list(proposed) or codes,
        type="array",
        items={"type": "string", "enum": codes},
        minItems=1,
        title="Companies",
        description=description,
    )
