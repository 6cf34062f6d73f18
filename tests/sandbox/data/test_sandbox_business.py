"""The generated books hang together as a contractor's do, in the columns that a hosted site has."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from sandbox.data import never_read
from sandbox.data.generate import load
from sandbox.data.tables import tables
from stack.postgres import EmbeddedPostgres

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask(postgres: EmbeddedPostgres) -> Iterator[Ask]:
    """Runs SQL on the demo's business."""
    url = postgres.create_database("business")
    load(url, jobs=50, transactions=20_000)
    with psycopg.connect(url) as connection:
        yield lambda statement: connection.execute(statement.encode()).fetchall()
    postgres.drop_database("business")


def test_transactions_look_like_job_costs(ask: Ask) -> None:
    """K1: employees stand on labor rows, vendors on invoices; equal rows are legal; winter slows the work down."""
    kinds = dict(ask('SELECT "Tran_Type_Code", count(*) FROM "JC_TRANSACTION_HISTORY_MC" GROUP BY 1'))
    assert kinds.keys() == {"AP", "PR", "JC", "EQ", "IC", "GL", "OT", "OH", "ZX"}
    assert 0 < kinds["OH"] < kinds["GL"] < kinds["AP"]
    people = ask(
        """SELECT count(*) FILTER (WHERE "Cost_Type" = '  L' AND "Employee_Name" = ' '),
                  count(*) FILTER (WHERE "Cost_Type" = '  S' AND "Tran_Type_Code" = 'AP' AND "Vendor_Name" = ' '),
                  count(*) FILTER (WHERE "Cost_Type" = '  L' AND "Vendor_Name" <> ' '),
                  count(*) FILTER (WHERE "Tran_Amount" < 0)
           FROM "JC_TRANSACTION_HISTORY_MC" WHERE "Reference_1" NOT LIKE 'FLAW%'"""
    )[0]
    assert people[:3] == (0, 0, 0)
    assert people[3] > 100
    twins = 'SELECT 1 FROM "JC_TRANSACTION_HISTORY_MC" AS tran GROUP BY tran HAVING count(*) > 1'
    assert len(ask(twins)) > 50
    months = dict(
        ask(
            """SELECT substr("Tran_Date_Text", 5, 2), count(*) FROM "JC_TRANSACTION_HISTORY_MC"
               WHERE "Tran_Date_Text" BETWEEN '20240101' AND '20251231' GROUP BY 1"""
        )
    )
    assert months["06"] > 1.5 * months["01"]


def test_the_nine_leading_columns_tell_postings_apart_but_for_equal_ones(ask: Ask) -> None:
    nine = ", ".join(f'"{column.name}"' for column in tables()["JC_TRANSACTION_HISTORY_MC"].columns[:9])
    different = (
        f'SELECT 1 FROM (SELECT DISTINCT * FROM "JC_TRANSACTION_HISTORY_MC") AS d GROUP BY {nine} HAVING count(*) > 1'  # noqa: S608
    )
    assert ask(different) == []


def test_postings_are_dated_by_fiscal_year_and_period_and_name_whose_they_are(ask: Ask) -> None:
    """O1: the fiscal year is the calendar's; vendor and employee have their own company, which may be another one."""
    odd = """SELECT count(*) FROM "JC_TRANSACTION_HISTORY_MC" WHERE "Reference_1" NOT LIKE 'FLAW%'
             AND ("Tran_Date_Text_Year", "Tran_Date_Text_Period")
                 <> (left("Tran_Date_Text", 4), substr("Tran_Date_Text", 5, 2))"""
    assert ask(odd) == [(0,)]
    named = """SELECT count(*) FILTER (WHERE ("Vendor_Code" = ' ') <> ("AP_Company_Code" = ' ')),
                      count(*) FILTER (WHERE ("Employee_Code" = ' ') <> ("Pr_Company_Code" = ' ')),
                      count(*) FILTER (WHERE "AP_Company_Code" NOT IN (' ', "Company_Code")),
                      count(*) FILTER (WHERE "AP_Company_Code" = "Company_Code")
               FROM "JC_TRANSACTION_HISTORY_MC" """
    vendors, employees, foreign, own = ask(named)[0]
    assert (vendors, employees) == (0, 0)
    assert 0 < foreign < own / 10
    unknown = """SELECT count(*) FROM "JC_TRANSACTION_HISTORY_MC" AS tran
                 WHERE "Vendor_Code" <> ' ' AND NOT EXISTS (
                     SELECT FROM "VN_VENDOR_MASTER_MC" AS vendor
                     WHERE vendor."Company_Code" = tran."AP_Company_Code" AND vendor."Vendor_Code" = tran."Vendor_Code"
                       AND vendor."Vendor_Name" = tran."Vendor_Name")"""
    assert ask(unknown) == [(0,)]


