"""The client of the Data Exchange services: what tasks and checks call."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType

import requests

from spectrum_etl.sources.sdx.check import ConnectionCheck, check
from spectrum_etl.sources.sdx.companies import own_companies, shows_company
from spectrum_etl.sources.sdx.connection import SdxConnection
from spectrum_etl.sources.sdx.jobs import read_job_numbers, read_jobs
from spectrum_etl.sources.sdx.phases import read_phases
from spectrum_etl.sources.sdx.services import plain_company
from spectrum_etl.sources.sdx.soap import Soap
from spectrum_etl.sources.sdx.split import cap_reached
from spectrum_etl.sources.sdx.transport import Transport
from spectrum_etl.sources.sdx.vendors import read_vendors

log = logging.getLogger(__name__)


class SdxClient:
    """Reads from one Data Exchange server. A context manager; may be used by several threads.

    Args:
        connection: where to and with what credentials.
        session: to be used instead of one of its own; the caller closes it then.
        attempts: how often a read is tried before it fails.
        first_wait: before the second try, in seconds; it doubles with every further one.
        sleep: waits that many seconds; tests replace it.
    """

    def __init__(
        self,
        connection: SdxConnection,
        session: requests.Session | None = None,
        *,
        attempts: int = 4,
        first_wait: float = 0.5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.connection = connection
        self._transport = Transport(connection, session, attempts, first_wait, sleep)
        self._soap = Soap(self._transport)

    def __enter__(self) -> SdxClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless the session was given."""
        self._transport.close()

    @property
    def soap(self) -> Soap:
        """The SOAP side, for `write`: calls that are sent share its limit, its WSDLs and its GUIDs with the reads."""
        return self._soap

    def call(self, service: str, parameters: dict[str, str]) -> Iterator[dict[str, str]]:
        """One request of a read service, its answer checked to be whole before the first record is given out.

        Args:
            service: name of a read service, `GetCustomers`. Writes are not sent from here: they must not be repeated.
            parameters: those that are not empty, by the names of the service; pCompany_Code among them.

        Returns:
            The records, fields as sent and named as in the service, without the error triple; never None.

        Raises:
            ValueError: the service does not begin with `Get`.
            RetryLater: a passing fault outlasted every try.
            Reauthenticate: the credentials were refused.
            FixConfiguration: connection, service, parameter or permission are wrong.
            StopSync: the answer is or may be incomplete (`split.CapReached` at the cap), or cannot be read.
        """
        if not service.startswith("Get"):
            raise ValueError(f"{service} is not a read service: only those that begin with Get may be retried")
        plain_company(parameters.get("pCompany_Code", ""), service)
        started, calls = time.monotonic(), self._soap.calls
        answer = self._soap.ask(service, parameters)
        if answer.is_suspect(self.connection.row_cap):
            raise cap_reached(service, parameters, answer, self.connection.row_cap)
        log.info(
            "Company %s: %d records by %s; %d calls, %.1f s",
            parameters.get("pCompany_Code"),
            answer.count,
            service,
            self._soap.calls - calls,
            time.monotonic() - started,
        )
        return iter(answer)

    def read_jobs(self, company: str) -> Iterator[dict[str, str]]:
        """All jobs of a company; see `jobs.read_jobs`."""
        return read_jobs(self._soap, company)

    def job_numbers(self, company: str) -> list[str]:
        """The numbers of all jobs of a company; see `jobs.read_job_numbers`."""
        return read_job_numbers(self._soap, company)

    def read_phases(self, company: str, jobs: Iterable[str], enhanced: bool) -> Iterator[dict[str, str]]:
        """All phases of jobs; see `phases.read_phases`."""
        return read_phases(self._soap, company, jobs, enhanced=enhanced)

    def read_vendors(self, company: str) -> Iterator[dict[str, str]]:
        """The active vendors of a company; see `vendors.read_vendors`."""
        return read_vendors(self._transport, company)

    def shows_company(self, company: str) -> bool:
        """Whether the services show anything of a company; see `companies.shows_company`."""
        return shows_company(self._soap, plain_company(company, "GetJob"))

    def own_companies(self) -> list[str]:
        """The companies that the Authorization ID answers for by itself; see `companies.own_companies`."""
        return own_companies(self._soap)

    def check(self, service: str = "GetJob", company: str | None = None) -> ConnectionCheck:
        """Whether a service can be used, and what stands in the way if not; see `check.check`.

        Args:
            service: a read service, or `Vendors`.
            company: company code; by default that of the connection's login.
        """
        return check(self._soap, service, company or self.connection.company_login)
