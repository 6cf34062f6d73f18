"""Drift (M4) and personal data (M9): what a site's real columns do to a read."""

import dataclasses
import re
import time
from collections.abc import Callable

import pytest

from sandbox.faults import CACHE_SECONDS, Faults
from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.model.selection import Selection
from spectrum_etl.sources.infolink import statements
from spectrum_etl.sources.infolink.binds import Statement
from spectrum_etl.sources.infolink.planner import make_plan
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.staging.objects import OBJECTS
from tests.sources.infolink.test_infolink_statements import columns_of

HISTORY = "JC_TRANSACTION_HISTORY_MC"
TRANSACTIONS = OBJECTS["job_costs"].table("job_cost_transactions")
VENDORS = OBJECTS["vendors"].table("vendors")
BUDGETS = OBJECTS["budgets"].table("budgets")
TRANSACTION = {
    "Company_Code": "1",
    "Job_Number": "24-404",
    "Phase_Code": "033000",
    "Cost_Type": "L",
    "Tran_Date_Text": "20260703",
    "Tran_Amount": "10.00",
}


def drift_of(site, table) -> list[tuple[str, str]]:
    with site.reader() as reader:
        return [(drift.column, drift.change) for drift in reader.plan(table, "1").drift]


def read(site, table, **options):
    with site.reader() as reader:
        names = reader.plan(table, "1").column_names
        return [
            dict(zip(names, row, strict=True))
            for batch in reader.read(table, Selection("1", **options))
            for row in batch
        ]


@pytest.mark.parametrize("column", ["Tran_Amount", "Tran_Date_Text", "Job_Number", "Company_Code"])
def test_missing_required_column_stops(site, column):
    """The error names table and column, and nothing is read."""
    site.execute(f'alter table dbo."JC_TRANSACTION_HISTORY_MC" drop column "{column}"')
    with site.reader() as reader, pytest.raises(StopSync, match=rf"{column} of JC_TRANSACTION_HISTORY_MC is missing"):
        reader.read(TRANSACTIONS, Selection("1"))


@pytest.mark.parametrize(
    ("table", "column"), [("CR_CHNG_REQ_HDR_MC", "Change_Order_Number"), ("JC_PHASE_ESTIMATES_MC", "Job_Number")]
)
def test_missing_joined_column_stops(site, table, column):
    """A column that only the query needs is required too."""
    site.execute(f'alter table dbo."{table}" drop column "{column}"')
    with site.reader() as reader, pytest.raises(StopSync, match=rf"{column} of {table} is missing"):
        reader.plan(BUDGETS, "1")


def test_missing_optional_column_is_null(site):
    """Noted once; the rows go on."""
    site.execute('alter table dbo."JC_TRANSACTION_HISTORY_MC" drop column "Reference_1"')
    site.insert("JC_TRANSACTION_HISTORY_MC", TRANSACTION)
    assert drift_of(site, TRANSACTIONS) == [("Reference_1", "missing")]
    assert read(site, TRANSACTIONS)[0]["reference_1"] is None


def test_new_column_is_noted_and_not_read(site):
    """An unknown column is drift; known ones that are not staged are not."""
    site.execute('alter table dbo."VN_VENDOR_MASTER_MC" add column "Bank_Account" varchar(20)')
    assert drift_of(site, VENDORS) == [("Bank_Account", "new")]


def test_status_by_either_name(site):
    """Sources differ on the vendor's status: both names are accepted, in any case."""
    site.execute('alter table dbo."VN_VENDOR_MASTER_MC" rename column "Status" to "STATUS_CODE"')
    site.insert(
        "VN_VENDOR_MASTER_MC", {"Company_Code": "1", "Vendor_Code": "A", "Vendor_Name": "A", "STATUS_CODE": "N"}
    )
    assert drift_of(site, VENDORS) == []
    assert read(site, VENDORS)[0]["status"] == "N"
    site.execute('alter table dbo."VN_VENDOR_MASTER_MC" drop column "STATUS_CODE"')
    assert drift_of(site, VENDORS) == [("Status", "missing")]


def test_number_that_became_text(site):
    """Noted; the text arrives as it is, so that rows that do not parse are rejected one by one."""
    site.execute('alter table dbo."VN_VENDOR_MASTER_MC" alter column "Terms_Days" type varchar(10)')
    vendor = {"Company_Code": "1", "Vendor_Code": "A", "Vendor_Name": "A", "Terms_Days": " 30 d"}
    site.insert("VN_VENDOR_MASTER_MC", vendor)
    assert drift_of(site, VENDORS) == [("Terms_Days", "type")]
    assert read(site, VENDORS)[0]["terms_days"] == " 30 d"


