"""Generates vendor invoices, their distribution and what was paid on them, from the postings that name an invoice.

An invoice is what its postings add up to: of several phases and jobs, of another company's jobs where that is who keeps
the vendor, some with a line that no job bears. One below 0 is a credit, stored positive. Those for a subcontract's work
are invoiced under it, as far as it goes, with retention; its billed and paid amounts are theirs.
"""

from datetime import date
from typing import Any

from psycopg import Connection

from sandbox.data import never_read
from sandbox.data.schema import TRANSACTIONS, run

HEADER, DETAIL, PAYMENT = "VN_GL_DISTRIBUTION_HEADER_MC", "VN_GL_DISTRIBUTION_DETAIL_MC", "VN_PAYMENT_HISTORY_MC"


def book(connection: Connection[Any], seed: int, as_of: date) -> dict[str, int]:
    """Enter what is not entered yet: invoices of new postings, payments that were due, what is billed on subcontracts.

    Args:
        connection: the sandbox database, its postings written; the caller commits.
        seed: the data set's seed.
        as_of: the last day of business.

    Returns:
        Rows written, by table.
    """
    values = {"seed": str(seed), "as_of": as_of}
    # Just written, so that the planner knows nothing of them: it would join each row to all others.
    run(connection, f'ANALYZE dbo."{TRANSACTIONS}", dbo."VN_SUBCONTRACT_MC", dbo."VN_SUBCONTRACT_PHASE_MC"')
    run(connection, _LINES)
    run(connection, "ANALYZE ap_lines")
    run(connection, _INVOICES, values)
    run(connection, "ANALYZE ap_invoices")
    counts = {
        HEADER: run(connection, _HEADERS.format(*_unread(HEADER))).rowcount,
        DETAIL: run(connection, _DETAILS).rowcount,
    }
    run(connection, "DROP TABLE ap_lines, ap_invoices")
    run(connection, f'ANALYZE dbo."{HEADER}", dbo."{DETAIL}", dbo."JC_JOB_MASTER_MC"')
    counts[PAYMENT] = run(connection, _PAYMENTS.format(*_unread(PAYMENT)), values).rowcount
    run(connection, f'ANALYZE dbo."{PAYMENT}"')
    run(connection, _STATUSES)
    run(connection, _SUBCONTRACT_LINES)
    run(connection, _SUBCONTRACTS)
    return counts


def _unread(table: str) -> tuple[str, str]:
    """The columns that nobody may read, and what they hold, as SQL."""
    texts = {name: value for name, value in never_read.row_values(table).items() if isinstance(value, str)}
    return "".join(f', "{name}"' for name in texts), "".join(f", '{value}'" for value in texts.values())


# A phase is bought under one subcontract. The padding of a job's number differs, that of all else does not.
_LINES = """
CREATE TEMP TABLE ap_lines AS
SELECT tran."AP_Company_Code" AS company, tran."Vendor_Code" AS vendor, tran."Invoice_Number" AS invoice,
       tran."Vendor_Name" AS name, tran."Company_Code" AS job_company, tran."Job_Number" AS job,
       tran."Phase_Code" AS phase, tran."Cost_Type" AS cost_type, tran."Tran_Amount" AS amount,
       to_date(tran."Tran_Date_Text", 'YYYYMMDD') AS posted, tran."Invoice_Date" AS dated, tran."Po_Number" AS po,
       tran."Unit_of_Measure" AS unit, tran."Quantity" AS quantity, tran."Description" AS remarks,
       tran."Cost_Center" AS cost_center, tran."Batch_Code" AS batch, tran."Reference_1" AS reference,
       tran."Detail_Sequence" AS sequence, bought.contract
FROM dbo."JC_TRANSACTION_HISTORY_MC" AS tran
LEFT JOIN (
    SELECT "Company_Code", "Vendor_Code", btrim(head."Job_Number") AS job, line."Phase_Code", line."Cost_Type",
           min("Subcontract_Number") AS contract
    FROM dbo."VN_SUBCONTRACT_PHASE_MC" AS line
    JOIN dbo."VN_SUBCONTRACT_MC" AS head USING ("Company_Code", "Vendor_Code", "Subcontract_Number")
    GROUP BY 1, 2, 3, 4, 5
) AS bought
  ON bought."Company_Code" = tran."Company_Code" AND bought."Company_Code" = tran."AP_Company_Code"
 AND bought."Vendor_Code" = tran."Vendor_Code" AND bought.job = btrim(tran."Job_Number")
 AND bought."Phase_Code" = tran."Phase_Code" AND bought."Cost_Type" = tran."Cost_Type"
WHERE tran."Tran_Type_Code" = 'AP' AND btrim(tran."Invoice_Number") <> ''
  AND NOT EXISTS (
      SELECT FROM dbo."VN_GL_DISTRIBUTION_HEADER_MC" AS known
      WHERE known."Company_Code" = tran."AP_Company_Code" AND known."Vendor_Code" = tran."Vendor_Code"
        AND known."Invoice_Number" = tran."Invoice_Number")
"""

