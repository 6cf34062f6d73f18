"""The sources of one company, opened when first needed; tasks make them from Airflow connections, tests directly."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType

from spectrum_etl.credentials import airflow_connection
from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings import COUNTED_CHANGE_TYPES, Company, Settings
from spectrum_etl.settings.infolink import SiteNames
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.connection import ProcoreConnection
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.sources.sdx.connection import SdxConnection


def open_procore(company: Company) -> ProcoreClient:
    """The client of a company's Procore, from the Airflow connection that the settings name. Close it when done.

    Raises:
        FixConfiguration: the company has no Procore company, or the connection is missing or wrong.
    """
    if company.procore_company_id is None:
        raise FixConfiguration(
            "the company has no Procore company, so nothing can be exported from there or imported there",
            company=company.code,
            field="procore_company_id",
            remedy="set procore_company_id of this company in include/settings.yaml",
        )
    connection = ProcoreConnection.from_airflow(airflow_connection(company.procore_conn_id))
    return ProcoreClient(connection, str(company.procore_company_id))


def infolink_connection(company: Company) -> InfoLinkConnection | None:
    """Where the company's Info-Link is, from the Airflow connection that the settings name; None where it has none.

    Raises:
        FixConfiguration: the connection is missing, or says something that is not allowed.
    """
    if company.infolink_conn_id is None:
        return None
    return InfoLinkConnection.from_airflow(airflow_connection(company.infolink_conn_id))


class Sources:
    """Info-Link and the web services of one company. A context manager: what was opened is closed at its end.

    Args:
        company: whose data.
        infolink: where Info-Link is; None where the company has none.
        sdx: where the web services are; None where the company has none.
        change_types: types of change request statuses that count towards the estimate.
        names: what the company's Info-Link calls otherwise (`InfoLinkSettings.of`).
    """

    def __init__(
        self,
        company: Company,
        *,
        infolink: InfoLinkConnection | None = None,
        sdx: SdxConnection | None = None,
        change_types: tuple[str, ...] = COUNTED_CHANGE_TYPES,
        names: Mapping[str, SiteNames] | None = None,
    ) -> None:
        self.company = company
        self._names = names
        self._change_types = change_types
        self._infolink_connection = infolink
        self._sdx_connection = sdx
        self._infolink: InfoLinkReader | None = None
        self._sdx: SdxClient | None = None
        self._stack = ExitStack()

    @classmethod
    def from_airflow(cls, company_code: str, settings: Settings) -> Sources:
        """From the Airflow connections that the settings name for a company.

        Raises:
            FixConfiguration: a connection is missing, or says something that is not allowed.
        """
        company = settings.company(company_code)
        infolink = infolink_connection(company)
        sdx = company.sdx_conn_id and SdxConnection.from_airflow(airflow_connection(company.sdx_conn_id))
        types, names = settings.estimate_change_types, settings.infolink.of(company.code)
        return cls(company, infolink=infolink, sdx=sdx or None, change_types=types, names=names)

    @property
    def has_infolink(self) -> bool:
        """Whether the company has an Info-Link."""
        return self._infolink_connection is not None

    @property
    def infolink_server(self) -> str | None:
        """Stands for the server of the company's Info-Link (`InfoLinkConnection.server`); None where it has none."""
        return self._infolink_connection.server if self._infolink_connection else None

    @property
    def has_sdx(self) -> bool:
        """Whether the company has the web services."""
        return self._sdx is not None or self._sdx_connection is not None

    @property
    def infolink(self) -> InfoLinkReader:
        """The reader of the company's Info-Link.

        Raises:
            FixConfiguration: the company has none.
        """
        if self._infolink is None:
            if self._infolink_connection is None:
                raise self._missing("infolink_conn_id", "Info-Link")
            written = {self.company.code: self.company.written}
            reader = InfoLinkReader(self._infolink_connection, self._change_types, self._names, written)
            self._infolink = self._stack.enter_context(reader)
        return self._infolink

    @property
    def sdx(self) -> SdxClient:
        """The client of the company's web services.

        Raises:
            FixConfiguration: the company has none.
        """
        if self._sdx is None:
            if self._sdx_connection is None:
                raise self._missing("sdx_conn_id", "the Data Exchange web services")
            self._sdx = self._stack.enter_context(SdxClient(self._sdx_connection))
        return self._sdx

    def __enter__(self) -> Sources:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _missing(self, setting: str, what: str) -> FixConfiguration:
        return FixConfiguration(
            f"the company has no {what}, and this object is read from there",
            company=self.company.code,
            field=setting,
            remedy=f"name the Airflow connection as {setting} of this company in include/settings.yaml, or choose the"
            " other reader there",
        )