def test_date_text_that_became_a_date(site):
    """Noted; the day arrives in the expected form, and months are found."""
    site.execute(
        """alter table dbo."JC_TRANSACTION_HISTORY_MC" alter column "Tran_Date_Text"
        type timestamp(0) using to_date("Tran_Date_Text", 'YYYYMMDD')"""
    )
    site.insert("JC_TRANSACTION_HISTORY_MC", {**TRANSACTION, "Tran_Date_Text": "2026-07-03"})
    assert drift_of(site, TRANSACTIONS) == [("Tran_Date_Text", "type")]
    assert read(site, TRANSACTIONS, months=("202607",))[0]["tran_date"] == "20260703"
    with site.reader() as reader:
        assert [mark.month for mark in reader.fingerprints(TRANSACTIONS, Selection("1"))] == ["202607"]


def test_money_that_became_a_float(site):
    """A binary fraction is noted, and read as the cents that were once entered."""
    site.execute('alter table dbo."JC_TRANSACTION_HISTORY_MC" alter column "Tran_Amount" type double precision')
    for amount in ("10.10", "-1234567.89", "0.07"):
        site.insert("JC_TRANSACTION_HISTORY_MC", {**TRANSACTION, "Tran_Amount": amount})
    assert drift_of(site, TRANSACTIONS) == [("Tran_Amount", "type")]
    found = sorted(row["tran_amount"] for row in read(site, TRANSACTIONS))
    assert found == ["-1234567.89", "0.07", "10.10"]
    with site.reader() as reader:
        (mark,) = reader.fingerprints(TRANSACTIONS, Selection("1"))
    assert mark.amount == "-1234557.72"


def shown(columns: dict[str, str]) -> Callable[[str], SiteTable]:
    """A site whose tables all have these columns."""
    return lambda table: SiteTable(table, f"dbo.{table}", columns)


def test_money_with_four_decimals_of_its_own(site):
    """SQL Server's own type money has four decimals: rounded to cents where it is read, and where it is added up."""
    columns = {name: "decimal(12,2)" for name in ("Tran_Amount", "Total_Hours", "Quantity")}
    names = {source.split(".")[-1] for column in TRANSACTIONS.columns for source in column.sources}
    known = {name: "varchar(8)" for name in names} | {"Invoice_Date": "datetime"} | columns | {"Tran_Amount": "money"}
    plan = make_plan(TRANSACTIONS, "1", False, shown(known))
    assert [(drift.column, drift.change) for drift in plan.drift] == [("Tran_Amount", "type")]
    amount = plan.column("tran_amount")
    assert amount.text == (
        "CAST(CAST(ROUND(CAST(t.Tran_Amount AS decimal(28, 6)), 2) AS decimal(28, 2)) AS varchar(40))"
    )
    assert amount.number in amount.hashed
    decimal = make_plan(TRANSACTIONS, "1", False, shown(known | {"Tran_Amount": "decimal(14,4)"}))
    assert decimal.column("tran_amount").number == "t.Tran_Amount", "what was asked for is not rounded"


def test_summed_column_that_is_no_number_stops(site):
    """A sum over text would leave rows out."""
    site.execute('alter table dbo."JC_PHASE_ESTIMATES_MC" alter column "Est_Cost" type varchar(20)')
    with site.reader() as reader, pytest.raises(StopSync, match=r"Est_Cost of JC_PHASE_ESTIMATES_MC is varchar\(20\)"):
        reader.plan(BUDGETS, "1")


def test_hidden_table(site):
    """A table that Info-Link does not show is a matter of its table security."""
    site.execute('drop table dbo."VN_VENDOR_MASTER_MC"')
    with site.reader() as reader, pytest.raises(FixConfiguration, match=r"VN_VENDOR_MASTER_MC.*table security"):
        reader.plan(VENDORS, "1")


def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that a reader executes from now on."""
    texts: list[str] = []
    original = InfoLinkReader._batches

    def spy(self, statement, *rest):
        texts.append(statement.sql)
        return original(self, statement, *rest)

    monkeypatch.setattr(InfoLinkReader, "_batches", spy)
    return texts


def test_personal_data_is_not_selected(site, monkeypatch):
    """M9: no statement that is sent names social security numbers, nor employees unless they are staged."""
    statements_sent = sent(monkeypatch)
    with site.reader() as reader:
        for table in (t for obj in OBJECTS.values() for t in obj.tables if t.infolink):
            list(reader.read(table, Selection("1")))
            reader.totals(table, Selection("1"))
        list(reader.fingerprints(TRANSACTIONS, Selection("1")))
        assert len(statements_sent) > 20
        assert not [
            text
            for text in statements_sent
            if "Social" in text or "Employee" in text or "*" in text.replace("COUNT(*)", "")
        ]
        list(reader.read(TRANSACTIONS, Selection("1", stage_employees=True)))
    assert "t.Employee_Name" in statements_sent[-1]
    assert not [text for text in statements_sent if "Social" in text]


def test_wide_columns_are_hashed_whole():
    """CONCAT cuts at 4,000 characters unless a part is unlimited: then one is."""

    def columns_of(wide: str):
        known = {
            c.sources[0]: "decimal(14,2)" if c.type in {"money", "quantity"} else "varchar(10)"
            for c in TRANSACTIONS.columns
        }
        return shown({**known, "Description": wide})

    for wide, unlimited in (
        ("varchar(30)", False),
        ("varchar(4000)", True),
        ("nvarchar(max)", True),
        ("varchar(8000)", True),
    ):
        plan = make_plan(TRANSACTIONS, "1", False, columns_of(wide))
        sql = statements.fingerprint_statement(plan, Selection("1"), "s").sql
        assert ("CONCAT(\n                CAST('' AS nvarchar(max))" in sql) == unlimited


def test_a_table_that_is_not_in_infolink():
    """A programming error, not a sync's."""
    with pytest.raises(ValueError, match="not read from Info-Link"):
        make_plan(dataclasses.replace(VENDORS, infolink=None), "1", False, shown({}))


