# ruff: noqa: S608 - the tests write T-SQL from their own constants
"""Queries through pymssql: SQL Server's comparison rules, the shapes the sync sends, and what is refused."""

from collections.abc import Callable
from decimal import Decimal

import pymssql
import pytest

Ask = Callable[[str], list[tuple]]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("Job_Number = '      j-1'", 2),
        ("Job_Number = 'J-1'", 1),  # leading blanks count, trailing ones do not
        ("Company_Code IN ('  1   ')", 3),
        ("Job_Number COLLATE Latin1_General_BIN2 = '      J-1'", 1),
        ("Name = 'MÜLLER & SÖHNE'", 2),
        ("Name LIKE 'm_ller%'", 2),
        ("Name LIKE '[a-m]%söhne'", 2),
        ("Name COLLATE Latin1_General_100_BIN2 LIKE 'M%'", 1),
        ("Name = ''", 1),
        ("Name IS NULL", 1),
        ("Tran_Amount > '7' AND NOT Tran_Amount BETWEEN 50 AND 200", 1),
        (
            "EXISTS (SELECT 1 FROM dbo.JC_COST o WHERE o.Job_Number = c.Job_Number AND o.Tran_Amount <> c.Tran_Amount)",
            2,
        ),
        ("Cost_Type IN (SELECT x.Cost_Type FROM JC_COST AS x WHERE x.Company_Code = '  2')", 2),
    ],
)
def test_text_compares_without_case_and_trailing_blanks(ask: Ask, condition: str, count: int) -> None:
    assert ask(f"SELECT COUNT(*) FROM [dbo].[jc_cost] AS c WITH (NOLOCK) WHERE {condition}") == [(count,)]


def test_group_by_distinct_and_join_use_the_same_comparison(ask: Ask) -> None:
    grouped = (
        "SELECT Cost_Type, COUNT_BIG(*) n FROM JC_COST GROUP BY Cost_Type HAVING COUNT(*) > 1 ORDER BY Cost_Type DESC"
    )
    assert [(kind.rstrip(), n) for kind, n in ask(grouped)] == [("  M", 2), ("  L", 2)]
    assert len(ask("SELECT DISTINCT Job_Number FROM JC_COST ORDER BY 1")) == 3
    assert ask("SELECT COUNT(DISTINCT Name) FROM JC_COST") == [(2,)]
    joined = "SELECT COUNT(*) FROM JC_COST a JOIN JC_COST b ON a.Name = b.Name"
    assert ask(joined) == [(5,)]
    assert ask("SELECT MIN(Name), MAX(Tran_Date_Text) FROM JC_COST WHERE Name > ''")[0][0].startswith("Müller")


def test_the_fingerprint_query(ask: Ask) -> None:
    """Design, section 4: count, sums and checksum per company, job and month under a stated collation."""
    job = "LTRIM(RTRIM(Job_Number)) COLLATE Latin1_General_BIN2"
    month = "LEFT(Tran_Date_Text, 6) COLLATE Latin1_General_BIN2"
    row = "CONCAT(COALESCE(Job_Number, CHAR(30)), CHAR(31), COALESCE(CAST(Tran_Amount AS varchar(40)), CHAR(30)))"
    rows = ask(
        f"SELECT {job} AS job_number, {month} AS month, COUNT_BIG(*) AS n, "
        "SUM(CAST(Tran_Amount AS decimal(38,4))) AS amount, "
        f"SUM(CAST(CAST(SUBSTRING(HASHBYTES('SHA2_256', {row}), 1, 8) AS bigint) AS decimal(38,0))) AS checksum "
        f"FROM dbo.JC_COST WHERE Company_Code IN ('  1') GROUP BY {job}, {month} ORDER BY job_number, month"
    )
    assert [r[:4] for r in rows] == [
        ("J-1", "202609", 1, Decimal("12.5000")),
        ("J-2", "202610", 1, Decimal("100.0000")),
        ("j-1", "202609", 1, Decimal("-0.5000")),
    ]
    assert all(isinstance(r[4], Decimal) and r[4] != 0 for r in rows)


