"""What an export works with: Procore, Spectrum, the warehouse. Made by tasks from Airflow connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import psycopg

from spectrum_etl.exports.spec import Context
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.links.pairs import Links
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.sdx.write_answer import WriteAnswer


class Writer(Protocol):
    """Calls Spectrum's writing services; `sources.sdx.write.SpectrumWriter`."""

    def write(self, service: str, parameters: Mapping[str, str]) -> WriteAnswer:
        """One call.

        Returns:
            What Spectrum answered; its text goes to the ledger.

        Raises:
            NotSent: it surely was not executed.
            OutcomeUnknown: it may have been executed.
            Refused: Spectrum answered that it did not.
        """
        ...


def warehouse_clock(connection: psycopg.Connection) -> datetime:
    """The time by the warehouse's clock: the one clock that all tasks share."""
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    return row[0]


@dataclass(frozen=True)
class Systems:
    """The systems of one company.

    Args:
        url: the warehouse.
        settings: all settings.
        company: whose records.
        procore: client of the company's Procore.
        spectrum: what it holds.
        writer: calls Spectrum.
        clock: the time, given a connection to the warehouse; tests replace it.
    """

    url: str
    settings: Settings
    company: Company
    procore: ProcoreClient
    spectrum: Spectrum
    writer: Writer
    clock: Callable[[psycopg.Connection], datetime] = warehouse_clock
    links: Links = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "links", Links(self.url))

    @property
    def context(self) -> Context:
        """What rules and documents may look at."""
        return Context(self.company, self.settings, self.spectrum, self.links)


@contextmanager
def systems_from_airflow(company_code: str, settings: Settings, *, remember: bool = False) -> Iterator[Systems]:
    """The systems of a company from the Airflow connections that the settings name; closed at the end.

    Args:
        remember: whether a question about Spectrum that was asked before may be answered from memory: for looking at
            many records at one time. What sends asks again.

    Raises:
        FixConfiguration: the company is not exported, or a connection is missing or wrong.
    """
    from spectrum_etl.sources.company import Sources, open_procore
    from spectrum_etl.sources.sdx.write import SpectrumWriter
    from spectrum_etl.warehouse.connect import warehouse_url

    company = settings.company(company_code)
    with ExitStack() as stack:
        procore = stack.enter_context(open_procore(company))
        sources = stack.enter_context(Sources.from_airflow(company.code, settings))
        spectrum = Spectrum(company, sources, remember=remember)
        yield Systems(warehouse_url(), settings, company, procore, spectrum, SpectrumWriter(sources.sdx))
