"""Reading over real TDS: every value arrives as the source holds it, and only what was asked for."""

from decimal import Decimal
from typing import Any

import pytest

from spectrum_etl.model.selection import Selection
from spectrum_etl.model.spec import Table
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.infolink.reader import InfoLinkReader, SeparatorInValue
from spectrum_etl.sources.infolink.statements import SEPARATOR
from spectrum_etl.staging.objects import OBJECTS

TRANSACTIONS = OBJECTS["job_costs"].table("job_cost_transactions")
JOBS = OBJECTS["jobs"].table("jobs")
VENDORS = OBJECTS["vendors"].table("vendors")
TABLES = [table for obj in OBJECTS.values() for table in obj.tables if table.infolink]


def rows(reader: InfoLinkReader, table: Table, company: str = "1", **options: Any) -> list[dict[str, str | None]]:
    names = reader.plan(table, company, options.get("stage_employees", False)).column_names
    return [
        dict(zip(names, row, strict=True))
        for batch in reader.read(table, Selection(company, **options))
        for row in batch
    ]


def job(number: str = "24-404", **values: Any) -> dict[str, Any]:
    return {"Company_Code": "1", "Job_Number": number, "Job_Description": "Library", "Status_Code": "A", **values}


def transaction(number: str = "24-404", date: str | None = "20260703", amount: str = "10.00", **values: Any) -> dict:
    return {
        "Company_Code": "1",
        "Job_Number": number,
        "Phase_Code": "033000",
        "Cost_Type": "L",
        "Tran_Date_Text": date,
        "Tran_Amount": amount,
        **values,
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_read_from_an_empty_site(site, table):
    """Every query is accepted, and an empty table is an empty answer, not an error."""
    with site.reader() as reader:
        assert reader.plan(table, "1").drift == ()
        assert rows(reader, table) == []
        assert reader.totals(table, Selection("1"))["rows"] == 0


def test_values_arrive_as_stored(site):
    """Codes keep their blanks, NULL is not '', dates lose their time of day, unicode survives."""
    site.insert(
        "JC_JOB_MASTER_MC",
        job(
            Job_Description="Café Zürich №5",
            City="",
            State=None,
            Original_Contract="1234567.80",
            Start_Date="2026-02-28 13:45:00",
        ),
    )
    with site.reader() as reader:
        (row,) = rows(reader, JOBS)
    assert row["company_code"] == "  1"
    assert row["job_number"] == "    24-404"
    assert row["job_description"] == "Café Zürich №5"
    assert (row["city"], row["state"]) == ("", None)
    assert row["original_contract"] == "1234567.80"
    assert row["start_date"] == "2026-02-28"
    assert row["customer_name"] is None, "Info-Link has no customer name"


@pytest.mark.parametrize("amount", ["999999999999.99", "-999999999999.99", "0.01", "-0.01", "0.00", "100000000000.10"])
def test_money_is_exact(site, amount):
    """No amount passes through a float."""
    site.insert(
        "JC_TRANSACTION_HISTORY_MC", transaction(amount=amount, Total_Hours="9999999999.9999", Quantity="0.0001")
    )
    with site.reader() as reader:
        (row,) = rows(reader, TRANSACTIONS)
        assert (row["tran_amount"], row["total_hours"], row["quantity"]) == (amount, "9999999999.9999", "0.0001")
        (found,) = reader.fingerprints(TRANSACTIONS, Selection("1"))
        assert Decimal(found.amount) == Decimal(amount)
        assert reader.totals(TRANSACTIONS, Selection("1")) == {"rows": 1, "tran_amount": Decimal(amount)}


@pytest.mark.parametrize("stored", ["  1", "1", " 1 ", "1  "])
def test_company_is_found_however_it_is_padded(site, stored):
    """Company 1 is company 1 however it is padded, and companies 11 and 21 are others."""
    site.insert(
        "JC_JOB_MASTER_MC",
        job(Company_Code=stored),
        job("other", Company_Code="11"),
        job("other", Company_Code="21"),
        padded=False,
    )
    with site.reader() as reader:
        assert [row["job_number"] for row in rows(reader, JOBS, " 1 ")] == ["24-404"]


def test_codes_that_differ_in_case_are_two(site):
    """The database ignores case; codes do not: company A is not company a, job 5B is not job 5b."""
    site.insert(
        "JC_JOB_MASTER_MC", job("5b", Company_Code="A"), job("5B", Company_Code="A"), job("9", Company_Code="a")
    )
    with site.reader() as reader:
        assert [row["job_number"].strip() for row in rows(reader, JOBS, "A", jobs=("5B",))] == ["5B"]
        assert reader.totals(JOBS, Selection("a"))["rows"] == 1


def test_narrowed_to_jobs(site):
    """A5: jobs are compared trimmed; 404 is not 24-404."""
    for stored in ("    24-404", "24-404", "24-404    ", "       404"):
        site.insert("JC_TRANSACTION_HISTORY_MC", transaction(stored), padded=False)
    with site.reader() as reader:
        found = rows(reader, TRANSACTIONS, "  1", jobs=("24-404",), months=("202607",))
        assert sorted(row["job_number"] for row in found) == ["    24-404", "24-404", "24-404    "]
        assert rows(reader, TRANSACTIONS, "1", months=("202608",)) == []
        assert reader.totals(TRANSACTIONS, Selection("1", jobs=("404", "none")))["rows"] == 1


def test_a_quote_in_a_code_is_a_value(site):
    """Values are bound: a job number is never SQL."""
    site.insert("JC_TRANSACTION_HISTORY_MC", transaction("a'; --"), transaction("24-404"))
    with site.reader() as reader:
        assert len(rows(reader, TRANSACTIONS, jobs=("a'; --",))) == 1


def test_equal_rows_are_all_read(site):
    """Two equal time cards are two postings."""
    site.insert("JC_TRANSACTION_HISTORY_MC", *[transaction()] * 3)
    with site.reader() as reader:
        assert len(rows(reader, TRANSACTIONS)) == 3


def test_batches(site):
    """Rows come in batches of at most the size asked for."""
    site.execute(
        """insert into dbo."JC_TRANSACTION_HISTORY_MC" ("Company_Code", "Job_Number", "Tran_Date_Text", "Tran_Amount")
        select '  1', n, '20260701', n from generate_series(1, 2500) n"""
    )
    with site.reader() as reader:
        assert [len(b) for b in reader.read(TRANSACTIONS, Selection("1"), batch_rows=1000)] == [1000, 1000, 500]


def test_partitions_blank_ones_too(site):
    """1,200 partitions in several statements: each row of them once, blank jobs, blank and NULL dates included."""
    site.execute(
        """insert into dbo."JC_TRANSACTION_HISTORY_MC" ("Company_Code", "Job_Number", "Tran_Date_Text", "Tran_Amount")
        select '  1', lpad('J' || job, 10), year * 100 + month || '15', 1
        from generate_series(1, 40) job, generate_series(2024, 2026) year, generate_series(1, 12) month,
        generate_series(1, 2)"""
    )
    for date in ("", "        ", None, "  2026", "20260101"):
        site.insert("JC_TRANSACTION_HISTORY_MC", transaction("", date), transaction("J1", date))
    blank = [("J1", ""), ("", "")]
    pairs = [
        (f"J{job}", f"{year}{month:02}")
        for job in range(1, 40)
        for year in (2024, 2025, 2026)
        for month in range(1, 12)
    ]
    with site.reader() as reader:
        found = rows(reader, TRANSACTIONS, partitions=(*blank, *pairs, *pairs[:5]))
        assert len(pairs) == 1287
        assert len(found) == 2 * 3 + 2 * len(pairs) + 1
        assert rows(reader, TRANSACTIONS, partitions=()) == []
        assert len(rows(reader, TRANSACTIONS, partitions=(("", ""),))) == 3
        assert len(rows(reader, TRANSACTIONS, partitions=(("J1", "2026"),))) == 1
        marks = list(reader.fingerprints(TRANSACTIONS, Selection("1", partitions=(*blank, *pairs))))
        assert sum(mark.rows for mark in marks) == len(found)
        assert len({(mark.job, mark.month) for mark in marks}) == len(pairs) + 2


def test_totals_equal_what_is_read(site):
    """verify_staging compares with the same rows that a sync would read."""
    site.insert(
        "VN_VENDOR_MASTER_MC",
        {"Company_Code": "1", "Vendor_Code": "ACME", "Vendor_Name": "Acme", "Balance": "10.25"},
        {"Company_Code": "1", "Vendor_Code": "BOLT", "Vendor_Name": "Bolt", "Balance": None},
        {"Company_Code": "2", "Vendor_Code": "ACME", "Vendor_Name": "Acme", "Balance": "99.00"},
    )
    with site.reader() as reader:
        assert reader.totals(VENDORS, Selection("1")) == {"rows": 2, "balance": Decimal("10.25")}


def test_master_jobs(site):
    """B3: the master of every sub job, trimmed; masters and single jobs are left out."""
    site.insert(
        "JC_JOB_MASTER_MC",
        job("100"),
        job("101", Master_Job="       100"),
        job("102", Master_Job="   "),
        job("7", Company_Code="2", Master_Job="6"),
    )
    with site.reader() as reader:
        assert reader.master_jobs("1") == {"101": "100"}
        assert reader.master_jobs_drift() == ()
    site.execute('alter table dbo."JC_JOB_MASTER_MC" drop column "Master_Job"')
    with site.reader() as reader:
        assert reader.master_jobs("1") == {}
        (drift,) = reader.master_jobs_drift()
        assert (drift.table, drift.column, drift.change) == ("JC_JOB_MASTER_MC", "Master_Job", "missing")


def test_one_query_at_a_time(site):
    """The driver would drop the rest of the first answer without a word: that is an error here."""
    site.insert("JC_JOB_MASTER_MC", *[job(str(number)) for number in range(10)])
    with site.reader() as reader:
        reader.table("JC_JOB_MASTER_MC")
        first = reader.read(JOBS, Selection("1"), batch_rows=2)
        next(first)
        reader.totals(JOBS, Selection("1"))
        with pytest.raises(RuntimeError, match="another query"):
            list(first)


def test_outside_its_with():
    """A reader that was not opened says so."""
    reader = InfoLinkReader(InfoLinkConnection("h", "d", "u", "p"))
    with pytest.raises(RuntimeError, match="with"):
        reader.table("JC_JOB_MASTER_MC")


def test_lines_hold_what_the_columns_hold(site):
    """A row read as one text has the values of the row read by columns, NULL as blank, with the same checksum."""
    site.insert(
        "JC_TRANSACTION_HISTORY_MC",
        transaction(Description="Café №5, back\\slash\ttab\nline", Vendor_Name=None, Total_Hours="-1.5000"),
        transaction("J2", date=None, amount="-0.01", Description=""),
    )
    with site.reader() as reader:
        by_columns = [row for batch in reader.read(TRANSACTIONS, Selection("1"), checksums=True) for row in batch]
        lines = [line for batch in reader.read_lines(TRANSACTIONS, Selection("1"), checksums=True) for line in batch]
    assert sorted(tuple(value or "" for value in row) for row in by_columns) == sorted(
        tuple(line.split(SEPARATOR)) for line in lines
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_read_in_lines(site, table):
    """Every query is accepted in lines, too."""
    with site.reader() as reader:
        assert list(reader.read_lines(table, Selection("1"))) == []


def test_a_separator_in_a_value_is_not_taken_for_a_column(site):
    """Such a row is refused, so that the caller reads by columns."""
    site.insert("JC_JOB_MASTER_MC", job(Job_Description=f"Li{SEPARATOR}brary"))
    with site.reader() as reader:
        with pytest.raises(SeparatorInValue):
            list(reader.read_lines(JOBS, Selection("1")))
        (row,) = rows(reader, JOBS)
    assert row["job_description"] == f"Li{SEPARATOR}brary"
