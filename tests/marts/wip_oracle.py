"""What `marts.wip_schedule` must hold, said a second time: in Python, in fractions, from versions of staged rows."""

# ruff: noqa: S608  queries are put together from names in this file

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

from psycopg.rows import dict_row
from wip_sums import less, plus, rounded

from spectrum_etl.warehouse.connect import connect

Row = dict[str, Any]
Schedule = dict[tuple[str, str, dt.date, str], Row]

FIGURES = (
    "known_at",
    "is_known",
    "job_description",
    "division",
    "project_manager",
    "status_code",
    "job_complete",
    "has_contract",
    "contracts",
    "price_method_code",
    "price_method",
    "earned_basis",
    "original_contract",
    "approved_changes",
    "undated_changes",
    "revised_contract",
    "cost_to_date",
    "cost_at_completion",
    "cost_to_complete",
    "percent_complete",
    "earned_revenue",
    "billed_to_date",
    "billed_basis",
    "over_under_billed",
    "over_billed",
    "under_billed",
    "retainage",
    "gross_profit_to_date",
    "gross_profit_at_completion",
    "gross_profit_percent",
    "loss_provision",
    "backlog",
    "printed_revised_contract",
    "printed_difference",
)
#: Where one of these is null, the row says why.
EXPLAINED = (
    "revised_contract",
    "cost_to_date",
    "cost_at_completion",
    "earned_revenue",
    "billed_to_date",
    "gross_profit_at_completion",
)

#: Every table that it is made of.
STAGED = (
    "jobs",
    "prime_contracts",
    "budgets",
    "job_cost_totals",
    "projections",
    "job_cost_transactions",
    "change_requests",
    "change_request_revenues",
    "change_request_statuses",
    "billing_applications",
    "receivable_invoices",
)
_WORDS = {"F": "fixed price", "T": "time and material", "C": "cost plus", "U": "unit price"}
_BASES = {"F": "cost", "T": "billed", "C": "billed", "U": "work complete"}
_APPROVED_TYPES = {"1", "2", "5"}


class Books:
    """Every version of every staged row, and since when each table is known.

    Args:
        url: the warehouse.
    """

    def __init__(self, url: str) -> None:
        self.versions: dict[str, list[Row]] = {}
        with connect(url) as connection:
            cursor = connection.cursor(row_factory=dict_row)
            for table in STAGED:
                self.versions[table] = cursor.execute(f"select * from history.{table}_versions".encode()).fetchall()
            self.companies = {row["company_code"] for rows in self.versions.values() for row in rows}
            self.since = {
                (row["company_code"], row["table_name"]): row["since"]
                for row in cursor.execute(
                    "select company_code, table_name, min(read_at) as since from sync.runs where not narrowed"
                    " and deferred_rows = 0 and state in ('published', 'unchanged') group by 1, 2"
                )
            }

    def known(self, company: str, moment: dt.datetime | None, *tables: str) -> bool:
        """Whether all of the tables had been read whole at the moment, or ever."""
        found = [self.since.get((company, table)) for table in tables]
        return all(since is not None and (moment is None or since <= moment) for since in found)

    def at(self, company: str, moment: dt.datetime | None) -> dict[str, list[Row]]:
        """The rows of a company as they were staged at the moment; None for those of now."""
        return {
            table: [row for row in rows if row["company_code"] == company and _stands(row, moment)]
            for table, rows in self.versions.items()
        }


def _stands(row: Row, moment: dt.datetime | None) -> bool:
    if moment is None:
        return row["_valid_to"] is None
    return row["_valid_from"] <= moment and (row["_valid_to"] is None or row["_valid_to"] > moment)


