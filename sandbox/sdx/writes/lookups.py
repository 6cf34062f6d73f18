"""What a writing call refers to: vendor, job, phase, cost type, customer, cost center. Each notes what is unknown."""

from psycopg.rows import DictRow

from sandbox.sdx.writes.store import code, find
from sandbox.sdx.writes.work import Work

# The phase mask of the installation: two and four characters. Phases are sent without the dash.
PHASE_MASK = "XX-XXXX"


def vendor(work: Work, element: str = "Vendor_Code") -> DictRow | None:
    """Return the vendor an element names; an unknown one is noted. A blank element is None."""
    text = work.text(element)
    if not text:
        return None
    rows = find(work.connection, "VN_VENDOR_MASTER_MC", {"Company_Code": work.company, "Vendor_Code": text})
    if not rows:
        work.invalid(element, f"Vendor {text} is not on file")
    return rows[0] if rows else None


def job(work: Work, element: str = "Job_Number", *, complete: bool = True) -> DictRow | None:
    """Return the job an element names; an unknown one is noted, a complete one too unless it is allowed.

    Args:
        work: the call.
        element: which element names it; blank is None.
        complete: whether a complete job will do.
    """
    text = work.text(element)
    if not text:
        return None
    rows = find(work.connection, "JC_JOB_MASTER_MC", {"Company_Code": work.company, "Job_Number": text})
    if not rows:
        work.invalid(element, f"Job {text} is not on file")
        return None
    if not complete and code(rows[0], "Status_Code") == "C":
        work.invalid(element, f"Job {text} is complete")
        return None
    return rows[0]


def cost_type(work: Work, element: str = "Cost_Type") -> bool:
    """Say whether the company has the cost type an element names; an unknown one is noted, a blank one is not."""
    text = work.text(element)
    if not text:
        return False
    key = {"Company_Code": work.company, "Cost_Type": text}
    if any(code(row, "Status_Code") in {"", "A"} for row in find(work.connection, "JC_COST_TYPE_MASTER_MC", key)):
        return True
    work.invalid(element, f"Cost type {text} is not on file")
    return False


def fits_mask(work: Work, job_number: str, element: str) -> bool:
    """Say whether a phase has as many characters as its job's mask, or else the installation's; it is noted if not."""
    jobs = find(work.connection, "JC_JOB_MASTER_MC", {"Company_Code": work.company, "Job_Number": job_number})
    mask = (code(jobs[0], "Phase_Display_Code") if jobs else "") or PHASE_MASK
    places = sum(character.isalnum() for character in mask)
    if len(work.text(element)) == places:
        return True
    work.invalid(element, f"Phase {work.text(element)} does not fit the phase mask {mask}")
    return False


def phase_rows(work: Work, job_number: str, phase: str, cost: str | None = None) -> list[DictRow]:
    """Return a job's rows of a phase, of one cost type if one is given."""
    key = {"Company_Code": work.company, "Job_Number": job_number, "Phase_Code": phase}
    return find(work.connection, "JC_PHASE_MASTER_MC", key if cost is None else key | {"Cost_Type": cost})


def phase(work: Work, job_number: str, phase_element: str, cost_element: str) -> DictRow | None:
    """Return the phase and cost type two elements name; what the job does not have is noted at the element at fault.

    Args:
        work: the call.
        job_number: trimmed.
        phase_element: the element of the phase; blank is None.
        cost_element: the element of the cost type; blank is None.
    """
    text, cost = work.text(phase_element), work.text(cost_element)
    if not text or not cost or not cost_type(work, cost_element):
        return None
    rows = phase_rows(work, job_number, text)
    if not rows:
        work.invalid(phase_element, f"Phase {text} is not on file for job {job_number}")
        return None
    found = [row for row in rows if code(row, "Cost_Type") == cost]
    if not found:
        work.invalid(cost_element, f"Cost type {cost} is not on file for job {job_number}, phase {text}")
    return found[0] if found else None


def customer(work: Work, element: str = "Customer_Code") -> bool:
    """Say whether there is the customer an element names; an unknown one is noted, a blank one is not.

    A customer with a contract is known, too: tests make contracts without a customer master.
    """
    text = work.text(element)
    if not text:
        return False
    key = {"Company_Code": work.company, "Customer_Code": text}
    if any(find(work.connection, table, key) for table in ("CR_CUSTOMER_MASTER_MC", "CR_CONTRACT_MASTER_MC")):
        return True
    work.invalid(element, f"Customer {text} is not on file")
    return False


def cost_center(work: Work, element: str) -> None:
    """Note a cost center that no job of the company has (the sandbox keeps no cost center file)."""
    text = work.text(element)
    if text and not find(work.connection, "JC_JOB_MASTER_MC", {"Company_Code": work.company, "Cost_Center": text}):
        work.invalid(element, f"Cost center {text} is not on file")
