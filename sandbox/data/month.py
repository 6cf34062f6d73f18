"""Lets a month of business happen in the sandbox database; used by `python -m sandbox month` and by tests.

What changes is what changes in a contractor's books: jobs won and finished, vendors, budgets, change orders, and
postings new, late, back-dated, reversed, edited and deleted.
"""

import random
from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from psycopg import Connection, sql

from sandbox.data import payables, projection_rows, schema, words
from sandbox.data.contracts import job_rows
from sandbox.data.jobs import MAIN_COMPANY, JobStart, plan_job
from sandbox.data.ledger_changes import LedgerChanges
from sandbox.data.purchase_orders import order_rows, plan_orders
from sandbox.data.rows import RowWriter, money
from sandbox.data.transactions import COLUMNS, Calendar, Posting, TransactionWriter
from sandbox.data.vendors import by_cost_type, plan_vendors, vendor_rows

# Job numbers from here on are kept for jobs won after the load.
_FIRST_NEW_JOB = 900


@dataclass(frozen=True)
class MonthCounts:
    """How many rows of each kind a month changed; `month` is the new month as YYYYMM."""

    month: str
    new_jobs: int
    completed_jobs: int
    new_phases: int
    new_contracts: int
    new_vendors: int
    changed_vendors: int
    estimate_adjustments: int
    approved_change_requests: int
    executed_subcontract_changes: int
    new_transactions: int
    late_transactions: int
    back_dated_transactions: int
    reversed_transactions: int
    edited_texts: int
    edited_amounts: int
    deleted_transactions: int
    received_order_lines: int
    vendor_invoices: int
    vendor_payments: int

    def lines(self) -> list[str]:
        """Return the counts as lines for people."""
        return [f"{name.replace('_', ' '):26}{value:>12}" for name, value in asdict(self).items()]


def advance_month(database_url: str, seed: int | None = None, transactions: int | None = None) -> MonthCounts:
    """Let one month of business happen, in one transaction.

    Args:
        database_url: the sandbox's PostgreSQL, loaded.
        seed: the month's seed; the load's own unless given.
        transactions: new postings in the new month; one for forty there are unless given, forty at least.

    Returns:
        The counts of each kind of change.

    Raises:
        ValueError: the database has not been loaded.
        psycopg.Error: the database refuses.
    """
    with schema.connect(database_url) as connection:
        if schema.is_empty(connection):
            raise ValueError("the sandbox database holds no business yet: run `python -m sandbox load` first")
        return _Month(connection, seed, transactions).happen()


