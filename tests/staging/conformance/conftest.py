"""One stand-in Spectrum a module, emptied before each test; one warehouse a test."""

import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest
from staging_harness import Spectrum, Warehouse

from sandbox.data import schema
from sandbox.infolink.server import InfoLinkServer
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from stack.postgres import EmbeddedPostgres
from tests.emptied import Emptied

# Before anything imports them: so that what fails in them says with which values.
pytest.register_assert_rewrite("snapshot_cases")

_PASSWORD = "conformance"
_numbers = itertools.count(1)
#: Another site may let any column be NULL.
_MAY_BE_NULL = """
do $$
declare one record;
begin
    for one in
        select format('alter table dbo.%I %s', table_name,
            string_agg(format('alter column %I drop not null', column_name), ', ')) as statement
        from information_schema.columns
        where table_schema = 'dbo' and is_nullable = 'NO' and is_identity = 'NO'
        group by table_name
    loop
        execute one.statement;
    end loop;
end $$
"""


@pytest.fixture(scope="module")
def spectrum_of_module(postgres: EmbeddedPostgres) -> Iterator[Spectrum]:
    """A stand-in Spectrum with empty tables, served over TDS."""
    name = f"conformance_{next(_numbers)}"
    url = postgres.create_database(name)
    with psycopg.connect(url, autocommit=True) as connection:
        schema.create(connection)
        with InfoLinkServer(url, password=_PASSWORD, tls=False) as server:
            infolink = InfoLinkConnection(
                "127.0.0.1", "Spectrum", "infolink", _PASSWORD, port=server.port, encryption="off"
            )
            yield Spectrum(connection, infolink)
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def emptied(spectrum_of_module: Spectrum) -> Emptied:
    """Empties the module's stand-in Spectrum: tests change its columns too."""
    return Emptied(spectrum_of_module.connection, lambda made: made.execute(_MAY_BE_NULL))


@pytest.fixture
def spectrum(spectrum_of_module: Spectrum, emptied: Emptied) -> Spectrum:
    """The module's stand-in Spectrum, emptied."""
    emptied.empty()
    return spectrum_of_module


@pytest.fixture
def warehouse(warehouse_database: str, spectrum: Spectrum) -> Warehouse:
    """A fresh warehouse that stages from it."""
    return Warehouse(warehouse_database, spectrum)


@pytest.fixture(scope="module")
def new_warehouse(
    postgres: EmbeddedPostgres, warehouse_template: str, spectrum_of_module: Spectrum, emptied: Emptied
) -> Iterator[Callable[[], Warehouse]]:
    """Makes warehouses that live as long as the module, each beside an emptied stand-in Spectrum."""
    names: list[str] = []

    def make() -> Warehouse:
        emptied.empty()
        names.append(f"conformance_warehouse_{next(_numbers)}")
        url = postgres.create_database(names[-1], template=warehouse_template)
        return Warehouse(url, spectrum_of_module)

    yield make
    for name in names:
        postgres.drop_database(name)