# One invoice in nine has a line that no job bears. A subcontract is invoiced until it is used up; more is extra work.
_INVOICES = """
CREATE TEMP TABLE ap_invoices AS
WITH summed AS (
    SELECT company, vendor, invoice, min(name) AS name, sum(amount) AS jobs_share, min(dated) AS dated,
           min(posted) AS posted, max(po) AS po, min(batch) AS batch, min(cost_center) AS cost_center,
           CASE WHEN count(*) = count(contract) AND min(contract) = max(contract) AND min(job) = max(job)
               THEN min(contract) END AS contract,
           CASE WHEN min(btrim(job)) = max(btrim(job)) THEN min(job) END AS job, min(job_company) AS job_company,
           abs(hashtextextended(concat_ws('/', company, vendor, invoice, %(seed)s::text), 0) %% 1000003) AS luck
    FROM ap_lines GROUP BY company, vendor, invoice
), whole AS (
    SELECT *, jobs_share + overhead AS total
    FROM summed
    CROSS JOIN LATERAL (
        SELECT CASE WHEN luck %% 9 = 0 AND contract IS NULL THEN round(abs(jobs_share) * 0.03, 2) ELSE 0 END AS overhead
    ) AS unborne
), running AS (
    SELECT whole.*, head."Original_Amount" AS original, head."Job_Number" AS contract_job,
           head."Total_Billed" + sum(greatest(total, 0)) OVER so_far AS peak,
           head."Total_Billed" + sum(total) OVER so_far AS billed
    FROM whole
    LEFT JOIN (
        SELECT "Company_Code", "Vendor_Code", "Subcontract_Number", min("Original_Amount") AS "Original_Amount",
               min("Job_Number") AS "Job_Number", min("Total_Billed") AS "Total_Billed"
        FROM dbo."VN_SUBCONTRACT_MC" GROUP BY 1, 2, 3 HAVING count(*) = 1
    ) AS head
      ON head."Company_Code" = company AND head."Vendor_Code" = vendor AND head."Subcontract_Number" = contract
    WINDOW so_far AS (PARTITION BY company, vendor, contract ORDER BY dated, invoice)
), reached AS (
    SELECT *, peak <= original AND billed >= 0 AS under_contract FROM running
)
SELECT company, vendor, invoice, name, overhead, dated, posted, po, batch, cost_center, luck,
       CASE WHEN total < 0 THEN 'C' ELSE 'I' END AS kind, abs(total) AS total,
       coalesce(CASE WHEN under_contract THEN contract END, ' ') AS contract,
       coalesce(CASE WHEN under_contract THEN contract_job END, ' ') AS contract_job,
       CASE WHEN under_contract THEN round(abs(total) * 0.10, 2) ELSE 0 END AS retention
FROM reached
"""