class State:
    """What was known of one company at one moment."""

    def __init__(self, books: Books, company: str, moment: dt.datetime | None) -> None:
        self.books, self.company, self.moment = books, company, moment
        rows = books.at(company, moment)
        self.jobs = {row["job_number"]: row for row in rows["jobs"]}
        self.contracts = _by_job(rows["prime_contracts"])
        self.postings = _by_job(rows["job_cost_transactions"])
        self.applications = _by_job(rows["billing_applications"])
        self.invoices = _by_job(rows["receivable_invoices"])
        self.revenues = rows["change_request_revenues"]
        self.requests = rows["change_requests"]
        self.types = {row["status_code"]: row["cr_type"] for row in rows["change_request_statuses"]}
        self.at_completion = self._at_completion(rows)

    def _known(self, *tables: str) -> bool:
        return self.books.known(self.company, self.moment, *tables)

    def _at_completion(self, rows: dict[str, list[Row]]) -> dict[str, Decimal]:
        """Per job, what its phases and cost types will have cost."""

        def key(row: Row) -> tuple[str, str, str]:
            return row["job_number"], row["phase_code"], row["cost_type"]

        spent: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for row in rows["job_cost_transactions"]:
            spent[key(row)] += row["tran_amount"]
        budgets = {key(row): row for row in rows["budgets"]}
        totals = {key(row): row["projected_cost"] for row in rows["job_cost_totals"]}
        increments = {key(row): row["projected_cost"] for row in rows["projections"]}
        found: dict[str, Decimal] = defaultdict(Decimal)
        for code in spent.keys() | budgets.keys() | totals.keys() | increments.keys():
            budget = budgets.get(code, {})
            projected = totals.get(code)
            if projected is None and not budget.get("projection_worked_out"):
                projected = increments.get(code)
            cost = spent.get(code, Decimal(0))
            if self.jobs.get(code[0], {}).get("status_code") == "C":
                found[code[0]] += cost
            else:
                found[code[0]] += max(projected or budget.get("current_estimate") or Decimal(0), cost)
        return found

    def numbers(self) -> set[str]:
        """Every job of which anything is there."""
        by_job = self.jobs, self.contracts, self.postings, self.applications, self.invoices
        return {job for rows in by_job for job in rows}

    def first_day(self, job: str) -> dt.date | None:
        """The first day that anything of the job is dated, to the month of a posting."""
        days = [row["tran_date"].replace(day=1) for row in self.postings.get(job, [])]
        days += [row["contract_date"] for row in self.contracts.get(job, [])]
        days += [_billed_on(row) for row in self.applications.get(job, [])]
        days += [row["invoice_date"] for row in self.invoices.get(job, [])]
        days += [self.jobs.get(job, {}).get(name) for name in ("create_date", "start_date")]
        return min((day for day in days if day), default=None)

    def row(self, job: str, month_end: dt.date) -> Row:
        """The figures of a job up to a month end."""
        facts = self.jobs.get(job, {})
        contracts = self.contracts.get(job, [])
        found: Row = dict.fromkeys(FIGURES)
        found |= {name: facts.get(name) for name in ("job_description", "division", "project_manager", "status_code")}
        if facts:
            done = facts["complete_date"]
            found["job_complete"] = facts["status_code"] == "C" and (done is None or done <= month_end)
        methods = {contract["price_method_code"] or facts.get("price_method_code") for contract in contracts}
        methods = methods or {facts.get("price_method_code")}
        method = methods.pop() if len(methods) == 1 else None
        found |= {"price_method_code": method, "price_method": _WORDS.get(method or "")}
        found["earned_basis"] = _BASES.get(method or "")
        if self._known("prime_contracts"):
            found |= {"contracts": len(contracts), "has_contract": bool(contracts)}
            amounts = [contract["original_contract"] for contract in contracts]
            if amounts and None not in amounts:
                found["original_contract"] = sum(amounts)
        found |= self._changes(job, month_end) if contracts else {}
        if self._known("job_cost_transactions"):
            found["cost_to_date"] = sum(
                (row["tran_amount"] for row in self.postings.get(job, []) if row["tran_date"] <= month_end), Decimal(0)
            )
            if self._known("jobs", "budgets"):
                found["cost_at_completion"] = self.at_completion.get(job, Decimal(0))
        work = self._bill(found, job, month_end)
        _derive(found, work)
        return found

    def _changes(self, job: str, month_end: dt.date) -> Row:
        known = self._known("change_requests", "change_request_revenues", "change_request_statuses")
        if not known or any("" in (row["job_number"], row["change_request_number"]) for row in self.revenues):
            return {}
        dated = undated = Decimal(0)
        for revenue in self.revenues:
            if revenue["job_number"] != job:
                continue
            approvals = [
                request["approved_date"]
                for request in self.requests
                if request["job_number"] == job
                and request["change_request_number"] == revenue["change_request_number"]
                and revenue["customer_code"] in ("", request["customer_code"])
                and (request["change_order_number"] or self.types.get(request["status"]) in _APPROVED_TYPES)
            ]
            days = [day for day in approvals if day]
            if approvals and not days:
                undated += revenue["cr_revenue"]
            elif days and min(days) <= month_end:
                dated += revenue["cr_revenue"]
        return {"approved_changes": dated + undated, "undated_changes": undated}

    def _bill(self, found: Row, job: str, month_end: dt.date) -> Decimal | None:
        """Fill in what was billed; what the applications say is complete."""
        applications, invoices = self.applications.get(job, []), self.invoices.get(job, [])
        by_application = {row["customer_code"] for row in applications if row["complete_to_date"] is not None}
        counted = [row for row in invoices if row["customer_code"] not in by_application and row["reversed"] != "Y"]
        streams = [row for row in applications if row["customer_code"] in by_application]
        days = [_billed_on(row) for row in streams] + [row["invoice_date"] for row in counted]
        known = self._known("receivable_invoices") or (by_application and self._known("billing_applications"))
        newest = {}
        for row in sorted(
            (row for row in streams if (day := _billed_on(row)) and day <= month_end),
            key=lambda row: (_billed_on(row), row["application_number"].zfill(10)),
        ):
            newest[row["customer_code"]] = row
        owners = {contract["customer_code"] for contract in self.contracts.get(job, [])}
        printed = [newest[owner]["revised_contract_amount"] if owner in newest else None for owner in owners]
        if owners and None not in printed:
            found["printed_revised_contract"] = sum(printed)
        if not known or None in days:
            return None
        billed = [plus(row["complete_to_date"], row["material_stored"]) for row in newest.values()]
        retained = [plus(row["retention_amount"], row["material_stored_retention"]) for row in newest.values()]
        sent = [row for row in counted if row["invoice_date"] <= month_end]
        for row in sent:
            billed.append(less(row["invoice_extension"], row["sales_tax_amount"]))
            retained.append(row["retention_amount"])
        found["billed_to_date"] = None if None in billed else sum(billed, Decimal(0))
        found["retainage"] = None if None in retained else sum(retained, Decimal(0))
        bases = (["applications"] if newest else []) + (["invoices"] if sent else [])
        found["billed_basis"] = "both" if len(bases) == 2 else bases[0] if bases else None
        work = [row["complete_to_date"] for row in newest.values() if row["complete_to_date"] is not None]
        return sum(work, Decimal(0)) if by_application else None


