"""What the tasks of the staging DAGs do. Heavy imports are inside the functions: every DAG file imports this module."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from airflow.sdk import Asset, AssetAlias, BaseXCom, Context
from airflow.sdk.exceptions import DownstreamTasksSkipped

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.run import Run, Scope, clean_codes
from spectrum_etl.model.spec import StagedObject
from spectrum_etl.orchestration.dag_defaults import refuse_unknown_fields
from spectrum_etl.orchestration.grid import name_company
from spectrum_etl.orchestration.quiet import are_quiet_hours, wait_for_quiet_hours
from spectrum_etl.orchestration.rights import require_operator
from spectrum_etl.orchestration.turns import give_way, others_wait, turn_at_infolink
from spectrum_etl.staging.configured import load_settings

log = logging.getLogger(__name__)

#: What only an operator's run may do, in the words of its refusal.
MASS_DELETE = "delete any number of rows"


def plan_scopes(obj: StagedObject, context: Context, *, of_months: bool) -> list[dict[str, Any]]:
    """One scope a company, from the trigger form.

    Args:
        obj: what is staged.
        context: of the task.
        of_months: stage the months of the form, else those of the run's data interval.
    """
    refuse_unknown_fields(context)
    params = context["params"]
    if params["allow_mass_delete"]:
        require_operator(context, load_settings(), MASS_DELETE)
    months = _months_of(context) if of_months else ()
    codes = [load_settings().company(code).code for code in clean_codes(params["companies"])]
    jobs = dict.fromkeys(codes, clean_codes(params.get("jobs")))
    if len(codes) > 1 and jobs[codes[0]]:
        jobs = _jobs_of(obj, codes, jobs[codes[0]])
    scopes = [
        Scope(
            code,
            jobs=of_company,
            months=months,
            full_refresh=params["full_refresh"],
            allow_mass_delete=params["allow_mass_delete"],
            allow_rejected=params.get("allow_rejected", False),
        ).to_dict()
        for code, of_company in jobs.items()
    ]
    log.info("%s: %s companies, scope %s", obj.name, len(scopes), scopes)
    return scopes


def land_company(
    obj: StagedObject, context: Context, scope: dict[str, Any], assets: Mapping[str, Asset], unchanged: AssetAlias
) -> int:
    """Land one company, as the only one at its Info-Link server; the number of the landing.

    Where nothing has changed the sync ends here: to start three more tasks would cost more than all of its work.

    Args:
        obj: what is staged.
        context: of the task.
        scope: what to read.
        assets: by table.
        unchanged: the outlet by which this task updates them, which it does only in that case.

    Raises:
        DownstreamTasksSkipped: to Airflow, which takes this task as successful: the sync is done.
    """
    from spectrum_etl.orchestration.lineage import emit_lineage
    from spectrum_etl.sources.company import Sources
    from spectrum_etl.staging.fingerprints import GaveWay
    from spectrum_etl.staging.land import land
    from spectrum_etl.staging.outcome import close_run
    from spectrum_etl.staging.publish import publish, publish_unchanged
    from spectrum_etl.staging.read import asks_infolink
    from spectrum_etl.warehouse.connect import warehouse_url

    asked, now = _named(scope, context), load_settings()
    wait_for_quiet_hours(now)
    if asked.allow_mass_delete:  # here, too: anyone who may trigger may also change what `plan` has said
        require_operator(context, now, MASS_DELETE)

    def waiting() -> bool:
        # In quiet hours the others wait for their end: to give way would help none, and this one would wait with them.
        return not are_quiet_hours(now) and others_wait(context["ti"], now, sources.infolink_server)

    company, needed = now.company(asked.company_code), asks_infolink(obj, now) or bool(asked.jobs)
    url = warehouse_url()
    with (
        Sources.from_airflow(company.code, now) as sources,
        turn_at_infolink(sources.infolink_server, now, needed=needed, url=url),
    ):
        try:
            number = land(url, obj, asked, _this_run(context), sources, now, waiting)
        except GaveWay:
            raise give_way() from None
    counts = publish_unchanged(url, obj, number, now)
    if counts is None and _others_are_skipped(context):
        # An earlier try found nothing changed, and died before it ended: nobody else would check and publish this one.
        check_company(obj, context, scope, number)
        counts = publish(url, obj, number, now)
        close_run(url, obj, _this_run(context), asked.company_code, now)
    if counts is not None:
        emit_lineage(obj, asked.company_code, url, now, counts)
        for name, extra in _events(asked, number, counts):
            context["outlet_events"][unchanged].add(assets[name], extra=extra)
        _skip_the_rest(context, number)
    return number


def check_company(obj: StagedObject, context: Context, scope: dict[str, Any], landing_id: int) -> dict[str, int]:
    """Check a landing; how many checks ended in which state."""
    from spectrum_etl.staging.check import check
    from spectrum_etl.warehouse.connect import warehouse_url

    _named(scope, context)
    results = check(warehouse_url(), obj, landing_id, load_settings())
    statuses = [result.status for result in results]
    return {status: statuses.count(status) for status in sorted(set(statuses))}


def publish_company(
    obj: StagedObject, context: Context, scope: dict[str, Any], landing_id: int, assets: Mapping[str, Asset]
) -> dict[str, dict[str, int]]:
    """Publish a landing, with an event of each table's asset; the counts of each table."""
    from spectrum_etl.orchestration.lineage import emit_lineage
    from spectrum_etl.staging.outcome import close_run
    from spectrum_etl.staging.publish import publish
    from spectrum_etl.warehouse.connect import warehouse_url

    asked, now = _named(scope, context), load_settings()
    url = warehouse_url()
    counts = publish(url, obj, landing_id, now)
    emit_lineage(obj, asked.company_code, url, now, counts)
    for name, extra in _events(asked, landing_id, counts):
        context["outlet_events"][assets[name]].extra = extra
    # Where only what failed is cleared, the teardown that ran after the failure does not run a second time.
    close_run(url, obj, _this_run(context), asked.company_code, now)
    return {name: count.to_dict() for name, count in counts.items()}