class _Month:
    """One month on one connection: where the business stands, and the changes one after another."""

    def __init__(self, connection: Connection[Any], seed: int | None, transactions: int | None) -> None:
        self._connection = connection
        self._first = date.fromisoformat(self._state("as_of")) + timedelta(days=1)
        self._as_of = self._first.replace(day=monthrange(self._first.year, self._first.month)[1])
        self._seed = int(self._state("seed"))
        self._number = int(self._state("months")) + 1
        self._rng = random.Random(f"{self._seed if seed is None else seed}/month/{self._first:%Y%m}")
        self._salt = str(self._rng.random())
        self._writer = RowWriter(connection)
        names = connection.execute("SELECT name FROM sandbox.state WHERE name LIKE 'jobs\\_%'").fetchall()
        self._companies = sorted(str(row[0]).removeprefix("jobs_") for row in names)
        if transactions is None:
            row = connection.execute('SELECT count(*) FROM dbo."JC_TRANSACTION_HISTORY_MC"').fetchone()
            transactions = max(40, (row[0] if row else 0) // 40)
        self._count = transactions

    def happen(self) -> MonthCounts:
        """Make every change and remember the new last day of business."""
        completed = self._complete_oldest_job()
        new_vendors, changed_vendors = self._change_vendors()
        adjustments = self._adjust_estimates()
        approved = self._approve_changes()
        executed = self._connection.execute(_EXECUTE).rowcount
        share = max(1, self._count // 50)
        changes = LedgerChanges(self._connection, self._salt)
        changes.draw(share, "text")
        edited_texts = changes.edit_texts()
        changes.draw(share, "pairs")
        edited_amounts = changes.edit_compensating_pairs()
        changes.draw(share, "reverse")
        reversed_rows = changes.reverse(f"{self._first:%Y%m%d}")
        opens = f"{self._first:%Y%m%d}"
        changes.draw(share, "late", since=f"{self._first - timedelta(days=45):%Y%m%d}", until=opens)
        late = changes.post_again("LATE")
        changes.draw(share, "back", until=opens)
        back_dated = changes.post_again("BACK")
        changes.draw(max(1, share // 2), "delete")
        deleted = changes.delete()
        received = self._connection.execute(_RECEIVE, {"day": self._as_of}).rowcount
        new_jobs = sum(self._win_jobs(company) for company in self._companies)
        self._writer.flush()
        new = self._post_costs()
        booked = payables.book(self._connection, self._seed, self._as_of)
        schema.write_state(self._connection, "as_of", self._as_of.isoformat())
        schema.write_state(self._connection, "months", str(self._number))
        return MonthCounts(
            month=f"{self._first:%Y%m}",
            new_jobs=new_jobs,
            completed_jobs=completed,
            new_phases=self._writer.counts["JC_PHASE_MASTER_MC"],
            new_contracts=self._writer.counts["CR_CONTRACT_MASTER_MC"],
            new_vendors=new_vendors,
            changed_vendors=changed_vendors,
            estimate_adjustments=adjustments,
            approved_change_requests=approved,
            executed_subcontract_changes=executed,
            new_transactions=new,
            late_transactions=late,
            back_dated_transactions=back_dated,
            reversed_transactions=reversed_rows,
            edited_texts=edited_texts,
            edited_amounts=edited_amounts,
            deleted_transactions=deleted,
            received_order_lines=received,
            vendor_invoices=booked[payables.HEADER],
            vendor_payments=booked[payables.PAYMENT],
        )

    def _state(self, name: str) -> str:
        value = schema.read_state(self._connection, name)
        if value is None:
            raise ValueError(f"the sandbox database does not remember {name!r}: load it again")
        return value

    def _complete_oldest_job(self) -> int:
        row = self._connection.execute(_OLDEST_ACTIVE_JOB, {"company": MAIN_COMPANY}).fetchone()
        if row is None:
            return 0
        values = {"job": row[0], "company": MAIN_COMPANY, "day": self._as_of}
        for statement in _COMPLETE_JOB:
            self._connection.execute(statement, values)
        return 1

    def _change_vendors(self) -> tuple[int, int]:
        """Add two vendors a company; rename one, move one, switch one on or off."""
        new = changed = 0
        for company in self._companies:
            known = int(self._state(f"vendors_{company}"))
            vendors = plan_vendors(self._seed, company, 2, first=known)
            for row in vendor_rows(self._seed, company, vendors, self._as_of):
                self._writer.add("VN_VENDOR_MASTER_MC", row)
            new += len(vendors)
            schema.write_state(self._connection, f"vendors_{company}", str(known + len(vendors)))
            renamed, moved, switched = self._rng.sample(plan_vendors(self._seed, company, known), 3)
            values = {"company": company, "name": f"{renamed.name[:22]} & Sons {self._number}"[:30]}
            values["street"] = f"{100 + self._number} {words.STREETS[self._number % len(words.STREETS)]}"
            for statement, vendor in zip(_CHANGE_VENDOR, (renamed, moved, switched), strict=True):
                changed += self._connection.execute(statement, values | {"vendor": vendor.code}).rowcount
        return new, changed

    def _adjust_estimates(self) -> int:
        """Transfer budget between two phases, three times; a phase that was adjusted before keeps its one row."""
        phases = self._active_phases(6)
        for index, phase in enumerate(phases):
            amount = money(self._number * 50_000 * (-1 if index % 2 else 1))
            values = {"Tran_Date_Text": f"{self._first:%Y%m%d}", "Est_Cost": amount}
            key = {name: phase[name] for name in ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type")}
            if not self._connection.execute(_ADJUST_AGAIN, key | values).rowcount:
                self._writer.add("JC_PHASE_ESTIMATES_MC", key | values)
        return len(phases)

    def _approve_changes(self) -> int:
        """Approve the oldest change requests, whose cost lines then change the projections of their phases."""
        approved = self._connection.execute(_APPROVE, {"day": self._as_of}).fetchall()
        for company, job, customer, request in approved:
            key = {"company": company, "job": job, "customer": customer, "request": request}
            for phase, cost_type, hours, amount, number in self._connection.execute(_CHANGED, key).fetchall():
                place = {"Company_Code": company, "Job": job, "Phase": phase, "Cost_Type": cost_type}
                steps = {"Amount": amount, "Projected_Hours": hours}
                text = f"Change request {request}"
                booked = projection_rows.row(
                    place, projection_rows.CHANGE_ORDER, self._as_of, number, steps, request=request, remarks=text
                )
                self._writer.add(projection_rows.TABLE, booked)
        return len(approved)

    def _win_jobs(self, company: str) -> int:
        """Two new jobs with phases, budgets and contracts for the main company, one for each of the others."""
        known = int(self._state(f"jobs_{company}"))
        vendors = by_cost_type(plan_vendors(self._seed, company, int(self._state(f"vendors_{company}"))))
        won = 2 if company == MAIN_COMPANY else 1
        for number in range(won):
            text = f"{self._first.year % 100}-{_FIRST_NEW_JOB + self._number * 2 + number}"
            # Begun some weeks ago, so that the first costs can be posted.
            begin = JobStart(text, self._first - timedelta(days=40), known + number)
            plan = plan_job(self._seed, company, begin, self._as_of)
            for table, row in job_rows(self._seed, plan, self._as_of, vendors):
                self._writer.add(table, row, plan.trailing)
            for table, row in order_rows(self._seed, plan, plan_orders(self._seed, plan, vendors["M"]), self._as_of):
                self._writer.add(table, row)
        schema.write_state(self._connection, f"jobs_{company}", str(known + won))
        return won

    def _active_phases(self, count: int) -> list[dict[str, Any]]:
        known = [code for code, _ in words.COST_TYPES]
        values = {"day": self._as_of, "count": count, "salt": self._salt, "cost_types": known}
        names = ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "unit", "cost_center")
        rows = self._connection.execute(_ACTIVE_PHASES, values).fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _post_costs(self) -> int:
        """Post the new month's costs, evenly over the active phases."""
        phases = self._active_phases(self._count)
        if not phases:
            return 0
        vendors = {
            company: by_cost_type(plan_vendors(self._seed, company, int(self._state(f"vendors_{company}"))))
            for company in self._companies
        }
        bought = {(row[0], row[1], row[2]): (row[3], row[4]) for row in self._connection.execute(_BOUGHT).fetchall()}
        subs = {(company, each.code) for company, groups in vendors.items() for each in groups["S"]}
        lines = TransactionWriter(Calendar(self._first, self._as_of), vendors, batch=str(self._number))
        names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
        statement = sql.SQL('COPY dbo."JC_TRANSACTION_HISTORY_MC" ({}) FROM STDIN').format(names)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for index, phase in enumerate(phases):
                count = self._count * (index + 1) // len(phases) - self._count * index // len(phases)
                vendor, contract = "", ""
                if phase["Cost_Type"] == "S":
                    key = (phase["Company_Code"], phase["Job_Number"], phase["Phase_Code"])
                    vendor, contract = bought.get(key, ("", ""))
                if (phase["Company_Code"], vendor) not in subs:
                    vendor, contract = "", ""
                posting = Posting(
                    company=phase["Company_Code"],
                    job=phase["Job_Number"],
                    phase=phase["Phase_Code"],
                    cost_type=phase["Cost_Type"],
                    unit=phase["unit"],
                    cost_center=phase["cost_center"],
                    cents=count * 90_000,
                    count=count,
                    start=self._first,
                    end=self._as_of,
                    vendor=vendor,
                    contract=contract,
                )
                lines.write(random.Random(f"{self._salt}/{posting}"), posting, copy.write)
        return self._count


_OLDEST_ACTIVE_JOB = """
SELECT "Job_Number" FROM dbo."JC_JOB_MASTER_MC"
WHERE btrim("Company_Code") = %(company)s AND "Status_Code" = 'A'
ORDER BY "Start_Date", "Job_Number" LIMIT 1
"""

_COMPLETE_JOB = (
    """UPDATE dbo."JC_PHASE_MASTER_MC" SET "Status_Code" = 'C', "Complete_Date" = %(day)s
       WHERE btrim("Company_Code") = %(company)s AND "Job_Number" = %(job)s""",
    """UPDATE dbo."CR_CONTRACT_MASTER_MC" SET "Status_Code" = 'C'
       WHERE btrim("Company_Code") = %(company)s AND "Job_Number" = %(job)s""",
    """UPDATE dbo."JC_JOB_MASTER_MC" SET "Status_Code" = 'C', "Complete_Date" = %(day)s
       WHERE btrim("Company_Code") = %(company)s AND "Job_Number" = %(job)s""",
)

_CHANGE_VENDOR = (
    """UPDATE dbo."VN_VENDOR_MASTER_MC" SET "Vendor_Name" = %(name)s
       WHERE btrim("Company_Code") = %(company)s AND btrim("Vendor_Code") = %(vendor)s""",
    """UPDATE dbo."VN_VENDOR_MASTER_MC" SET "Address_1" = %(street)s
       WHERE btrim("Company_Code") = %(company)s AND btrim("Vendor_Code") = %(vendor)s""",
    """UPDATE dbo."VN_VENDOR_MASTER_MC" SET "Status" = CASE "Status" WHEN 'A' THEN 'I' ELSE 'A' END
       WHERE btrim("Company_Code") = %(company)s AND btrim("Vendor_Code") = %(vendor)s""",
)

_ADJUST_AGAIN = """
UPDATE dbo."JC_PHASE_ESTIMATES_MC" AS estimate
SET "Est_Cost" = estimate."Est_Cost" + %(Est_Cost)s::numeric, "Tran_Date_Text" = %(Tran_Date_Text)s
FROM (
    SELECT ctid AS place FROM dbo."JC_PHASE_ESTIMATES_MC"
    WHERE btrim("Company_Code") = %(Company_Code)s AND btrim("Job_Number") = %(Job_Number)s
      AND btrim("Phase_Code") = %(Phase_Code)s AND btrim("Cost_Type") = %(Cost_Type)s
    ORDER BY "Tran_Date_Text" LIMIT 1
) AS first
WHERE estimate.ctid = first.place
"""

_APPROVE = """
UPDATE dbo."CR_CHNG_REQ_HDR_MC" AS header
SET "Status" = 'AP', "Approved_Date" = %(day)s,
    "Change_Order_Number" = lpad('CO-' || right(btrim(header."Change_Request_Number"), 2), 8)
FROM (
    SELECT ctid AS place FROM dbo."CR_CHNG_REQ_HDR_MC" WHERE "Status" = 'PE'
    ORDER BY "Origination_Date", "Company_Code", "Job_Number", "Change_Request_Number" LIMIT 3
) AS oldest
WHERE header.ctid = oldest.place
RETURNING btrim("Company_Code"), btrim("Job_Number"), btrim("Customer_Code"), btrim("Change_Request_Number")
"""

# What an approved request changes, and how many rows of projections its phases have.
_CHANGED = """
SELECT btrim(line."Phase_Code"), btrim(line."Cost_Type"), line."Change_Request_Hours", line."Change_Request_Amount",
       (SELECT count(*) FROM dbo."JC_PROJ_COST_HISTORY_MC" AS booked
        WHERE btrim(booked."Company_Code") = %(company)s AND btrim(booked."Job") = %(job)s
          AND btrim(booked."Phase") = btrim(line."Phase_Code")
          AND btrim(booked."Cost_Type") = btrim(line."Cost_Type"))
FROM dbo."CR_CHNG_REQ_CON_DET_MC" AS line
WHERE btrim(line."Company_Code") = %(company)s AND btrim(line."Job_Number") = %(job)s
  AND btrim(line."Customer_Code") = %(customer)s AND btrim(line."Change_Request_Number") = %(request)s
"""

# Subcontractors sign when they have agreed, not when the owner does: some change orders of theirs each month.
_EXECUTE = """
UPDATE dbo."VN_CHNG_REQ_SUB_HDR" AS side
SET "Sub_Status" = 'E', "Sub_Change_Order_Number" = lpad('SCO' || right(btrim(side."Change_Request_Number"), 2), 8)
FROM (
    SELECT ctid AS place FROM dbo."VN_CHNG_REQ_SUB_HDR" WHERE "Sub_Status" = 'P'
    ORDER BY "Company_Code", "Job_Number", "Change_Request_Number" LIMIT 3
) AS oldest
WHERE side.ctid = oldest.place
"""

# What is ordered comes in: the oldest lines of which something is open, on orders that are.
_RECEIVE = """
UPDATE dbo."PO_PURCHASE_ORDER_DETAIL_MC" AS line
SET "Received_Extension" = line."Line_Extension_List1", "Open_Receipt_Quantity" = 0
FROM (
    SELECT line.ctid AS place
    FROM dbo."PO_PURCHASE_ORDER_DETAIL_MC" AS line
    JOIN dbo."PO_PURCHASE_ORDER_HEADER_MC" AS head USING ("Company_Code", "PO_Number")
    WHERE head."Status_Flag" = 'OPEN' AND line."Open_Receipt_Quantity" > 0 AND line."Delivery_Date" <= %(day)s
      AND line."PO_Number" NOT LIKE 'FLAW%%'
    ORDER BY line."Delivery_Date", line."Company_Code", line."PO_Number", line."Line_Number" LIMIT 5
) AS oldest
WHERE line.ctid = oldest.place
"""

# Under which subcontract a phase is bought.
_BOUGHT = """
SELECT btrim("Company_Code"), btrim(head."Job_Number"), btrim(line."Phase_Code"), btrim("Vendor_Code"),
       btrim("Subcontract_Number")
FROM dbo."VN_SUBCONTRACT_PHASE_MC" AS line
JOIN dbo."VN_SUBCONTRACT_MC" AS head USING ("Company_Code", "Vendor_Code", "Subcontract_Number")
WHERE btrim(line."Cost_Type") = 'S'
"""

_ACTIVE_PHASES = """
SELECT btrim(phase."Company_Code"), btrim(phase."Job_Number"), btrim(phase."Phase_Code"), btrim(phase."Cost_Type"),
       btrim(phase."Unit_of_Measure"), btrim(phase."Phase_Cost_Center")
FROM dbo."JC_PHASE_MASTER_MC" AS phase
JOIN dbo."JC_JOB_MASTER_MC" AS job USING ("Company_Code", "Job_Number")
WHERE job."Status_Code" = 'A' AND phase."Status_Code" = 'A' AND phase."Start_Date" <= %(day)s
  AND btrim(phase."Cost_Type") = ANY(%(cost_types)s)
ORDER BY hashtextextended(
    concat_ws('/', phase."Company_Code", phase."Job_Number", phase."Phase_Code", phase."Cost_Type", %(salt)s::text), 0)
LIMIT %(count)s
"""
