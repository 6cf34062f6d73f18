"""Projections of the stand-in are steps (L1): what JobCostProjections and change orders book, what GetPhase shows."""

import datetime
import random
from decimal import Decimal

import pytest

from sandbox.sdx.server import SdxServer
from tests.sandbox.sdx.raw_soap import Soap
from tests.sandbox.sdx.raw_writes import Query, Site, Writer

HVAC = {"Phase_Code": "230000", "Cost_Type": "S"}
#: Columns of a row: type, day, and the three steps.
Row = tuple[str, str | None, Decimal, Decimal, Decimal]


def rows(query: Query, site: Site, phase: str = "230000") -> list[Row]:
    """What is booked of a phase, in the order it was."""
    return query(  # type: ignore[return-value]
        """SELECT "Type", "Transaction_Date"::date::text, "Amount", "Projected_Hours", "Projected_Quantity"
           FROM "JC_PROJ_COST_HISTORY_MC" WHERE btrim("Job") = %s AND btrim("Phase") = %s
           ORDER BY right("System_Key", 8)""",
        site.job,
        phase,
    )


def amounts(query: Query, site: Site, phase: str = "230000") -> list[tuple[str, str | None, str]]:
    """Type, day and amount of each row."""
    return [(kind, day, f"{amount:.2f}") for kind, day, amount, *_ in rows(query, site, phase)]


def total(query: Query, site: Site, day: str) -> Decimal:
    """The sum of the amounts up to a day; rows without a date count on every day."""
    (row,) = query(
        """SELECT coalesce(sum("Amount"), 0) FROM "JC_PROJ_COST_HISTORY_MC" WHERE btrim("Job") = %s
           AND btrim("Phase") = '230000' AND ("Transaction_Date" IS NULL OR "Transaction_Date"::date <= %s::date)""",
        site.job,
        day,
    )
    return Decimal(row[0])


def shown(soap: Soap, site: Site, phase: str = "230000", cost_type: str = "S") -> tuple[str, str, str]:
    """What GetPhase projects: dollars, hours, quantity."""
    found = soap.rows("GetPhase", pCompany_Code="1", pJob_Number=site.job, pCost_Type=cost_type)
    (row,) = [row for row in found if row["Phase_Code"].strip() == phase]
    return row["Projected_Dollars"], row["Projected_Hours"], row["Projected_Quantity"]


def enter(writer: Writer, site: Site, day: str, **values: str) -> None:
    """Enter totals of the HVAC phase."""
    writer.done("JobCostProjections", **site.key, **HVAC, Transaction_Date=day, **values)


def test_a_total_books_its_difference(writer: Writer, site: Site, soap: Soap, query: Query) -> None:
    """L1: 0 clears, blank leaves, an equal total books nothing; several rows a day."""
    assert shown(soap, site) == ("0.00", "0.00", "0.00")
    enter(writer, site, "06/01/2026", Amount="5000.00")
    enter(writer, site, "06/02/2026", Projected_Hours="40", Amount="4500")
    enter(writer, site, "06/02/2026", Projected_Hours="40")
    enter(writer, site, "06/03/2026", Amount="4500")
    enter(writer, site, "06/03/2026", Amount="4600.10", Projected_Quantity="7")
    enter(writer, site, "06/03/2026", Amount="4700")
    assert shown(soap, site) == ("4700.00", "40.00", "7.00")
    enter(writer, site, "06/04/2026", Amount="0")
    assert shown(soap, site) == ("0.00", "40.00", "7.00")
    assert amounts(query, site) == [
        ("E", "2026-06-01", "5000.00"),
        ("E", "2026-06-02", "-500.00"),
        ("E", "2026-06-03", "100.10"),
        ("E", "2026-06-03", "99.90"),
        ("E", "2026-06-04", "-4700.00"),
    ]
    keys = query('SELECT "Type", "System_Key" FROM "JC_PROJ_COST_HISTORY_MC" WHERE btrim("Job") = %s', site.job)
    assert len(set(keys)) == len(keys) == 5
    assert all(len(key) == 16 and key.strip() for _, key in keys)
    filled = """SELECT "Operator", "Note", "Transaction_Date_Year", "Transaction_Date_Period" <> ' '
                FROM "JC_PROJ_COST_HISTORY_MC" WHERE btrim("Job") = %s LIMIT 1"""
    assert query(filled, site.job) == [("WEB", " ", "2026", True)]


