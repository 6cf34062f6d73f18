"""O1, M4: types and collations of other sites are read as what they hold; money is in cents, and that is noted once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import pytest
from infolink_rows import source_row, stored_name
from staging_harness import Warehouse, infolink_settings, problems

from sandbox.data import layouts, own_site
from sandbox.data.tables import tables as source_tables
from spectrum_etl.exports.spectrum import tables as looked_up
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.settings import Company
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.companies import job_numbers
from spectrum_etl.sources.infolink.lookup import look_up
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.companies import unknown_to_infolink
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify
from tests.repeats import repeats

HISTORY, AMOUNT = "JC_TRANSACTION_HISTORY_MC", "Tran_Amount"
#: Seldom a binary fraction, and on both sides of half a cent.
AMOUNTS = ("10.005", "-10.005", "1.005", "2.675", "0.1", "70.3", "-0.004", "0.0049", "8.1249", "0")


@pytest.fixture(autouse=True)
def _without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which has tests of its own."""
    monkeypatch.setattr(checking, "run_checks", lambda *_args, **_options: [])


@pytest.fixture
def site(warehouse: Warehouse) -> Iterator[Warehouse]:
    """A warehouse beside a site that is as everybody's again afterwards."""
    yield warehouse
    own_site.forget(warehouse.spectrum.connection)
    layouts.show(warehouse.spectrum.connection, "hosted")


def retype(site: Warehouse, **types: str) -> None:
    """Let Info-Link show columns of the transactions with other types."""
    for column, kind in types.items():
        own_site.say(site.spectrum.connection, HISTORY, column, type=kind)
    layouts.show(site.spectrum.connection, "own")


def cents(amount: str) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


def verified(site: Warehouse) -> set[str]:
    """What `verify_staging` says of the transactions and their totals."""
    settings = infolink_settings()
    with Sources(settings.company("1"), infolink=site.spectrum.infolink) as sources:
        run = Run("verify_staging", "verify")
        return {result.status for result in verify(site.url, OBJECTS["job_costs"], run, sources, settings)}


@pytest.mark.parametrize("kind", repeats(["float", "money", "smallmoney", "real"], quick=2))
def test_o1_amounts_of_an_inexact_or_longer_type_are_cents_and_that_is_noted_once(site: Warehouse, kind: str) -> None:
    site.spectrum.alter(HISTORY, "alter column {} type numeric(19,6)", AMOUNT)
    for number, amount in enumerate(AMOUNTS, 1):
        site.spectrum.add(HISTORY, source_row(HISTORY, number, **{AMOUNT: amount, "Reference_1": amount}))
    retype(site, **{AMOUNT: kind})
    counts = site.sync("job_costs")["job_cost_transactions"]
    assert (counts.new, counts.rejected) == (len(AMOUNTS), 0)
    staged = site.query("select reference_1, tran_amount from spectrum.job_cost_transactions")
    assert dict(staged) == {amount: cents(amount) for amount in AMOUNTS}
    assert verified(site) == {"passed"}
    again = site.sync("job_costs")["job_cost_transactions"]
    assert (again.new, again.changed, again.deleted) == (0, 0, 0)
    noted = site.query("select detail from sync.drift where column_name = %s and resolved_at is null", AMOUNT)
    assert noted == [(f"is {kind}, expected a decimal; amounts are rounded to cents",)]


def test_o1_texts_of_several_collations_are_read_together(site: Warehouse) -> None:
    """SQL Server refuses to join them into one text, and so does the stand-in: each is given a stated collation."""
    for number in range(1, 5):
        site.spectrum.add(HISTORY, source_row(HISTORY, number, Description="Müller & Söhne", Vendor_Name="ÉTÉ"))
    retype(
        site,
        Description="varchar(30) COLLATE Latin1_General_CS_AS",
        Vendor_Name="nvarchar(40) COLLATE Latin1_General_BIN2",
        Job_Number="char(10) COLLATE SQL_Latin1_General_CP1_CI_AS",
    )
    assert site.sync("job_costs")["job_cost_transactions"].new == 4
    assert problems(site.look("job_cost_transactions"), "job_cost_transactions", ()) == []
    assert site.sync("job_costs")["job_cost_transactions"].new == 0, "fingerprints are those that were published"
    assert verified(site) == {"passed"}