def test_each_kind_of_posting_fills_its_own_columns(ask: Ask) -> None:
    """O1: a vendor's posting names its invoice, some of material their order; a time card its hours."""
    filled = """SELECT bool_and(("Invoice_Number" <> ' ') = ("Tran_Type_Code" = 'AP')),
                       bool_and(("Invoice_Date" IS NOT NULL) = ("Tran_Type_Code" = 'AP')),
                       bool_or("Po_Number" <> ' '), bool_and("Po_Number" = ' ' OR "Tran_Type_Code" = 'AP'),
                       bool_and("Invoice_Date" <= to_date("Tran_Date_Text", 'YYYYMMDD')),
                       bool_and(("PR_Hours1" <> 0) <= ("Tran_Type_Code" = 'PR')),
                       bool_and("PR_Hours1" + "PR_Hours2" = "Total_Hours") FILTER (WHERE "Tran_Type_Code" = 'PR'),
                       bool_or("PR_Hours2" > 0),
                       bool_and(("Item_Code" <> ' ') = ("Tran_Type_Code" = 'IC')),
                       bool_and(("Equip_Company_Code" <> ' ') = ("Tran_Type_Code" = 'EQ')),
                       bool_and("Detail_Sequence" <> ' '), bool_or("Reference_2" <> ' ')
                FROM "JC_TRANSACTION_HISTORY_MC" WHERE "Reference_1" NOT LIKE 'FLAW%'"""
    assert ask(filled) == [(True,) * 12]


def test_cost_types_have_two_characters_and_a_job_number_a_dot(ask: Ask) -> None:
    for table in ("JC_COST_TYPE_MASTER_MC", "JC_PHASE_MASTER_MC", "JC_TRANSACTION_HISTORY_MC"):
        assert ask(f'SELECT count(*) > 0 FROM "{table}" WHERE "Cost_Type" = \' RE\'') == [(True,)], table  # noqa: S608
    dotted = """SELECT count(*), sum("Tran_Amount") <> 0 FROM "JC_TRANSACTION_HISTORY_MC"
                WHERE btrim("Job_Number") = '19.50'"""
    count, worth = ask(dotted)[0]
    assert count > 100
    assert worth


def test_subcontracts_add_up(ask: Ask) -> None:
    """G1: a header's original and billed amounts are the sums of its lines; current and retention make the total."""
    odd = """SELECT count(*) FROM "VN_SUBCONTRACT_MC" AS head
             JOIN (SELECT "Company_Code", "Vendor_Code", "Subcontract_Number",
                          sum("Original_Contract_Amount") AS original, sum("Amount_Billed_To_Date") AS billed
                   FROM "VN_SUBCONTRACT_PHASE_MC" GROUP BY 1, 2, 3) AS lines
             USING ("Company_Code", "Vendor_Code", "Subcontract_Number")
             WHERE head."Original_Amount" <> lines.original OR head."Total_Billed" <> lines.billed
                OR head."Total_Billed" <> head."Current_Bill_Amount" + head."Retention_Billed"
                OR head."Total_Paid" <> head."Current_Paid" + head."Retention_Paid"
                OR head."Retention_Balance" <> head."Retention_Billed" - head."Retention_Paid"
                OR head."Total_Balance" <> head."Total_Billed" - head."Total_Paid"
                OR head."Total_Billed" > head."Original_Amount" OR head."Total_Paid" > head."Total_Billed" """
    assert ask(odd) == [(0,)]
    kept = """SELECT count(*) FILTER (WHERE "Retention_Balance" > 0), count(*) FILTER (WHERE "Total_Balance" = 0
              AND "Total_Billed" > 0) FROM "VN_SUBCONTRACT_MC" """
    retained, settled = ask(kept)[0]
    assert retained > 10
    assert settled > 10


