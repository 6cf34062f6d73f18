"""A writing call from its checked envelope to its records: access, elements, one transaction, journal.

Calls of a company are done one after another, so that two of them never make the same record.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from psycopg import Connection
from psycopg.rows import DictRow

from sandbox.data.written import note_write
from sandbox.sdx.access import Authorization, Guids
from sandbox.sdx.database import Connections
from sandbox.sdx.services import Service
from sandbox.sdx.writes.change_requests import change_request
from sandbox.sdx.writes.checks import check
from sandbox.sdx.writes.jobs import add_job, update_job
from sandbox.sdx.writes.phases import add_phase
from sandbox.sdx.writes.projections import project
from sandbox.sdx.writes.results import Refused, Result, aborted
from sandbox.sdx.writes.subcontracts import update_subcontract, update_subcontract_phase
from sandbox.sdx.writes.vendors import add_vendor, update_vendor
from sandbox.sdx.writes.work import Options, Work

_SERVICES: dict[str, Callable[[Work], None]] = {
    "AddVendor": add_vendor,
    "UpdateVendor": update_vendor,
    "AddJob": add_job,
    "UpdateJob": update_job,
    "AddPhase": add_phase,
    "JobCostProjections": project,
    "UpdateSubcontract": update_subcontract,
    "UpdateSubcontractPhases": update_subcontract_phase,
    "ARChangeRequest": change_request,
}
# Windows-1252, as the varchar columns of Info-Link have it.
_CODE_PAGE = "cp1252"


@dataclass(frozen=True)
class Answer:
    """What a call is answered with, and whether it was done."""

    results: list[Result]
    accepted: bool


def perform(
    connections: Connections,
    service: Service,
    call: Mapping[str, str],
    authorizations: Iterable[Authorization],
    guids: Guids,
    options: Options,
    services_off: frozenset[str],
) -> Answer:
    """Do one SOAP write, or refuse it.

    Args:
        connections: the sandbox database.
        service: what was called.
        call: every declared element by name, as sent.
        authorizations: the Authorization IDs there are.
        guids: the GUIDs used so far.
        options: the installation's habits.
        services_off: services that are off every ID's list for now.

    Returns:
        The records of a refusal; for a call that was done what there is to say about it, mostly nothing.

    Raises:
        psycopg.Error: the database cannot be reached or refuses.
    """

    def work(connection: Connection[DictRow]) -> list[Result]:
        authorization = _authorize(service, call, authorizations, services_off)
        problems = check(service.name, service.declared, call)
        if problems:
            raise Refused(problems)
        company = company_of(call, authorization)
        _check_guid(guids, service, call, authorization)
        done = begin(connection, service, call, company, options)
        _SERVICES[service.name](done)
        return done.notes

    return journaled(connections, service, call, work)


def journaled(
    connections: Connections,
    service: Service,
    told: Mapping[str, object],
    work: Callable[[Connection[DictRow]], list[Result]],
) -> Answer:
    """Do some work in one transaction with its line in the journal; a refusal is noted in one of its own.

    Args:
        connections: the sandbox database.
        service: what was called.
        told: what was sent.
        work: the work; it raises `Refused` to undo itself.
    """
    try:
        with connections.change() as connection:
            results = work(connection)
            note_write(connection, service.name, told, True, results)
    except Refused as refusal:
        with connections.change() as connection:
            note_write(connection, service.name, told, False, refusal.results)
        return Answer(refusal.results, False)
    return Answer(results, True)


def begin(
    connection: Connection[DictRow], service: Service, values: Mapping[str, str], company: str, options: Options
) -> Work:
    """Wait for the company's other writes, then return the work; texts get what the columns' code page lacks as `?`."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('sandbox.writes'), hashtext(%s))", [company])
    row = connection.execute("SELECT value FROM sandbox.state WHERE name = 'as_of'").fetchone()
    today = datetime.now(UTC).date() if row is None else date.fromisoformat(row["value"])
    stored = {name: value.strip().encode(_CODE_PAGE, "replace").decode(_CODE_PAGE) for name, value in values.items()}
    return Work(connection, service, stored, company, today, options)


def company_of(call: Mapping[str, str], authorization: Authorization) -> str:
    """Return the company a call writes to: the ID's first when blank.

    Raises:
        Refused: a company the ID does not have.
    """
    company = call["Company_Code"].strip() or authorization.companies[0]
    if company not in authorization.companies:
        raise aborted(f"Company {company} is not authorized for the Authorization ID", "Company_Code")
    return company


def _authorize(
    service: Service, call: Mapping[str, str], authorizations: Iterable[Authorization], off: frozenset[str]
) -> Authorization:
    known = {authorization.id: authorization for authorization in authorizations}
    found = known.get(call["Authorization_ID"].strip())
    if found is None:
        raise aborted("Authorization ID is not valid", "Authorization_ID")
    if not found.active:
        raise aborted("Authorization ID is not active", "Authorization_ID")
    if service.name in off or not found.allows_service(service.name):
        raise aborted(f"Authorization ID is not authorized for web service {service.name}", "Authorization_ID")
    return found


def _check_guid(guids: Guids, service: Service, call: Mapping[str, str], authorization: Authorization) -> None:
    """One empty row for a GUID used before was seen with reads only."""
    verdict = guids.check(service.name, call["GUID"].strip(), authorization.id, "documented")
    if verdict == "foreign":
        raise aborted("GUID is already in use by another Authorization ID for this service", "GUID")
    if verdict == "expired":
        raise aborted("Time out has occurred", "GUID")