@pytest.mark.parametrize("kind", repeats(["float", "int", "real", "decimal(12,2)"], quick=2))
def test_o1_codes_that_are_kept_as_numbers_are_what_a_person_would_write(site: Warehouse, kind: str) -> None:
    """No `1001.000000` or `1.001e+003`; a run of some jobs finds them, too."""
    jobs = {"float": ("1001", "19.5"), "real": ("1001", "19.5"), "decimal(12,2)": ("1001.00", "19.50")}
    held = ("1001", "19.50") if kind != "int" else ("1001", "19")
    expected = jobs.get(kind, held)
    for number, job in enumerate((*held, *held), 1):
        site.spectrum.add(HISTORY, source_row(HISTORY, number, Job_Number=job.rjust(10)))
    retype(site, Job_Number=kind)
    assert site.sync("job_costs")["job_cost_transactions"].new == 4
    staged = "select distinct job_number from spectrum.job_cost_transactions order by 1"
    assert site.query(staged) == [(job,) for job in sorted(expected)]
    site.spectrum.change(HISTORY, {"Job_Number": held[1]}, Description="Edited")
    counts = site.sync("job_costs", Scope("1", jobs=(expected[1],)))["job_cost_transactions"]
    assert (counts.new, counts.deleted) == (2, 2)
    assert site.sync("job_costs")["job_cost_transactions"].new == 0
    assert verified(site) == {"passed"}


@pytest.mark.parametrize("kind", repeats(["ntext", "text"]))
def test_o1_the_old_types_of_text_are_read_as_texts(site: Warehouse, kind: str) -> None:
    """SQL Server trims, joins and compares none of them."""
    for number in range(1, 4):
        site.spectrum.add(HISTORY, source_row(HISTORY, number, Description="Größe 日本", Vendor_Name="ÉTÉ"))
    retype(site, Description=kind, Vendor_Name=kind, Reference_1=kind, Job_Number=kind, Company_Code=kind)
    assert site.sync("job_costs")["job_cost_transactions"].new == 3
    assert problems(site.look("job_cost_transactions"), "job_cost_transactions", ()) == []
    site.spectrum.change(HISTORY, {"Job_Number": "J1"}, Description="Edited")
    assert site.sync("job_costs", Scope("1", jobs=("J1",)))["job_cost_transactions"].new == 1
    assert site.sync("job_costs")["job_cost_transactions"].new == 0
    assert verified(site) == {"passed"}


@pytest.mark.parametrize("kind", repeats(["datetimeoffset(7)", "int", "float", "text"], quick=2))
def test_o1_the_month_of_a_posting_is_known_whatever_its_date_is_kept_as(site: Warehouse, kind: str) -> None:
    for number in range(1, 4):
        site.spectrum.add(HISTORY, source_row(HISTORY, number, Tran_Date_Text=f"20260{number}28"))
    retype(site, Tran_Date_Text=kind, Invoice_Date="datetimeoffset(0)")
    assert site.sync("job_costs")["job_cost_transactions"].new == 3
    assert problems(site.look("job_cost_transactions"), "job_cost_transactions", ()) == []
    months = site.query("select partition_month from sync.partitions where source_rows > 0 order by 1")
    assert months == [("202601",), ("202602",), ("202603",)]
    assert verified(site) == {"passed"}


@pytest.mark.parametrize("name", repeats(["subcontracts", "budgets", "prime_contracts"]))
@pytest.mark.parametrize("kind", ["float", "text", "uniqueidentifier"])
def test_o1_tables_whose_keys_are_of_different_types_are_joined(site: Warehouse, name: str, kind: str) -> None:
    """One of them keeps a part of the key as another type than the others; a text is what it is everywhere."""
    codes = {"float": "1001", "text": "1001", "uniqueidentifier": "6F9619FF-8B86-D011-B42D-00C04FC964FF"}
    tables = [table for table in OBJECTS[name].tables if table.infolink]
    stored = [stored_name(source) for table in tables if table.infolink for source in table.infolink.tables.values()]
    for source in dict.fromkeys(stored):
        columns = {column.name: column for column in source_tables()[source].columns}
        job = next(column for column in ("Job_Number", "Job", "Vendor_Code", "Company_Code") if column in columns)
        site.spectrum.alter(source, "alter column {} type varchar(36)", job)
        site.spectrum.add(source, source_row(source, 1, **{job: codes[kind]}))
        if source == stored[0]:
            own_site.say(site.spectrum.connection, source, job, type=kind)
        for column in columns.values():
            if kind == "text" and column.name in ("Description", "Comment", "Job_Description", "Contact_Person"):
                own_site.say(site.spectrum.connection, source, column.name, type="ntext")
    layouts.show(site.spectrum.connection, "own")
    site.sync(name)
    for table in tables:
        seen = site.look(table.name)
        assert seen.source.total() == 1
        assert problems(seen, table.name, table.key) == [], table.name


