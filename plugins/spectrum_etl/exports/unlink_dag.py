"""The DAG that ends links of exported records. Used by `dags/unlink_export.py`."""

from __future__ import annotations

import logging

from airflow.sdk import DAG, Param, get_current_context, task

from spectrum_etl.dag_defaults import START, task_defaults
from spectrum_etl.exports.dag import TAGS
from spectrum_etl.exports.objects.registry import NAMES
from spectrum_etl.notify.callbacks import on_failure
from spectrum_etl.settings import load_settings
from spectrum_etl.staging.run import clean_codes

log = logging.getLogger(__name__)


def unlink_dag(doc: str | None) -> DAG:
    """Make the DAG.

    Args:
        doc: documentation for the operator: the DAG file's docstring.

    Raises:
        FixConfiguration: the settings hold something that is not allowed.
    """
    settings = load_settings()
    codes = [company.code for company in settings.companies]
    with DAG(
        dag_id="unlink_export",
        description="Ends the links of exported records that are gone from Spectrum",
        doc_md=doc,
        schedule=None,
        start_date=START,
        catchup=False,
        max_active_runs=1,
        tags=TAGS,
        on_failure_callback=on_failure,
        params={
            "object": Param(NAMES[0], type="string", enum=list(NAMES), title="Object"),
            "company": Param(codes[0], type="string", enum=codes, title="Company", description="Spectrum company code"),
            "records": Param(
                [],
                type="array",
                items={"type": "string"},
                title="Records",
                description="Procore ids of the records, one a line, as export.links has them",
            ),
        },
        default_args=task_defaults(settings),
    ) as dag:
        _tasks()
    return dag


def _tasks() -> None:
    @task
    def plan() -> list[str]:
        """The records of the trigger form."""
        return list(clean_codes(get_current_context()["params"]["records"]))

    @task(pool="procore", map_index_template="{{ record_name }}")
    def unlink(record: str) -> str:
        """Verify that Spectrum no longer holds the record, then clear the link in Procore and in the warehouse."""
        from spectrum_etl.exports.objects.registry import EXPORTS
        from spectrum_etl.exports.systems import systems_from_airflow
        from spectrum_etl.exports.unlink import unlink as unlink_record

        context = get_current_context()
        context["record_name"] = record  # type: ignore[typeddict-unknown-key]
        params = context["params"]
        by = getattr(context["dag_run"], "triggering_user_name", None) or "unknown"
        with systems_from_airflow(params["company"], load_settings()) as systems:
            return unlink_record(systems, EXPORTS[params["object"]], record, by)

    unlink.expand(record=plan())