def test_jobs_and_phases_fill_what_a_hosted_site_shows(ask: Ask) -> None:
    """D2: the template job has a taxable flag. O1: mask, category, projected completion, entered figures, items."""
    jobs = """SELECT bool_and("Phase_Display_Code" = 'XX-XXXX'), bool_and("Standard_Phase_Category" = 'STD'),
                     count(*) FILTER (WHERE "Projected_Complete_Date" IS NOT NULL) BETWEEN 15 AND 45,
                     count(*) FILTER (WHERE "Entered_Projected_Cost" > 0) BETWEEN 3 AND 20,
                     count(*) FILTER (WHERE "Latitude" <> round("Latitude", 4)) > 40,
                     bool_and("Taxable_Flag" IN ('Y', 'N')), bool_or("Taxable_Flag" = 'N')
              FROM "JC_JOB_MASTER_MC" WHERE btrim("Job_Number") <> '99-001'"""
    assert ask(jobs) == [(True,) * 7]
    template = """SELECT DISTINCT "Taxable_Flag" FROM "JC_JOB_MASTER_MC" WHERE "Job_Number" = '  TEMPLATE'"""
    assert ask(template) == [("Y",)]
    codes = dict(ask('SELECT "Projected_Cost_Code", count(*) FROM "JC_PHASE_MASTER_MC" GROUP BY 1'))
    assert codes["P"] > 10 * codes["E"] > 0 < codes["A"]
    items = """SELECT count(*), count(item."Billing_Item") FROM "JC_PHASE_MASTER_MC" AS phase
               JOIN "CR_CONTRACT_MASTER_MC" AS con
                 ON con."Company_Code" = phase."Company_Code" AND btrim(con."Job_Number") = btrim(phase."Job_Number")
               LEFT JOIN "CR_BID_ITEM_DES_MC" AS item
                 ON item."Company_Code" = con."Company_Code" AND item."Job_Number" = con."Job_Number"
                AND item."Customer_Code" = con."Customer_Code" AND item."Billing_Item" = phase."Bid_Item_Number"
                AND item."Billing_Description" = phase."Description"
               WHERE phase."Bid_Item_Number" <> ' '"""
    named, found = ask(items)[0]
    assert named == found > 500


def test_estimates_have_one_row_a_phase_but_for_a_few(ask: Ask) -> None:
    """E1: most phases have one adjustment, a few two; some rows match no phase, not even in another letter case."""
    counts = ask(
        """SELECT n, count(*) FROM (
               SELECT count(*) FROM "JC_PHASE_ESTIMATES_MC"
               GROUP BY "Company_Code", btrim("Job_Number"), "Phase_Code", "Cost_Type") AS grouped(n)
           GROUP BY 1 ORDER BY 1"""
    )
    assert [n for n, _ in counts] == [1, 2]
    assert counts[0][1] > 5 * counts[1][1] > 0
    for table, amount in (("JC_PHASE_ESTIMATES_MC", "Est_Cost"), ("CR_CHNG_REQ_CON_DET_MC", "Change_Request_Amount")):
        lost = f"""SELECT count(*), sum("{amount}") FROM "{table}" AS line WHERE "Phase_Code" <> ' ' AND NOT EXISTS (
                   SELECT FROM "JC_PHASE_MASTER_MC" AS phase WHERE phase."Company_Code" = line."Company_Code"
                   AND btrim(phase."Job_Number") = btrim(line."Job_Number")
                   AND phase."Phase_Code" = line."Phase_Code" AND phase."Cost_Type" COLLATE "C" = line."Cost_Type")"""  # noqa: S608
        assert ask(lost)[0][0] == 2, table
    proposed = """SELECT count(*), count(*) FILTER (WHERE head."Status" = 'PE') FROM "CR_CHNG_REQ_CON_DET_MC" AS line
                  JOIN "CR_CHNG_REQ_HDR_MC" AS head USING ("Company_Code", "Job_Number", "Change_Request_Number")
                  WHERE line."Phase_Code" = ' '"""
    blank, pending = ask(proposed)[0]
    assert blank == pending + 1 > 1, "one more than the proposed ones: a flaw"
    silent = """SELECT count(*), sum(abs("Change_Request_Amount")) > 0 FROM "CR_CHNG_REQ_CON_DET_MC" AS line
                JOIN "CR_CHNG_REQ_HDR_MC" AS head USING ("Company_Code", "Job_Number", "Change_Request_Number")
                JOIN "CR_CHNG_REQ_STATUS_MC" AS status
                  ON status."Company_Code" = head."Company_Code" AND status."Status_Code" = head."Status"
                WHERE status."CR_Type" NOT IN ('1', '2', '5') AND head."Change_Order_Number" = ' '"""
    assert ask(silent)[0][0] > 10


