"""The generated projections are steps: several a phase, late ones balanced, change orders', some without a date."""

from typing import Any

import psycopg
import pytest

from sandbox.data.generate import load
from sandbox.data.month import advance_month

CHANGES = """
SELECT btrim(line."Company_Code"), btrim(line."Job_Number"), btrim(line."Phase_Code"), btrim(line."Cost_Type"),
       btrim(line."Change_Request_Number"), line."Change_Request_Amount", line."Change_Request_Hours"
FROM dbo."CR_CHNG_REQ_CON_DET_MC" AS line
JOIN dbo."CR_CHNG_REQ_HDR_MC" AS header USING ("Company_Code", "Job_Number", "Customer_Code", "Change_Request_Number")
JOIN dbo."JC_PHASE_MASTER_MC" AS phase USING ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type")
WHERE btrim(header."Change_Order_Number") <> '' AND phase."Projected_Cost_Code" = 'P'
  AND (line."Change_Request_Amount" <> 0 OR line."Change_Request_Hours" <> 0)
"""
BOOKED = """
SELECT btrim("Company_Code"), btrim("Job"), btrim("Phase"), btrim("Cost_Type"), btrim(left("System_Key", 8)),
       "Amount", "Projected_Hours"
FROM dbo."JC_PROJ_COST_HISTORY_MC" WHERE "Type" = 'C'
"""
# Of each balancing row the entry that it balances: earlier, of the same phase, of the opposite amount.
UNBALANCED = """
SELECT count(*) FROM dbo."JC_PROJ_COST_HISTORY_MC" AS balance
WHERE balance."Type" = 'B' AND NOT EXISTS (
    SELECT FROM dbo."JC_PROJ_COST_HISTORY_MC" AS entry
    WHERE (entry."Company_Code", entry."Job", entry."Phase", entry."Cost_Type")
        = (balance."Company_Code", balance."Job", balance."Phase", balance."Cost_Type")
      AND entry."Amount" = -balance."Amount" AND entry."Transaction_Date" < balance."Transaction_Date")
"""
SEVERAL_A_DAY = """
SELECT count(*) FROM (
    SELECT FROM dbo."JC_PROJ_COST_HISTORY_MC" WHERE "Type" = 'E' AND "Transaction_Date" IS NOT NULL
    GROUP BY "Company_Code", "Job", "Phase", "Cost_Type", "Transaction_Date" HAVING count(*) > 1) AS days
"""
WORKED_OUT = """
SELECT count(*) FROM dbo."JC_PROJ_COST_HISTORY_MC" AS booked
JOIN dbo."JC_PHASE_MASTER_MC" AS phase
  ON (phase."Company_Code", btrim(phase."Job_Number"), phase."Phase_Code", phase."Cost_Type")
   = (booked."Company_Code", btrim(booked."Job"), booked."Phase", booked."Cost_Type")
WHERE phase."Projected_Cost_Code" <> 'P'
"""


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


@pytest.fixture
def loaded(sandbox_database: str) -> str:
    load(sandbox_database, jobs=40, transactions=400)
    return sandbox_database


def test_what_the_rows_are_like(loaded: str) -> None:
    kinds = dict(ask(loaded, 'SELECT "Type", count(*) FROM dbo."JC_PROJ_COST_HISTORY_MC" GROUP BY 1'))
    assert kinds.keys() == {"E", "B", "C"}
    assert min(kinds.values()) >= 10
    (counted,) = ask(
        loaded,
        """SELECT count(*), count(DISTINCT ("Company_Code", "Job", "Phase", "Cost_Type", "Type", "System_Key")),
                  count(*) FILTER (WHERE "Transaction_Date" IS NULL), min(length(btrim("System_Key")))
           FROM dbo."JC_PROJ_COST_HISTORY_MC" """,
    )
    rows, keys, undated, length = counted
    assert rows == keys
    assert undated >= 5
    assert length >= 8
    assert ask(loaded, UNBALANCED) == [(0,)]
    assert ask(loaded, SEVERAL_A_DAY)[0][0] >= 10
    several = """SELECT count(*) FROM (SELECT FROM dbo."JC_PROJ_COST_HISTORY_MC"
                 GROUP BY "Company_Code", "Job", "Phase", "Cost_Type" HAVING count(*) > 2) AS phases"""
    assert ask(loaded, several)[0][0] >= 50


def test_phases_that_spectrum_projects_by_itself(loaded: str) -> None:
    codes = dict(ask(loaded, 'SELECT "Projected_Cost_Code", count(*) FROM dbo."JC_PHASE_MASTER_MC" GROUP BY 1'))
    assert codes["P"] > 10 * (codes["E"] + codes["A"])
    assert min(codes["E"], codes["A"]) >= 5
    assert ask(loaded, WORKED_OUT) == [(0,)]


def test_change_orders_are_booked_also_by_a_month_of_business(loaded: str) -> None:
    changes = set(ask(loaded, CHANGES))
    assert len(changes) >= 20
    assert set(ask(loaded, BOOKED)) == changes
    advance_month(loaded)
    later = set(ask(loaded, CHANGES))
    assert changes < later
    assert later <= set(ask(loaded, BOOKED))
