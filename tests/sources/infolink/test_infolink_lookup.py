"""The statements of lookups: codes bound in every stored spelling, only the columns that the site has."""

from __future__ import annotations

from typing import Any

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.infolink.binds import Statement
from spectrum_etl.sources.infolink.lookup import Lookup, look_up
from spectrum_etl.sources.infolink.site import SiteTable

LOOKUP = Lookup(
    "JC_JOB_MASTER_MC",
    {
        "Company_Code": "Company_Code",
        "Job_Number": "Job_Number",
        "Status": ("Status", "Status_Code"),
        "Start_Date": "Start_Date",
        "Amount": "Original_Contract",
        "Missing": "Missing",
    },
    frozenset({"Company_Code", "Job_Number"}),
)
COLUMNS = {
    "COMPANY_CODE": "varchar(3)",
    "Job_Number": "varchar(10)",
    "Status_Code": "varchar(1)",
    "Start_Date": "datetime",
    "Original_Contract": "decimal(14,2)",
    "Other": "varchar(5)",
}
EXPECTED = """\
SELECT
    CAST(t.COMPANY_CODE AS nvarchar(3)) AS Company_Code,
    CAST(t.Job_Number AS nvarchar(10)) AS Job_Number,
    CAST(t.Status_Code AS nvarchar(1)) AS Status,
    CONVERT(varchar(10), t.Start_Date, 23) AS Start_Date,
    CAST(t.Original_Contract AS varchar(40)) AS Amount
FROM dbo.JC_JOB_MASTER AS t
WHERE
    t.COMPANY_CODE IN (%(Company_Code_stored_0)s, %(Company_Code_stored_1)s, %(Company_Code_stored_2)s)
    AND LTRIM(RTRIM(t.COMPANY_CODE)) IN (%(Company_Code)s)
    AND t.Job_Number IN (%(Job_Number_stored_0)s, %(Job_Number_stored_1)s)
    AND LTRIM(RTRIM(t.Job_Number)) IN (%(Job_Number)s)"""


class Recorder:
    """Stands for the reader: keeps what it is asked."""

    def __init__(self, columns: dict[str, str]) -> None:
        self._columns = columns
        self.asked: list[Statement] = []

    def table(self, name: str) -> SiteTable:
        found = name.removesuffix("_MC")
        return SiteTable(found, f"dbo.{found}", self._columns)

    def written(self, company: str) -> str:
        return company

    def rows(self, statement: Statement, _table: str, _company: str | None) -> list[tuple[Any, ...]]:
        self.asked.append(statement)
        return [("  1", " 24-404-E1", "A", None, "10.00")]


def test_codes_are_bound_in_every_stored_spelling() -> None:
    reader = Recorder(COLUMNS)
    found = look_up(reader, LOOKUP, {"Company_Code": "1", "Job_Number": "24-404-E1"})  # type: ignore[arg-type]
    (statement,) = reader.asked
    assert statement.sql.split("\n", 1)[1] == EXPECTED
    assert statement.parameters["Job_Number_stored_1"] == b" 24-404-E1"
    assert statement.parameters["Company_Code"] == b"1"
    assert found == [
        {"Company_Code": "  1", "Job_Number": " 24-404-E1", "Status": "A", "Start_Date": None, "Amount": "10.00"}
    ]


def test_a_missing_column_matters_where_it_is_required_or_filtered_by() -> None:
    """M4."""
    reader = Recorder({name: kind for name, kind in COLUMNS.items() if name != "Job_Number"})
    with pytest.raises(FixConfiguration, match="column Job_Number of JC_JOB_MASTER_MC is missing"):
        look_up(reader, LOOKUP, {"Company_Code": "1"})  # type: ignore[arg-type]
    with pytest.raises(FixConfiguration, match="column Missing"):
        look_up(Recorder(COLUMNS), LOOKUP, {"Company_Code": "1", "Missing": "x"})  # type: ignore[arg-type]
