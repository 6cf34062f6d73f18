"""The export DAG: the same for every exportable object.

Triggering a run only collects and asks; an approver's yes is what sends. Parsing touches nothing, and does not import
the object's module either.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException, AirflowSkipException

from spectrum_etl.model.run import clean_codes
from spectrum_etl.orchestration.approval import ApproveRecord
from spectrum_etl.orchestration.callbacks import on_failure
from spectrum_etl.orchestration.common_docs import with_common
from spectrum_etl.orchestration.dag_defaults import START, companies_param, refuse_unknown_fields, task_defaults
from spectrum_etl.settings import Settings
from spectrum_etl.staging.configured import load_settings

log = logging.getLogger(__name__)

TAGS = ["spectrum", "export"]
#: Runs wait for people: several may be open at the same time, and each record is asked about once.
MAX_ACTIVE_RUNS = 50
#: The task that asks, in its group.
APPROVAL = "record.approve"
#: The task that sends, in its group.
SENDING = "record.send"


def export_dag(object_name: str, doc: str | None, *, watches_drift: bool = False) -> DAG:
    """Make the DAG that exports an object.

    Args:
        object_name: name of the exportable object, see `exports.objects.registry`.
        doc: documentation for operators and approvers: the DAG file's docstring, which says what is its own; what holds
            for every export is appended.
        watches_drift: whether a run also reports exported records that Procore has changed since (G5).

    Raises:
        FixConfiguration: the settings hold something that is not allowed.
    """
    settings = load_settings()
    with DAG(
        dag_id=f"export_{object_name}",
        description=f"{object_name.replace('_', ' ').capitalize()}: Procore to Spectrum, each record approved",
        doc_md=with_common("export", doc),
        schedule=None,
        start_date=START,
        catchup=False,
        max_active_runs=MAX_ACTIVE_RUNS,
        tags=[*TAGS, object_name],
        on_failure_callback=on_failure,
        params=_params(settings),
        default_args=task_defaults(settings),
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
    readable = "{{ record_name }}"

    @task(pool="procore")
    def collect() -> list[dict[str, str]]:
        """Apply every rule to what Procore has, write the queue, and choose whom to ask about."""
        from airflow.sdk.configuration import conf

        from spectrum_etl.exports.objects.registry import EXPORTS
        from spectrum_etl.exports.spec import Scope
        from spectrum_etl.exports.steps.collect import collect as collect_company
        from spectrum_etl.exports.steps.preview import preview
        from spectrum_etl.exports.steps.take_out import take_out
        from spectrum_etl.exports.systems import systems_from_airflow
        from spectrum_etl.orchestration.export_tasks import TaskStates, as_items

        context, now = get_current_context(), load_settings()
        refuse_unknown_fields(context)
        params, obj = context["params"], EXPORTS[object_name]
        scope = Scope(clean_codes(params["projects"]), clean_codes(params["records"]))
        limit = min(now.exports.max_records_per_run, conf.getint("core", "max_map_length"))
        items: list[dict[str, str]] = []
        waits = TaskStates(context).still_waits
        for code in clean_codes(params["companies"]):
            with systems_from_airflow(code, now, remember=True) as systems:
                run_id = str(context["run_id"])
                if params["take_out"]:
                    by = getattr(context["dag_run"], "triggering_user_name", None) or "unknown"
                    log.info("\n".join(take_out(systems, obj, scope, by, run_id)))
                    continue
                found = collect_company(systems, obj, scope, run_id, limit - len(items), waits)
                if params["dry_run"]:
                    log.info(
                        "company %s, dry run: this would be written\n%s", code, preview(systems, obj, found.chosen)
                    )
                else:
                    items += as_items(found.chosen)
        return items

    # Whatever became of the task that asked: Airflow marks it failed when the answer comes within a second of the
    # question, and by then the ledger may hold the answer. What is not in the ledger is not sent.
    @task(pool="spectrum_sdx", map_index_template=readable, trigger_rule="all_done")
    def send(record: dict[str, str]) -> str:
        """Send what the ledger says was accepted, once; read it back; link it in both systems."""
        from spectrum_etl.exports.objects.registry import EXPORTS
        from spectrum_etl.exports.records.settling import Unsettled
        from spectrum_etl.exports.steps.answer import release_unanswered
        from spectrum_etl.exports.steps.send import send_record
        from spectrum_etl.exports.systems import systems_from_airflow
        from spectrum_etl.model.record import RecordId
        from spectrum_etl.orchestration.export_tasks import ask_again, this_instance

        context = get_current_context()
        context["record_name"] = record["title"]  # type: ignore[typeddict-unknown-key]
        id = RecordId(record["company"], record["project"], record["record"])
        try:
            with systems_from_airflow(id.company, load_settings()) as systems:
                obj, run_id = EXPORTS[object_name], str(context["run_id"])
                outcome = send_record(systems, obj, id, run_id)
                asked = replace(this_instance(context), task_id=APPROVAL)
                unanswered = outcome.state in ("waiting", "ready") and release_unanswered(
                    systems, obj, id, asked, run_id
                )
        except Unsettled as wait:
            log.warning("%s", wait)
            raise AirflowRescheduleException(wait.until) from None
        log.info("%s: %s. %s", record["title"], outcome.state, outcome.reason)
        if outcome.ask_again or unanswered:
            ask_again(context, id)
        if outcome.state == "failed":
            raise AirflowFailException(outcome.reason)
        if outcome.state != "linked":
            raise AirflowSkipException(outcome.reason or str(outcome.state))
        return outcome.state

    # It runs whatever became of the others, and decides by itself: a skipped task would let the run end well.
    @task(pool="warehouse", trigger_rule="all_done")
    def report(records: list[dict[str, str]] | None) -> dict[str, int]:
        """Say what became of every record; fail where a person must look."""
        from spectrum_etl.exports.steps.report import Tasks
        from spectrum_etl.exports.steps.report import report as report_run
        from spectrum_etl.orchestration.export_tasks import TaskStates, this_instance
        from spectrum_etl.warehouse.connect import warehouse_url

        context = get_current_context()
        this, states = this_instance(context), TaskStates(context)

        def of_record(place: int) -> tuple[str | None, str | None]:
            asked, sent = (replace(this, task_id=name, map_index=place) for name in (APPROVAL, SENDING))
            return states.of(asked)[1], states.of(sent)[1]

        tasks = Tasks(states.still_waits, lambda run_id: states.any_alive(this.dag_id, run_id, SENDING), of_record)
        found = report_run(warehouse_url(), object_name, this, records, tasks)
        log.info("%s: %s\n%s", object_name, found.summary, found.table)
        if found.bad:
            raise AirflowFailException(
                f"{object_name}: {found.problem}. What to do: fix what each reason names and trigger the export"
                " again; it continues what is under way, and the failed records that its form names"
            )
        return dict(found.counts)

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
            retries=0,
            # An execution timeout of this operator would end the wait for the approver, which has no end.
            execution_timeout=None,
        )
        asked >> send(record)

    record.expand(record=records) >> report(records)

    if watches_drift:
        _drift(object_name)


def _drift(object_name: str) -> None:
    @task(pool="procore")
    def drift() -> int:
        """Report exported records that Procore has changed since (G5), as rows of export.drift."""
        from spectrum_etl.exports.objects.registry import EXPORTS
        from spectrum_etl.exports.steps.frozen import report_drift
        from spectrum_etl.exports.systems import systems_from_airflow

        count, settings, context = 0, load_settings(), get_current_context()
        refuse_unknown_fields(context)
        for code in clean_codes(context["params"]["companies"]):
            with systems_from_airflow(code, settings) as systems:
                count += report_drift(systems, EXPORTS[object_name])
        return count

    drift()