@pytest.mark.parametrize("kind", repeats(["char(3)", "int", "float", "nchar(6)", "text"], quick=2))
def test_o1_the_companys_code_is_found_whatever_it_is_kept_as(site: Warehouse, kind: str) -> None:
    """Written `1`, right-justified or as a number, for the company that the settings call 01."""
    for company in ("  1", "  2"):
        for number in range(1, 3):
            site.spectrum.add(HISTORY, source_row(HISTORY, number, Company_Code=company))
    retype(site, Company_Code=kind, AP_Company_Code="nchar(6)")
    made = Company(code="01", name="One", phase_category="STD", infolink_code="1")
    settings = infolink_settings(companies=(made,))
    assert site.sync("job_costs", Scope("01"), settings)["job_cost_transactions"].new == 2
    assert site.sync("job_costs", Scope("01", jobs=("J1",)), settings)["job_cost_transactions"].new == 0
    assert site.query("select distinct company_code from spectrum.job_cost_transactions") == [("01",)]
    with Sources(made, infolink=site.spectrum.infolink) as sources:
        assert unknown_to_infolink(sources.infolink, "01") is None
        told = unknown_to_infolink(sources.infolink, "03")
    assert told is not None
    assert told.limit == "1, 2"


@pytest.mark.parametrize("kind", ["float", "ntext", "decimal(9,1)"])
def test_o1_what_exports_look_up_is_found_whatever_its_code_is_kept_as(site: Warehouse, kind: str) -> None:
    jobs = "JC_JOB_MASTER_MC"
    for job in ("19.5", "1001"):
        site.spectrum.add(jobs, source_row(jobs, 1, Job_Number=job.rjust(10), Job_Description=f"Job {job}"))
    for column in ("Job_Number", "Job_Description"):
        own_site.say(site.spectrum.connection, jobs, column, type=kind if column == "Job_Number" else "ntext")
    layouts.show(site.spectrum.connection, "own")
    with InfoLinkReader(site.spectrum.infolink) as reader:
        [found] = look_up(reader, looked_up.JOBS, {"Company_Code": "1", "Job_Number": "19.5"})
        assert look_up(reader, looked_up.JOBS, {"Company_Code": "1", "Job_Number": "19"}) == []
        assert "19.5" in job_numbers(reader, jobs, "1")
    assert ((found["Job_Number"] or "").strip(), found["Job_Description"]) == ("19.5", "Job 19.5")


@pytest.mark.parametrize("kind", repeats(["uniqueidentifier", "float"]))
def test_o1_what_becomes_a_text_goes_with_texts_of_a_collation_of_their_own(site: Warehouse, kind: str) -> None:
    """Made of a number, it has the database's; SQL Server refuses to join both."""
    held = "1001" if kind == "float" else "6F9619FF-8B86-D011-B42D-00C04FC964FF"
    site.spectrum.alter(HISTORY, "alter column {} type varchar(36)", "Reference_1")
    site.spectrum.add(HISTORY, source_row(HISTORY, 1, Reference_1=held))
    texts = {c.name: c.width for c in source_tables()[HISTORY].columns if c.kind == "text" and c.width}
    types = {name: f"varchar({width}) COLLATE Latin1_General_CI_AS" for name, width in texts.items()}
    retype(site, **{**types, "Reference_1": kind})
    assert site.sync("job_costs")["job_cost_transactions"].new == 1
    assert problems(site.look("job_cost_transactions"), "job_cost_transactions", ()) == []
    assert site.sync("job_costs")["job_cost_transactions"].new == 0