def test_a_back_dated_total_is_balanced(writer: Writer, site: Site, soap: Soap, query: Query) -> None:
    """L1: a correction leaves the current projection, and every later total, as it is."""
    enter(writer, site, "05/01/2026", Amount="1000.00", Projected_Hours="10")
    enter(writer, site, "06/01/2026", Amount="2000.00")
    enter(writer, site, "05/15/2026", Amount="1400.00", Projected_Hours="4")
    assert shown(soap, site) == ("2000.00", "10.00", "0.00")
    assert rows(query, site)[2:] == [
        ("E", "2026-05-15", Decimal(400), Decimal(-6), Decimal(0)),
        ("B", "2026-06-01", Decimal(-400), Decimal(6), Decimal(0)),
    ]
    days = ("2026-04-30", "2026-05-01", "2026-05-15", "2026-05-31", "2026-06-01")
    assert [total(query, site, day) for day in days] == [0, 1000, 1400, 1400, 2000]


def test_a_row_without_a_date_counts_in_every_total(writer: Writer, site: Site, soap: Soap, query: Query) -> None:
    query(
        """INSERT INTO "JC_PROJ_COST_HISTORY_MC"
           ("Company_Code", "Job", "Phase", "Cost_Type", "Type", "System_Key", "Amount")
           VALUES ('  1', lpad(%s, 10), lpad('230000', 20), '  S', 'E', '0', 300) RETURNING 1""",
        site.job,
    )
    assert shown(soap, site)[0] == "300.00"
    enter(writer, site, "06/01/2026", Amount="1000.00")
    assert amounts(query, site)[-1] == ("E", "2026-06-01", "700.00")
    assert shown(soap, site)[0] == "1000.00"
    assert total(query, site, "2000-01-01") == 300


def test_a_day_to_come_counts_from_then_on(writer: Writer, site: Site, soap: Soap, query: Query) -> None:
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    enter(writer, site, "06/01/2026", Amount="1000.00")
    enter(writer, site, f"{later:%m/%d/%Y}", Amount="3000.00")
    assert shown(soap, site)[0] == "1000.00"
    assert total(query, site, f"{later:%Y-%m-%d}") == 3000


@pytest.mark.parametrize("seed", range(6))
def test_totals_are_those_that_were_entered_whatever_the_order(
    writer: Writer, site: Site, query: Query, seed: int
) -> None:
    """L1, against a model that knows no rows: what is projected from a day on until the next that was entered."""
    chance = random.Random(seed)
    model: dict[int, int] = {}
    for _ in range(12):
        day, amount = chance.randint(1, 28), chance.randrange(0, 9) * 500
        enter(writer, site, f"05/{day:02d}/2026", Amount=str(amount))
        current = model[max(known)] if (known := [each for each in model if each <= day]) else 0
        if amount != current:
            model[day] = amount
    for day in range(1, 29):
        known = [each for each in model if each <= day]
        assert total(query, site, f"2026-05-{day:02d}") == (model[max(known)] if known else 0), day


@pytest.fixture
def change(site: Site) -> dict[str, str]:
    """A change request of the site for its HVAC phase, proposed."""
    return site.key | {
        "Customer_Code": site.customer, "Change_Request_Number": "CR-7", "CR_Status": "PE", "CR_Description": "Ducts",
        "CR_Phase_Code": "230000", "CR_Cost_Type": "S", "Change_Request_Amount": "250.00",
        "Change_Request_Hours": "2.5",
    }  # fmt: skip