_HEADERS = """
INSERT INTO dbo."VN_GL_DISTRIBUTION_HEADER_MC" (
    "Company_Code", "Vendor_Code", "Invoice_Number", "Invoice_Type_Code", "Batch_Code", "Contract_Number",
    "Subcontract_Job", "Subcontract_Job_Company", "Status", "AP_GL_Account", "Cash_GL_Account", "Year", "Period",
    "Invoice_Amount", "Discount_Eligible_Amount", "Retention_Amount", "Date_List1", "Date_List3", "Date_List3_Year",
    "Date_List3_Period", "Date_List4", "Date_List5", "PO_Number", "Remarks", "Vendor_Name", "Cost_Center"{})
SELECT company, vendor, invoice, kind, batch, contract, contract_job,
       CASE WHEN contract = ' ' THEN ' ' ELSE company END, 'O', '2010000', '1010000', to_char(posted, 'YYYY'),
       to_char(posted, 'MM'), total, CASE WHEN discounted THEN total ELSE 0 END, retention, dated, posted,
       to_char(posted, 'YYYY'), to_char(posted, 'MM'), dated + interval '30 days',
       CASE WHEN discounted THEN dated + interval '10 days' END, left(po, 10),
       CASE WHEN contract <> ' ' THEN 'Progress billing' WHEN kind = 'C' THEN 'Credit for return' ELSE ' ' END,
       name, cost_center{}
FROM ap_invoices
CROSS JOIN LATERAL (SELECT luck % 7 = 0 AND contract = ' ' AND kind = 'I' AS discounted) AS terms
"""

_DETAILS = """
INSERT INTO dbo."VN_GL_DISTRIBUTION_DETAIL_MC" (
    "Company_Code", "Vendor_Code", "Invoice_Number", "Invoice_Type_Code", "Sequence", "GL_Distribution_Account",
    "Debit_Amount", "Credit_Amount", "Job_Number", "Phase_Code", "Cost_Type", "Company_Code_2", "Remarks", "Quantity",
    "Unit_Of_Measure", "Bid_Item_Number", "Retention_Flag", "SC_Contract", "Cost_Center")
SELECT company, vendor, invoice, kind,
       lpad((row_number() OVER (PARTITION BY company, vendor, invoice ORDER BY place))::text, 3), account,
       greatest(amount, 0), greatest(-amount, 0), job, phase, cost_type, other, remarks, quantity, unit, ' ',
       CASE WHEN contract = ' ' THEN 'N' ELSE 'Y' END, contract, cost_center
FROM (
    SELECT company, vendor, invoice, kind, whole.contract, job, phase, cost_type, amount, remarks, quantity, unit,
           line.cost_center, CASE WHEN job_company <> company THEN job_company ELSE ' ' END AS other,
           CASE btrim(cost_type) WHEN 'S' THEN '5410000' WHEN 'M' THEN '5210000' ELSE '5310000' END AS account,
           concat_ws('/', job_company, job, phase, cost_type, reference, lpad(sequence, 10), amount) AS place
    FROM ap_lines AS line
    JOIN ap_invoices AS whole USING (company, vendor, invoice)
    UNION ALL
    SELECT company, vendor, invoice, kind, contract, ' ', ' ', ' ', overhead, 'Freight', 0, ' ', cost_center, ' ',
           '6210000', '~'
    FROM ap_invoices WHERE overhead <> 0
) AS lines
"""