def drop_landing_of(obj: StagedObject, context: Context, scope: dict[str, Any]) -> int:
    """Drop the landing tables of a run and company; how many they were."""
    from spectrum_etl.staging.outcome import close_run
    from spectrum_etl.warehouse.connect import warehouse_url

    asked = _named(scope, context)
    return close_run(warehouse_url(), obj, _this_run(context), asked.company_code, load_settings())


def _others_are_skipped(context: Context) -> bool:
    instance = context["ti"]
    if instance.try_number == 1:
        return False
    names = [task.task_id for task in context["task"].get_flat_relatives(upstream=False)]
    found: int = instance.get_ti_count(
        instance.dag_id, map_index=instance.map_index, task_ids=names, run_ids=[instance.run_id], states=["skipped"]
    )
    return found > 0


def _skip_the_rest(context: Context, number: int) -> None:
    """End this task as a success, and the others of its company without starting them.

    Airflow expands them while this task runs; one that it has not expanded yet still starts, and finds nothing to do.
    """
    instance = context["ti"]
    instance.xcom_push(BaseXCom.XCOM_RETURN_KEY, number)  # for whoever clears one of them
    others = context["task"].get_flat_relatives(upstream=False)
    raise DownstreamTasksSkipped(tasks=[(task.task_id, instance.map_index) for task in others])


def _events(asked: Scope, landing_id: int, counts: Mapping[str, Counts]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the event of each table's asset says."""
    for name, count in counts.items():
        yield name, {"company_code": asked.company_code, "landing_id": landing_id, **count.to_dict()}


def _jobs_of(obj: StagedObject, codes: list[str], jobs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Which of the jobs of the form belong to which company; a company that has none of them is left out.

    Raises:
        FixConfiguration: a job belongs to none of them.
    """
    from spectrum_etl.sources.company import Sources
    from spectrum_etl.staging.known_jobs import no_such_jobs, unknown_jobs
    from spectrum_etl.warehouse.connect import connect, warehouse_url

    settings, known = load_settings(), set[str]()
    wait_for_quiet_hours(settings)
    unknown: dict[str, list[str]] = {}
    for code in codes:
        with (
            Sources.from_airflow(code, settings) as sources,
            turn_at_infolink(sources.infolink_server, settings),
            connect(warehouse_url()) as connection,
        ):
            connection.autocommit = True
            unknown[code], there = unknown_jobs(connection, obj, jobs, sources, settings)
            known |= set(there)
    if nowhere := [job for job in jobs if all(job in unknown[code] for code in codes)]:
        raise no_such_jobs(nowhere, known, ", ".join(codes))
    found = {code: tuple(job for job in jobs if job not in unknown[code]) for code in codes}
    return {code: of_company for code, of_company in found.items() if of_company}


def _months_of(context: Any) -> tuple[str, ...]:
    """The months of a backfill's run. Never none: a run without a month would stage all of them.

    Raises:
        FixConfiguration: the form names no month, and the run has no data interval.
    """
    if asked := clean_codes(context["params"]["months"]):
        return tuple(month.replace("-", "") for month in asked)
    # A run that was triggered without a logical date has no interval, and the context no such keys.
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    if start and end:
        return months_between(start, end)
    raise FixConfiguration(
        "this run has no month: it was triggered without a logical date",
        field="months",
        remedy="trigger it again with months in its form, such as 2026-07, or start a backfill",
    )


def months_between(start: datetime, end: datetime) -> tuple[str, ...]:
    """The months (YYYYMM) that an interval touches: those that begin before its end.

    Args:
        start: begin of the interval, inclusive.
        end: its end, exclusive; where it is not after the start, only the start's month counts.
    """
    months: list[str] = []
    year, month = start.year, start.month
    while not months or datetime(year, month, 1, tzinfo=end.tzinfo) < end:
        months.append(f"{year:04d}{month:02d}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return tuple(months)


def _named(scope: dict[str, Any], context: Context) -> Scope:
    """The scope of a mapped task, which also gives the task its name in the grid."""
    asked = Scope.from_dict(scope)
    name_company(context, load_settings().company(asked.company_code))
    return asked


def _this_run(context: Context) -> Run:
    instance = context["ti"]
    return Run(instance.dag_id, instance.run_id, instance.try_number)