def test_billings_follow_contracts_changes_and_each_other(ask: Ask) -> None:
    """O3: applications by month and customer, approved changes in them, an invoice for each that is posted."""
    ours = """btrim("Job_Number") <> '99-001'"""
    odd = f"""SELECT count(*) FROM "CR_BILLING_HEADER_MC" AS bill
              LEFT JOIN "CR_CONTRACT_MASTER_MC" AS con USING ("Company_Code", "Customer_Code", "Job_Number")
              WHERE {ours} AND (con."Original_Contract_Amount" IS DISTINCT FROM bill."Original_Contract_Amount"
                 OR bill."Revised_Contract_Amount" <> bill."Original_Contract_Amount" + bill."Change_Order_Total"
                 OR bill."Complete_To_Date" > greatest(0, bill."Revised_Contract_Amount")
                 OR con."Price_Method_Code" NOT IN ('F', 'U'))"""  # noqa: S608
    assert ask(odd) == [(0,)]
    approved = f"""SELECT count(*) FILTER (WHERE bill."Change_Order_Total" <> coalesce(changed.revenue, 0)),
                          count(*) FILTER (WHERE changed.revenue <> 0)
                   FROM "CR_BILLING_HEADER_MC" AS bill LEFT JOIN LATERAL (
                       SELECT sum(line."CR_Revenue") FROM "CR_CHNG_REQ_HDR_MC" AS head
                       JOIN "CR_CHNG_REQ_REV_MC" AS line
                           USING ("Company_Code", "Job_Number", "Customer_Code", "Change_Request_Number")
                       WHERE head."Company_Code" = bill."Company_Code" AND head."Customer_Code" = bill."Customer_Code"
                           AND btrim(head."Job_Number") = btrim(bill."Job_Number") AND head."Status" = 'AP'
                           AND btrim(head."Change_Request_Number") NOT LIKE 'PCO-9%'
                           AND head."Approved_Date" <= bill."Period_End_Date") AS changed(revenue) ON true
                   WHERE {ours}"""  # noqa: S608
    wrong, changed = ask(approved)[0]
    assert wrong == 0 < changed
    chained = f"""SELECT count(*) FILTER (WHERE "Amount_Billed_Previous" <> "before"),
                         count(*) FILTER (WHERE "Post_Flag" = 'N'), count(DISTINCT "Period_End_Date")
                  FROM (SELECT *, lag("Complete_To_Date" + "Material_Stored", 1, 0) OVER (
                            PARTITION BY "Company_Code", "Customer_Code", "Job_Number"
                            ORDER BY "Period_End_Date") AS "before"
                        FROM "CR_BILLING_HEADER_MC" WHERE {ours}) AS bills"""  # noqa: S608
    broken, drafts, months = ask(chained)[0]
    assert broken == 0 < drafts
    assert months > 20
    streams = """SELECT count(*) FROM (SELECT FROM "CR_BILLING_HEADER_MC" GROUP BY "Company_Code", btrim("Job_Number")
                 HAVING count(DISTINCT "Customer_Code") = 2) AS jobs"""
    assert ask(streams) == [(1,)], "one job has two streams of applications"


