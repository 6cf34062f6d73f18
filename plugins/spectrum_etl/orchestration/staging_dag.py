"""The staging DAG: the same for every importable object.

Parsing touches nothing: no database, no network, no Great Expectations; one Airflow Variable, with a default.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import (
    DAG,
    Asset,
    Param,
    Variable,
    get_current_context,
    task,
    task_group,
)

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.run import Run, Scope, clean_codes
from spectrum_etl.model.spec import StagedObject, Table
from spectrum_etl.orchestration import dag_defaults
from spectrum_etl.orchestration.callbacks import on_backfilled, on_failure, on_success
from spectrum_etl.orchestration.rights import require_operator
from spectrum_etl.settings import SCHEDULES_VARIABLE, Settings, in_force
from spectrum_etl.staging.configured import load_settings

if TYPE_CHECKING:
    from airflow.sdk.bases.timetable import BaseTimetable

log = logging.getLogger(__name__)

TAGS = ["spectrum", "staging"]
#: What only an operator's run may do, in the words of its refusal.
MASS_DELETE = "delete any number of rows"


def asset_of(table: Table) -> Asset:
    """The asset that a publish of this table updates; its events carry the counts of each company."""
    return Asset(name=f"spectrum.{table.name}", group="spectrum")


def staging_dag(
    obj: StagedObject,
    doc: str | None,
    *,
    dag_id: str | None = None,
    schedule: BaseTimetable | None = None,
    months_of_interval: bool = False,
    start_date: datetime = dag_defaults.START,
    max_active_runs: int = 1,
) -> DAG:
    """Make the DAG that stages an object.

    Args:
        obj: the importable object.
        doc: documentation for the operator: the DAG file's docstring.
        dag_id: where it is not `stage_<object>`.
        schedule: a timetable in place of the object's schedule in the settings (A4).
        months_of_interval: stage the months of the form, else those of the run's data interval, for backfills.
        start_date: first moment of the schedule, zone-aware.
        max_active_runs: runs at once; the source decides how many it stands.

    Raises:
        FixConfiguration: the settings hold something that is not allowed. Airflow shows the message as an import error
            on its first page. A wrong entry of the schedules variable is left out instead, and told elsewhere.
    """
    settings = load_settings()
    timetable: Any = schedule
    if schedule is None:
        # At parse time on purpose: the Airflow UI changes a schedule with it. One call a file, with a default.
        override = Variable.get(SCHEDULES_VARIABLE, default=None)  # noqa: AIR003
        timetable = in_force(settings, override, [obj]).cron(obj)
    with DAG(
        dag_id=dag_id or obj.dag_id,
        description=f"{obj.title}: Spectrum to the warehouse",
        doc_md=doc,
        schedule=timetable,
        start_date=dag_defaults.start_date(settings, start_date),
        catchup=False,
        max_active_runs=max_active_runs,
        tags=[*TAGS, obj.name],
        on_failure_callback=on_failure,
        on_success_callback=on_backfilled if months_of_interval else on_success,
        params=_params(obj, settings) | (_months_param() if months_of_interval else {}),
        default_args=dag_defaults.task_defaults(settings),
    ) as dag:
        _tasks(obj, settings, months_of_interval)
    return dag


def _params(obj: StagedObject, settings: Settings) -> dict[str, Param]:
    params = {
        "companies": dag_defaults.companies_param(
            settings, "Spectrum company codes to stage. All configured ones unless you take some away."
        ),
        "full_refresh": Param(
            False,
            type="boolean",
            title="Full refresh",
            description="Copy everything again, even where nothing seems to have changed; only differences are written",
        ),
        "allow_mass_delete": Param(
            False,
            type="boolean",
            title="Allow one mass delete",
            description="Let this run delete more rows than max_deleted_share allows. Only after looking at Spectrum, "
            "and only for the operators of the settings.",
        ),
        "allow_rejected": Param(
            False,
            type="boolean",
            title="Allow newly rejected rows",
            description="Publish although more rows are newly rejected than max_rejected_share allows: they are listed,"
            " and never stop a run again. Only after looking at the reasons.",
        ),
    }
    if obj.by_job:
        params["jobs"] = Param(
            [],
            type=["null", "array"],
            items={"type": "string"},
            title="Jobs",
            description="Job numbers, one a line. Empty means all. Everything outside these jobs stays untouched.",
        )
    return params


def _months_param() -> dict[str, Param]:
    return {
        "months": Param(
            [],
            type=["null", "array"],
            items={"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
            title="Months",
            description="For a single run: months, one a line, such as 2026-07. Leave it empty for a backfill, whose "
            "runs take the month of their data interval each.",
        )
    }


def _tasks(obj: StagedObject, settings: Settings, months_of_interval: bool) -> None:
    land_pool = "spectrum_sdx" if settings.reader(obj.tables[0]) == "sdx" else "spectrum_infolink"
    assets = {table.name: asset_of(table) for table in obj.tables}
    readable = "{{ company }}"

    @task
    def plan() -> list[dict[str, Any]]:
        """Turn the trigger form into one scope a company."""
        context = get_current_context()
        dag_defaults.refuse_unknown_fields(context)
        params = context["params"]
        if params["allow_mass_delete"]:
            require_operator(context, load_settings(), MASS_DELETE)
        months = _months_of(context) if months_of_interval else ()
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

    @task(pool=land_pool, map_index_template=readable)
    def land(scope: dict[str, Any]) -> int:
        """Read the source into landing tables; the number of the landing is what the next tasks need."""
        from spectrum_etl.sources.company import Sources
        from spectrum_etl.staging.land import land as land_object
        from spectrum_etl.warehouse.connect import warehouse_url

        asked = _named(scope)
        now = load_settings()
        if asked.allow_mass_delete:  # here, too: whoever may trigger may also change what `plan` has said
            require_operator(get_current_context(), now, MASS_DELETE)
        with Sources.from_airflow(asked.company_code, now) as sources:
            return land_object(warehouse_url(), obj, asked, _this_run(), sources, now)

    @task(pool="warehouse", map_index_template=readable)
    def check(scope: dict[str, Any], landing_id: int) -> dict[str, int]:
        """Type the rows, set the bad ones aside, run the data checks; a critical one that is not met stops here."""
        from spectrum_etl.staging.check import check as check_landing
        from spectrum_etl.warehouse.connect import warehouse_url

        _named(scope)
        results = check_landing(warehouse_url(), obj, landing_id, load_settings())
        statuses = [result.status for result in results]
        return {status: statuses.count(status) for status in sorted(set(statuses))}

    @task(pool="warehouse", outlets=list(assets.values()), map_index_template=readable)
    def publish(scope: dict[str, Any], landing_id: int) -> dict[str, dict[str, int]]:
        """Write the differences in one transaction, and tell whoever waits for the asset."""
        from spectrum_etl.orchestration.lineage import tell_lineage
        from spectrum_etl.staging.land import close_run
        from spectrum_etl.staging.publish import publish as publish_landing
        from spectrum_etl.warehouse.connect import warehouse_url

        asked, now = _named(scope), load_settings()
        counts = publish_landing(warehouse_url(), obj, landing_id, now)
        tell_lineage(obj, asked.company_code, warehouse_url(), now, counts)
        events = get_current_context()["outlet_events"]
        for name, count in counts.items():
            events[assets[name]].extra = {
                "company_code": asked.company_code,
                "landing_id": landing_id,
                **count.to_dict(),
            }
        # Where only what failed is cleared, the teardown that ran after the failure does not run a second time.
        close_run(warehouse_url(), obj, _this_run(), asked.company_code, now)
        return {name: count.to_dict() for name, count in counts.items()}

    @task(pool="warehouse", map_index_template=readable)
    def drop_landing(scope: dict[str, Any]) -> int:
        """Drop this run's landing tables, also after a failure, also those of tries that died."""
        from spectrum_etl.staging.land import close_run
        from spectrum_etl.warehouse.connect import warehouse_url

        asked = _named(scope)
        return close_run(warehouse_url(), obj, _this_run(), asked.company_code, load_settings())

    scopes: Any = plan()

    @task_group
    def company(scope: dict[str, Any]) -> None:
        """One company: read, check, publish, tidy up."""
        landing_id: Any = land(scope)
        published = publish(scope, landing_id)
        check(scope, landing_id) >> published
        # Two setups, because a teardown runs when one of them has succeeded: `land`, so that clearing a later task
        # lands again; `plan`, so that what a failed or killed `land` left behind is dropped too.
        published >> drop_landing(scope).as_teardown(setups=[scopes, landing_id])

    company.expand(scope=scopes)


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
        with Sources.from_airflow(code, settings) as sources, connect(warehouse_url()) as connection:
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
        end: its end, exclusive; where it is not after the start, the start's month alone counts.
    """
    months: list[str] = []
    year, month = start.year, start.month
    while not months or datetime(year, month, 1, tzinfo=end.tzinfo) < end:
        months.append(f"{year:04d}{month:02d}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return tuple(months)


def _named(scope: dict[str, Any]) -> Scope:
    """The scope of a mapped task, which also gives the task its name in the grid."""
    asked = Scope.from_dict(scope)
    company = load_settings().company(asked.company_code)
    get_current_context()["company"] = f"{company.code} {company.name}"  # type: ignore[typeddict-unknown-key]
    return asked


def _this_run() -> Run:
    instance = get_current_context()["ti"]
    return Run(instance.dag_id, instance.run_id, instance.try_number)