def test_m4_a_column_that_the_login_may_not_read_is_done_without(site, infolink_server) -> None:
    """The server lists it all the same, and would refuse every query that names it."""
    site.insert(HISTORY, TRANSACTION)
    faults = Faults(infolink_server[0])
    try:
        faults.set("infolink_deny_column", f"{HISTORY}.Cost_Center")
        time.sleep(CACHE_SECONDS)
        with site.reader() as reader:
            with pytest.raises(FixConfiguration, match="denied on the column 'Cost_Center'"):
                reader.rows(Statement("SELECT t.Cost_Center FROM dbo.JC_TRANSACTION_HISTORY_MC AS t", {}), HISTORY)
            plan = reader.plan(TRANSACTIONS, "1")
            assert ("Cost_Center", "missing") in {(drift.column, drift.change) for drift in plan.drift}
            [rows] = reader.read(TRANSACTIONS, Selection("1"))
            assert len(rows) == 1
        faults.set("infolink_deny_column", f"{HISTORY}.Job_Number")
        time.sleep(CACHE_SECONDS)
        with site.reader() as reader, pytest.raises(StopSync, match=r"Job_Number .* is missing"):
            reader.plan(TRANSACTIONS, "1")
    finally:
        faults.clear()
        faults.close()


def _plan(table, **types: str):
    """The plan of a table of which some columns have these types."""

    def find(name: str) -> SiteTable:
        columns = columns_of(name)
        return SiteTable(name, f"dbo.{name}", {**columns, **{k: v for k, v in types.items() if k in columns}})

    return make_plan(table, "1", False, find)


@pytest.mark.parametrize("kind", ["varbinary(50)", "timestamp", "image", "geography"])
def test_m4_bytes_are_staged_as_null_and_stop_what_every_row_needs(kind: str) -> None:
    """SQL Server makes no text of most of them, and none that anybody has entered."""
    plan = _plan(TRANSACTIONS, Description=kind)
    column = plan.column("description")
    assert column is not None
    assert column.source is None
    assert [(d.column, d.change) for d in plan.drift if d.column == "Description"] == [("Description", "type")]
    with pytest.raises(StopSync, match=f"Job_Number of {HISTORY} is {re.escape(kind)}"):
        _plan(TRANSACTIONS, Job_Number=kind)
    receivables = OBJECTS["billings"].table("open_receivables")
    assert _plan(receivables, Invoice_Balance=kind).left_out, "what is assumed stops nothing"
    contracts = OBJECTS["prime_contracts"].table("prime_contracts")
    columns = dict.fromkeys(("Original_Contract_Amount", "Original_Contract"), kind)
    assert _plan(contracts, **columns).left_out
    amount = _plan(contracts, Original_Contract_Amount=kind).column("original_contract")
    assert amount is not None
    assert amount.source in ("c.Original_Contract", "j.Original_Contract"), "another column stands for it"


@pytest.mark.parametrize(("kind", "text"), [("xml", "nvarchar(max)"), ("sql_variant", "nvarchar(4000)")])
def test_m4_what_the_server_compares_and_joins_with_nothing_is_made_a_text_first(kind: str, text: str) -> None:
    plan = _plan(TRANSACTIONS, Description=kind, Tran_Amount=kind)
    made = [f"CAST(texts.[{name}] AS {text}) AS [{name}]" for name in ("Description", "Tran_Amount")]
    sql = statements.fingerprint_statement(plan, Selection("1"), "").sql
    assert all(one in sql for one in made)
    assert "TRY_CAST(t.Tran_Amount AS decimal(28, 6))" in sql
    assert next(d.detail for d in plan.drift if d.column == "Tran_Amount").startswith(f"is {kind}, expected a number")


def test_m4_of_two_columns_that_differ_in_letter_case_the_specs_spelling_is_read() -> None:
    """Where letter case counts, both may be there."""
    columns = columns_of(HISTORY)
    both = {"job_number": "int", **columns, "JOB_NUMBER": "float", "TRAN_AMOUNT": "varchar(3)"}
    table = SiteTable(HISTORY, f"dbo.{HISTORY}", both)
    plan = make_plan(TRANSACTIONS, "1", False, lambda _: table)
    read = {column.name: (column.source, column.type) for column in plan.columns}
    assert read["job_number"] == ("t.Job_Number", columns["Job_Number"])
    assert read["tran_amount"] == ("t.Tran_Amount", columns["Tran_Amount"])
    assert table.find("Job_Number") == ("Job_Number", columns["Job_Number"])