def test_wanted_pairs_derived_tables_and_ctes(ask: Ask) -> None:
    pairs = ", ".join(f"('J{n}', '2026{n % 12 + 1:02}')" for n in range(498)) + ", ('J-1', '202609'), ('J-2', '202610')"
    sql = (
        "SELECT c.Job_Number, t.total FROM JC_COST c "
        f"JOIN (VALUES {pairs}) AS wanted(job_number, month) ON LTRIM(c.Job_Number) = wanted.job_number "
        "AND LEFT(c.Tran_Date_Text, 6) = wanted.month "
        "LEFT JOIN (SELECT Job_Number, SUM(Tran_Amount) AS total FROM JC_COST GROUP BY Job_Number) AS t "
        "ON t.Job_Number = c.Job_Number ORDER BY c.Tran_Amount"
    )
    assert [r[1] for r in ask(sql)] == [Decimal("12.00"), Decimal("12.00"), Decimal("100.00")]
    cte = "WITH a(n) AS (SELECT 1 UNION ALL SELECT 2.5) SELECT n, ROW_NUMBER() OVER (ORDER BY n DESC) FROM a ORDER BY n"
    assert ask(cte) == [(Decimal("1.0"), 2), (Decimal("2.5"), 1)]
    assert ask("SELECT CASE Sequence WHEN 7 THEN 'x' END FROM JC_COST ORDER BY Name OFFSET 3 ROWS") == [("x",)]
    full = "SELECT COUNT(*) FROM JC_COST a FULL JOIN (SELECT 9 AS k) b ON a.Sequence = b.k CROSS JOIN (SELECT 1 AS z) c"
    assert ask(full) == [(5,)]


@pytest.mark.parametrize(
    ("sql", "number", "named"),
    [
        ("SELECT * FROM dbo.NOPE", 208, "dbo.NOPE"),
        ("SELECT Nope FROM JC_COST", 207, "Nope"),
        ("SELECT z.Sequence FROM JC_COST a", 4104, "z.Sequence"),
        ("SELECT FROM WHERE", 102, "syntax"),
        ("SELECT Name FROM JC_COST GROUP BY Sequence", 8120, "Name"),
        ("SELECT 1 / 0", 8134, "zero"),
        ("SELECT CAST('x' AS decimal(5,2))", 8114, "numeric"),
        ("SELECT CAST('x' AS int)", 245, "'x'"),
        ("SELECT CAST(1234 AS decimal(5,2))", 8115, "overflow"),
        ("SELECT CAST(CAST(12345.67 AS decimal(14,2)) AS varchar(3))", 8115, "overflow"),
        ("INSERT INTO JC_COST (Name) VALUES ('x')", 229, "INSERT"),
        ("UPDATE JC_COST SET Name = 'x'", 229, "JC_COST"),
        ("DELETE FROM JC_COST", 229, "DELETE"),
        ("EXEC sp_who", 229, "EXECUTE"),
        ("DROP TABLE JC_COST", 262, "DROP"),
        ("SELECT * INTO x FROM JC_COST", 262, "CREATE TABLE"),
        ("SELECT CHECKSUM_AGG(Sequence) FROM JC_COST", 50102, "CHECKSUM_AGG"),
        ("SELECT HASHBYTES('SHA2_512', 'x')", 50102, "HASHBYTES"),
        ("SELECT STRING_AGG(Name, ',') FROM JC_COST", 50102, "GROUP_CONCAT"),
        ("SELECT Name FROM JC_COST OPTION (HASH JOIN)", 50102, "HASH"),
        ("SELECT Name FROM JC_COST WITH (XLOCK)", 50102, "XLOCK"),
        ("SELECT Name FROM JC_COST FOR XML AUTO", 50102, "FOR"),
        ("SELECT Name FROM JC_COST UNION SELECT Name FROM JC_COST", 50102, "UNION"),
        ("SELECT CONVERT(varchar(10), Start_Date, 109) FROM JC_COST", 50102, "109"),
        ("SELECT Name COLLATE French_CI_AS FROM JC_COST", 50102, "French_CI_AS"),
        ("SET LANGUAGE French", 50102, "LANGUAGE"),
        ("DECLARE @a int", 50102, "DECLARE"),
        (
            "SELECT 1 FROM (SELECT Name COLLATE Latin1_General_BIN2 AS n FROM JC_COST) x JOIN JC_COST y ON n = Name",
            468,
            "collation conflict",
        ),
    ],
)
def test_refusals_have_sql_servers_numbers_and_name_the_construct(ask: Ask, sql: str, number: int, named: str) -> None:
    with pytest.raises(pymssql.Error) as caught:
        ask(sql)
    assert caught.value.args[0] == number
    assert named in caught.value.args[1].decode()


def test_information_schema(ask: Ask) -> None:
    """M4: the drift check reads names and types in SQL Server's terms."""
    columns = "COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, IS_NULLABLE"
    rows = ask(
        f"SELECT {columns} FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'jc_cost' ORDER BY ORDINAL_POSITION"
    )
    assert rows[0] == ("Company_Code", "varchar", 3, None, None, "YES")
    assert rows[3] == ("Tran_Amount", "decimal", None, 14, 2, "YES")
    assert [r[1] for r in rows[6:]] == ["datetime", "int"]
    assert ("dbo", "JC_COST") in ask("SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES")
