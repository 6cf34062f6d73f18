"""What is agreed on a job and billed of it: contracts, billings, subcontracts, purchase orders. Routes of the page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from spectrum_etl.model import dag_ids
from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.known_tables import KnownTables
from spectrum_etl.page.reads import PAGE_ROWS, open_warehouse, page_with_total
from spectrum_etl.staging.configured import load_settings


def _may_see(readable: access.Readable) -> None:
    scope.require_dag(readable, dag_ids.PUBLISH_MARTS)


router = APIRouter(dependencies=[Depends(_may_see)])

_OBJECTS = ("prime_contracts", "change_requests", "billings", "subcontracts", "purchase_orders", "payables")
#: What of a customer is listed behind a figure: what the address calls it, and its SQL file.
Listed = Literal["schedule_of_values", "changes", "applications", "invoices", "receivables"]
Offset = Annotated[int, Query(ge=0)]


@router.get("/api/job/agreements")
def agreements(company: str, job: str) -> ExactJson:
    """What is agreed on a job and billed of it.

    Returns:
        `customers` (contracts and billings), `subcontracts`, `orders`; and `unknown`: by what is shown, the sentence
        that says why it is not known, or null.
    """
    key: dict[str, Any] = {"company": scope.companies(company)[0], "job": job}
    with open_warehouse() as warehouse:
        known = KnownTables(warehouse, key["company"], _OBJECTS)
        customers = warehouse.rows("job_customers", **key, types=list(load_settings().estimate_change_types))
        subcontracts = warehouse.rows("job_subcontracts", **key)
        orders = warehouse.rows("job_orders", **key)
    unknown = {
        "contracts": known.of_object("prime_contracts"),
        "changes": known.why_not("change_request_revenues", needs=("job_number", "change_request_number"))
        or known.why_not("change_requests"),
        "applications": known.why_not("billing_applications"),
        "invoices": known.why_not("receivable_invoices"),
        "receivables": known.why_not("open_receivables", needs=("customer_code", "invoice_or_transaction")),
        "subcontracts": known.of_object("subcontracts"),
        "subcontract_changes": known.why_not("subcontract_changes", needs=("job_number", "subcontract_number")),
        "orders": known.why_not("purchase_order_lines"),
        "payables": known.of_object("payables"),
    }
    return ExactJson({"customers": customers, "subcontracts": subcontracts, "orders": orders, "unknown": unknown})


@router.get("/api/job/customer")
def of_customer(company: str, job: str, what: Listed, customer: str = "", offset: Offset = 0) -> ExactJson:
    """One page of what is behind a figure of a job's contract or billing."""
    given: dict[str, Any] = {"company": scope.companies(company)[0], "job": job, "customer": customer}
    if what == "changes":
        given["types"] = list(load_settings().estimate_change_types)
    return _listed(f"job_{what}", given, offset)


@router.get("/api/job/subcontract")
def of_subcontract(
    company: str,
    job: str,
    vendor: str,
    number: str,
    what: Literal["lines", "invoices"] = "lines",
    offset: Offset = 0,
) -> ExactJson:
    """One page of a subcontract's lines and changes, or of the vendor's invoices for it."""
    given = {"company": scope.companies(company)[0], "job": job, "vendor": vendor, "number": number}
    return _listed(f"subcontract_{what}", given, offset)


@router.get("/api/job/order")
def of_order(company: str, job: str, number: str, offset: Offset = 0) -> ExactJson:
    """One page of the lines of a purchase order for a job."""
    return _listed("order_lines", {"company": scope.companies(company)[0], "job": job, "number": number}, offset)


def _listed(query: str, given: dict[str, Any], offset: int) -> ExactJson:
    with open_warehouse() as warehouse:
        rows = warehouse.rows(query, **given, limit=PAGE_ROWS + 1, offset=offset)
    return ExactJson(page_with_total(rows, offset))
