"""A SOAP read from its checked envelope to its records: access, parameters, rows, cap. Used by the server."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.data.tables import NOTHING
from sandbox.sdx.access import Authorization, Guids
from sandbox.sdx.database import Connections
from sandbox.sdx.envelope import Record, error_record
from sandbox.sdx.job_reads import read_jobs
from sandbox.sdx.phase_reads import read_phases
from sandbox.sdx.services import Service
from sandbox.sdx.superselect import SuperSelectError, parse


@dataclass(frozen=True)
class Limits:
    """What an installation sets: most rows of an answer (0 is no limit), whether a cut answer says so, and how many
    dollars GetPhase's projected costs are above what their rows add up to.
    """

    rows: int = 500
    warning: bool = True
    projected_more: int = 0


class Refusal(Exception):
    """A call that is answered with one error row (code E or I) and HTTP status 200."""

    def __init__(self, code: str, description: str, column: str) -> None:
        super().__init__(description)
        self.record = error_record(code, description, column)


def read(
    connections: Connections,
    service: Service,
    call: dict[str, str],
    authorizations: Iterable[Authorization],
    guids: Guids,
    limits: Limits,
    services_off: frozenset[str] = frozenset(),
) -> list[Record]:
    """Answer one read.

    Args:
        connections: the sandbox database.
        service: what was called.
        call: every declared parameter by name.
        authorizations: the Authorization IDs there are.
        guids: the GUIDs used so far.
        limits: the row cap.
        services_off: services that are off every ID's list for now.

    Returns:
        The records; one with an error row when the call is refused.

    Raises:
        psycopg.Error: the database cannot be read.
    """
    try:
        authorization = _authorize(service, call, authorizations, services_off)
        _check_parameters(service, call)
        companies = _companies(call, authorization)
        verdict = guids.check(service.name, call["GUID"].strip(), authorization.id)
        if verdict == "foreign":
            raise Refusal("E", "GUID is already in use by another Authorization ID for this service", "GUID")
        if verdict == "expired":
            raise Refusal("E", "Time out has occurred", "GUID")
        if verdict == "empty":
            return [{}]
        limit = limits.rows + 1 if limits.rows else None
        with connections.snapshot() as connection:
            if service.name.startswith("GetPhase"):
                rows = read_phases(connection, call, companies, limit, limits.projected_more)
            else:
                rows = read_jobs(connection, service, call, companies, limit)
    except Refusal as refusal:
        return [refusal.record]
    records: list[Record] = [_record(service, row) for row in rows[: limits.rows or None]]
    if limits.rows and len(rows) > limits.rows and limits.warning:
        text = f"Number of records exceeds maximum of {limits.rows}. Refine your selection."
        records.append(error_record("W", text))
    return records


def _authorize(
    service: Service, call: dict[str, str], authorizations: Iterable[Authorization], off: frozenset[str]
) -> Authorization:
    known = {authorization.id: authorization for authorization in authorizations}
    found = known.get(call["Authorization_ID"].strip())
    if found is None:
        raise Refusal("E", "Authorization ID is not valid", "Authorization_ID")
    if not found.active:
        raise Refusal("E", "Authorization ID is not active", "Authorization_ID")
    if service.name in off or not found.allows_service(service.name):
        raise Refusal("E", f"Authorization ID is not authorized for web service {service.name}", "Authorization_ID")
    return found


def _check_parameters(service: Service, call: dict[str, str]) -> None:
    for parameter in service.declared:
        value = call[parameter.name]
        if len(value) > parameter.width:
            text = f"{parameter.name} has {len(value)} characters, the maximum is {parameter.width}"
            raise Refusal("I", text, parameter.name)
        if parameter.values and value.strip() and value.strip() not in parameter.values:
            allowed = ", ".join(each for each in parameter.values if each)
            raise Refusal("I", f"{parameter.name} must be blank or one of {allowed}", parameter.name)
        if parameter.superselect:
            try:
                parse(value)
            except SuperSelectError as error:
                raise Refusal("I", f"{parameter.name}: {error}", parameter.name) from error


def _companies(call: dict[str, str], authorization: Authorization) -> list[str]:
    """The companies a call reads: the ID's first when blank, never one the ID does not have."""
    text = call["pCompany_Code"].strip()
    if not text:
        return [authorization.companies[0]]
    selection = parse(text)
    if selection.exact is not None and selection.exact not in authorization.companies:
        raise Refusal("E", f"Company {selection.exact} is not authorized for the Authorization ID", "pCompany_Code")
    return [company for company in authorization.companies if selection.matches(company)]


def _record(service: Service, row: dict[str, Any]) -> Record:
    return {field.name: _render(field.name, row.get(field.name)) for field in service.fields}


def _render(name: str, value: Any) -> str:
    if value is None or value == NOTHING:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%m/%d/%Y")
    if isinstance(value, Decimal):
        places = Decimal("0.000001") if name in {"Latitude", "Longitude"} else Decimal("0.01")
        return str(value.quantize(places))
    return str(value)
