"""Fills the sandbox database with a contractor's business, deterministic from a seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from psycopg import Connection, sql

from sandbox.data import payables, schema, words
from sandbox.data.billings import FIGURES
from sandbox.data.contracts import STANDARD_CATEGORY, job_rows
from sandbox.data.customers import customer_rows
from sandbox.data.flaws import flawed_rows
from sandbox.data.jobs import MAIN_COMPANY, TEMPLATE_JOB, JobPlan, job_starts, plan_job
from sandbox.data.purchase_orders import order_rows, plan_orders
from sandbox.data.rows import RowWriter
from sandbox.data.schema import TRANSACTIONS
from sandbox.data.transactions import COLUMNS, Calendar, Posting, TransactionWriter
from sandbox.data.vendors import Vendor, by_cost_type, plan_vendors, vendor_rows

# The last day of business of a fresh load. Fixed, so that the same seed gives the same rows whenever it is loaded.
AS_OF = date(2026, 6, 30)
SERVICE_CATEGORY = "SVC"

# The main company has nine jobs in ten; the others share the rest.
_MAIN_SHARE = 0.9


@dataclass
class LoadCounts:
    """What a load wrote: rows a table, and the jobs of each company (flawed rows counted in)."""

    rows: dict[str, int] = field(default_factory=dict)
    jobs: dict[str, int] = field(default_factory=dict)


def load(
    database_url: str,
    jobs: int = 50,
    transactions: int = 20_000,
    seed: int = 1,
    companies: tuple[str, ...] = ("1", "2"),
    flaws: bool = True,
) -> LoadCounts:
    """Replace everything in the sandbox database by generated business.

    Args:
        database_url: the sandbox's PostgreSQL.
        jobs: number of jobs of all companies together, the template job of each company and sub jobs included.
        transactions: number of job cost transactions, besides the flawed ones.
        seed: the same seed gives the same rows.
        companies: company codes, trimmed; the first is the main contractor with nine jobs in ten.
        flaws: also write the rows of `flaws.py` that must be rejected or warned about.

    Raises:
        ValueError: fewer than four jobs a company, or a negative number of transactions.
        psycopg.Error: the database refuses.
    """
    if jobs < 4 * len(companies):
        raise ValueError(f"jobs={jobs} is too few for {len(companies)} companies: ask for at least four a company")
    if transactions < 0:
        raise ValueError(f"transactions={transactions} is negative: ask for zero or more")
    shares = company_jobs(jobs, companies)
    with schema.connect(database_url) as connection:
        schema.create(connection, recreate=True)
        vendors = {company: plan_vendors(seed, company, max(24, shares[company] * 2)) for company in companies}
        writer = RowWriter(connection)
        for company in companies:
            _write_company(writer, seed, company, shares[company], vendors[company])
        used = {company: by_cost_type(vendors[company]) for company in companies}
        weight = 0.0
        before = None
        bought: dict[tuple[str, str, str], tuple[str, str]] = {}
        for plan in plans(seed, shares, AS_OF):
            weight += plan.postings
            for table, row in job_rows(seed, plan, AS_OF, used[plan.company]):
                writer.add(table, row, plan.trailing)
                if table == "VN_SUBCONTRACT_PHASE_MC":
                    phase = (plan.company, plan.number, row["Phase_Code"])
                    bought[phase] = (row["Vendor_Code"], row["Subcontract_Number"])
            neighbor = before if before and before.company == plan.company else None
            orders = plan_orders(seed, plan, used[plan.company]["M"])
            for table, row in order_rows(seed, plan, orders, AS_OF, neighbor):
                writer.add(table, row)
            before = plan
        if flaws:
            for table, row in flawed_rows(*_living_job(seed, shares)):
                writer.add(table, row)
        writer.flush()
        connection.execute(FIGURES, {"day": AS_OF})
        _write_transactions(connection, seed, shares, transactions, weight, used, bought)
        writer.counts[TRANSACTIONS] += transactions
        writer.counts.update(payables.book(connection, seed, AS_OF))
        schema.create_indexes(connection)
        remember = {"seed": str(seed), "as_of": AS_OF.isoformat(), "months": "0"}
        remember |= {f"jobs_{company}": str(count) for company, count in shares.items()}
        remember |= {f"vendors_{company}": str(len(vendors[company])) for company in companies}
        for name, value in remember.items():
            schema.write_state(connection, name, value)
        connection.execute("ANALYZE")
    return LoadCounts(dict(sorted(writer.counts.items())), shares)


def company_jobs(jobs: int, companies: tuple[str, ...]) -> dict[str, int]:
    """Divide the jobs among the companies: nine in ten for the first, at least four for each of the others."""
    others = companies[1:]
    each = max(4, round(jobs * (1 - _MAIN_SHARE) / len(others))) if others else 0
    return {companies[0]: jobs - each * len(others)} | dict.fromkeys(others, each)


def plans(seed: int, shares: dict[str, int], as_of: date) -> Iterator[JobPlan]:
    """Yield the plan of every job of every company."""
    for company, count in shares.items():
        for begin in job_starts(company, count, as_of):
            yield plan_job(seed, company, begin, as_of)


def _living_job(seed: int, shares: dict[str, int]) -> tuple[str, str]:
    """The number and the customer of the main company's first active job."""
    for begin in job_starts(MAIN_COMPANY, shares.get(MAIN_COMPANY, 0), AS_OF):
        plan = plan_job(seed, MAIN_COMPANY, begin, AS_OF)
        if begin.number != TEMPLATE_JOB and plan.status == "A":
            return plan.number, plan.customer
    return "24-101", "C1001"


