"""O1: a site's own names for tables and columns are settings; what is read is the same."""

from __future__ import annotations

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.exports.spectrum import tables
from spectrum_etl.model.selection import Selection
from spectrum_etl.settings.infolink import InfoLinkSettings, SiteNames
from spectrum_etl.sources.infolink.companies import company_codes, holds_company, job_numbers
from spectrum_etl.sources.infolink.lookup import Lookup, lacking, look_up
from spectrum_etl.sources.infolink.names import names_read
from spectrum_etl.staging.objects import OBJECTS
from tests.sources.infolink.test_infolink_drift import TRANSACTION, TRANSACTIONS, sent

HISTORY, MASTER = "JC_TRANSACTION_HISTORY_MC", "JC_JOB_MASTER_MC"
JOBS = OBJECTS["jobs"].table("jobs")
JOB = {
    "Company_Code": "1",
    "Job_Number": "24-404",
    "Job_Description": "Library",
    "Status_Code": "A",
    "Master_Job": "24",
}


def names(table: str | None = None, one_company: bool = False, **columns: str) -> SiteNames:
    named = SiteNames(table=table, one_company=one_company, columns=columns)
    found = InfoLinkSettings(names={"1": {"T": named}}).of("1")
    return found["T"]


def rows_of(site, named: dict[str, SiteNames], table=TRANSACTIONS) -> list[dict[str, str | None]]:
    with site.reader(named) as reader:
        columns = reader.plan(table, "1").column_names
        return [dict(zip(columns, row, strict=True)) for rows in reader.read(table, Selection("1")) for row in rows]


def fill(site) -> list[dict[str, str | None]]:
    """Some postings under the names of the specs; how they are read."""
    for amount, text in (("10.00", "Concrete"), ("-3.50", "Credit")):
        site.insert(HISTORY, {**TRANSACTION, "Tran_Amount": amount, "Description": text})
    site.insert(HISTORY, {**TRANSACTION, "Company_Code": "2"})
    return rows_of(site, {})


