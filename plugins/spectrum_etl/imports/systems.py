"""What an import works with: Procore and the warehouse. Made by tasks from Airflow connections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from spectrum_etl.model.run import Run
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.warehouse.connect import warehouse_url


@dataclass(frozen=True)
class Systems:
    """The systems of one company.

    Args:
        url: the warehouse.
        settings: all settings.
        company: whose records.
        procore: client of the company's Procore.
        run: who works.
    """

    url: str
    settings: Settings
    company: Company
    procore: ProcoreClient
    run: Run

    @property
    def own_marks(self) -> list[str]:
        """What origin ids of this package begin with, of every company that has the same Procore company."""
        codes = [
            each.code for each in self.settings.companies if each.procore_company_id == self.company.procore_company_id
        ]
        return [mark for code in codes for mark in (f"spectrum:{code}:", f"{code}:")]


@contextmanager
def systems_from_airflow(company_code: str, settings: Settings, run: Run) -> Iterator[Systems]:
    """The systems of a company from the Airflow connections that the settings name; closed at the end.

    Raises:
        FixConfiguration: the company has no Procore company, or a connection is missing or wrong.
    """
    from spectrum_etl.sources.company import open_procore

    company = settings.company(company_code)
    with open_procore(company) as procore:
        yield Systems(warehouse_url(), settings, company, procore, run)