# One invoice in twenty-three is disputed, one in eleven paid in two parts; retention when the job is complete. A credit
# is taken at once.
_PAYMENTS = """
WITH owed AS (
    SELECT head.*, job."Complete_Date" AS complete,
           abs(hashtextextended(concat_ws('/', "Company_Code", "Vendor_Code", "Invoice_Number", %(seed)s::text), 0)
               %% 1000003) AS luck
    FROM dbo."VN_GL_DISTRIBUTION_HEADER_MC" AS head
    LEFT JOIN (
        SELECT "Company_Code", btrim("Job_Number") AS number, min("Complete_Date") AS "Complete_Date"
        FROM dbo."JC_JOB_MASTER_MC" GROUP BY 1, 2
    ) AS job USING ("Company_Code")
    WHERE job.number = btrim(head."Subcontract_Job") AND head."Subcontract_Job" <> ' '
    UNION ALL
    SELECT head.*, NULL::timestamp(0),
           abs(hashtextextended(concat_ws('/', "Company_Code", "Vendor_Code", "Invoice_Number", %(seed)s::text), 0)
               %% 1000003)
    FROM dbo."VN_GL_DISTRIBUTION_HEADER_MC" AS head
    WHERE head."Subcontract_Job" = ' ' AND head."Invoice_Number" NOT LIKE 'FLAW%%' AND head."Invoice_Number" <> ' '
), planned AS (
    SELECT owed.*, due - taken AS rest, taken, parted, paid_on
    FROM owed
    CROSS JOIN LATERAL (
        SELECT "Invoice_Amount" - "Retention_Amount" AS due, round("Discount_Eligible_Amount" * 0.02, 2) AS taken,
               luck %% 11 = 1 AND "Invoice_Amount" > 500 AND NOT credit AS parted,
               CASE WHEN credit THEN "Date_List1"
                   ELSE coalesce("Date_List5", "Date_List4" + (luck %% 9) * interval '1 day') END AS paid_on
        FROM (SELECT "Invoice_Type_Code" = 'C' AS credit) AS what
    ) AS terms
    WHERE (luck %% 23 <> 0 OR "Invoice_Type_Code" = 'C') AND "Invoice_Amount" > 0
), parts AS (
    SELECT planned.*, 1 AS number, paid_on AS day, CASE WHEN parted THEN round(rest * 0.6, 2) ELSE rest END AS amount,
           0 AS retained, taken AS discount
    FROM planned
    UNION ALL
    SELECT planned.*, 2, paid_on + interval '30 days', rest - round(rest * 0.6, 2), 0, 0 FROM planned WHERE parted
    UNION ALL
    SELECT planned.*, 3, greatest(complete + interval '45 days', paid_on + interval '31 days'), "Retention_Amount",
           "Retention_Amount", 0
    FROM planned WHERE "Retention_Amount" > 0 AND complete IS NOT NULL
)
INSERT INTO dbo."VN_PAYMENT_HISTORY_MC" (
    "Company_Code", "Vendor_Code", "Invoice_Number", "Invoice_Type_Code", "Payment_Number", "Check_Number",
    "Check_Date", "Trans_Date", "Check_Date_Year", "Check_Date_Period", "Payment_Amount", "Retention_Paid",
    "Discount_Taken", "Original_Invoice_Amount", "Original_Retention_Amount", "Invoice_and_Due_Date1",
    "Invoice_and_Due_Date2", "Contract_Number", "Subcontract_Job", "Payment_Type", "Cost_Center"{})
SELECT "Company_Code", "Vendor_Code", "Invoice_Number", "Invoice_Type_Code", lpad(number::text, 3),
       lpad((luck %% 1000000)::text, 6, '0'), day, day, to_char(day, 'YYYY'), to_char(day, 'MM'), amount, retained,
       discount, "Invoice_Amount", "Retention_Amount", "Date_List1", "Date_List4", "Contract_Number",
       "Subcontract_Job", CASE WHEN luck %% 3 = 0 THEN 'ACH' ELSE 'CHECK' END, "Cost_Center"{}
FROM parts
WHERE day <= %(as_of)s AND amount <> 0
  AND NOT EXISTS (
      SELECT FROM dbo."VN_PAYMENT_HISTORY_MC" AS made
      WHERE made."Company_Code" = parts."Company_Code" AND made."Vendor_Code" = parts."Vendor_Code"
        AND made."Invoice_Number" = parts."Invoice_Number" AND made."Invoice_Type_Code" = parts."Invoice_Type_Code"
        AND made."Payment_Number" = lpad(parts.number::text, 3))
"""