def test_a_change_order_books_rows_too(
    writer: Writer, site: Site, change: dict[str, str], soap: Soap, query: Query
) -> None:
    enter(writer, site, "06/01/2026", Amount="1000.00")
    writer.done("ARChangeRequest", **change)
    assert shown(soap, site)[0] == "1000.00", "proposed"
    approved = change | {"CR_Status": "AP", "Approved_Date": "06/10/2026"}
    writer.done("ARChangeRequest", **approved)
    writer.done("ARChangeRequest", **approved)
    assert shown(soap, site) == ("1250.00", "2.50", "0.00")
    assert amounts(query, site) == [("E", "2026-06-01", "1000.00"), ("C", "2026-06-10", "250.00")]
    writer.done("ARChangeRequest", **(approved | {"CR_Phase_Code": "260000", "Change_Request_Amount": "-5.00"}))
    assert amounts(query, site, "260000") == [("C", "2026-06-10", "-5.00")]
    enter(writer, site, "06/11/2026", Amount="1300.00")
    assert shown(soap, site)[0] == "1300.00"
    assert amounts(query, site)[-1] == ("E", "2026-06-11", "50.00")
    writer.done("ARChangeRequest", **(change | {"CR_Status": "RJ"}))
    assert shown(soap, site)[0] == "1050.00", "what is not approved any more is taken back"


def worked_out(query: Query, site: Site, code: str) -> None:
    query(
        """UPDATE "JC_PHASE_MASTER_MC" SET "Projected_Cost_Code" = %s, "Original_Est_Quantity" = 40,
           "Original_Est_Hours" = 10 WHERE btrim("Job_Number") = %s AND btrim("Phase_Code") = '230000' RETURNING 1""",
        code,
        site.job,
    )


@pytest.mark.parametrize("code", ["E", "A"])
def test_a_phase_by_unit_costs_takes_no_cost(
    server: SdxServer, writer: Writer, site: Site, soap: Soap, query: Query, code: str
) -> None:
    """L1: refused or, as installations may differ, ignored; its quantity is taken."""
    worked_out(query, site, code)
    given = site.key | HVAC | {"Transaction_Date": "06/01/2026"}
    said = writer.says("JobCostProjections", **given, Amount="5000")
    assert "230000, cost type S is calculated" in said
    assert f"Projected_Cost_Code {code}" in said
    assert writer.refused("JobCostProjections", **given, Amount="5", Projected_Hours="1") == {
        "Amount": "I", "Projected_Hours": "I",
    }  # fmt: skip
    server.switches.set("write_worked_out_projection", "ignore")
    enter(writer, site, "06/01/2026", Amount="5000", Projected_Quantity="60")
    assert rows(query, site) == [("E", "2026-06-01", Decimal(0), Decimal(0), Decimal(60))]
    # 60 of 40 estimated units: by estimated unit costs half more; by actual ones, with nothing installed, the estimate.
    assert shown(soap, site) == (("1500.00", "15.00", "60.00") if code == "E" else ("1000.00", "10.00", "60.00"))


def test_actual_unit_costs(writer: Writer, site: Site, soap: Soap, query: Query) -> None:
    worked_out(query, site, "A")
    query(
        """INSERT INTO "JC_TRANSACTION_HISTORY_MC" ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type",
           "Tran_Date_Text", "Tran_Amount", "Total_Hours", "Quantity")
           VALUES ('  1', lpad(%s, 10), lpad('230000', 20), '  S', '20260601', 100, 1, 3) RETURNING 1""",
        site.job,
    )
    assert shown(soap, site) == ("1333.33", "13.33", "40.00")


def test_getphase_can_show_more_than_the_rows(
    server: SdxServer, writer: Writer, site: Site, soap: Soap, query: Query
) -> None:
    """So that a warning can be tested: phases without a row stay as they are."""
    enter(writer, site, "06/01/2026", Amount="1000.00")
    server.switches.set("sdx_projected_more", "25")
    assert (shown(soap, site)[0], shown(soap, site, "260000")[0]) == ("1025.00", "0.00")
    assert total(query, site, "2026-06-30") == 1000


def test_bad_projections_are_refused(writer: Writer, site: Site) -> None:
    key = site.key | HVAC | {"Transaction_Date": "06/01/2026"}
    assert writer.refused("JobCostProjections", **key) == {"Amount": "M"}
    assert writer.refused("JobCostProjections", **(key | {"Amount": "1", "Transaction_Date": ""})) == {
        "Transaction_Date": "M"
    }
    assert writer.refused("JobCostProjections", **key, Amount="12345678901") == {"Amount": "I"}
    assert "Phase 011000 is not on file" in writer.says(
        "JobCostProjections", **(key | {"Phase_Code": "011000", "Amount": "1"})
    )
    assert "Cost type L is not on file for job" in writer.says(
        "JobCostProjections", **(key | {"Cost_Type": "L", "Amount": "1"})
    )
