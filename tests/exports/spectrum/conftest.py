"""A stand-in Spectrum with empty tables, served over TDS, whose rows a test adds as Spectrum stores them: padded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from sandbox.infolink.server import InfoLinkServer
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.settings import Company
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from stack.postgres import EmbeddedPostgres
from tests.emptied import Emptied

PASSWORD = "spectrum"
COMPANY = Company(code="1", name="One", phase_category="STD")

#: Codes are right-justified with leading blanks to these widths.
WIDTHS = {
    "Company_Code": 3,
    "Job_Number": 10,
    "Job": 10,
    "Phase_Code": 20,
    "Phase": 20,
    "Cost_Type": 3,
    "Vendor_Code": 10,
    "Customer_Code": 10,
    "Subcontract_Number": 10,
    "Change_Request_Number": 8,
    "Billing_Item": 10,
}

Add = Callable[..., None]
Served = tuple[psycopg.Connection, InfoLinkConnection, Emptied]


@pytest.fixture(scope="module")
def served(postgres: EmbeddedPostgres) -> Iterator[Served]:
    """The database behind Info-Link, and how to reach Info-Link."""
    url = postgres.create_database("exports_books")
    with psycopg.connect(url, autocommit=True) as connection:
        emptied = Emptied(connection, lambda _: None)
        emptied.empty()
        with InfoLinkServer(url, password=PASSWORD, tls=False) as server:
            yield (
                connection,
                InfoLinkConnection("127.0.0.1", "Spectrum", "infolink", PASSWORD, server.port, encryption="off"),
                emptied,
            )
    postgres.drop_database("exports_books")


@pytest.fixture
def database(served: Served) -> psycopg.Connection:
    """The database, emptied."""
    served[2].empty()
    return served[0]


@pytest.fixture
def add(database: psycopg.Connection) -> Add:
    """Adds a row to a table; codes are padded, and company 1 is meant where none is given."""

    def added(table: str, **values: Any) -> None:
        row = {"Company_Code": "1", **values}
        stored = [value.rjust(WIDTHS.get(name, 0)) if isinstance(value, str) else value for name, value in row.items()]
        database.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier("dbo", table),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(sql.Placeholder() * len(row)),
            ),
            stored,
        )

    return added


@pytest.fixture
def sources(served: Served, database: psycopg.Connection) -> Iterator[Sources]:
    """The connections of company 1: Info-Link alone."""
    with Sources(COMPANY, infolink=served[1]) as opened:
        yield opened


@pytest.fixture
def spectrum(sources: Sources) -> Spectrum:
    return Spectrum(COMPANY, sources)
