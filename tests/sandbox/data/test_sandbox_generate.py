"""The generated business is what the tests and the demo rely on: deterministic, plausible, flawed where documented."""

import re
from collections import Counter
from typing import Any

import psycopg
import pytest

from sandbox.data.flaws import ESTIMATES, REJECTED, WARNED
from sandbox.data.generate import AS_OF, load
from sandbox.data.tables import PADDED_COLUMNS, tables

SMALL = {"jobs": 30, "transactions": 3_000}


# Tables whose rows no object of this project reads yet: they are there, and empty.
EMPTY = {
    "JC_PHASE_SUMMARY_MC",
}  # fmt: skip


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


def contents(url: str) -> dict[str, Counter[str]]:
    with psycopg.connect(url) as connection:
        return {
            name: Counter(
                row[0]
                for row in connection.execute(f'SELECT whole::text FROM dbo."{name}" AS whole'.encode())  # noqa: S608
            )
            for name in tables()
        }


def test_same_seed_gives_the_same_rows_and_another_seed_others(sandbox_database: str) -> None:
    load(sandbox_database, **SMALL, seed=7)
    first = contents(sandbox_database)
    load(sandbox_database, **SMALL, seed=7)
    assert contents(sandbox_database) == first
    load(sandbox_database, **SMALL, seed=8)
    assert contents(sandbox_database)["JC_TRANSACTION_HISTORY_MC"] != first["JC_TRANSACTION_HISTORY_MC"]


def test_counts_are_exact_and_every_table_is_filled(sandbox_database: str) -> None:
    counts = load(sandbox_database, **SMALL)
    stored = {name: sum(found.values()) for name, found in contents(sandbox_database).items()}
    assert {name: count for name, count in stored.items() if count} == counts.rows
    assert {name for name, count in stored.items() if not count} == EMPTY
    flawed = Counter(flaw.table for flaw in (*REJECTED, *WARNED, *ESTIMATES))
    assert stored["JC_TRANSACTION_HISTORY_MC"] == 3_000 + flawed["JC_TRANSACTION_HISTORY_MC"]
    assert stored["JC_JOB_MASTER_MC"] == 30 + flawed["JC_JOB_MASTER_MC"]
    assert counts.jobs == {"1": 26, "2": 4}


def test_flaws_are_the_documented_ones_only(sandbox_database: str) -> None:
    load(sandbox_database, **SMALL)
    dates = rows(sandbox_database, 'SELECT "Tran_Date_Text" FROM "JC_TRANSACTION_HISTORY_MC"')
    flawed = {flaw.values["Tran_Date_Text"] or " " for flaw in REJECTED if "Tran_Date_Text" in flaw.values}
    good = [text for (text,) in dates if text not in flawed]
    assert len(dates) - len(good) == len(flawed) == 4
    assert all(re.fullmatch(r"20\d{6}", text) and text <= f"{AS_OF:%Y%m%d}" for text in good)
    statuses = dict(rows(sandbox_database, 'SELECT "Status_Code", count(*) FROM "JC_JOB_MASTER_MC" GROUP BY 1'))
    assert statuses.keys() == {"A", "I", "C"}
    blank = """SELECT (SELECT count(*) FROM "VN_VENDOR_MASTER_MC" WHERE btrim("Vendor_Code") = ''),
                      (SELECT count(*) FROM "JC_PHASE_MASTER_MC" WHERE btrim("Cost_Type") = ''),
                      (SELECT count(*) FROM "VN_SUBCONTRACT_MC" WHERE btrim("Subcontract_Number") = ''),
                      (SELECT count(*) FROM "JC_PHASE_MASTER_MC" WHERE btrim("Description") = ''),
                      (SELECT count(*) FROM "JC_JOB_MASTER_MC" WHERE btrim("Job_Description") = ''),
                      (SELECT count(*) FROM "JC_TRANSACTION_HISTORY_MC" WHERE "Total_Hours" = 1.333333),
                      (SELECT count(*) FROM "CR_CUSTOMER_MASTER_MC" WHERE btrim("Customer_Code") = ''),
                      (SELECT count(*) FROM "CR_CUSTOMER_MASTER_MC" WHERE btrim("Name") = ''),
                      (SELECT count(*) FROM "CR_CHNG_REQ_HDR_MC" WHERE btrim("Change_Request_Number") = ''),
                      (SELECT count(*) FROM "CR_BILLING_HEADER_MC" WHERE btrim("Application_Number") = ''),
                      (SELECT count(*) FROM "CR_INVOICE_HEADER_MC" WHERE "Invoice_Date" IS NULL),
                      (SELECT count(*) - count(DISTINCT upper("Name")) FROM "CR_CUSTOMER_MASTER_MC"
                       WHERE "Status" = 'A' AND "Company_Code" = '  1')"""
    assert rows(sandbox_database, blank) == [(1,) * 12]
    load(sandbox_database, **SMALL, flaws=False)
    assert rows(sandbox_database, blank) == [(0,) * 12]