def _derive(found: Row, work: Decimal | None) -> None:
    """Everything that follows from the sums."""
    cost, at_end, method = found["cost_to_date"], found["cost_at_completion"], found["price_method_code"]
    revised = found["revised_contract"] = plus(found["original_contract"], found["approved_changes"])
    found["cost_to_complete"] = less(at_end, cost)
    share: Fraction | None = None
    if found["job_complete"] and cost is not None and cost == at_end:
        share = Fraction(1)
    elif at_end is not None and at_end > 0:
        share = min(Fraction(1), max(Fraction(0), Fraction(cost) / Fraction(at_end)))
    found["percent_complete"] = None if share is None else rounded(share * 100, 4)
    if method == "F":
        earned = None if revised is None or share is None else rounded(Fraction(revised) * share, 2)
    else:
        earned = {"T": found["billed_to_date"], "C": found["billed_to_date"], "U": work}.get(method)
    found["earned_revenue"] = earned
    difference = found["over_under_billed"] = less(found["billed_to_date"], earned)
    if difference is not None:
        found["over_billed"] = difference if difference > 0 else 0
        found["under_billed"] = -difference if difference < 0 else 0
    income = None if method in ("T", "C") and (revised is None or revised <= 0) else revised
    found["backlog"] = less(income, earned)
    so_far, in_the_end = less(earned, cost), less(income, at_end)
    found |= {"gross_profit_to_date": so_far, "gross_profit_at_completion": in_the_end}
    if in_the_end is not None:
        found["gross_profit_percent"] = rounded(Fraction(in_the_end) * 100 / Fraction(income), 4) if income else None
        if in_the_end >= 0:
            found["loss_provision"] = 0
        elif so_far is not None:
            # The whole loss, less what of it is in the figures to date.
            found["loss_provision"] = max(-in_the_end - -so_far, 0)
    found["printed_difference"] = less(revised, found["printed_revised_contract"])


