"""O4: the WIP schedule of one month end, figure by figure, with the numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from staged_rows import StagedRows
from wip_oracle import STAGED, assert_wip_right

from spectrum_etl.marts.wip import month_ends
from stack.postgres import EmbeddedPostgres

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)
#: All that a schedule needs; a test leaves out what it is about.
TABLES = list(STAGED)
COUNTED = ("cost_to_date", "earned_revenue", "billed_to_date", "over_under_billed")


class Site:
    """A company whose books a test fills."""

    def __init__(self, url: str) -> None:
        self.staged = StagedRows(url)
        self.rows: list[tuple[str, dict[str, Any]]] = []

    def job(self, number: str, method: str | None = "F", estimate: int = 0, status: str = "A", **facts: Any) -> None:
        """A job with one phase."""
        facts = {"status_code": status, "price_method_code": method, **facts}
        self.rows.append(("jobs", {"job_number": number, **facts}))
        phase = {"job_number": number, "phase_code": "0100", "cost_type": "L"}
        self.rows.append(("budgets", {**phase, "original_estimate": estimate, "current_estimate": estimate}))

    def contract(self, job: str, amount: int, customer: str = "C1", **values: Any) -> None:
        """A prime contract."""
        facts = {"job_number": job, "customer_code": customer, "original_contract": amount, **values}
        self.rows.append(("prime_contracts", facts))

    def cost(self, job: str, day: date, amount: int) -> None:
        """A posting."""
        facts = {"job_number": job, "phase_code": "0100", "cost_type": "L", "tran_date": day, "tran_amount": amount}
        self.rows.append(("job_cost_transactions", facts))

    def change(self, job: str, number: str, amount: int, *, customer: str = "C1", **request: Any) -> None:
        """A change request with its revenue."""
        key = {"job_number": job, "customer_code": customer, "change_request_number": number}
        self.rows.append(("change_requests", {**key, **request}))
        self.rows.append(("change_request_revenues", {**key, "billing_item": "1", "cr_revenue": amount}))

    def apply(
        self, job: str, number: str, day: date | None, complete: int, *, customer: str = "C1", **more: Any
    ) -> None:
        """A billing application."""
        key = {"job_number": job, "customer_code": customer, "application_number": number}
        self.rows.append(
            ("billing_applications", {**key, "period_end_date": day, "complete_to_date": complete, **more})
        )

    def invoice(self, job: str, number: str, day: date, amount: int, *, customer: str = "C1", **more: Any) -> None:
        """A receivable invoice."""
        key = {"customer_code": customer, "invoice_or_transaction": number, "transaction_type": "I"}
        facts = {"job_number": job, "invoice_date": day, "invoice_extension": amount, **more}
        self.rows.append(("receivable_invoices", {**key, **facts}))

    def publish(self, tables: list[str] = TABLES, **options: Any) -> None:
        """Sync these tables, and bring the marts up to them."""
        with self.staged.sync() as sync:
            for table in tables:
                sync.landing(table)
            for table, values in self.rows:
                if table == "job_cost_transactions":
                    sync.post(**values)
                elif table in tables:
                    sync.put(table, **values)
        self.rows.clear()
        self.staged.marts(**options)

    def figures(self, job: str, month_end: date, *names: str, known: str = "now") -> tuple[Any, ...]:
        """Figures of one row."""
        ((*found,),) = self.staged.ask(
            f"select {', '.join(names)} from marts.wip_schedule"  # noqa: S608  names of columns
            " where job_number = %s and month_end = %s and known = %s",
            job,
            month_end,
            known,
        )
        return tuple(found)


@pytest.fixture(scope="module")
def site(postgres: EmbeddedPostgres, warehouse_template: str) -> Iterator[Site]:
    """Jobs of every kind."""
    one = Site(postgres.create_database("wip_site", template=warehouse_template))
    one.rows.append(("change_request_statuses", {"status_code": "AP", "cr_type": "1"}))
    one.rows.append(("change_request_statuses", {"status_code": "PR", "cr_type": "3"}))

    one.job("FIXED", estimate=900, division="NORTH", job_description="A school")
    one.contract("FIXED", 1000)
    one.change("FIXED", "1", 200, status="AP", approved_date=date(2026, 2, 10))
    one.change("FIXED", "2", 7000, status="PR")
    one.cost("FIXED", date(2026, 1, 15), 300)
    one.cost("FIXED", date(2026, 2, 15), 300)
    stored: dict[str, Any] = {"material_stored": 50, "retention_amount": 45, "material_stored_retention": 5}
    one.apply("FIXED", "9", JANUARY, 500, revised_contract_amount=1000, **stored)
    one.apply("FIXED", "10", FEBRUARY, 700, retention_amount=70, revised_contract_amount=1150)

    one.job("LOSS", estimate=1200)
    one.contract("LOSS", 1000)
    one.cost("LOSS", date(2026, 1, 15), 600)

    one.job("DONE", estimate=900, status="C", complete_date=date(2026, 2, 10))
    one.contract("DONE", 1000)
    one.cost("DONE", date(2026, 1, 15), 400)
    one.cost("DONE", date(2026, 2, 15), 100)

    one.job("NOTHING", status="C", complete_date=date(2026, 2, 10), start_date=date(2026, 1, 1))
    one.contract("NOTHING", 1000)

    one.job("CREDIT")
    one.contract("CREDIT", 1000)
    one.cost("CREDIT", date(2026, 1, 15), -50)

    one.job("SPENT")
    one.contract("SPENT", 1000)
    one.cost("SPENT", date(2026, 1, 15), 100)
    one.cost("SPENT", date(2026, 2, 15), -40)

    one.job("MINUS", estimate=50)
    one.contract("MINUS", -100)
    one.cost("MINUS", date(2026, 1, 15), 25)

    one.job("HOURS", "T", estimate=500)
    one.contract("HOURS", 0)
    one.cost("HOURS", date(2026, 1, 15), 70)
    one.invoice("HOURS", "I1", date(2026, 1, 20), 110, sales_tax_amount=10, retention_amount=5)
    one.invoice("HOURS", "I2", date(2026, 1, 21), 999, reversed="Y")
    one.invoice("HOURS", "I3", date(2026, 2, 21), 40, reversed="N")

    one.job("LIMIT", "C", estimate=1200)
    one.contract("LIMIT", 1000)
    one.cost("LIMIT", date(2026, 1, 15), 600)
    one.invoice("LIMIT", "I4", date(2026, 1, 20), 660)

    one.job("UNITS", "U", estimate=900)
    one.contract("UNITS", 1000)
    one.cost("UNITS", date(2026, 1, 15), 300)
    one.apply("UNITS", "1", JANUARY, 400, material_stored=60, retention_amount=40)

    one.job("NONE", estimate=100)
    one.cost("NONE", date(2026, 1, 15), 30)

    one.job("TWO", estimate=1000)
    one.contract("TWO", 1000)
    one.contract("TWO", 500, customer="C2")
    one.cost("TWO", date(2026, 1, 15), 500)
    one.apply("TWO", "1", JANUARY, 300)
    one.apply("TWO", "2", FEBRUARY, 600)
    one.apply("TWO", "1", JANUARY, 100, customer="C2")
    one.invoice("TWO", "I5", JANUARY, 100, customer="C2")
    one.invoice("TWO", "I6", JANUARY, 25, customer="C3")

    one.job("MIXED", estimate=1000)
    one.contract("MIXED", 1000)
    one.contract("MIXED", 500, customer="C2", price_method_code="T")
    one.cost("MIXED", date(2026, 1, 15), 500)

    one.job("NO DATE", estimate=1000)
    one.contract("NO DATE", 1000)
    one.change("NO DATE", "1", 100, change_order_number="CO1")
    one.cost("NO DATE", date(2026, 1, 15), 500)
    one.apply("NO DATE", "1", None, 300)
    one.publish()
    yield one
    postgres.drop_database("wip_site")


def test_o4_the_whole_schedule_is_what_the_oracle_gives(site: Site) -> None:
    now = site.staged.ask("select now()")[0][0]
    assert_wip_right(site.staged.url, month_ends(now, None, "UTC"))


def test_o4_a_fixed_price_job_earns_its_revised_contract_by_cost(site: Site) -> None:
    money = "revised_contract", "percent_complete", *COUNTED, "over_billed", "under_billed"
    third, two_thirds = Decimal("33.3333"), Decimal("66.6667")
    january = (1000, third, 300, Decimal("333.33"), 550, Decimal("216.67"), Decimal("216.67"), 0)
    assert site.figures("FIXED", JANUARY, *money) == january
    assert site.figures("FIXED", FEBRUARY, *money) == (1200, two_thirds, 600, 800, 700, -100, 0, 100)
    profit = "gross_profit_to_date", "gross_profit_at_completion", "gross_profit_percent", "backlog", "loss_provision"
    assert site.figures("FIXED", FEBRUARY, *profit) == (200, 300, 25, 400, 0)
    assert site.figures("FIXED", JANUARY, "retainage", "division", "job_description") == (50, "NORTH", "A school")


def test_o4_what_spectrum_prints_is_compared(site: Site) -> None:
    printed = "printed_revised_contract", "printed_difference"
    assert site.figures("FIXED", JANUARY, *printed) == (1000, 0)
    assert site.figures("FIXED", FEBRUARY, *printed) == (1150, 50)
    assert site.figures("TWO", JANUARY, *printed) == (None, None), "no amount is printed on its applications"


def test_o4_a_loss_is_provided_for_as_a_whole(site: Site) -> None:
    names = "earned_revenue", "gross_profit_to_date", "gross_profit_at_completion", "loss_provision"
    assert site.figures("LOSS", JANUARY, *names) == (500, -100, -200, 100)


def test_o4_a_complete_job_has_earned_everything_once_all_its_cost_is_there(site: Site) -> None:
    names = "job_complete", "cost_at_completion", "percent_complete", "earned_revenue", "backlog"
    assert site.figures("DONE", JANUARY, *names) == (False, 500, 80, 800, 200)
    assert site.figures("DONE", FEBRUARY, *names) == (True, 500, 100, 1000, 0)
    assert site.figures("NOTHING", JANUARY, *names) == (False, 0, None, None, None)
    assert site.figures("NOTHING", FEBRUARY, *names) == (True, 0, 100, 1000, 0), "it costs nothing, and is complete"


def test_o4_where_nothing_is_a_share_of_the_cost_nothing_is_earned_and_it_says_so(site: Site) -> None:
    names = "cost_to_date", "cost_at_completion", "percent_complete", "earned_revenue", "not_known_because"
    assert site.figures("CREDIT", JANUARY, *names) == (-50, 0, None, None, "cost at completion is not above 0")


def test_o4_no_more_than_the_contract_is_earned(site: Site) -> None:
    names = "cost_to_date", "cost_at_completion", "cost_to_complete", "percent_complete", "earned_revenue"
    assert site.figures("SPENT", JANUARY, *names) == (100, 60, -40, 100, 1000), "a credit came in February"
    assert site.figures("SPENT", FEBRUARY, *names) == (60, 60, 0, 100, 1000)


def test_o4_a_negative_contract_is_earned_below_0(site: Site) -> None:
    names = "earned_revenue", "gross_profit_at_completion", "loss_provision", "backlog"
    assert site.figures("MINUS", JANUARY, *names) == (-50, -150, 75, -50)


def test_o4_time_and_material_is_earned_as_it_is_billed_without_tax(site: Site) -> None:
    names = "price_method", "earned_basis", *COUNTED, "retainage", "gross_profit_at_completion", "backlog"
    assert site.figures("HOURS", JANUARY, *names) == ("time and material", "billed", 70, 100, 100, 0, 5, None, None)
    assert site.figures("HOURS", FEBRUARY, "billed_to_date", "billed_basis", "retainage") == (140, "invoices", 5)
    assert "no revenue at completion" in site.figures("HOURS", JANUARY, "not_known_because")[0]


def test_o4_cost_plus_with_a_limit_may_lose_money(site: Site) -> None:
    names = "earned_revenue", "gross_profit_to_date", "gross_profit_at_completion", "loss_provision", "backlog"
    assert site.figures("LIMIT", JANUARY, *names) == (660, 60, -200, 260, 340)


def test_o4_a_unit_price_job_earns_what_is_complete_not_what_is_stored(site: Site) -> None:
    names = "earned_basis", "earned_revenue", "billed_to_date", "over_under_billed", "retainage"
    assert site.figures("UNITS", JANUARY, *names) == ("work complete", 400, 460, 60, 40)


def test_o4_a_job_without_a_contract_is_apart(site: Site) -> None:
    names = "has_contract", "contracts", "revised_contract", "cost_to_date", "earned_revenue", "not_known_because"
    assert site.figures("NONE", JANUARY, *names) == (False, 0, None, 30, None, "the job has no contract")


def test_o4_all_contracts_and_streams_of_a_job_are_added_up(site: Site) -> None:
    names = "contracts", "revised_contract", "billed_to_date", "billed_basis"
    assert site.figures("TWO", JANUARY, *names) == (2, 1500, 425, "both")
    assert site.figures("TWO", FEBRUARY, *names) == (2, 1500, 725, "both"), "the newest application of each customer"


def test_o4_contracts_of_several_price_methods_earn_nothing_that_is_known(site: Site) -> None:
    names = "price_method_code", "earned_revenue", "gross_profit_at_completion"
    assert site.figures("MIXED", JANUARY, *names) == (None, None, 500)
    assert "differs between the contracts" in site.figures("MIXED", JANUARY, "not_known_because")[0]


def test_o4_what_has_no_date_counts_always_or_leaves_it_open(site: Site) -> None:
    names = "approved_changes", "undated_changes", "billed_to_date", "not_known_because"
    reason = "an application or invoice of the job has no date"
    assert site.figures("NO DATE", JANUARY, *names) == (100, 100, None, reason)


def test_o4_ours_and_spectrums_own_figures_stand_side_by_side(site: Site) -> None:
    compared = site.staged.ask(
        "select cost_to_date, spectrum_cost_to_date, revised_contract, printed_revised_contract,"
        " revised_contract_difference from marts.wip_reconciliation where job_number = 'FIXED'"
    )
    assert compared == [(600, None, 1200, 1150, 50)], "GetPhase is not read"
    total = {"job_number": "FIXED", "phase_code": "0100", "cost_type": "L", "jtd_cost": 590, "current_estimate": 900}
    site.rows.append(("job_cost_totals", total))
    site.publish(["job_cost_totals"])
    assert site.staged.ask(
        "select spectrum_cost_to_date, cost_difference from marts.wip_reconciliation where job_number = 'FIXED'"
    ) == [(590, 10)]


@pytest.mark.parametrize(
    ("missing", "names", "reason"),
    [
        ("receivable_invoices", ("billed_to_date", "over_under_billed", "retainage"), "billings have not been read"),
        ("change_requests", ("approved_changes", "revised_contract", "earned_revenue"), "change requests have not"),
        ("prime_contracts", ("contracts", "revised_contract", "earned_revenue"), "prime contracts have not"),
        ("budgets", ("cost_at_completion", "percent_complete", "earned_revenue"), "jobs or budgets have not"),
    ],
)
def test_o4_what_is_not_staged_is_null_and_never_0(
    warehouse_database: str, missing: str, names: tuple[str, ...], reason: str
) -> None:
    site = Site(warehouse_database)
    site.job("J1", estimate=900)
    site.contract("J1", 1000)
    site.cost("J1", date(2026, 1, 15), 300)
    site.publish([table for table in TABLES if table != missing])
    assert site.figures("J1", JANUARY, *names) == (None,) * len(names)
    assert reason in site.figures("J1", JANUARY, "not_known_because")[0]
    assert site.figures("J1", JANUARY, "cost_to_date") == (300,)
    assert_wip_right(warehouse_database, month_ends(datetime.now(UTC), None, "UTC"))
    # Nothing in it has changed but that it is known now that there are none.
    site.publish([missing])
    assert reason not in (site.figures("J1", JANUARY, "not_known_because")[0] or "")
    assert_wip_right(warehouse_database, month_ends(datetime.now(UTC), None, "UTC"))


@pytest.mark.parametrize(
    ("missing", "billed", "retainage"),
    [
        ("material_stored", None, 45),
        ("retention_amount", 550, None),
        ("material_stored_retention", 550, None),
    ],
)
def test_o4_a_part_of_a_figure_that_the_site_does_not_show_leaves_it_open(
    warehouse_database: str, missing: str, billed: int | None, retainage: int | None
) -> None:
    """Without what is stored less would be billed than was; without tax more."""
    site = Site(warehouse_database)
    parts = {"material_stored": 50, "retention_amount": 40, "material_stored_retention": 5}
    site.job("J1", "U", estimate=900)
    site.contract("J1", 1000)
    site.apply("J1", "1", JANUARY, 500, **parts | {missing: None})
    site.job("J2", "T", estimate=900)
    site.contract("J2", 1000)
    site.invoice("J2", "I1", JANUARY, 110, sales_tax_amount=None)
    site.publish()
    names = "billed_to_date", "retainage", "earned_revenue"
    assert site.figures("J1", JANUARY, *names) == (billed, retainage, 500)
    assert site.figures("J2", JANUARY, *names) == (None, 0, None)
    assert "do not show amounts" in site.figures("J2", JANUARY, "not_known_because")[0]
    assert_wip_right(warehouse_database, month_ends(datetime.now(UTC), None, "UTC"))


def test_o4_where_a_site_begins_or_ceases_to_show_whose_changes_revenue_is_every_contract_follows(
    warehouse_database: str,
) -> None:
    """Of a job without changes nothing has changed but that this is known now, or no longer."""
    site = Site(warehouse_database)
    for job in ("J1", "J2"):
        site.job(job, estimate=900)
        site.contract(job, 1000)
    unnamed = {"job_number": "", "customer_code": "C1", "change_request_number": "", "billing_item": "1"}
    site.rows.append(("change_request_revenues", unnamed | {"cr_revenue": 50}))
    site.publish()
    names = "approved_changes", "revised_contract"
    assert [site.figures(job, JANUARY, *names) for job in ("J1", "J2")] == [(None, None)] * 2
    with site.staged.sync() as sync:
        sync.take("change_request_revenues", **unnamed)
        sync.put("change_requests", job_number="J1", customer_code="C1", change_request_number="1", status="AP")
        named = unnamed | {"job_number": "J1", "change_request_number": "1"}
        sync.put("change_request_revenues", **named, cr_revenue=50)
        sync.put("change_request_statuses", status_code="AP", cr_type="1")
    site.staged.marts()
    assert [site.figures(job, JANUARY, *names) for job in ("J1", "J2")] == [(50, 1050), (0, 1000)]
    assert_wip_right(warehouse_database, month_ends(datetime.now(UTC), None, "UTC"))
    with site.staged.sync() as sync:
        sync.put("change_request_revenues", **unnamed, cr_revenue=50)
    site.staged.marts()
    assert [site.figures(job, JANUARY, *names) for job in ("J1", "J2")] == [(None, None)] * 2
    assert_wip_right(warehouse_database, month_ends(datetime.now(UTC), None, "UTC"))


def test_o4_where_invoices_are_not_shown_applications_say_what_is_billed(warehouse_database: str) -> None:
    site = Site(warehouse_database)
    for job in ("J1", "J2"):
        site.job(job, estimate=900)
        site.contract(job, 1000)
        site.cost(job, date(2026, 1, 15), 300)
    site.apply("J1", "1", JANUARY, 400, retention_amount=40)
    site.publish([table for table in TABLES if table != "receivable_invoices"])
    assert site.figures("J1", JANUARY, "billed_to_date", "retainage") == (400, 40)
    assert site.figures("J2", JANUARY, "billed_to_date", "retainage") == (None, None)
    assert_wip_right(warehouse_database, month_ends(datetime.now(UTC), None, "UTC"))
