"""What there is to tell of one run, by what the run wrote into the warehouse.

One message a run. What lasts is reported once: rows that were rejected before are not reported again every hour, and
`send_once` remembers what else was. The daily digest and the page show what lasts.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from spectrum_etl.errors import Reason, System
from spectrum_etl.model import dag_ids
from spectrum_etl.model.places import list_place, object_place, page_address, plan_place, record_place
from spectrum_etl.model.record import RecordId
from spectrum_etl.notify.facts import Facts, is_import
from spectrum_etl.notify.message import MAX_LINES, Message, dag_link, shortened
from spectrum_etl.settings.notifications import Event

_PROCORE: System = "Procore"
#: Of a check of the connections that found nothing but that.
_IN_PROCORE_TITLE = "something has to be done in Procore"
_IN_PROCORE = "do what each line says; the page's connections show all of it, and what each affects"
_TITLES: dict[Event, str] = {
    "failure": "the run failed",
    "volume": "a row count is out of the ordinary",
    "drift": "Spectrum's columns have changed",
    "partial_success": "published, but not every row",
}
_REMEDIES: dict[Event, str] = {
    "failure": "open the run in Airflow: the failed task's log ends with what is wrong and what to do",
    "volume": "check whether Spectrum really lost or gained so many rows; they are published, and history keeps the old"
    " ones",
    "drift": "compare the columns with the mapping in the documentation; check_connections lists all differences with"
    " what each affects",
    "partial_success": "correct the rejected rows in Spectrum (sync.rejected_rows has each one's reason); the next sync"
    " takes them",
}
_DEFERRED = (
    "nothing is wrong with the rows that wait: somebody posts to the job whenever it is read, and the first run that"
    " meets a quiet moment takes them; trigger stage_job_costs for the job when nobody posts, or choose another"
    " schedule for job_costs"
)
_HELD_BACK = (
    "correct the rejected rows of the jobs and months that are held back in Spectrum; where they are right as they are,"
    " trigger the DAG and allow newly rejected rows in its form"
)
_EXPORTS = (
    "do what each reason says, then trigger the export again: it continues what is under way, and the failed"
    " records that its form names"
)
_IMPORTS = (
    "do what each reason says, then trigger the import again: the next plan offers again what Procore refused, and"
    " looks up what became of the rows whose answer was lost"
)


def message_of(
    dag_id: str,
    run_id: str,
    facts: Facts,
    *,
    failed: bool,
    reason: str = "",
    since: str = "",
    airflow_url: str = "",
) -> Message | None:
    """The message about a run that has ended; None where it went as it should.

    Args:
        dag_id: its DAG.
        run_id: the Airflow run.
        facts: what it left in the warehouse.
        failed: whether Airflow calls it failed.
        reason: Airflow's own words for that.
        since: since when runs of this DAG fail, where an earlier failure was reported.
        airflow_url: where Airflow's UI is, for the link; blank for none.
    """
    partial = [row for row in facts.runs if row["newly_rejected"]]
    happened: list[Event] = ["failure"] if failed else []
    happened += ["volume"] if facts.volume else []
    happened += ["drift"] if facts.drift or facts.findings else []
    happened += ["partial_success"] if partial or facts.deferred else []
    if not happened:
        return None
    lines = [_line(row) for row in facts.runs if failed or row in partial]
    lines += _lines(facts, airflow_url)
    without_reason = (facts.exports and not facts.export_reasons) or (facts.imports and not facts.import_reasons)
    if failed and (not lines or without_reason):
        lines += [f"Airflow says: {reason or 'a task failed'}"]
    title = f"still failing, since {since}" if failed and since else _title(happened[0], facts)
    remedy = _remedy(happened[0], facts, rejected=bool(partial))
    places = "sync.runs, sync.checks and sync.drift have"
    if facts.exports or facts.imports:
        places = "export.queue has" if facts.exports else "procore.plan_rows has"
    return Message(
        tuple(happened),
        f"{_subject(dag_id, facts)}: {title}",
        shortened(lines, MAX_LINES, f"{places} the details"),
        remedy,
        dag_link(airflow_url, dag_id, run_id),
        page_address(airflow_url, _place(dag_id, run_id, facts)),
    )


def _title(event: Event, facts: Facts) -> str:
    return _IN_PROCORE_TITLE if event == "drift" and _only_in_procore(facts) else _TITLES[event]


def _only_in_procore(facts: Facts) -> bool:
    return not facts.drift and all(row["kind"] == _PROCORE for row in facts.findings)


def _remedy(event: Event, facts: Facts, *, rejected: bool) -> str:
    if event == "failure" and facts.export_reasons:
        return _EXPORTS
    if event == "failure" and facts.import_reasons:
        return _IMPORTS
    if event == "drift" and _only_in_procore(facts):
        return _IN_PROCORE
    if event != "partial_success" or not facts.deferred:
        return _REMEDIES[event]
    reasons = {row["kind"] for row in facts.deferred}
    parts = [_REMEDIES[event]] if rejected else []
    parts += [_HELD_BACK] if "rejected" in reasons else []
    parts += [_DEFERRED] if "moved" in reasons else []
    return "; ".join(parts)


def _subject(dag_id: str, facts: Facts) -> str:
    about = (*facts.runs, *facts.connections, *facts.findings, *facts.verification, *facts.marts)
    about = (*about, *facts.exports, *facts.imports)
    companies = sorted({row["company_code"] for row in about})
    of = f" of company {', '.join(companies)}" if companies else ""
    return f"{dag_id}{of}"


def _place(dag_id: str, run_id: str, facts: Facts) -> str:
    """What a run is about on the page: its only record that a person must look at, its list, or its object."""
    if dag_id.startswith(dag_ids.EXPORT):
        name = dag_id.removeprefix(dag_ids.EXPORT)
        only = facts.export_reasons[0] if len(facts.export_reasons) == 1 else None
        return record_place(name, _id(only)) if only else list_place("failed", name)
    if is_import(dag_id):
        imported = dag_id.removeprefix(dag_ids.IMPORT) if dag_id.startswith(dag_ids.IMPORT) else None
        return plan_place("results", imported, run=run_id)
    return object_place(dag_id.removeprefix(dag_ids.STAGE)) if dag_id.startswith(dag_ids.STAGE) else "overview"


def _id(row: dict[str, Any]) -> RecordId:
    return RecordId(row["company_code"], row["project_id"], row["record_id"])


def _linked(row: dict[str, Any], airflow_url: str) -> str:
    """Where a record is on the page, before what is wrong with it."""
    address = page_address(airflow_url, record_place(row["object_name"], _id(row)))
    return f"{address}\n  " if address else ""


def _lines(facts: Facts, airflow_url: str) -> list[str]:
    """Everything but what became of each table."""
    lines = [f"{row['table_name']} of company {row['company_code']}: {_check(row)}" for row in facts.volume]
    lines += [
        f"{row['table_name']} of company {row['company_code']}: {row['change']} column {row['column_name']} of"
        f" {row['source_name']}: {row['detail']}"
        for row in facts.drift
    ]
    lines += [
        f"{row['table_name']} of company {row['company_code']}: job {row['job_number'] or '(blank)'}, month"
        f" {row['partition_month'] or '(blank)'}: {_waits(row)}"
        for row in facts.deferred
    ]
    lines += [_check(row) for row in facts.verification]
    lines += [
        f"company {row['company_code']}, {row['kind']} ({row['connection']}): {row['cause']}: {row['reason']}. What to"
        f" do: {row['remedy']}"
        for row in facts.connections
    ]
    lines += [_finding(row) for row in facts.findings]
    lines += [
        f"marts of company {row['company_code']}: {_written(row)}; {row['syncs']} syncs of tables since"
        f" {row['since']:%Y-%m-%d %H:%M} UTC are not in them"
        for row in facts.marts
    ]
    for what, counted in (("records", facts.exports), ("rows of the plan", facts.imports)):
        for company, rows in groupby(counted, key=lambda row: row["company_code"]):
            counts = ", ".join(f"{row['records']} {row['state'].replace('_', ' ')}" for row in rows)
            lines.append(f"{what} of company {company}: {counts}")
    lines += [
        f"{_linked(row, airflow_url)}{row['title']} of company {row['company_code']}: {row['state']};"
        f" {_why(row['reason'], row['remedy']) or 'it was not finished'}"
        for row in facts.export_reasons
    ]
    lines += [
        f"{row['spectrum_key']} {row['title']} of company {row['company_code']}: {_import_reason(row)}"
        for row in facts.import_reasons
    ]
    return lines


def _import_reason(row: dict[str, Any]) -> str:
    """What became of a row that was written, and what to do."""
    if row["differing"]:
        fields = ", ".join(row["differing"])
        return (
            f"Procore holds something else than was sent: {fields}. Look at the record in Procore: a rule or a person"
            " has changed it there"
        )
    return f"{row['state']}; {_why(row['reason'], row['remedy']) or 'it was not finished'}"


def _finding(row: dict[str, Any]) -> str:
    """Something that a check of the connections found."""
    where = f"company {row['company_code']}, {row['kind']}"
    if row["kind"] == _PROCORE:
        told = Reason(row["detail"], row["remedy"]).in_words
        return f"{where}, {row['subject']}, {row['item']}: {told} It affects {row['affects']}"
    return (
        f"{where}: {row['difference']} {row['item'] or 'altogether'} of {row['subject']}. It affects {row['affects']}"
    )


def _waits(row: dict[str, Any]) -> str:
    """Why a job and month was not published."""
    if row["kind"] == "rejected":
        return (
            f"held back, because {row['rejected_rows']} of {row['source_rows']} rows were newly rejected; its last good"
            " version stays"
        )
    return (
        f"{row['source_rows']} rows changed while they were copied, in {row['runs']} runs in a row since"
        f" {row['since']:%Y-%m-%d %H:%M} UTC"
    )


def _written(row: dict[str, Any]) -> str:
    return f"last written {row['written_at']:%Y-%m-%d %H:%M} UTC" if row["written_at"] else "never written"


def _line(row: dict[str, Any]) -> str:
    line = (
        f"{row['table_name']} of company {row['company_code']}: {row['state']}; {row['new_rows']} new,"
        f" {row['changed_rows']} changed, {row['deleted_rows']} deleted, {row['rejected_rows']} rejected"
        f" ({row['newly_rejected']} of them new), {row['deferred_rows']} deferred"
    )
    return f"{line}. {_why(row['message'], row['remedy'])}" if row["message"] else line


def _why(message: str | None, remedy: str | None) -> str:
    """What is wrong and what to do; empty where nothing is."""
    return Reason(message, remedy).in_words if message else ""


def _check(row: dict[str, Any]) -> str:
    """What a check found and what to do."""
    return " ".join(filter(None, (row["message"], row["remedy"])))