_STATUSES = """
UPDATE dbo."VN_GL_DISTRIBUTION_HEADER_MC" AS head
SET "Status" = paid.status
FROM (
    SELECT "Company_Code", "Vendor_Code", "Invoice_Number", "Invoice_Type_Code",
           CASE WHEN sum("Payment_Amount" + "Discount_Taken") >= max("Original_Invoice_Amount") THEN 'C' ELSE 'P' END
               AS status
    FROM dbo."VN_PAYMENT_HISTORY_MC"
    WHERE "Invoice_Number" NOT LIKE 'FLAW%'
    GROUP BY 1, 2, 3, 4
) AS paid
WHERE head."Company_Code" = paid."Company_Code" AND head."Vendor_Code" = paid."Vendor_Code"
  AND head."Invoice_Number" = paid."Invoice_Number" AND head."Invoice_Type_Code" = paid."Invoice_Type_Code"
  AND head."Status" <> paid.status AND head."Status" IN ('O', 'P')
"""

_SUBCONTRACT_LINES = """
UPDATE dbo."VN_SUBCONTRACT_PHASE_MC" AS line
SET "Amount_Billed_To_Date" = billed.amount,
    "Quantity_Billed_To_Date" = round(billed.amount / nullif(line."Original_Contract_Amount", 0), 4)
FROM (
    SELECT "Company_Code", "Vendor_Code", "SC_Contract", "Phase_Code", "Cost_Type",
           sum("Debit_Amount" - "Credit_Amount") AS amount
    FROM dbo."VN_GL_DISTRIBUTION_DETAIL_MC" WHERE "SC_Contract" <> ' '
    GROUP BY 1, 2, 3, 4, 5
) AS billed
WHERE line."Company_Code" = billed."Company_Code" AND line."Vendor_Code" = billed."Vendor_Code"
  AND line."Subcontract_Number" = billed."SC_Contract" AND line."Phase_Code" = billed."Phase_Code"
  AND line."Cost_Type" = billed."Cost_Type" AND line."Original_Contract_Amount" <> 0
  AND line."Amount_Billed_To_Date" <> billed.amount
"""

_SUBCONTRACTS = """
UPDATE dbo."VN_SUBCONTRACT_MC" AS head
SET "Total_Billed" = billed, "Retention_Billed" = retained, "Current_Bill_Amount" = billed - retained,
    "Total_Paid" = paid, "Retention_Paid" = released, "Current_Paid" = paid - released,
    "Total_Balance" = billed - paid, "Retention_Balance" = retained - released,
    "Current_Balance" = billed - retained - paid + released
FROM (
    SELECT "Company_Code", "Vendor_Code", "Contract_Number", sum(sign * billed) AS billed,
           sum(sign * retained) AS retained, sum(sign * paid) AS paid, sum(sign * released) AS released
    FROM (
        SELECT "Company_Code", "Vendor_Code", "Contract_Number", "Invoice_Type_Code", "Invoice_Amount" AS billed,
               "Retention_Amount" AS retained, 0 AS paid, 0 AS released
        FROM dbo."VN_GL_DISTRIBUTION_HEADER_MC" WHERE "Contract_Number" <> ' '
        UNION ALL
        SELECT "Company_Code", "Vendor_Code", "Contract_Number", "Invoice_Type_Code", 0, 0, "Payment_Amount",
               "Retention_Paid"
        FROM dbo."VN_PAYMENT_HISTORY_MC" WHERE "Contract_Number" <> ' '
    ) AS booked
    CROSS JOIN LATERAL (SELECT CASE "Invoice_Type_Code" WHEN 'C' THEN -1 ELSE 1 END AS sign) AS signed
    GROUP BY 1, 2, 3
) AS books
WHERE head."Company_Code" = books."Company_Code" AND head."Vendor_Code" = books."Vendor_Code"
  AND head."Subcontract_Number" = books."Contract_Number"
"""
