"""ARChangeRequest: one call a line, each repeating key and header; the header's rules and row are here.

Numbers are one space for all change requests of a job, whoever they are for.
"""

from typing import Any

from psycopg.rows import DictRow

from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.change_lines import check_lines, write_lines
from sandbox.sdx.writes.projections import book_change_request
from sandbox.sdx.writes.store import change, code, find, insert
from sandbox.sdx.writes.work import Work

_TABLE = "CR_CHNG_REQ_HDR_MC"
_STATUSES = "CR_CHNG_REQ_STATUS_MC"
_COLUMNS = {
    "CR_Description": "CR_Description",
    "CR_Status": "Status",
    "Origination_Date": "Origination_Date",
    "Approved_Date": "Approved_Date",
}
# The status type that means approved; the others are under way, rejected or internal (CR_CHNG_REQ_STATUS_MC).
_APPROVED = "1"
_MOST_BILLING_ENTRIES = 990


def change_request(work: Work) -> None:
    """Create a change request or change what is not blank of it, and write the line the call carries.

    Raises:
        Refused: job, customer, contract, status, phase, cost type, subcontract or billing item unknown, a number that
            another customer has, an approved date without an approved status, a line there is already.
    """
    job_row = lookups.job(work)
    job, customer = work.text("Job_Number"), work.text("Customer_Code")
    contract = _contract(work, job, customer) if lookups.customer(work) and job_row is not None else None
    number = work.text("Change_Request_Number")
    existing = _existing(work, job, customer, number) if number and job_row is not None else None
    _check_header(work, existing)
    key = {"Company_Code": work.company, "Job_Number": job, "Customer_Code": customer}
    if contract is not None:
        check_lines(work, key | {"Change_Request_Number": number}, contract)
        _check_size(work, key | {"Change_Request_Number": number})
    work.settle()
    if not number:
        number = _next_number(work, job)
        work.tell("Change_Request_Number", number)
    key["Change_Request_Number"] = number
    values: dict[str, Any] = work.columns(_COLUMNS)
    if existing is not None:
        change(work.connection, _TABLE, key, values)
    else:
        fresh = {"Change_Order_Number": "", "Origination_Date": work.today}
        insert(work.connection, _TABLE, key | fresh | values)
    if contract is not None:
        write_lines(work, key, contract)
    _book(work, key)


def _book(work: Work, key: dict[str, str]) -> None:
    """Book what the request changes in the projections of its phases: all of it once it is approved."""
    (header,) = find(work.connection, _TABLE, key)
    status = {"Company_Code": work.company, "Status_Code": code(header, "Status")}
    approved = any(code(row, "CR_Type") == _APPROVED for row in find(work.connection, _STATUSES, status))
    on = header["Approved_Date"]
    day = work.today if on is None else on.date()
    book_change_request(work, key, approved or bool(code(header, "Change_Order_Number")), day)


def _contract(work: Work, job: str, customer: str) -> DictRow | None:
    key = {"Company_Code": work.company, "Customer_Code": customer, "Job_Number": job}
    rows = find(work.connection, "CR_CONTRACT_MASTER_MC", key)
    if not rows:
        work.invalid("Customer_Code", f"Job {job} has no contract with customer {customer}")
    return rows[0] if rows else None


def _existing(work: Work, job: str, customer: str, number: str) -> DictRow | None:
    """The request of this number; one of another customer is noted, since a job's requests share their numbers."""
    key = {"Company_Code": work.company, "Job_Number": job, "Change_Request_Number": number}
    rows = find(work.connection, _TABLE, key)
    mine = [row for row in rows if code(row, "Customer_Code") == customer]
    if rows and not mine:
        other = code(rows[0], "Customer_Code")
        work.invalid("Change_Request_Number", f"Change request {number} of the job belongs to customer {other}")
    return mine[0] if mine else None


def _check_header(work: Work, existing: DictRow | None) -> None:
    status = work.text("CR_Status")
    if existing is None:
        work.missing("CR_Status")
    else:
        status = status or code(existing, "Status")
    if not status:
        return
    key = {"Company_Code": work.company, "Status_Code": status}
    found = find(work.connection, _STATUSES, key)
    if not found:
        work.invalid("CR_Status", f"Status code {status} is not on file")
    elif work.text("Approved_Date") and code(found[0], "CR_Type") != _APPROVED:
        work.invalid("Approved_Date", f"Approved_Date is not allowed with status {status}, which is not approved")
    if work.text("Default_Billing_Total") == "Y":
        fits = found and code(found[0], "CR_Type") == "4" and work.text("Cost_Reimbursable_Flag") == "Y"
        if not fits or work.text("CR_Billing_Item_Code"):
            text = "is for cost reimbursable requests of action type 4 without a billing item"
            work.invalid("Default_Billing_Total", f"Default_Billing_Total {text}")


def _check_size(work: Work, key: dict[str, str]) -> None:
    item = work.text("CR_Billing_Item_Code")
    if item and len(find(work.connection, "CR_CHNG_REQ_REV_MC", key)) >= _MOST_BILLING_ENTRIES:
        work.invalid("CR_Billing_Item_Code", f"A change request has at most {_MOST_BILLING_ENTRIES} billing entries")


def _next_number(work: Work, job: str) -> str:
    """One more than the highest number of the job that is all digits."""
    rows = find(work.connection, _TABLE, {"Company_Code": work.company, "Job_Number": job})
    numbers = [int(text) for row in rows if (text := code(row, "Change_Request_Number")).isdecimal()]
    return str(max(numbers, default=0) + 1)
