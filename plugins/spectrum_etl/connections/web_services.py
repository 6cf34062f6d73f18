"""Checks Spectrum's web services: those that read are asked, those that write only looked up.

Nothing is ever executed that writes: of those services only the WSDL is fetched, so whether the Authorization ID may
call them shows with the first export.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from spectrum_etl.connections.expected import CREDENTIALS, LEFT_OUT, READS, Parameter, ReadService, WriteService, writes
from spectrum_etl.connections.result import Checked, CheckedService, Finding, ServiceState
from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.faults import ServiceMissing
from spectrum_etl.sources.sdx.check import ConnectionCheck
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.sources.sdx.connection import SdxConnection
from spectrum_etl.staging.companies import companies_to_name, unknown_to_web_services

log = logging.getLogger(__name__)

_WHERE = " (where they are read by web services)"
#: Causes that would meet every service again.
_OF_THE_SERVER = frozenset(
    {"unknown host", "address not allowed", "no answer", "certificate", "wrong credentials", "unknown company"}
)
#: Causes of a single service, and what they make of it.
_OF_ONE_SERVICE: dict[str, ServiceState] = {"service not enabled": "Not enabled", "service missing": "Missing"}
#: A second try tells a hiccup from a fault; more would keep the check waiting for a dead server.
ATTEMPTS = 2


def check_web_services(company: Company, connection: SdxConnection, settings: Settings) -> Checked:
    """Ask every service for something that has to exist, and compare what is declared with what is expected.

    Args:
        company: whose; its `sdx_conn_id` is set.
        connection: where to.
        settings: say which services are needed.

    Returns:
        Not connected where no service answers, or one that the settings need does not; with all services.
    """
    with SdxClient(connection, attempts=ATTEMPTS) as client:
        return _Check(company, client, settings).run()


class _Check:
    def __init__(self, company: Company, client: SdxClient, settings: Settings) -> None:
        self.company, self.client, self.settings = company, client, settings
        self.findings: list[Finding] = []
        self.services: list[CheckedService] = []
        self.stopped: ConnectionCheck | None = None
        self.failed: dict[str, ConnectionCheck] = {}
        self.no_jobs: ConnectionCheck | None = None
        self.shows_rows = False

    def run(self) -> Checked:
        # What is needed goes first: if nothing answers, the reason is that of a service that matters.
        for read in sorted(READS, key=lambda read: not read.needed(self.settings)):
            self.services.append(self._read(read))
        if self.stopped is None and not any(service.status == "Enabled" for service in self.services):
            self.stopped = next(iter(self.failed.values()))
        if self.stopped and self.stopped.cause == "unknown company" and (own := companies_to_name(self.client)):
            reason = f"{self.stopped.reason} (the Authorization ID is for {', '.join(own)})"
            self.stopped = replace(self.stopped, reason=reason)
        for write in writes(self.company):
            self.services.append(self._write(write))
        broken = self.stopped or self._lacking() or self._without_jobs()
        told = (broken.cause, broken.reason, broken.remedy) if broken else ("", "", "")
        findings = None if self.stopped else tuple(self.findings)
        conn_id = self.company.sdx_conn_id or ""
        return Checked(self.company.code, conn_id, "web services", *told, tuple(self.services), findings)

    def _read(self, read: ReadService) -> CheckedService:
        needed, used_by = read.needed(self.settings), ", ".join(read.tables)
        if self.stopped:
            return CheckedService(read.name, "reads", needed, used_by, "Not checked", self.stopped.reason)
        found = self.client.check(read.name, self.company.code)
        self.shows_rows = self.shows_rows or found.status == "Connected"
        if found.status == "Connected" or found.cause == "no rows":
            # A company may well have no vendors yet, and a new one no jobs.
            self.no_jobs = found if found.cause and read.name == "GetJob" else self.no_jobs
            self._compare(read.name, read.parameters, frozenset(), f"{used_by}{_WHERE}")
            return CheckedService(read.name, "reads", needed, used_by, "Enabled", found.reason, found.remedy)
        self.failed[read.name] = found
        if found.cause in _OF_THE_SERVER:
            self.stopped = found
        else:
            self._compare_if_declared(read, used_by)
        status = _OF_ONE_SERVICE.get(found.cause, "Not checked")
        return CheckedService(read.name, "reads", needed, used_by, status, found.reason, found.remedy)

    def _compare_if_declared(self, read: ReadService, used_by: str) -> None:
        """Where a call was refused, what its WSDL declares may be why."""
        try:
            self._compare(read.name, read.parameters, frozenset(), f"{used_by}{_WHERE}")
        except SpectrumEtlError:
            log.info("%s: its WSDL could not be compared; the service's reason says why", read.name)

    def _write(self, write: WriteService) -> CheckedService:
        used_by = ", ".join(write.exports)
        if self.stopped:
            return CheckedService(write.name, "writes", write.needed, used_by, "Not checked", self.stopped.reason)
        try:
            self._compare(write.name, write.parameters, LEFT_OUT.get(write.name, frozenset()), used_by)
        except ServiceMissing as error:
            return CheckedService(
                write.name, "writes", write.needed, used_by, "Missing", error.message, error.remedy or ""
            )
        except SpectrumEtlError as error:
            return CheckedService(
                write.name, "writes", write.needed, used_by, "Not checked", error.message, error.remedy or ""
            )
        return CheckedService(write.name, "writes", write.needed, used_by, "Declared")

    def _without_jobs(self) -> ConnectionCheck | None:
        """Why no service shows anything: a wrong company code as a rule, or a login that may not see the company."""
        if self.no_jobs is None or self.shows_rows:
            return None
        unknown = unknown_to_web_services(self.client, self.company.code)
        if unknown is None:
            return self.no_jobs
        return ConnectionCheck("Not connected", "unknown company", unknown.sentence, unknown.remedy or "")

    def _lacking(self) -> ConnectionCheck | None:
        """Why the settings cannot be carried out, though the server answers."""
        lacking = [s for s in self.services if s.direction == "reads" and s.needed and s.status != "Enabled"]
        if not lacking:
            return None
        first, names = lacking[0], ", ".join(service.name for service in lacking)
        cause = self.failed[first.name].cause
        reason = f"{names}: {first.reason}; without it {first.used_by} cannot be read"
        remedy = f"{first.remedy.rstrip('.')}; or read what it gives by Info-Link (readers in include/settings.yaml)"
        return ConnectionCheck("Not connected", cause, reason, remedy)

    def _compare(self, service: str, expected: Iterable[Parameter], known: frozenset[str], used_by: str) -> None:
        """Note where the WSDL differs from what is expected; names are compared without regard to case, as in calls."""
        parameters = {parameter.name.casefold(): parameter for parameter in expected}
        if not parameters:
            return
        declared = {name.casefold(): name for name in self.client.soap.declaration(service).parameters}
        for key, parameter in parameters.items():
            if key not in declared:
                effect = "cannot run without it" if parameter.stops else parameter.without
                detail = "the WSDL does not declare it"
                affects = f"{used_by}: {effect}"
                self.findings.append(Finding(service, parameter.name, "missing", parameter.stops, detail, affects))
        expected_names = parameters.keys() | {name.casefold() for name in CREDENTIALS | known}
        for key in sorted(declared.keys() - expected_names):
            detail = "the WSDL declares it, and it is not documented"
            affects = f"{used_by}: nothing; it is sent empty"
            self.findings.append(Finding(service, declared[key], "new", False, detail, affects))
