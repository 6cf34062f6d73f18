"""Fingerprints: every change of a partition shows, and nothing else does."""

import pytest

from spectrum_etl.model.selection import Selection
from spectrum_etl.sources.infolink.reader import Fingerprint
from spectrum_etl.staging.objects import OBJECTS

TRANSACTIONS = OBJECTS["job_costs"].table("job_cost_transactions")
TABLE = "JC_TRANSACTION_HISTORY_MC"


def transaction(**values):
    return {
        "Company_Code": "1",
        "Job_Number": "24-404",
        "Phase_Code": "033000",
        "Cost_Type": "L",
        "Tran_Date_Text": "20260703",
        "Tran_Amount": "10.00",
        "Description": "Forms",
        "Vendor_Name": "Acme",
        "Reference_1": "",
        **values,
    }


def marks(site, spec_hash="", **options) -> dict[tuple[str, str], Fingerprint]:
    with site.reader() as reader:
        found = list(reader.fingerprints(TRANSACTIONS, Selection("1", **options), spec_hash=spec_hash))
    assert len(found) == len({mark[:2] for mark in found})
    return {mark[:2]: mark for mark in found}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Description", "Forms "),
        ("Description", "forms"),
        ("Description", " Forms"),
        ("Description", ""),
        ("Description", None),
        ("Vendor_Name", "Acmé"),
        ("Reference_1", None),
        ("Tran_Amount", "10.01"),
        ("Tran_Date_Text", "20260704"),
        ("Cost_Center", ""),
        ("Job_Number", "24-404    "),
        ("Total_Hours", "0.0000"),
    ],
)
def test_every_edit_shows(site, column, value):
    """Blanks, case and NULL against '' are changes too; only the checksum tells."""
    site.insert(TABLE, transaction(), transaction(Tran_Date_Text="20260801"))
    before = marks(site)
    site.update({column: value}, where="202607")
    after = marks(site)
    assert before["24-404", "202607"].checksum != after["24-404", "202607"].checksum
    assert before["24-404", "202608"] == after["24-404", "202608"]


def test_compensating_edits_and_moved_text_show(site):
    """Equal sums are not enough, and text cannot wander between columns unseen."""
    site.insert(TABLE, transaction(Description="ab", Vendor_Name="c"), transaction(Tran_Amount="20.00"))
    first = marks(site)["24-404", "202607"]
    site.execute('update dbo."JC_TRANSACTION_HISTORY_MC" set "Tran_Amount" = 30 - "Tran_Amount"')
    second = marks(site)["24-404", "202607"]
    assert (first.amount, first.rows) == (second.amount, second.rows)
    assert first.checksum != second.checksum
    site.update({"Description": "a", "Vendor_Name": "bc"})
    assert marks(site)["24-404", "202607"].checksum != second.checksum


def test_order_does_not_matter_and_equal_rows_do_not_cancel(site):
    """The same rows in another order are the same; two equal rows more are a change."""
    site.insert(TABLE, transaction(), transaction(Description="Rebar"))
    before = marks(site)
    site.execute('delete from dbo."JC_TRANSACTION_HISTORY_MC"')
    site.insert(TABLE, transaction(Description="Rebar"), transaction())
    assert marks(site) == before
    site.insert(TABLE, *[transaction(Tran_Amount="0.00")] * 2)
    assert marks(site)["24-404", "202607"].checksum != before["24-404", "202607"].checksum


def test_partitions_are_trimmed_and_binary(site):
    """Padding does not split a partition, case does; blank and invalid dates are partitions too."""
    site.insert(
        TABLE,
        *[transaction(Job_Number=number) for number in ("    24-404", "24-404", "24-404    ")],
        transaction(Job_Number="24-404a"),
        transaction(Job_Number="24-404A"),
        transaction(Tran_Date_Text=None),
        transaction(Tran_Date_Text="   "),
        transaction(Tran_Date_Text="99999999"),
        transaction(Job_Number=None),
        padded=False,
    )
    site.update({"Company_Code": "  1"})
    assert {key: mark.rows for key, mark in marks(site).items()} == {
        ("24-404", "202607"): 3,
        ("24-404a", "202607"): 1,
        ("24-404A", "202607"): 1,
        ("24-404", ""): 2,
        ("24-404", "999999"): 1,
        ("", "202607"): 1,
    }


def test_narrowed_fingerprints_equal_the_whole(site):
    """A partition has one fingerprint, however it was asked for."""
    site.insert(
        TABLE, *[transaction(Job_Number=j, Tran_Date_Text=d) for j in "AB" for d in ("20260701", "20260801", "")]
    )
    whole = marks(site)
    assert marks(site, jobs=("A",), months=("202607",)) == {("A", "202607"): whole["A", "202607"]}
    assert marks(site, partitions=(("B", ""), ("C", "202607"))) == {("B", ""): whole["B", ""]}
    assert marks(site, partitions=()) == {}


def test_spec_and_columns_are_part_of_it(site):
    """New rules, employees switched on, and a column that comes back copy everything again."""
    site.insert(TABLE, transaction())
    key = ("24-404", "202607")
    checksums = {
        marks(site)[key].checksum,
        marks(site, spec_hash="a")[key].checksum,
        marks(site, spec_hash="b")[key].checksum,
    }
    checksums.add(marks(site, stage_employees=True)[key].checksum)
    site.execute('alter table dbo."JC_TRANSACTION_HISTORY_MC" drop column "Reference_1"')
    checksums.add(marks(site)[key].checksum)
    assert len(checksums) == 5


def test_missing_quantity_sums_to_zero(site):
    """Sums are numbers even where Info-Link has no such column or no value."""
    site.execute('alter table dbo."JC_TRANSACTION_HISTORY_MC" drop column "Quantity"')
    site.insert(TABLE, transaction())
    (mark,) = marks(site).values()
    assert float(mark.quantity) == float(mark.hours) == 0