def test_renamed_columns_are_read_and_added_up_as_before(site, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = fill(site)
    with site.reader() as reader:
        marks = list(reader.fingerprints(TRANSACTIONS, Selection("1")))
    for name, other in (("Tran_Amount", "Amt of Tran"), ("Job_Number", "Order"), ("Description", "descr")):
        site.execute(f'alter table dbo."{HISTORY}" rename column "{name}" to "{other}"')
    named = {HISTORY: names(Tran_Amount="amt OF tran", job_number="ORDER", Description="Descr")}
    assert rows_of(site, named) == expected
    statements = sent(monkeypatch)
    with site.reader(named) as reader:
        assert reader.plan(TRANSACTIONS, "1").drift == ()
        assert list(reader.fingerprints(TRANSACTIONS, Selection("1"))) == marks
        assert reader.totals(TRANSACTIONS, Selection("1"))["rows"] == 2
        narrowed = Selection("1", jobs=("24-404",), months=("202607",))
        assert [len(rows) for rows in reader.read(TRANSACTIONS, narrowed)] == [2]
    assert not [text for text in statements if "PR_Pay_Amount" in text], "wages are selected nowhere"


def test_a_column_that_stands_for_another_one_hides_it(site) -> None:
    """A site keeps what was entered under the old name, and the amount in the company's currency beside it."""
    fill(site)
    site.execute(f'alter table dbo."{HISTORY}" add "Tran_Amount_CAD" numeric(12,2) default 7')
    found = rows_of(site, {HISTORY: names(Tran_Amount="Tran_Amount_CAD")})
    assert {row["tran_amount"] for row in found} == {"7.00"}


@pytest.mark.parametrize("view", ["TRANS", "JC_HISTORY_MC"])
def test_another_table_or_view_is_read_in_its_place(site, view: str) -> None:
    expected = fill(site)
    site.execute(f'alter table dbo."{HISTORY}" rename to "{view}"')
    try:
        with site.reader() as reader, pytest.raises(FixConfiguration, match="shows no table"):
            reader.table(HISTORY)
        assert rows_of(site, {HISTORY: names(view)}) == expected
        assert rows_of(site, {HISTORY: names(f"dbo.{view}")}) == expected
    finally:
        site.execute(f'drop table dbo."{view}"')


def test_a_view_of_the_companys_own_rows_needs_no_company_code(site) -> None:
    """The settings say so, whatever the login is called; a view that is only named may hold every company's rows."""
    site.insert(MASTER, JOB)
    site.execute(f'alter table dbo."{MASTER}" drop column "Company_Code"')
    site.execute(f'alter table dbo."{MASTER}" rename to "OUR_JOBS"')
    named = {MASTER: names("OUR_JOBS", one_company=True)}
    try:
        with pytest.raises(
            FixConfiguration, match=r"write `one_company: true` for JC_JOB_MASTER_MC in infolink\.names"
        ):
            rows_of(site, {MASTER: names("OUR_JOBS")}, JOBS)
        found = rows_of(site, named, JOBS)
        assert [(row["company_code"], row["job_number"]) for row in found] == [("1", "    24-404")]
        with site.reader(named) as reader:
            assert holds_company(reader, MASTER, "1")
            assert company_codes(reader, MASTER) == []
            assert job_numbers(reader, MASTER, "1") == {"24-404"}
            assert reader.master_jobs("1") == {"24-404": "24"}
            [job] = look_up(reader, tables.JOBS, {"Company_Code": "1", "Job_Number": "24-404"})
            assert (job["Company_Code"], job["Job_Description"]) == ("1", "Library")
            assert lacking(reader, tables.JOBS) == []
    finally:
        site.execute('drop table dbo."OUR_JOBS"')


def test_postings_of_a_view_without_company_code_are_fingerprinted(site) -> None:
    """The company's code is a part of every row's checksum there, too."""
    fill(site)
    site.execute(f'delete from dbo."{HISTORY}" where btrim("Company_Code") = \'2\'')  # noqa: S608
    site.execute(f'alter table dbo."{HISTORY}" drop column "Company_Code"')
    named = {HISTORY: names(one_company=True)}
    [row, _] = rows_of(site, named)
    assert row["company_code"] == "1"
    with site.reader(named) as reader:
        assert [mark.rows for mark in reader.fingerprints(TRANSACTIONS, Selection("1"))] == [2]
        assert [len(rows) for rows in reader.read_lines(TRANSACTIONS, Selection("1"), checksums=True)] == [2]


def test_a_company_that_the_tables_write_otherwise_is_read_under_its_own_code(site) -> None:
    """`01` in the settings, ` 1` in every table: exactly so, and only where the settings say so."""
    fill(site)
    site.insert(MASTER, JOB)
    with site.reader(written={"01": "1"}) as reader:
        rows = [row for rows in reader.read(JOBS, Selection("01")) for row in rows]
        assert [row[0] for row in rows] == ["01"]
        assert holds_company(reader, MASTER, "01")
        assert not holds_company(reader, MASTER, "02")
        assert company_codes(reader, MASTER) == ["1"]
        assert job_numbers(reader, MASTER, "01") == {"24-404"}
        assert reader.master_jobs("01") == {"24-404": "24"}
        assert reader.totals(TRANSACTIONS, Selection("01"))["rows"] == 2
        assert [mark.rows for mark in reader.fingerprints(TRANSACTIONS, Selection("01"))] == [2]
        [job] = look_up(reader, tables.JOBS, {"Company_Code": "01", "Job_Number": "24-404"})
        assert job["Company_Code"] == "01"
    with site.reader() as reader:
        assert list(reader.read(JOBS, Selection("01"))) == []


def test_the_exports_look_up_by_the_sites_names(site) -> None:
    site.insert(MASTER, JOB)
    site.execute(f'alter table dbo."{MASTER}" rename column "Job_Description" to "Name of Job"')
    with site.reader({MASTER: names(Job_Description="name of job")}) as reader:
        [found] = look_up(reader, tables.JOBS, {"Company_Code": "1", "Job_Number": "24-404"})
    assert found["Job_Description"] == "Library"


def test_a_name_that_the_site_does_not_have_is_told_with_the_closest(site) -> None:
    with site.reader({HISTORY: names(Tran_Amount="TranAmt")}) as reader, pytest.raises(FixConfiguration) as caught:
        reader.table(HISTORY)
    message = str(caught.value)
    assert f"the settings call TRAN_AMOUNT of {HISTORY} TranAmt" in message
    assert "the closest are Tran_Amount" in message
    with site.reader({HISTORY: names("reporting.HISTORY")}) as reader, pytest.raises(FixConfiguration) as caught:
        reader.table(HISTORY)
    assert f"no table or view reporting.HISTORY to this login, which the settings name for {HISTORY}" in str(
        caught.value
    )


def test_every_column_that_exports_look_up_may_be_named() -> None:
    known = names_read(table for obj in OBJECTS.values() for table in obj.tables)
    lookups = [lookup for lookup in vars(tables).values() if isinstance(lookup, Lookup)]
    assert len(lookups) > 10
    for lookup in lookups:
        for named in lookup.columns.values():
            columns = (named,) if isinstance(named, str) else named
            assert {column.upper() for column in columns} <= known[lookup.table.upper()], lookup.table