def _write_company(writer: RowWriter, seed: int, company: str, jobs: int, vendors: list[Vendor]) -> None:
    for code, description in words.COST_TYPES:
        values = {"Company_Code": company, "Cost_Type": code, "Description": description, "Status_Code": "A"}
        writer.add("JC_COST_TYPE_MASTER_MC", values)
    standard = [(STANDARD_CATEGORY, phase[0], phase[1]) for phase in words.PHASES]
    standard += [(SERVICE_CATEGORY, code, description) for code, description in words.SERVICE_PHASES]
    for category, code, description in standard:
        values = {
            "Company_Code": company,
            "Phase_Category": category,
            "Phase_Code": code,
            "Description": description,
        }
        writer.add("JC_STD_PHASE_DESCRIPTION_MC", values)
    for code, description, kind in words.CHANGE_STATUSES:
        values = {"Company_Code": company, "Status_Code": code, "Description": description, "CR_Type": kind}
        writer.add("CR_CHNG_REQ_STATUS_MC", values)
    for row in customer_rows(company, jobs, AS_OF):
        writer.add("CR_CUSTOMER_MASTER_MC", row)
    for row in vendor_rows(seed, company, vendors, AS_OF):
        writer.add("VN_VENDOR_MASTER_MC", row)


def _write_transactions(
    connection: Connection[Any],
    seed: int,
    shares: dict[str, int],
    count: int,
    weight: float,
    vendors: dict[str, dict[str, list[Vendor]]],
    bought: dict[tuple[str, str, str], tuple[str, str]],
) -> None:
    """Copy exactly `count` transactions, shared out by the weights of the phases."""
    lines = TransactionWriter(Calendar(date(AS_OF.year - 5, 1, 1), AS_OF), vendors)
    names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    statement = sql.SQL("COPY dbo.{} ({}) FROM STDIN").format(sql.Identifier(TRANSACTIONS), names)
    done, reached = 0, 0.0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for plan in plans(seed, shares, AS_OF):
            rng = random.Random(f"{seed}/transactions/{plan.company}/{plan.number}")
            orders = plan_orders(seed, plan, vendors[plan.company]["M"])
            ordered = {phase: order for order in orders for phase in order.phases}
            for position, phase in enumerate(plan.phases):
                reached += phase.postings
                upto = min(count, round(count * reached / weight)) if weight else 0
                if upto == done:
                    continue
                order = ordered.get(phase)
                vendor, contract = order.vendor if order else "", ""
                if phase.cost_type == "S":
                    vendor, contract = bought.get((plan.company, plan.number, phase.code), ("", ""))
                posting = Posting(
                    company=plan.company,
                    job=plan.number,
                    phase=phase.code,
                    cost_type=phase.cost_type,
                    unit=phase.unit,
                    cost_center=phase.cost_center,
                    cents=int(phase.spent),
                    count=upto - done,
                    start=phase.start,
                    end=min(phase.end, AS_OF),
                    # Within one job some postings carry the code right-justified and some with trailing spaces.
                    trailing=plan.trailing if position % 2 else 0,
                    vendor=vendor,
                    order=order.number if order else "",
                    contract=contract,
                )
                lines.write(rng, posting, copy.write)
                done = upto
    if done != count:
        raise ValueError(f"only {done} of {count} transactions found a phase with costs: ask for more jobs")