def test_receivable_invoices_add_up_and_are_open_as_far_as_they_are_not_paid(ask: Ask) -> None:
    """O3: lines and tax make the total; retention stays open; what was reversed is not; the customer has the sum."""
    ours = """btrim("Job_Number") <> '99-001'"""
    counted = f"""SELECT count(*) FILTER (WHERE "Invoice_Extension" <> coalesce(lines.total, 0) + "Sales_Tax_Amount"),
                         count(*) FILTER (WHERE "Reversed" = 'Y'),
                         count(*) FILTER (WHERE "Reversed" = 'Y' AND item."Invoice_Balance" IS NOT NULL),
                         count(*) FILTER (WHERE item."Invoice_Balance" = "Retention_Amount"),
                         count(*) FILTER (WHERE item."Invoice_Balance" = "Invoice_Extension"),
                         count(*) FILTER (WHERE abs(item."Invoice_Balance") > abs("Invoice_Extension")),
                         count(*) FILTER (WHERE "Source_Flag" = 'T'), count(*) FILTER (WHERE "Sales_Tax_Amount" > 0)
                  FROM "CR_INVOICE_HEADER_MC" AS invoice
                  LEFT JOIN (SELECT "Company_Code", "Customer_Code", "Invoice_Or_Transaction", sum("Line_Extension")
                             FROM "CR_INVOICE_DETAIL_MC" GROUP BY 1, 2, 3) AS lines(company, customer, number, total)
                      ON (company, customer, number) = ("Company_Code", "Customer_Code", "Invoice_Or_Transaction")
                  LEFT JOIN (SELECT "Company_Code", "Customer_Code", "Invoice_Or_Transaction", "Transaction_Type",
                                    "Invoice_Balance" FROM "CR_OPEN_ITEM_MC") AS item
                      USING ("Company_Code", "Customer_Code", "Invoice_Or_Transaction", "Transaction_Type")
                  WHERE {ours}"""  # noqa: S608
    wrong, reversed_, reversed_open, held, whole, beyond, by_time, taxed = ask(counted)[0]
    assert (wrong, reversed_open, beyond) == (0, 0, 0)
    assert min(reversed_, held, whole, by_time, taxed) > 3
    posted = f"""SELECT count(*) FROM "CR_BILLING_HEADER_MC" AS bill WHERE {ours} AND "Post_Flag" = 'Y'
                 AND NOT EXISTS (SELECT FROM "CR_INVOICE_HEADER_MC" AS invoice
                     WHERE btrim(invoice."Invoice_Or_Transaction") = bill."Invoice_Sequence"
                       AND invoice."Customer_Code" = bill."Customer_Code"
                       AND invoice."Company_Code" = bill."Company_Code")"""  # noqa: S608
    assert ask(posted) == [(0,)]
    ages = """SELECT min("Invoice_Date") < '2026-03-01', max("Invoice_Date") > '2026-06-01'
              FROM "CR_OPEN_ITEM_MC" JOIN "CR_INVOICE_HEADER_MC"
                  USING ("Company_Code", "Customer_Code", "Invoice_Or_Transaction", "Transaction_Type")"""
    assert ask(ages) == [(True, True)]
    customers = """SELECT count(*) FILTER (WHERE "Balance" > 0), count(*) FILTER (WHERE "Status" = 'I'),
                          count(*) FILTER (WHERE "Retention_Balance" > 0 AND "Date_Last_Billed" IS NOT NULL)
                   FROM "CR_CUSTOMER_MASTER_MC" """
    assert min(ask(customers)[0]) > 3


@pytest.mark.parametrize("table", never_read.columns())
def test_columns_that_nobody_may_read_hold_their_value_in_every_row(ask: Ask, table: str) -> None:
    """M9: what a test looks for in the warehouse, the logs and the pages is in every generated row."""
    count = ask(f'SELECT count(*) FROM "{table}"')[0][0]  # noqa: S608
    for column in never_read.columns()[table]:
        found = ask(f'SELECT "{column}", count(*) FROM "{table}" GROUP BY 1')  # noqa: S608
        assert found == ([(never_read.VALUES[column], count)] if count else []), column
    if table in ("VN_VENDOR_MASTER_MC", "JC_TRANSACTION_HISTORY_MC"):
        assert count > 50


