"""The import DAG: Spectrum into Procore, the same for every object that is imported.

A run plans and asks; what a person, or a setting, has accepted is applied and read back. Parsing touches nothing.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task

from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.imports.spec import CONFIRMATION, ImportObject, Narrowing
from spectrum_etl.orchestration.common_docs import import_doc
from spectrum_etl.orchestration.dag_defaults import companies_param, make_dag
from spectrum_etl.orchestration.grid import OF_COMPANY
from spectrum_etl.orchestration.plan_tasks import tasks_of_plans
from spectrum_etl.orchestration.staging_dag import asset_of
from spectrum_etl.settings import Schedule, Settings
from spectrum_etl.settings.imports import AFTER_SYNC
from spectrum_etl.staging.configured import load_settings

TAGS = ["spectrum", "import"]
#: Runs wait for people: several may be open at the same time; there is one open plan all the same.
MAX_ACTIVE_RUNS = 50


def import_dag(object_name: str, doc: str | None) -> DAG:
    """Make the DAG that imports an object.

    Args:
        object_name: name of the object, see `imports.objects`.
        doc: documentation for operators and approvers: the DAG file's docstring, which says what is its own; what holds
            for every import is appended.

    Raises:
        FixConfiguration: the settings hold something that is not allowed.
    """
    settings, obj = load_settings(), IMPORTS[object_name]
    with make_dag(
        obj.dag_id,
        f"{obj.name.replace('_', ' ').capitalize()}: Spectrum into Procore, by plans that are accepted",
        import_doc(doc),
        settings,
        schedule=_schedule(obj, settings),
        tags=[*TAGS, object_name],
        params=_params(obj, settings),
        max_active_runs=MAX_ACTIVE_RUNS,
    ) as dag:
        _tasks(object_name)
    return dag


def _schedule(obj: ImportObject, settings: Settings) -> Any:
    """Never, after the object was staged, or a word of staging."""
    word = obj.options(settings).schedule
    if word == AFTER_SYNC:
        return [asset_of(obj.table)]
    return Schedule(word).cron(settings.daily_at)


def _params(obj: ImportObject, settings: Settings) -> dict[str, Param]:
    imported = [company.code for company in settings.companies if company.procore_company_id is not None]
    texts: dict[str, Any] = {"type": ["null", "array"], "items": {"type": "string"}}
    return {
        "companies": companies_param(
            settings, "Spectrum company codes. All that have a Procore company unless you take some away.", imported
        ),
        obj.name: Param(
            [],
            title=obj.name.replace("_", " ").capitalize(),
            description=f"Codes as Spectrum has them, one a line. Empty means all. Everything but these {obj.name}"
            " stays as it is in the plan.",
            **texts,
        ),
        **{each.name: _narrowing(each, texts) for each in obj.narrowings},
        **{
            each.name: Param(None, type=["null", "integer"], minimum=1, title=each.title, description=each.description)
            for each in obj.choices
        },
        **({} if obj.only_links else {CONFIRMATION: _confirmation()}),
        "look_again": Param(
            False,
            type="boolean",
            title="Look again",
            description="Read all of Procore's records first, however lately that was done.",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description="Only make a plan, and show it in the log of `make_plan`. Nobody is asked, nothing is applied.",
        ),
    }


def _narrowing(narrowing: Narrowing, texts: dict[str, Any]) -> Param:
    """A field of the form by which a run is narrowed."""
    title, description = narrowing.title, narrowing.description
    if narrowing.is_day:
        return Param(None, type=["null", "string"], format="date", title=title, description=description)
    if narrowing.is_switch:
        return Param(False, type="boolean", title=title, description=description)
    return Param([], title=title, description=description, **texts)


def _confirmation() -> Param:
    return Param(
        False,
        type="boolean",
        title="The other integration is switched off",
        description="Only for a Procore company in which another integration, such as Procore's own connector, has"
        " set its ids: you confirm that Procore has switched it off. Its records are then offered to be taken over,"
        " once Procore was read a second time and no new id of it was found. Your name is kept.",
    )


def _tasks(object_name: str) -> None:
    @task(pool="procore", map_index_template=OF_COMPANY)
    def make_plan(company: dict[str, str]) -> dict[str, int]:
        """Compare what Spectrum holds with what Procore holds, and write the plan."""
        from spectrum_etl.orchestration.import_tasks import plan_company

        return plan_company(object_name, get_current_context(), company["company"])

    @task(pool="procore", map_index_template=OF_COMPANY)
    def second_look(company: dict[str, str]) -> dict[str, int]:
        """Where another integration is taken over from: plan again after a while. It waits without a worker's slot."""
        from spectrum_etl.orchestration.import_tasks import second_look_company

        return second_look_company(object_name, get_current_context(), company["company"])

    @task(pool="procore", map_index_template=OF_COMPANY)
    def follow(company: dict[str, str]) -> dict[str, int]:
        """Apply what was accepted already: by the settings, or by somebody before this run."""
        from spectrum_etl.orchestration.import_tasks import apply_company

        return apply_company(object_name, get_current_context(), company["company"])

    tasks_of_plans((make_plan, second_look, follow), object_name)
