"""UpdateSubcontract and UpdateSubcontractPhases, which add and update: VN_SUBCONTRACT_MC and its lines' table."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from psycopg.rows import DictRow

from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.store import change, code, find, insert
from sandbox.sdx.writes.work import Work

_HEADERS = "VN_SUBCONTRACT_MC"
_LINES = "VN_SUBCONTRACT_PHASE_MC"
# The service takes one comment of 120 characters, the table has two columns of 60.
_COMMENT_WIDTH = 60
_CENT = Decimal("0.01")
_TOO_MUCH = Decimal(10) ** 9


def update_subcontract(work: Work) -> None:
    """Create the header of a subcontract, or change what is not blank of it.

    Raises:
        Refused: vendor or job unknown, another job than the subcontract has, a new one without job or G/L account.
    """
    vendor = lookups.vendor(work)
    job_row = lookups.job(work)
    number, job = work.text("Subcontract_Number"), work.text("Job_Number")
    existing = subcontract(work, work.text("Vendor_Code"), number) if vendor is not None and number else None
    if existing is None:
        work.missing("Job_Number", "GL_Account")
    elif job and job_row is not None and job != code(existing, "Job_Number"):
        text = f"Subcontract {number} belongs to job {code(existing, 'Job_Number')}: the job cannot be changed"
        work.invalid("Job_Number", text)
    owner = job or (code(existing, "Job_Number") if existing is not None else "")
    _check_defaults(work, owner if job_row is not None or not job else "")
    if work.text("Pay_When_Paid") == "Y" and work.text("Pay_Override") != "Y":
        work.invalid("Pay_When_Paid", "Pay_When_Paid Y is allowed only with Pay_Override Y")
    work.settle()
    key = {"Company_Code": work.company, "Vendor_Code": work.text("Vendor_Code"), "Subcontract_Number": number}
    values = work.row(_HEADERS, {}) | _comment(work)
    if existing is not None:
        change(work.connection, _HEADERS, key, values)
    else:
        fresh: dict[str, Any] = {"Status_Code": "A", "Date_Issued": work.today}
        insert(work.connection, _HEADERS, key | fresh | values)
    work.keep("subcontract", f"{work.text('Vendor_Code')}/{number}", _HEADERS, {"Comment"})


def update_subcontract_phase(work: Work) -> None:
    """Create a line of a subcontract, or change what is not blank of the line with the same six-part key.

    Raises:
        Refused: vendor or subcontract unknown, phase or cost type missing or not on the subcontract's job.
    """
    vendor, number = work.text("Vendor_Code"), work.text("Subcontract_Number")
    header = None
    if lookups.vendor(work) is not None and number:
        header = subcontract(work, vendor, number)
        if header is None:
            work.invalid("Subcontract_Number", f"Subcontract {number} of vendor {vendor} is not on file")
    work.settle()
    defaults = {"Phase_Code": "Default_Phase_Code", "Cost_Type": "Default_Cost_Type"}
    work.values = dict(work.values) | {
        name: work.text(name) or (code(header, default) if header is not None else "")
        for name, default in defaults.items()
    }
    work.missing(*defaults)
    job = code(header, "Job_Number") if header is not None else ""
    phase = lookups.phase(work, job, "Phase_Code", "Cost_Type")
    work.settle()
    # A blank billing item defaults to the phase's own.
    item = work.text("Bid_Item_Number") or (code(phase, "Bid_Item_Number") if phase is not None else "")
    key = {
        "Company_Code": work.company,
        "Vendor_Code": vendor,
        "Subcontract_Number": number,
        "Phase_Code": work.text("Phase_Code"),
        "Cost_Type": work.text("Cost_Type"),
        "Bid_Item_Number": item,
    }
    values = _line_values(work, header, phase)
    work.settle()
    if find(work.connection, _LINES, key):
        change(work.connection, _LINES, key, values)
    else:
        insert(work.connection, _LINES, key | values)
    _add_up(work, {name: key[name] for name in ("Company_Code", "Vendor_Code", "Subcontract_Number")})


def _add_up(work: Work, key: dict[str, str]) -> None:
    """Let the header's original amount be the sum of its lines."""
    lines = find(work.connection, _LINES, key)
    total = sum((line["Original_Contract_Amount"] for line in lines), Decimal(0))
    change(work.connection, _HEADERS, key, {"Original_Amount": total})


def subcontract(work: Work, vendor: str, number: str) -> DictRow | None:
    """Return a vendor's subcontract, None without one."""
    key = {"Company_Code": work.company, "Vendor_Code": vendor, "Subcontract_Number": number}
    rows = find(work.connection, _HEADERS, key)
    return rows[0] if rows else None


def _check_defaults(work: Work, job: str) -> None:
    if not job:
        return
    phase = work.text("Default_Phase_Code")
    if phase and work.text("Default_Cost_Type"):
        lookups.phase(work, job, "Default_Phase_Code", "Default_Cost_Type")
    elif phase and not lookups.phase_rows(work, job, phase):
        work.invalid("Default_Phase_Code", f"Phase {phase} is not on file for job {job}")
    else:
        lookups.cost_type(work, "Default_Cost_Type")


def _comment(work: Work) -> dict[str, str]:
    text = work.text("Comment")
    return {"Comment_1": text[:_COMMENT_WIDTH], "Comment_2": text[_COMMENT_WIDTH:]} if text else {}


def _line_values(work: Work, header: DictRow | None, phase: DictRow | None) -> dict[str, Any]:
    """The money of a line: fixed price takes the amount alone, unit price computes it from price and quantity."""
    price, quantity = work.number("Unit_Price"), work.number("Original_Contract_Quantity")
    values = work.columns({name: name for name in ("Bill_Description", "Unit_Of_Measure", "Retention_Flag")})
    by_unit = _by_unit(work, header, phase)
    if by_unit:
        values |= work.columns({name: name for name in ("Unit_Price", "Original_Contract_Quantity")})
    amount = work.number("Original_Contract_Amount")
    if by_unit and price is not None and quantity is not None:
        amount = (price * quantity).quantize(_CENT, ROUND_HALF_UP)
    if amount is not None and abs(amount) >= _TOO_MUCH:
        work.invalid("Original_Contract_Amount", f"The amount {amount} has more than 9 digits")
    if amount is not None:
        values["Original_Contract_Amount"] = amount
    return values


def _by_unit(work: Work, header: DictRow | None, phase: DictRow | None) -> bool:
    unit = work.text("Unit_Of_Measure") or (code(phase, "Unit_of_Measure") if phase is not None else "")
    method = code(phase, "Price_Method_Code") if phase is not None else ""
    flag = code(header, "Unit_Price_Flag") if header is not None else ""
    return flag == "Y" and method in {"U", "J"} and unit != "LS"
