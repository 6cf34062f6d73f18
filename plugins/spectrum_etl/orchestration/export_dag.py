"""The export DAG: the same for every exportable object.

Triggering a run only collects and asks; an approver's yes is what sends. Parsing touches nothing, and does not import
the object's module either.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task, task_group

from spectrum_etl.model import dag_ids
from spectrum_etl.orchestration.approval import APPROVAL, WAITS_WITHOUT_END, ApproveRecord
from spectrum_etl.orchestration.common_docs import export_doc
from spectrum_etl.orchestration.dag_defaults import companies_param, make_dag
from spectrum_etl.settings import Settings
from spectrum_etl.staging.configured import load_settings

TAGS = ["spectrum", "export"]
#: Runs wait for people: several may be open at the same time, and each record is asked about once.
MAX_ACTIVE_RUNS = 50


def export_dag(object_name: str, doc: str | None, *, watches_drift: bool = False) -> DAG:
    """Make the DAG that exports an object.

    Args:
        object_name: name of the exportable object, see `exports.objects.registry`.
        doc: documentation for operators and approvers: the DAG file's docstring, which says what is its own; what holds
            for every export is appended.
        watches_drift: whether a run also reports exported records that Procore has changed since (G5, E2).

    Raises:
        FixConfiguration: the settings hold something that is not allowed.
    """
    settings = load_settings()
    with make_dag(
        f"{dag_ids.EXPORT}{object_name}",
        f"{object_name.replace('_', ' ').capitalize()}: Procore to Spectrum, each record approved",
        export_doc(doc),
        settings,
        tags=[*TAGS, object_name],
        params=_params(settings),
        max_active_runs=MAX_ACTIVE_RUNS,
        succeeded=None,
    ) as dag:
        _tasks(object_name, watches_drift)
    return dag


def _params(settings: Settings) -> dict[str, Param]:
    exported = [company.code for company in settings.companies if company.procore_company_id is not None]
    ids: dict[str, Any] = {"type": ["null", "array"], "items": {"type": "string"}}
    return {
        "companies": companies_param(
            settings, "Spectrum company codes. All that have a Procore company unless you take some away.", exported
        ),
        "projects": Param(
            [], title="Projects", description="Procore ids of projects, one a line. Empty means all.", **ids
        ),
        "records": Param(
            [],
            title="Records",
            description="Procore ids of records, one a line, as export.queue has them. Empty means all. Naming a record"
            " collects it again although it was rejected, retrieved or has failed.",
            **ids,
        ),
        "take_out": Param(
            False,
            type="boolean",
            title="Take out",
            description="Take the named records, which failed or are stuck, out of the queue; nothing else is done."
            " Look in Spectrum first: what it holds of them stays there. They come back when they are collected again"
            " by name.",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description="Only show, in the log of `collect`, what would be written. Nobody is asked, nothing is sent.",
        ),
    }


def _tasks(object_name: str, watches_drift: bool) -> None:
    @task(pool="procore")
    def collect() -> list[dict[str, str]]:
        """Apply every rule to what Procore has, write the queue, and choose whom to ask about."""
        from spectrum_etl.orchestration.export_tasks import collect_records

        return collect_records(object_name, get_current_context())

    # Whatever became of the task that asked: Airflow marks it failed when the answer comes within a second of the
    # question, and by then the ledger may hold the answer. What is not in the ledger is not sent.
    @task(pool="spectrum_sdx", map_index_template="{{ record_name }}", trigger_rule="all_done")
    def send(record: dict[str, str]) -> str:
        """Send what the ledger says was accepted, once; read it back; link it in both systems."""
        from spectrum_etl.orchestration.export_tasks import send_accepted

        return send_accepted(object_name, get_current_context(), record)

    # It runs whatever became of the others, and decides by itself: a skipped task would let the run end well.
    @task(pool="warehouse", trigger_rule="all_done")
    def report(records: list[dict[str, str]] | None) -> dict[str, int]:
        """Say what became of every record; fail where a person must look."""
        from spectrum_etl.orchestration.export_tasks import report_records

        return report_records(object_name, get_current_context(), records)

    records: Any = collect()

    @task_group
    def record(record: dict[str, str]) -> None:
        """One record: ask, then send."""
        asked = ApproveRecord(
            task_id=APPROVAL.split(".")[1],
            object_name=object_name,
            record=record,
            pool="procore",
            # Rendered before it runs: one that waits for its answer has not come to the end of its run.
            map_index_template="{{ task.record['title'] }}",
            **WAITS_WITHOUT_END,
        )
        asked >> send(record)

    record.expand(record=records) >> report(records)

    if watches_drift:
        _drift(object_name)


def _drift(object_name: str) -> None:
    @task(pool="procore")
    def drift() -> int:
        """Report exported records that Procore has changed since (G5, E2), as rows of export.drift."""
        from spectrum_etl.orchestration.export_tasks import report_changed

        return report_changed(object_name, get_current_context())

    drift()
