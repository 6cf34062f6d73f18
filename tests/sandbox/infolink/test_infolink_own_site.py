"""O1: a site that renames, retypes, moves and drops tables and columns: what Info-Link says, and sends, of it."""

import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pymssql
import pytest

from sandbox.cli import main
from sandbox.data import schema
from sandbox.infolink import rowcodec, sqltypes
from sandbox.infolink.server import InfoLinkServer
from stack.postgres import EmbeddedPostgres

PASSWORD = "Not-a-secret-1"
TABLE = "JC_JOB_MASTER_MC"
GUID = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
Ask = Callable[[str], list[tuple[Any, ...]]]
Site = Callable[..., None]


@pytest.fixture(scope="module")
def url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A sandbox database with two jobs of two companies."""
    made = postgres.create_database("own_site")
    with psycopg.connect(made, autocommit=True) as connection:
        schema.create(connection)
        insert = (
            f'insert into dbo."{TABLE}" ("Company_Code", "Job_Number", "Job_Description", "Comment", "Start_Date",'  # noqa: S608
            ' "Original_Contract", "Taxable_Flag", "Latitude", "Longitude") values (%s, %s, %s, %s, %s, %s, %s, %s, %s)'
        )
        for company, amount in (("  1", "1234.05"), ("  2", "-0.10")):
            stored = (
                company,
                "     19.50",
                "Straße",
                GUID,
                datetime(2026, 3, 4, 15, 16, 17),  # noqa: DTZ001
                amount,
                "1",
                "48.25",
                "9.0567",
            )
            connection.execute(insert, stored)
    yield made
    postgres.drop_database("own_site")


@pytest.fixture(scope="module")
def connected(url: str) -> Iterator[pymssql.Connection]:
    """One connection that stays open, whatever is shown."""
    with InfoLinkServer(url, password=PASSWORD) as server:
        opened = pymssql.connect(
            "127.0.0.1", port=str(server.port), user="infolink", password=PASSWORD, database="Spectrum", autocommit=True
        )
        yield opened
        opened.close()


@pytest.fixture
def ask(connected: pymssql.Connection) -> Ask:
    """Runs T-SQL and gives all rows."""

    def asked(query: str) -> list[tuple[Any, ...]]:
        cursor = connected.cursor()
        cursor.execute(query)
        return cursor.fetchall()

    return asked


@pytest.fixture
def site(url: str) -> Iterator[Site]:
    """Runs the command `site`; what it said is forgotten afterwards."""

    def said(*words: str) -> None:
        assert main(["site", *words, "--database", url]) == 0

    yield said
    said("reset")


@pytest.mark.parametrize(
    ("column", "kind", "value", "catalog"),
    [
        ("Job_Number", "char(12)", "     19.50  ", ("char", 12, None, None)),
        ("Job_Number", "nchar(12)", "     19.50  ", ("nchar", 12, None, None)),
        ("Job_Description", "nvarchar(40)", "Straße", ("nvarchar", 40, None, None)),
        ("Job_Description", "nvarchar(max)", "Straße", ("nvarchar", -1, None, None)),
        ("Job_Description", "varchar(60) COLLATE SQL_Latin1_General_CP1_CI_AS", "Straße", ("varchar", 60, None, None)),
        ("Original_Contract", "money", Decimal("1234.0500"), ("money", None, 19, 4)),
        ("Original_Contract", "smallmoney", Decimal("1234.0500"), ("smallmoney", None, 10, 4)),
        ("Original_Contract", "float", 1234.05, ("float", None, 53, None)),
        ("Original_Contract", "decimal(19,4)", Decimal("1234.0500"), ("decimal", None, 19, 4)),
        ("Original_Contract", "numeric(28,10)", Decimal("1234.0500000000"), ("numeric", None, 28, 10)),
        ("Original_Contract", "varchar(20)", "1234.05", ("varchar", 20, None, None)),
        ("Latitude", "real", 48.25, ("real", None, 24, None)),
        ("Taxable_Flag", "bit", True, ("bit", None, None, None)),
        ("Taxable_Flag", "tinyint", 1, ("tinyint", None, 3, 0)),
        ("Start_Date", "datetime2(3)", datetime(2026, 3, 4, 15, 16, 17), ("datetime2", None, None, None)),  # noqa: DTZ001
        ("Start_Date", "datetime2(0)", datetime(2026, 3, 4, 15, 16, 17), ("datetime2", None, None, None)),  # noqa: DTZ001
        ("Start_Date", "datetime2(7)", datetime(2026, 3, 4, 15, 16, 17), ("datetime2", None, None, None)),  # noqa: DTZ001
        ("Start_Date", "smalldatetime", datetime(2026, 3, 4, 15, 16), ("smalldatetime", None, None, None)),  # noqa: DTZ001
        ("Start_Date", "datetime", datetime(2026, 3, 4, 15, 16, 17), ("datetime", None, None, None)),  # noqa: DTZ001
        ("Start_Date", "date", date(2026, 3, 4), ("date", None, None, None)),
        ("Comment", "uniqueidentifier", uuid.UUID(GUID), ("uniqueidentifier", None, None, None)),
        ("Job_Description", "text", "Straße", ("text", 2147483647, None, None)),
        ("Job_Description", "ntext", "Straße", ("ntext", 1073741823, None, None)),
        ("Start_Date", "datetimeoffset(3)", datetime(2026, 3, 4, 15, 16, 17), ("datetimeoffset", None, None, None)),  # noqa: DTZ001
    ],
)
def test_a_retyped_column_arrives_as_its_type_and_the_catalogue_says_it(
    ask: Ask, site: Site, column: str, kind: str, value: Any, catalog: tuple[Any, ...]
) -> None:
    site("retype", f"{TABLE}.{column}", kind)
    [(found,)] = ask(f"SELECT {column} FROM {TABLE} WHERE Company_Code = '  1'")  # noqa: S608
    assert found == value
    assert type(found) is type(value)
    assert ask(
        "SELECT DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE FROM INFORMATION_SCHEMA.COLUMNS"  # noqa: S608
        f" WHERE TABLE_NAME = '{TABLE}' AND COLUMN_NAME = '{column}'"
    ) == [catalog]
    assert ask(
        "SELECT y.name FROM sys.columns AS c JOIN sys.objects AS o ON o.object_id = c.object_id JOIN sys.types AS y"  # noqa: S608
        f" ON y.user_type_id = c.user_type_id WHERE o.name = '{TABLE}' AND c.name = '{column}'"
    ) == [(catalog[0],)]


@pytest.mark.parametrize(
    ("kind", "announced"),
    [
        ("char(10)", "af1e00"),
        ("nchar(10)", "ef1400"),
        ("varchar(10) COLLATE SQL_Latin1_General_CP1_CI_AS", "a70a000904d00034"),
        ("varchar(10) COLLATE Latin1_General_CS_AS", "a70a000904c00000"),
        ("money", "6e08"),
        ("smallmoney", "6e04"),
        ("numeric(9,2)", "6c050902"),
        ("decimal(19,4)", "6a091304"),
        ("float", "6d08"),
        ("real", "6d04"),
        ("bit", "6801"),
        ("datetime2(3)", "2a03"),
        ("smalldatetime", "6f04"),
        ("uniqueidentifier", "2410"),
    ],
)
def test_the_wire_announces_the_type(kind: str, announced: str) -> None:
    """[MS-TDS] 2.2.5.4: type, size, and of texts the collation."""
    assert rowcodec.type_info(sqltypes.parse(kind)).hex().startswith(announced)


def test_tables_move_are_renamed_and_dropped(ask: Ask, site: Site) -> None:
    site("rename", TABLE, "Aufträge")
    site("move", TABLE, "reporting")
    site("rename", f"{TABLE}.Job_Number", "Auftrag Nr")
    site("drop", f"{TABLE}.WO_Site")
    site("drop", "VN_VENDOR_MASTER_MC")
    assert ask("SELECT [Auftrag Nr] FROM reporting.Aufträge") == [("     19.50",), ("     19.50",)]
    assert ask("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'reporting'") == [(1,)]
    assert ask("SELECT COUNT(*) FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id"
               " WHERE s.name = 'reporting' AND o.name = 'Aufträge'") == [(1,)]  # fmt: skip
    for gone in (f"dbo.{TABLE}", "VN_VENDOR_MASTER_MC"):
        with pytest.raises(pymssql.Error, match="Invalid object name"):
            ask(f"SELECT COUNT(*) FROM {gone}")  # noqa: S608
    with pytest.raises(pymssql.Error, match="Invalid column name 'WO_Site'"):
        ask("SELECT WO_Site FROM reporting.Aufträge")


def test_names_as_long_as_sql_server_allows_are_shown_and_read(ask: Ask, site: Site) -> None:
    """PostgreSQL's are shorter: two that differ at their ends only are two."""
    one, other, table = "n" * 127 + "1", "n" * 127 + "2", "ü" * 128
    site("rename", TABLE, table)
    site("rename", f"{TABLE}.Job_Number", one)
    site("rename", f"{TABLE}.Job_Description", other)
    assert ask(f"SELECT [{other}], t.[{one}] FROM [{table}] AS t")[0] == ("Straße", "     19.50")  # noqa: S608
    listed = ask(f"SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = N'{table}'")  # noqa: S608
    assert {(one,), (other,)} <= set(listed)


