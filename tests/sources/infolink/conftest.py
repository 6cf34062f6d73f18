"""A small Info-Link of its own: the TDS server of the sandbox in front of its tables, empty in every test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg import sql

from sandbox.infolink.server import InfoLinkServer
from spectrum_etl.settings.infolink import SiteNames
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from stack.postgres import EmbeddedPostgres

PASSWORD = "s3cret-of-the-test"
_TYPES = {"money": "numeric(14,2)", "qty": "numeric(14,4)", "date": "timestamp(0)", "ymd": "varchar(8)"}
_REFERENCE = Path(__file__).parents[3] / "sandbox" / "reference"
_SEEN_TYPES = {"decimal": "numeric(14,2)", "datetime": "timestamp(0)", "varbinary": "bytea"}


def _tables() -> dict[str, dict[str, str]]:
    """Each table with its columns and their types: as assumed of every site, else as one site has them."""
    assumed, seen = (
        yaml.safe_load((_REFERENCE / f"infolink-{name}.yaml").read_text(encoding="utf-8"))
        for name in ("tables", "columns")
    )
    return {
        table: {name: _TYPES.get(of["type"]) or of["type"].replace("text(", "varchar(") for name, of in columns.items()}
        if (columns := spec.get("columns"))
        else {name: _seen_type(kind) for name, kind in seen.get(table, {}).items()}
        for table, spec in assumed.items()
    }


def _seen_type(kind: str) -> str:
    name = kind.split()[0]
    return _SEEN_TYPES.get(name.partition("(")[0], name)


_TABLES = _tables()
#: Width of the codes that are stored right-justified.
_WIDTHS = {"Company_Code": 3, "Job_Number": 10, "Phase_Code": 20, "Cost_Type": 3, "Vendor_Code": 10}


class Site:
    """One Spectrum site: its tables, to be filled and bent, and the way in."""

    def __init__(self, database: psycopg.Connection, server: InfoLinkServer) -> None:
        self.database = database
        self.server = server

    def connection(self, **changes: Any) -> InfoLinkConnection:
        """How to reach it."""
        values = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "database": "Spectrum",
            "user": "infolink",
            "password": PASSWORD,
        }
        return InfoLinkConnection(**{**values, **changes})

    def reader(
        self, names: dict[str, SiteNames] | None = None, written: dict[str, str] | None = None, **changes: Any
    ) -> InfoLinkReader:
        """A reader of it, which knows what it calls otherwise, and how it writes companies' codes."""
        return InfoLinkReader(self.connection(**changes), names=names, written=written)

    def insert(self, table: str, *rows: dict[str, Any], padded: bool = True) -> None:
        """Rows as Spectrum stores them: codes right-justified, unless `padded` is off."""
        for row in rows:
            values = {
                name: value.rjust(_WIDTHS[name])
                if padded and name in _WIDTHS and isinstance(value, str) and value.strip() == value
                else value
                for name, value in row.items()
            }
            self.database.execute(
                sql.SQL("insert into dbo.{} ({}) values ({})").format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join(sql.Placeholder() * len(values)),
                ),
                list(values.values()),
            )

    def update(self, values: dict[str, Any], where: str = "") -> None:
        """Change the transactions of a month, or all."""
        self.database.execute(
            sql.SQL('update dbo."JC_TRANSACTION_HISTORY_MC" set {} where "Tran_Date_Text" like {}').format(
                sql.SQL(", ").join(
                    sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in values.items()
                ),
                f"{where}%",
            )
        )

    def execute(self, statement: str) -> None:
        """SQL on the database behind it."""
        self.database.execute(statement.encode())

    def create_tables(self) -> None:
        """All tables, empty."""
        for table, kinds in _TABLES.items():
            columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in kinds.items()]
            name = sql.Identifier(table)
            self.database.execute(sql.SQL("drop table if exists dbo.{} cascade").format(name))
            self.database.execute(sql.SQL("create table dbo.{} ({})").format(name, sql.SQL(", ").join(columns)))


@pytest.fixture(scope="session")
def infolink_server(postgres: EmbeddedPostgres) -> Iterator[tuple[str, InfoLinkServer]]:
    """The database and the TDS server in front of it, for the whole session."""
    url = postgres.create_database("infolink_client")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("alter database infolink_client set search_path = dbo, public")
        connection.execute("create schema dbo")
    server = InfoLinkServer(url, password=PASSWORD)
    server.start()
    try:
        yield url, server
    finally:
        server.stop()
        postgres.drop_database("infolink_client")


@pytest.fixture
def site(infolink_server: tuple[str, InfoLinkServer]) -> Iterator[Site]:
    """A site with empty tables."""
    url, server = infolink_server
    with psycopg.connect(url, autocommit=True) as connection:
        site = Site(connection, server)
        site.create_tables()
        yield site
