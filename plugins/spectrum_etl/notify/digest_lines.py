"""What the daily digest reports, and its lines: a function for each of its parts. `digest` puts them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from spectrum_etl.errors import Reason
from spectrum_etl.model.places import list_place, page_address, plan_place, record_place
from spectrum_etl.model.record import RecordId
from spectrum_etl.notify.facts import Rows

#: Records that are named of each kind; the page has all.
MAX_RECORDS = 10
#: What the records of each kind wait for, by the list of the page that has them.
_KINDS = {"waiting": "Wait for approval", "failed": "Cannot be exported", "sending": "Stand still"}
_STUCK = "if no run is open, trigger the export: it continues"
_WORDS = {
    "queued": "queued: trigger the export again, the run before was full",
    "waiting": "waiting for an approver's answer",
    "ready": "ready: the next run of the export asks",
    "sending": f"accepted and being sent; {_STUCK}",
    "unknown": "sent, but the answer was lost; the export looks it up",
    "sent": f"sent and not read back; {_STUCK}",
    "confirmed": f"read back and not linked; {_STUCK}",
    "failed": "failed; export.queue has the reasons",
}
#: What rows of plans into Procore wait for, in the order in which they are shown, and the page's list that has them.
_PLANS = {
    "undecided": ("wait for a decision", "decide"),
    "conflict": ("were changed in Spectrum and in Procore: somebody has to decide which counts", "decide"),
    "undo": ("would be undone: accept that, or keep what the run has done", "decide"),
    "accepted": ("are accepted and not in Procore yet: the next run of the import applies them", "accepted"),
    "permission": ("wait until the service account is added to them in Procore", "accepted"),
    "hidden": ("are linked and not shown to the service account: add it to them in Procore", "blocked"),
    "standing": ("were sent and have no outcome; the next run of the import looks them up", "accepted"),
    "failed": ("were refused by Procore; the next plan offers them again", "results"),
    "refused": ("are refused before they are sent, by what Spectrum holds", "blocked"),
    "gone": ("are linked to something that no longer exists", "blocked"),
}


@dataclass(frozen=True)
class State:
    """What there is to report; each field is what the file of its name in `include/sql/notify` finds.

    Args:
        approvals: records of the export queue that wait for somebody, by object, company and state.
        changed_exports: exported records that differ in Procore now, by object and company.
        shared_numbers: numbers of Spectrum that two records had before there were claims.
        rejected: rows that are rejected now, by table and company.
        open_drift: columns that differ from what is known of them, by table and company.
        freshness: when each object of a company was last read, and the warehouse's clock.
        records: the first records of the export queue that wait for somebody, of each kind.
        held_back: jobs and months that are not published because too many of their rows are rejected, by table and
            company.
        after_close: closed months of which the marts have got changes since the last digest, by company.
        plans: rows of the open plans into Procore that wait for somebody, by object, company and what they wait for.
        open_findings: what has to be done in Procore, by the last check of the connections.
        unnotified_creators: rejections since the digest of yesterday whose creators in Procore no e-mail has reached.
    """

    approvals: Rows
    changed_exports: Rows
    shared_numbers: Rows
    rejected: Rows
    open_drift: Rows
    freshness: Rows
    records: Rows = field(default_factory=list)
    held_back: Rows = field(default_factory=list)
    after_close: Rows = field(default_factory=list)
    unnotified_creators: Rows = field(default_factory=list)
    plans: Rows = field(default_factory=list)
    open_findings: Rows = field(default_factory=list)


def approvals(state: State) -> list[str]:
    """Records of the export queue that wait for somebody, counted by object, company and state."""
    return [
        f"export of {row['object_name']}, company {row['company_code']}: {row['records']} {_WORDS[row['state']]}"
        f" {_since(row)}"
        for row in state.approvals
    ]


def changed_exports(state: State, airflow_url: str) -> list[str]:
    """Exported records that were changed in Procore since."""
    return [
        f"{row['object_name']}, company {row['company_code']}: {row['records']} exported records were changed in"
        f" Procore {_since(row)}; export.drift says what to do"
        f" {page_address(airflow_url, list_place('synced', row['object_name'], changed=True))}".rstrip()
        for row in state.changed_exports
    ]


def shared_numbers(state: State) -> list[str]:
    """Numbers of Spectrum that two records have."""
    return [
        f"company {row['company_code']}: {row['space']} {row['key']} belongs to {row['title']}, and to"
        f" {row['other_title']} as well; docs/exports.md says what to do"
        for row in state.shared_numbers
    ]


def rejected_rows(state: State) -> list[str]:
    """Rows that are rejected now."""
    return [
        f"{row['table_name']} of company {row['company_code']}: {row['rejected']} rows rejected {_since(row)},"
        f" most of them because: {row['reason']}"
        for row in state.rejected
    ]


def held_back(state: State) -> list[str]:
    """Jobs and months that are not published."""
    return [
        f"{row['table_name']} of company {row['company_code']}: {row['partitions']} jobs and months with"
        f" {row['source_rows']} rows are held back {_since(row)}: {_first_ones(row, 'partitions')}."
        " Too many of their rows are rejected: correct them in Spectrum, or trigger the DAG and allow newly"
        " rejected rows in its form"
        for row in state.held_back
    ]


def open_drift(state: State) -> list[str]:
    """Columns of Spectrum that differ from what is known of them."""
    return [
        f"{row['table_name']} of company {row['company_code']}: {row['differences']} columns of Spectrum differ"
        f" {_since(row)}: {_first_ones(row, 'differences', ', ')}; sync.drift says what each affects"
        for row in state.open_drift
    ]


def after_close(state: State) -> list[str]:
    """Closed months that have changed."""
    return [
        f"{row['closed_month']:%Y-%m} of company {row['company_code']}: {row['new_changes']} postings were posted,"
        f" changed or deleted, which changes its cost by {row['new_amount']:+,.2f}; since it was closed on"
        f" {row['closed_at']:%Y-%m-%d} {row['changes']}, by {row['amount']:+,.2f}; marts.after_close has them"
        for row in state.after_close
    ]


def in_procore(state: State) -> list[str]:
    """What has to be done in Procore."""
    return [
        f"company {row['company_code']}, {row['subject']}, {row['item']}:"
        f" {Reason(row['detail'], row['remedy']).in_words}" + (" It stops what is in use." if row["stops"] else "")
        for row in state.open_findings
    ]


def records(state: State, airflow_url: str) -> list[tuple[str, list[str], int, str]]:
    """The records by name, a part a kind: in the digest's title count only those that no other part counts."""
    failed = sum(row["records"] for row in state.approvals if row["state"] == "failed")
    found = []
    for kind, heading in _KINDS.items():
        rows = [row for row in state.records if row["kind"] == kind]
        if not rows:
            continue
        count = rows[0]["records"]
        lines = [_record(row, airflow_url) for row in rows]
        if count > len(rows):
            lines.append(f"and {count - len(rows)} more {page_address(airflow_url, list_place(kind))}".rstrip())
        found.append((heading, lines, count - failed if kind == "failed" else 0, "records are not ready"))
    return found


