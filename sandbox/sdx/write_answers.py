"""Answers the writing services over HTTP: SOAP and the REST import of schedules, with switched-on faults."""

import json
import time
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.calls import Entry, without_secrets
from sandbox.sdx import answers
from sandbox.sdx.access import Installation
from sandbox.sdx.database import Connections
from sandbox.sdx.envelope import CallError, read_call, write_fault, write_results
from sandbox.sdx.lines import Lines
from sandbox.sdx.login import rest_authorization
from sandbox.sdx.services import WRITE_ERROR_FIELDS, Service
from sandbox.sdx.switches import Damage, Switches, WriteDamage
from sandbox.sdx.writes.checks import check
from sandbox.sdx.writes.perform import Answer, begin, journaled, perform
from sandbox.sdx.writes.results import Refused, Result
from sandbox.sdx.writes.schedules import import_schedule

_FAULT = "Error executing Web Service"


class WriteAnswers:
    """Answers the services that write.

    Args:
        connections: the sandbox database.
        installation: Authorization IDs and GUIDs.
        switches: the faults.
        lines: the server's open connections.
    """

    def __init__(self, connections: Connections, installation: Installation, switches: Switches, lines: Lines) -> None:
        self._connections = connections
        self._installation = installation
        self._switches = switches
        self._lines = lines

    def soap(self, service: Service, _: Request, body: bytes, entry: Entry, damage: Damage) -> Response:
        """Answer a SOAP call."""
        try:
            call = read_call(body, service)
            entry["parameters"] = without_secrets(call)
            if damage.server_fault:
                raise CallError(_FAULT, "SOAP-ENV:Server")
        except CallError as error:
            return _soap_fault(str(error), error.code)
        due = self._switches.write_damage(service.name)
        if due.before:
            return _ended(due.before)
        time.sleep(due.late_seconds)
        answer = perform(
            self._connections,
            service,
            call,
            self._installation.authorizations,
            self._installation.guids,
            self._switches.write_options(),
            self._switches.services_off(),
        )
        content = write_results(service, self._records(service, call[service.parameters[1].name].strip(), answer))
        if damage.cut_tail:
            content = answers.cut_tail(content)
        if damage.cut_record:
            content = answers.cut_record(content)
        return self._sent(Response(content, media_type=answers.XML), due)

    def schedule(self, service: Service, request: Request, body: bytes, entry: Entry, damage: Damage) -> Response:
        """Answer the REST import of schedules of values; all contracts of a body are written, or none."""
        if damage.server_fault:
            return Response(_FAULT, 500, media_type="text/plain")
        try:
            contracts = _contracts(body)
        except ValueError as error:
            return answers.rest_error(400, "I", str(error), "contracts")
        entry["parameters"] = {"contracts": json.loads(json.dumps(contracts, default=str))}
        off = self._switches.services_off()
        for contract in contracts:
            company = str(contract.get("Company_Code") or "").strip()
            login = rest_authorization(request, service, company, self._installation.authorizations, off)
            if isinstance(login, Response):
                return login
        due = self._switches.write_damage(service.name)
        if due.before:
            return _ended(due.before, soap=False)
        time.sleep(due.late_seconds)

        def work(connection: Connection[DictRow]) -> list[Result]:
            for contract in contracts:
                codes = {each.name: str(contract.get(each.name) or "") for each in service.parameters}
                problems = check(service.name, service.parameters, codes)
                if problems:
                    raise Refused(problems)
                company = codes["Company_Code"].strip()
                call = begin(connection, service, codes, company, self._switches.write_options())
                import_schedule(call, contract)
            return []

        answer = journaled(self._connections, service, entry["parameters"], work)
        records = self._records(service, str(contracts[0].get("Job_Number") or ""), answer)
        content = {"response": [dict(zip(WRITE_ERROR_FIELDS, record, strict=True)) for record in records]}
        return self._sent(JSONResponse(content), due, soap=False)

    def _records(self, service: Service, key: str, answer: Answer) -> list[Result]:
        """The records of an answer; a success with nothing to say has one of the forms that are expected."""
        if answer.results or not answer.accepted:
            return answer.results
        form = self._switches.success()
        if form == "empty":
            return []
        if form == "good":
            return [Result("G", key, service.parameters[-1 if service.lines else 1].name)]
        return [Result("", "", "")]

    def _sent(self, response: Response, due: WriteDamage, soap: bool = True) -> Response:
        time.sleep(due.slow_seconds)
        if due.after == "lost":
            return answers.LostAnswer(self._lines)
        if due.after == "cut":
            body = bytes(response.body)
            return Response(body[: len(body) * 2 // 3], media_type=response.media_type)
        return _ended(due.after, soap) if due.after else response


def _ended(how: str, soap: bool = True) -> Response:
    if how == "fault":
        return _soap_fault(_FAULT, "SOAP-ENV:Server") if soap else Response(_FAULT, 500, media_type="text/plain")
    return Response("Internal Server Error", 500, media_type="text/plain")


def _soap_fault(text: str, code: str) -> Response:
    return Response(write_fault(code, text), 500, media_type=answers.XML)


def _contracts(body: bytes) -> list[dict[str, Any]]:
    """The contracts of a body, amounts without passing through floating point.

    Raises:
        ValueError: the body is not what it should be.
    """
    content = json.loads(body, parse_float=Decimal)
    contracts = content.get("contracts") if isinstance(content, dict) else None
    if not isinstance(contracts, list) or not contracts or not all(isinstance(each, dict) for each in contracts):
        raise ValueError("the body must be an object with a list of contracts")
    return contracts