@pytest.mark.parametrize(
    "query", ["SELECT Group FROM {}", "SELECT Job_Number AS Order FROM {}", "SELECT 1 AS a FROM User"]
)
def test_a_keyword_as_a_name_needs_brackets(ask: Ask, site: Site, query: str) -> None:
    site("rename", f"{TABLE}.WO_Site", "Group")
    with pytest.raises(pymssql.Error, match="Incorrect syntax near"):
        ask(query.format(TABLE))
    assert len(ask(f"SELECT [Group] AS [Order] FROM {TABLE}")) == 2  # noqa: S608


@pytest.mark.parametrize("kind", ["text", "ntext"])
@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("RTRIM(Job_Description)", "invalid for the function"),
        ("CONCAT(Job_Description, 'x')", "invalid for the function"),
        ("MIN(Job_Description)", "is invalid for min"),
        ("CASE WHEN Job_Description = 'x' THEN 1 END", "are incompatible in the equal to operator"),
    ],
)
def test_the_old_types_of_text_are_not_trimmed_joined_or_compared(
    ask: Ask, site: Site, kind: str, expression: str, said: str
) -> None:
    site("retype", f"{TABLE}.Job_Description", kind)
    with pytest.raises(pymssql.Error, match=said):
        ask(f"SELECT {expression} AS one FROM {TABLE}")  # noqa: S608
    cast = "RTRIM(CAST(Job_Description AS nvarchar(max)))"
    assert ask(f"SELECT {cast} AS one, DATALENGTH(Job_Description) AS n FROM {TABLE}")[0][0] == "Straße"  # noqa: S608