def plans(state: State, airflow_url: str) -> list[str]:
    """What waits of the plans into Procore, the first ones by name."""
    order = list(_PLANS)
    lines = []
    for row in sorted(state.plans, key=lambda row: order.index(row["waits_for"])):
        said, group = _PLANS[row["waits_for"]]
        address = page_address(airflow_url, plan_place(group, row["object_name"]))
        lines.append(
            f"import of {row['object_name']}, company {row['company_code']}: {row['records']} {said}"
            f" {_since(row)}: {_first_ones(row, 'records')} {address}".rstrip()
        )
    return lines


def unnotified_creators(state: State, airflow_url: str) -> list[str]:
    """Creators of rejected records who were not notified, so that an approver can do it."""
    lines = []
    for row in state.unnotified_creators:
        id = RecordId(row["company_code"], row["project_id"], row["record_id"])
        address = page_address(airflow_url, record_place(row["object_name"], id))
        why = (
            row["problem"]
            or "the task ended while it was notifying them, so it is not known whether the e-mail was sent"
        )
        who = row["creator"] or "its creator"
        lines.append(f"{address} {row['title']}, rejected {row['answered_at']:%Y-%m-%d}: {who}: {why}".strip())
    return lines


def _since(row: dict[str, Any]) -> str:
    return f"(since {row['since']:%Y-%m-%d})"


def _first_ones(row: dict[str, Any], count: str, between: str = "; ") -> str:
    """The first ones by name, and that there are more where the column `count` says so."""
    more = ["..."] if row[count] > len(row["first_ones"]) else []
    return between.join([*row["first_ones"], *more])


def _record(row: dict[str, Any], airflow_url: str) -> str:
    """One record: its link, its name, its amounts, since when and why."""
    id = RecordId(row["company_code"], row["project_id"], row["record_id"])
    address = page_address(airflow_url, record_place(row["object_name"], id))
    amounts = [f"{total['label'].lower()} {Decimal(total['amount']):,.2f}" for total in row["totals"] or ()]
    told = ", ".join((row["title"], f"company {row['company_code']}", *amounts, f"since {row['changed_at']:%Y-%m-%d}"))
    return " ".join(filter(None, (address, told + (f": {row['why']}" if row["why"] else ""))))
