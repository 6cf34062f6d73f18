"""The T-SQL as it is sent, against recorded statements, and what SQL Server 2016 would refuse.

To record again after an intended change: `RECORD_SQL=1 pytest tests/sources/infolink/test_infolink_statements.py`.
"""

import os
import re
from pathlib import Path

import pytest
import yaml

from spectrum_etl.model.selection import Selection
from spectrum_etl.model.sql_files import SQL_FOLDER
from spectrum_etl.sources.infolink import statements
from spectrum_etl.sources.infolink.binds import Statement, spellings
from spectrum_etl.sources.infolink.plan import ReadPlan
from spectrum_etl.sources.infolink.planner import make_plan
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.staging.objects import OBJECTS

FOLDER = Path(__file__).parents[3] / "sandbox" / "reference"
REFERENCE = yaml.safe_load((FOLDER / "infolink-tables.yaml").read_text(encoding="utf-8"))
#: A table of which only a hosted site's columns are known, all of them.
HOSTED = yaml.safe_load((FOLDER / "infolink-columns.yaml").read_text(encoding="utf-8"))
HOSTED_TYPES = {"decimal": "decimal(12,2)", "datetime null": "datetime"}
TYPES = {"money": "decimal(14,2)", "qty": "decimal(14,4)", "date": "datetime", "ymd": "varchar(8)", "integer": "int"}
RECORDED = Path(__file__).parent / "recorded"
TABLES = {table.name: table for obj in OBJECTS.values() for table in obj.tables if table.infolink}
ALL = Selection("1")
PAIRS = (("24-404", "202607"), ("24-404", ""), ("", "202607"))


def columns_of(table: str) -> dict[str, str]:
    columns = REFERENCE[found_as(table)].get("columns")
    if columns is None:
        return {name: HOSTED_TYPES.get(str(kind), str(kind)) for name, kind in HOSTED[table].items()}
    return {name: TYPES.get(c["type"]) or c["type"].replace("text", "varchar") for name, c in columns.items()}


def found_as(table: str) -> str:
    return table if table in REFERENCE else table.removesuffix("_MC")


def plan(name: str) -> ReadPlan:
    def find(table: str) -> SiteTable:
        return SiteTable(found_as(table), f"dbo.{found_as(table)}", columns_of(table))

    return make_plan(TABLES[name], "1", False, find)


def built() -> dict[str, Statement]:
    found = {name: statements.read_statement(plan(name), ALL) for name in TABLES}
    transactions = plan("job_cost_transactions")
    found["budgets_of_jobs"] = statements.read_statement(plan("budgets"), Selection("1", jobs=("24-404",)))
    found["budgets_totals"] = statements.totals_statement(plan("budgets"), ALL)
    found["job_cost_transactions_of_months"] = statements.read_statement(
        transactions, Selection("1", months=("202607", "202608"))
    )
    found["job_cost_transactions_of_partitions"] = statements.read_statement(
        transactions, Selection("1", partitions=PAIRS)
    )
    found["job_cost_transactions_with_checksums"] = statements.read_statement(transactions, ALL, checksums=True)
    found["job_cost_transactions_lines"] = statements.lines_statement(transactions, ALL, checksums=True)
    found["budgets_lines"] = statements.lines_statement(plan("budgets"), ALL)
    found["job_cost_transactions_fingerprint"] = statements.fingerprint_statement(transactions, ALL, "abc")
    found["columns"] = statements.columns_statement("JC_JOB_MASTER_MC")
    masters = dict.fromkeys(("Company_Code", "Job_Number", "Master_Job"), "varchar(3)")
    found["master_jobs"] = statements.master_jobs_statement(
        SiteTable("JC_JOB_MASTER_MC", "dbo.JC_JOB_MASTER_MC", masters), "1"
    )
    found["budgets_left_out"] = statements.left_out_statement(plan("budgets"), Selection("1", jobs=("24-404",)))
    return found


BUILT = built()


@pytest.mark.parametrize("name", BUILT)
def test_statement_is_the_recorded_one(name):
    """A change of what is sent to the ERP is seen in review."""
    statement = BUILT[name]
    values = "".join(f"-- {key} = {value!r}\n" for key, value in statement.parameters.items())
    text = f"{statement.sql.strip()}\n{values}"
    path = RECORDED / f"{name}.sql"
    if os.environ.get("RECORD_SQL"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BUILT)
def test_sql_server_2016_takes_it(name):
    """Functions of 2017, dirty reads and writes are not in it, and every bind has its value."""
    sql = re.sub(r"--.*", "", BUILT[name].sql)
    refused = (
        r"\b(TRIM|CONCAT_WS|STRING_AGG|TRANSLATE|GREATEST|NOLOCK|READUNCOMMITTED|INSERT|UPDATE|DELETE|WITH|FLOAT)\b"
    )
    assert not re.search(refused, sql.upper())
    assert set(re.findall(r"%\((\w+)\)s", sql)) == set(BUILT[name].parameters)
    assert "%" not in re.sub(r"%\(\w+\)s", "", sql)


@pytest.mark.parametrize("name", TABLES)
def test_query_reads_the_tables_of_the_spec(name):
    """The tables that a person reads in the query are those that are looked up for drift."""
    infolink = TABLES[name].infolink
    assert infolink is not None
    template = (SQL_FOLDER / "infolink" / infolink.query).read_text(encoding="utf-8")
    if infolink.query == "one_table.sql":
        assert len(infolink.tables) == 1
        assert "{{ tables[alias] }} AS {{ alias }}" in template
    else:
        assert set(re.findall(r"\{\{ tables\.(\w+) \}\} AS \1\b", template)) == set(infolink.tables)
    assert "dbo." not in template


@pytest.mark.parametrize("name", TABLES)
def test_spec_names_published_columns(name):
    """Every source name is in the reference, and the plan of the reference site is without drift."""
    found = plan(name)
    assert found.drift == ()
    assert found.column_names == tuple(column.name for column in TABLES[name].read_columns())


def test_spellings_of_a_code():
    """All ways a code can be stored in its column; trailing blanks are ignored by SQL Server's comparison."""
    assert spellings("1", 3) == ["1", " 1", "  1"]
    assert spellings("1234", 3) == ["1234"]
    assert spellings("", 10) == [""]
    assert spellings("1", None) == []


def test_values_keep_indexes_usable():
    """ASCII is bound as a plain literal: N'...' would convert a varchar column and lose its index."""
    assert BUILT["jobs"].parameters["company_stored_2"] == b"  1"
    assert statements.read_statement(plan("jobs"), Selection("1", jobs=("É1",))).parameters["job_0"] == "É1"


def test_scopes_that_a_table_does_not_have():
    """Programming errors, not empty answers."""
    with pytest.raises(ValueError, match="no months"):
        statements.read_statement(plan("jobs"), Selection("1", months=("202607",)))
    with pytest.raises(ValueError, match="no jobs"):
        statements.read_statement(plan("vendors"), Selection("1", jobs=("1",)))


def test_partitions_go_in_pieces():
    """1,200 different pairs are three statements, each pair in one of them."""
    pairs = tuple((f"J{number}", "202607") for number in range(1200))
    pieces = list(Selection("1", partitions=(*pairs, *pairs[:10])).pieces(statements.PAIRS))
    assert [len(piece.partitions or ()) for piece in pieces] == [500, 500, 200]
    assert sorted(pair for piece in pieces for pair in piece.partitions or ()) == sorted(pairs)