def test_a_view_of_the_logins_company_has_no_company_code(ask: Ask, site: Site) -> None:
    site("own-company", TABLE)
    site("rename", TABLE, "JC_JOB_MASTER")
    assert ask("SELECT Original_Contract FROM JC_JOB_MASTER") == [(Decimal("1234.05"),)]
    with pytest.raises(pymssql.Error, match="Invalid column name 'Company_Code'"):
        ask("SELECT Company_Code FROM JC_JOB_MASTER")


def test_a_column_of_a_collation_of_its_own_is_compared_by_it_and_does_not_mix(ask: Ask, site: Site) -> None:
    site("retype", f"{TABLE}.Job_Description", "varchar(30) COLLATE Latin1_General_CS_AS")
    where = f"SELECT COUNT(*) FROM {TABLE} WHERE Job_Description = "  # noqa: S608
    assert [ask(where + text) for text in ("'Straße'", "'STRAßE'")] == [[(2,)], [(0,)]]
    with pytest.raises(pymssql.Error, match="Cannot resolve the collation conflict"):
        ask(f"SELECT CONCAT(Job_Description, Job_Number) AS one FROM {TABLE}")  # noqa: S608


def test_money_as_text_shows_two_digits_whatever_it_holds(ask: Ask, site: Site) -> None:
    """CAST of money to text cuts; a cast by way of a decimal does not."""
    site("retype", f"{TABLE}.Longitude", "money")
    assert ask(
        f"SELECT CAST(Longitude AS varchar(20)), CAST(CAST(Longitude AS decimal(19, 4)) AS varchar(20)) FROM {TABLE}"  # noqa: S608
        " WHERE Company_Code = '  1'"
    ) == [("9.06", "9.0567")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("retype", f"{TABLE}.Nope", "money"), "has no column 'Nope'"),
        (("rename", "NOPE", "X"), "no stored table 'NOPE'"),
        (("retype", f"{TABLE}.WO_Site", "clob"), "type 'clob' is none of"),
        (("retype", f"{TABLE}.WO_Site", "char"), "has no length"),
        (("retype", f"{TABLE}.WO_Site", "char(3) COLLATE Klingon"), "collation 'Klingon' is none of"),
        (("rename", TABLE), "needs TABLE or TABLE.COLUMN, and a value"),
        (("move", f"{TABLE}.WO_Site", "x"), "is about a table"),
        (("retype", TABLE, "money"), "is about a column"),
        (("rename", TABLE, "x" * 129), "is too long"),
        (("move", TABLE, "x" * 60), "is too long"),
    ],
)
def test_what_cannot_be_is_refused(url: str, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        main(["site", *words, "--database", url])