def test_codes_are_stored_padded_and_sometimes_trailed(sandbox_database: str) -> None:
    load(sandbox_database, **SMALL)
    for table in tables().values():
        for column in table.columns:
            if column.name not in PADDED_COLUMNS:
                continue
            found = rows(
                sandbox_database,
                f'SELECT DISTINCT "{column.name}" FROM "{table.name}" WHERE btrim("{column.name}") <> \'\'',  # noqa: S608
            )
            assert all(len(code) == column.width for (code,) in found), (table.name, column.name)
    blanks = rows(
        sandbox_database, 'SELECT DISTINCT "Master_Job" FROM "JC_JOB_MASTER_MC" WHERE btrim("Master_Job") = \'\''
    )
    assert blanks == [(" ",)], "nothing is one blank, never an empty text"
    jobs = [code for (code,) in rows(sandbox_database, 'SELECT DISTINCT "Job_Number" FROM "JC_TRANSACTION_HISTORY_MC"')]
    assert any(code.endswith(" ") for code in jobs)
    # One job under two spellings: what groups by the raw text sees two jobs.
    assert len({code.strip() for code in jobs}) < len(jobs)


def test_schedules_of_values_add_up_but_for_two(sandbox_database: str) -> None:
    """I1, I2, I4: contracts whose items add up, two that do not, a job with two contracts, one unit-price contract."""
    load(sandbox_database, **SMALL)
    short = rows(
        sandbox_database,
        """SELECT btrim(con."Job_Number"), con."Original_Contract_Amount" - sum(item."Original_Contract")
           FROM "CR_CONTRACT_MASTER_MC" AS con
           JOIN "CR_BID_ITEM_DES_MC" AS item USING ("Company_Code", "Customer_Code", "Job_Number")
           GROUP BY con."Company_Code", con."Customer_Code", con."Job_Number", con."Original_Contract_Amount"
           HAVING con."Original_Contract_Amount" <> sum(item."Original_Contract")""",
    )
    assert len(short) == 2
    double = """SELECT "Job_Number" FROM "CR_CONTRACT_MASTER_MC" GROUP BY "Company_Code", "Job_Number"
                HAVING count(*) > 1"""
    assert len(rows(sandbox_database, double)) == 1
    unit = """SELECT count(*) FROM "CR_CONTRACT_MASTER_MC" WHERE "Price_Method_Code" = 'U'"""
    assert rows(sandbox_database, unit) == [(1,)]


def test_texts_are_awkward_and_fit_the_source_code_page(sandbox_database: str) -> None:
    load(sandbox_database, jobs=50, transactions=5_000)
    text = "\n".join(row for found in contents(sandbox_database).values() for row in found)
    text.encode("cp1252")
    for awkward in ("é", "'", '""', "\\\\", "\t", "–"):
        assert awkward in text, awkward


def test_jobs_have_sub_jobs_a_template_and_blanks(sandbox_database: str) -> None:
    """B3, D2: sub jobs name their master; the template job has every standard phase and no costs."""
    load(sandbox_database, **SMALL)
    masters = rows(
        sandbox_database,
        """SELECT btrim(sub."Job_Number"), btrim(sub."Master_Job"), master."Job_Number" IS NOT NULL
           FROM "JC_JOB_MASTER_MC" AS sub LEFT JOIN "JC_JOB_MASTER_MC" AS master
           ON btrim(master."Job_Number") = btrim(sub."Master_Job") AND master."Company_Code" = sub."Company_Code"
           WHERE btrim(sub."Master_Job") <> ''""",
    )
    assert masters
    assert all(number == f"{master}E1" and exists for number, master, exists in masters)
    template = """SELECT count(DISTINCT "Phase_Code") FROM "JC_PHASE_MASTER_MC"
                  WHERE "Job_Number" LIKE '%TEMPLATE' AND "Company_Code" = '  1'"""
    standard = """SELECT count(*) FROM "JC_STD_PHASE_DESCRIPTION_MC"
                  WHERE "Company_Code" = '  1' AND "Phase_Category" = 'STD'"""
    assert rows(sandbox_database, template) == rows(sandbox_database, standard)
    for column in ("Division", "Cost_Center"):
        blank = f'SELECT count(*) FROM "JC_JOB_MASTER_MC" WHERE btrim("{column}") = \'\''  # noqa: S608
        assert rows(sandbox_database, blank)[0][0] > 1


@pytest.mark.parametrize(("arguments", "message"), [({"jobs": 7}, "jobs=7"), ({"transactions": -1}, "transactions=-1")])
def test_impossible_sizes_are_refused_by_name(sandbox_database: str, arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load(sandbox_database, **arguments)