def test_purchase_orders_hang_together(ask: Ask) -> None:
    """O3: lines and headers agree; postings name orders of their job and vendor; some lines are for another job."""
    odd = """SELECT count(*) FROM "PO_PURCHASE_ORDER_HEADER_MC" AS head
             JOIN (SELECT "Company_Code", "PO_Number", sum("Line_Extension_List1") AS ordered,
                          sum("Tax_Amount_List1") AS tax, count(*) AS lines
                   FROM "PO_PURCHASE_ORDER_DETAIL_MC" GROUP BY 1, 2) AS line USING ("Company_Code", "PO_Number")
             WHERE "PO_Number" NOT LIKE 'FLAW%' AND ("PO_Total_Amount" <> ordered + tax + "Total_Freight"
                OR "Tax_Total" <> tax OR "Taxable_Amount" + "Non_Taxable_Amount" <> ordered
                OR "PO_Date_List1" > "PO_Date_List2" OR "PO_Date_List3" < "PO_Date_List1")"""
    assert ask(odd) == [(0,)]
    orders, lines = ask(
        """SELECT (SELECT count(*) FROM "PO_PURCHASE_ORDER_HEADER_MC"),
                  (SELECT count(*) FROM "PO_PURCHASE_ORDER_DETAIL_MC")"""
    )[0]
    assert 50 < orders < 250
    assert 3 * orders < lines < 8 * orders
    kinds = """SELECT count(*) FILTER (WHERE line."Job_Number" <> ' ' AND line."Job_Number" <> head."Job_Number") > 3,
                      count(*) FILTER (WHERE line."Job_Number" = ' ') > 3,
                      count(*) FILTER (WHERE "Received_Extension" = 0) > 20,
                      count(*) FILTER (WHERE "Received_Extension" BETWEEN 0.01 AND "Line_Extension_List1" - 0.01) > 20,
                      count(*) FILTER (WHERE "Received_Extension" = "Line_Extension_List1") > 100,
                      bool_or(head."Status_Flag" = 'CLOSED' AND "Received_Extension" < "Line_Extension_List1")
               FROM "PO_PURCHASE_ORDER_DETAIL_MC" AS line
               JOIN "PO_PURCHASE_ORDER_HEADER_MC" AS head USING ("Company_Code", "PO_Number")
               WHERE "PO_Number" NOT LIKE 'FLAW%'"""
    assert ask(kinds) == [(True,) * 6]
    named = """SELECT count(*), count(head."PO_Number") FROM "JC_TRANSACTION_HISTORY_MC" AS tran
               LEFT JOIN "PO_PURCHASE_ORDER_HEADER_MC" AS head
                 ON head."Company_Code" = tran."Company_Code" AND head."PO_Number" = tran."Po_Number"
                AND btrim(head."Job_Number") = btrim(tran."Job_Number") AND head."Vendor_Code" = tran."Vendor_Code"
               WHERE tran."Po_Number" <> ' '"""
    postings, found = ask(named)[0]
    assert postings == found > 50


