"""What the tasks of the staging DAGs do. Heavy imports are inside the functions: every DAG file imports this module."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from airflow.sdk import Asset, Context

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.run import Run, Scope, clean_codes
from spectrum_etl.model.spec import StagedObject
from spectrum_etl.orchestration.dag_defaults import refuse_unknown_fields
from spectrum_etl.orchestration.quiet import wait_for_quiet_hours
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


def land_company(obj: StagedObject, context: Context, scope: dict[str, Any]) -> int:
    """Land one company, as the only one at its Info-Link connection; the number of the landing."""
    from spectrum_etl.sources.company import Sources
    from spectrum_etl.staging.fingerprints import GaveWay
    from spectrum_etl.staging.land import land
    from spectrum_etl.staging.read import asks_infolink
    from spectrum_etl.warehouse.connect import warehouse_url

    asked, now = _named(scope, context), load_settings()
    wait_for_quiet_hours(now)
    if asked.allow_mass_delete:  # here, too: anyone who may trigger may also change what `plan` has said
        require_operator(context, now, MASS_DELETE)

    def waiting() -> bool:
        return others_wait(context["ti"], now)

    company, needed = now.company(asked.company_code), asks_infolink(obj, now) or bool(asked.jobs)
    with turn_at_infolink(company, now, needed=needed), Sources.from_airflow(company.code, now) as sources:
        try:
            return land(warehouse_url(), obj, asked, _this_run(context), sources, now, waiting)
        except GaveWay:
            raise give_way() from None


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
    from spectrum_etl.staging.land import close_run
    from spectrum_etl.staging.publish import publish
    from spectrum_etl.warehouse.connect import warehouse_url

    asked, now = _named(scope, context), load_settings()
    counts = publish(warehouse_url(), obj, landing_id, now)
    emit_lineage(obj, asked.company_code, warehouse_url(), now, counts)
    events = context["outlet_events"]
    for name, count in counts.items():
        events[assets[name]].extra = {
            "company_code": asked.company_code,
            "landing_id": landing_id,
            **count.to_dict(),
        }
    # Where only what failed is cleared, the teardown that ran after the failure does not run a second time.
    close_run(warehouse_url(), obj, _this_run(context), asked.company_code, now)
    return {name: count.to_dict() for name, count in counts.items()}


def drop_landing_of(obj: StagedObject, context: Context, scope: dict[str, Any]) -> int:
    """Drop the landing tables of a run and company; how many they were."""
    from spectrum_etl.staging.land import close_run
    from spectrum_etl.warehouse.connect import warehouse_url

    asked = _named(scope, context)
    return close_run(warehouse_url(), obj, _this_run(context), asked.company_code, load_settings())


def _jobs_of(obj: StagedObject, codes: list[str], jobs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Which of the jobs of the form belong to which company; a company that has none of them is left out.

    Raises:
        FixConfiguration: a job belongs to none of them.
    """
    from spectrum_etl.sources.company import Sources
    from spectrum_etl.staging.known_jobs import no_such_jobs, unknown_jobs
    from spectrum_etl.warehouse.connect import connect, warehouse_url

    settings, known = load_settings(), set[str]()
    unknown: dict[str, list[str]] = {}
    for code in codes:
        with (
            turn_at_infolink(settings.company(code), settings),
            Sources.from_airflow(code, settings) as sources,
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
    company = load_settings().company(asked.company_code)
    context["company"] = f"{company.code} {company.name}"  # type: ignore[typeddict-unknown-key]
    return asked


def _this_run(context: Context) -> Run:
    instance = context["ti"]
    return Run(instance.dag_id, instance.run_id, instance.try_number)