def expected(books: Books, month_ends: list[tuple[dt.date, dt.datetime | None]]) -> Schedule:
    """The whole schedule.

    Args:
        books: what is staged, and what was.
        month_ends: each month end -> when it was closed; None while it is open.
    """
    needed = ("jobs", "job_cost_transactions", "budgets", "prime_contracts")
    found: Schedule = {}
    for company in books.companies:
        now = State(books, company, None)
        for month_end, closed_at in month_ends:
            today = _rows(now, month_end)
            found |= {(company, job, month_end, "now"): row | {"is_known": True} for job, row in today.items()}
            if closed_at is not None and books.known(company, closed_at, *needed):
                then = _rows(State(books, company, closed_at), month_end)
                about: Row = {"is_known": True, "known_at": closed_at}
                found |= {(company, job, month_end, "then"): row | about for job, row in then.items()}
            else:
                for job, row in today.items():
                    named = {name: row[name] for name in ("job_description", "division", "project_manager")}
                    about = {"is_known": False, "known_at": closed_at}
                    found[company, job, month_end, "then"] = dict.fromkeys(FIGURES) | named | about
    return found


def _rows(state: State, month_end: dt.date) -> dict[str, Row]:
    first = {job: state.first_day(job) for job in state.numbers()}
    return {job: state.row(job, month_end) for job, day in first.items() if day is None or day <= month_end}


def held(url: str) -> Schedule:
    """The whole schedule, as the mart has it."""
    with connect(url) as connection:
        cursor = connection.cursor(row_factory=dict_row)
        rows = cursor.execute(
            f"select company_code, job_number, month_end, known, not_known_because, {', '.join(FIGURES)}"
            " from marts.wip_schedule".encode()
        ).fetchall()
    found = {(row["company_code"], row["job_number"], row["month_end"], row["known"]): row for row in rows}
    assert len(found) == len(rows), "a job is there several times"
    return found


def assert_wip_right(url: str, month_ends: list[tuple[dt.date, dt.datetime | None]]) -> Schedule:
    """The mart holds what the oracle expects, and says why what is null is null; the schedule."""
    found, wanted = held(url), expected(Books(url), month_ends)
    assert not (missing := wanted.keys() - found.keys()), f"the schedule lacks {sorted(missing)[:3]}"
    assert not (extra := found.keys() - wanted.keys()), f"the schedule should not hold {sorted(extra)[:3]}"
    for key, row in wanted.items():
        differing = {name: (found[key][name], row[name]) for name in FIGURES if found[key][name] != row[name]}
        assert not differing, f"{key}: found, expected: {differing}"
        is_explained = found[key]["not_known_because"] is not None
        assert is_explained == any(row[name] is None for name in EXPLAINED), f"{key}: {found[key]}"
    return found


def _by_job(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["job_number"] is not None:
            found[row["job_number"]].append(row)
    return found


def _billed_on(row: Row) -> dt.date | None:
    day: dt.date | None = row["period_end_date"] or row["application_date"]
    return day
