"""The daily digest: what waits for a person, and objects that are out of date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.model.places import list_place, page_address, plan_place
from spectrum_etl.notify import digest_lines as lines
from spectrum_etl.notify.digest_lines import MAX_RECORDS, State
from spectrum_etl.notify.facts import Rows, read_files
from spectrum_etl.notify.message import MAX_DAILY_LINES, Message, shortened
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from spectrum_etl.warehouse.templates import render


def read_state(url: str, companies: Sequence[str]) -> State:
    """Read it from the warehouse.

    Args:
        url: the warehouse.
        companies: those of the settings; what others left behind waits for nobody.

    Raises:
        SpectrumEtlError: the warehouse cannot be asked.
    """
    with connect(url) as connection:
        connection.autocommit = True
        migrate(connection)
        values = {"companies": list(companies), "max_records": MAX_RECORDS}
        return State(**read_files(connection, [field.name for field in fields(State)], values))


def remember_notified(url: str, state: State) -> None:
    """Keep what was reported, after people got the message: it is not reported again.

    Args:
        url: the warehouse.
        state: what the digest was made of.

    Raises:
        SpectrumEtlError: the warehouse cannot be asked.
    """
    if not state.after_close:
        return
    with connect(url) as connection:
        connection.autocommit = True
        connection.execute(
            render("notify/told_after_close.sql"),
            {
                "companies": [row["company_code"] for row in state.after_close],
                "moments": [row["written_until"] for row in state.after_close],
            },
        )


def digest_message(
    state: State, stale: list[str], wrong: Sequence[SpectrumEtlError] = (), airflow_url: str = ""
) -> Message | None:
    """The digest; None where nothing waits for anybody.

    Args:
        state: what there is to tell.
        stale: what `stale.stale_lines` gives.
        wrong: what is wrong in the Airflow Variable `spectrum_schedules`.
        airflow_url: where Airflow's UI is, for links to the page; blank for none.
    """
    parts = (
        ("Exports", lines.approvals(state), _sum(state.approvals, "records"), "exports wait"),
        *lines.records(state, airflow_url),
        (
            "Into Procore",
            lines.plans(state, airflow_url),
            _sum(state.plans, "records"),
            "rows of plans into Procore wait",
        ),
        _counted(
            "Creators not notified",
            lines.unnotified_creators(state, airflow_url),
            "creators were not notified of a rejection",
        ),
        (
            "Changed after the export",
            lines.changed_exports(state, airflow_url),
            _sum(state.changed_exports, "records"),
            "exported records differ",
        ),
        _counted("Shared numbers", lines.shared_numbers(state), "numbers are shared"),
        ("Rejected rows", lines.rejected_rows(state), _sum(state.rejected, "rejected"), "rows are rejected"),
        ("Held back", lines.held_back(state), _sum(state.held_back, "partitions"), "jobs and months are held back"),
        (
            "Closed months",
            lines.after_close(state),
            _sum(state.after_close, "new_changes"),
            "postings in closed months",
        ),
        ("Changed columns", lines.open_drift(state), _sum(state.open_drift, "differences"), "columns differ"),
        _counted("In Procore", lines.in_procore(state), "things have to be done in Procore"),
        _counted("Out of date", stale, "objects are out of date"),
        _counted("Schedules", [str(error) for error in wrong], "schedules are wrong"),
    )
    shown: list[str] = []
    for heading, part, _, _ in parts:
        if part:
            shown += [f"{heading}:", *(f"- {line}" for line in part)]
    if not shown:
        return None
    title = "Daily digest: " + ", ".join(f"{count} {what}" for _, _, count, what in parts if count)
    remedy = (
        "answer what waits on the page ERP Integrations or in Airflow's required actions; correct rejected rows in"
        " Spectrum, the next sync takes them; compare changed columns with the mapping in the documentation"
    )
    text = shortened(shown, MAX_DAILY_LINES, "the page ERP Integrations shows everything")
    place = list_place("waiting") if state.approvals else plan_place("decide") if state.plans else "overview"
    return Message(("digest",), title, text, remedy, page=page_address(airflow_url, place))


def _counted(heading: str, part: list[str], what: str) -> tuple[str, list[str], int, str]:
    """A part of which every line counts."""
    return heading, part, len(part), what


def _sum(rows: Rows, name: str) -> int:
    return sum(row[name] for row in rows)