def test_vendor_invoices_lead_from_postings_to_payments(ask: Ask) -> None:
    """O3: each posting of a vendor is a line of an invoice, some of them over several jobs; credits are positive."""
    lost = """SELECT count(*), count(head."Invoice_Number") FROM "JC_TRANSACTION_HISTORY_MC" AS tran
              LEFT JOIN "VN_GL_DISTRIBUTION_HEADER_MC" AS head
                ON head."Company_Code" = tran."AP_Company_Code" AND head."Vendor_Code" = tran."Vendor_Code"
               AND head."Invoice_Number" = tran."Invoice_Number" AND head."Date_List1" = tran."Invoice_Date"
              WHERE tran."Tran_Type_Code" = 'AP'"""
    postings, found = ask(lost)[0]
    assert postings == found
    shares = """SELECT count(*) FROM (
                    SELECT "AP_Company_Code", "Vendor_Code", "Invoice_Number", "Company_Code", btrim("Job_Number"),
                           sum("Tran_Amount")
                    FROM "JC_TRANSACTION_HISTORY_MC" WHERE "Tran_Type_Code" = 'AP' GROUP BY 1, 2, 3, 4, 5
                    EXCEPT
                    SELECT "Company_Code", "Vendor_Code", "Invoice_Number",
                           CASE "Company_Code_2" WHEN ' ' THEN "Company_Code" ELSE "Company_Code_2" END,
                           btrim("Job_Number"), sum("Debit_Amount" - "Credit_Amount")
                    FROM "VN_GL_DISTRIBUTION_DETAIL_MC" WHERE "Job_Number" <> ' ' GROUP BY 1, 2, 3, 4, 5) AS lost"""
    assert ask(shares) == [(0,)]
    invoices = """SELECT count(*), avg(lines), count(*) FILTER (WHERE jobs > 1), count(*) FILTER (WHERE unborne),
                         count(*) FILTER (WHERE foreign_job), bool_and("Invoice_Amount" = abs(net)),
                         bool_and(("Invoice_Type_Code" = 'C') = (net < 0)),
                         count(*) FILTER (WHERE "Invoice_Type_Code" = 'C')
                  FROM "VN_GL_DISTRIBUTION_HEADER_MC"
                  JOIN (SELECT "Company_Code", "Vendor_Code", "Invoice_Number", count(*) AS lines,
                               count(DISTINCT btrim("Job_Number")) FILTER (WHERE "Job_Number" <> ' ') AS jobs,
                               bool_or("Job_Number" = ' ') AS unborne, bool_or("Company_Code_2" <> ' ') AS foreign_job,
                               sum("Debit_Amount" - "Credit_Amount") AS net
                        FROM "VN_GL_DISTRIBUTION_DETAIL_MC" GROUP BY 1, 2, 3) AS line
                  USING ("Company_Code", "Vendor_Code", "Invoice_Number")
                  WHERE "Invoice_Number" NOT LIKE 'FLAW%'"""
    count, lines, several, unborne, foreign, same, signs, credits = ask(invoices)[0]
    assert 1_500 < count < 4_000
    assert 2 < lines < 4
    assert several > count / 10
    assert unborne > 50 < foreign
    assert (same, signs) == (True, True)
    assert credits > 5


def test_what_is_paid_makes_the_status_and_the_subcontracts(ask: Ask) -> None:
    states = """SELECT head."Status", count(*), bool_and(coalesce(paid, 0) = 0),
                       bool_and(coalesce(paid, 0) = head."Invoice_Amount"),
                       bool_and(coalesce(paid, 0) <= head."Invoice_Amount")
                FROM "VN_GL_DISTRIBUTION_HEADER_MC" AS head
                LEFT JOIN (SELECT "Company_Code", "Vendor_Code", "Invoice_Number", "Invoice_Type_Code",
                                  sum("Payment_Amount" + "Discount_Taken") AS paid
                           FROM "VN_PAYMENT_HISTORY_MC" GROUP BY 1, 2, 3, 4) AS made
                USING ("Company_Code", "Vendor_Code", "Invoice_Number", "Invoice_Type_Code")
                WHERE upper("Invoice_Number") NOT LIKE 'FLAW%' AND "Invoice_Number" <> ' ' GROUP BY 1"""
    found = {row[0]: row[1:] for row in ask(states)}
    assert {state: rest[1:] for state, rest in found.items()} == {
        "O": (True, False, True), "P": (False, False, True), "C": (False, True, True),
    }  # fmt: skip
    assert all(count > 50 for count, *_ in found.values())
    under = """SELECT count(*), sum("Invoice_Amount") FILTER (WHERE "Invoice_Type_Code" = 'I')
                      - coalesce(sum("Invoice_Amount") FILTER (WHERE "Invoice_Type_Code" = 'C'), 0),
                      bool_and("Retention_Amount" = round("Invoice_Amount" / 10, 2)),
                      (SELECT sum("Total_Billed") FROM "VN_SUBCONTRACT_MC"),
                      (SELECT sum("Amount_Billed_To_Date") FROM "VN_SUBCONTRACT_PHASE_MC")
               FROM "VN_GL_DISTRIBUTION_HEADER_MC"
               WHERE "Contract_Number" <> ' ' AND "Invoice_Number" NOT LIKE 'FLAW%'"""
    count, invoiced, retained, billed, lines = ask(under)[0]
    assert count > 300
    assert retained
    assert invoiced == billed == lines > 1_000_000
