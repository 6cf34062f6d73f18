"""The staging DAG: the same for every importable object.

Parsing touches nothing: no database, no network, no Great Expectations; one Airflow Variable, with a default.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import (
    DAG,
    Asset,
    AssetAlias,
    Param,
    Variable,
    get_current_context,
    get_parsing_context,
    task,
    task_group,
)

from spectrum_etl.model.spec import StagedObject, Table
from spectrum_etl.orchestration import dag_defaults, staging_tasks
from spectrum_etl.orchestration.callbacks import on_backfilled, on_success
from spectrum_etl.orchestration.common_docs import staging_doc
from spectrum_etl.orchestration.grid import OF_COMPANY
from spectrum_etl.orchestration.turns import POOL
from spectrum_etl.settings import SCHEDULES_VARIABLE, Settings, in_force
from spectrum_etl.staging.configured import load_settings

if TYPE_CHECKING:
    from airflow.sdk.bases.timetable import BaseTimetable

TAGS = ["spectrum", "staging"]


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
        doc: documentation for the operator: the DAG file's docstring, which says what is its own. What holds for every
            object is appended, unless the schedule is a timetable.
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
        override = None
        # The process of a task reads the file, too, and has no use for its schedule: a call to Airflow for every task.
        if get_parsing_context().task_id is None:
            # At parse time on purpose: the Airflow UI changes a schedule with it. One call a file, with a default.
            override = Variable.get(SCHEDULES_VARIABLE, default=None)  # noqa: AIR003
        timetable = in_force(settings, override, [obj]).cron(obj)
    with dag_defaults.make_dag(
        dag_id or obj.dag_id,
        f"{obj.title}: Spectrum to the warehouse",
        staging_doc(obj, doc) if schedule is None else doc,
        settings,
        schedule=timetable,
        tags=[*TAGS, obj.name],
        params=_params(obj, settings) | (_months_param() if months_of_interval else {}),
        max_active_runs=max_active_runs,
        start=start_date,
        succeeded=on_backfilled if months_of_interval else on_success,
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
    land_pool = "spectrum_sdx" if settings.reader(obj.tables[0]) == "sdx" else POOL
    assets = {table.name: asset_of(table) for table in obj.tables}
    # An outlet of `land`, too, would be updated by every landing. Through an alias it says itself which, and when.
    unchanged = AssetAlias(f"spectrum.{obj.name}.unchanged", group="spectrum")

    @task
    def plan() -> list[dict[str, Any]]:
        """Turn the trigger form into one scope a company."""
        return staging_tasks.plan_scopes(obj, get_current_context(), of_months=months_of_interval)

    @task(pool=land_pool, outlets=[unchanged], map_index_template=OF_COMPANY)
    def land(scope: dict[str, Any]) -> int:
        """Read the source into landing tables; the next tasks need their number, and are skipped if nothing changed."""
        return staging_tasks.land_company(obj, get_current_context(), scope, assets, unchanged)

    @task(pool="warehouse", map_index_template=OF_COMPANY)
    def check(scope: dict[str, Any], landing_id: int) -> dict[str, int]:
        """Type the rows, set the bad ones aside, run the data checks; a critical one that is not met stops here."""
        return staging_tasks.check_company(obj, get_current_context(), scope, landing_id)

    @task(pool="warehouse", outlets=list(assets.values()), map_index_template=OF_COMPANY)
    def publish(scope: dict[str, Any], landing_id: int) -> dict[str, dict[str, int]]:
        """Write the differences in one transaction, and update the assets."""
        return staging_tasks.publish_company(obj, get_current_context(), scope, landing_id, assets)

    @task(pool="warehouse", map_index_template=OF_COMPANY)
    def drop_landing(scope: dict[str, Any]) -> int:
        """Drop this run's landing tables, also after a failure, also those of tries that died."""
        return staging_tasks.drop_landing_of(obj, get_current_context(), scope)

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
