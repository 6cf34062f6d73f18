"""The subcontract side of an ARChangeRequest line: VN_CHNG_REQ_SUB_HDR and VN_CHNG_REQ_SUB_DET.

Its elements are ignored unless subcontractor and subcontract are both given.
"""

from decimal import Decimal

from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.store import change, code, find, insert
from sandbox.sdx.writes.subcontracts import subcontract
from sandbox.sdx.writes.work import Work

_HEADERS = "VN_CHNG_REQ_SUB_HDR"
_LINES = "VN_CHNG_REQ_SUB_DET"
_EXECUTED = "E"


def check_subcontract(work: Work, key: dict[str, str]) -> None:
    """Note what is wrong with the subcontract elements of a line.

    Args:
        work: the call.
        key: company, job, customer and change request number (blank for a new one).
    """
    vendor, number = work.text("Subcontractor_Code"), work.text("Subcontract_Number")
    if not vendor:
        _refuse_other_subcontract(work, key, ("", ""))
        return
    work.missing("Sub_Status")
    if lookups.vendor(work, "Subcontractor_Code") is not None and number:
        header = subcontract(work, vendor, number)
        if header is None:
            work.invalid("Subcontract_Number", f"Subcontract {number} of vendor {vendor} is not on file")
        elif code(header, "Job_Number") != key["Job_Number"]:
            work.invalid("Subcontract_Number", f"Subcontract {number} belongs to job {code(header, 'Job_Number')}")
    if work.text("Sub_Status") == _EXECUTED:
        work.missing("Sub_Change_Order_Number")
        _check_order(work, key)
    elif work.text("Sub_Signed_Date"):
        work.invalid("Sub_Signed_Date", "Sub_Signed_Date is allowed only with Sub_Status E")
    _refuse_other_subcontract(work, key, (vendor, number) if number else ("", ""))


def write_subcontract(work: Work, key: dict[str, str]) -> None:
    """Write the subcontract side of a checked line, if it has one.

    Args:
        work: the call.
        key: company, job, customer and change request number.
    """
    vendor, number = work.text("Subcontractor_Code"), work.text("Subcontract_Number")
    if not vendor or not number:
        return
    header = _key(key) | {"Vendor_Code": vendor, "Subcontract_Number": number}
    values = work.columns({"Sub_Status": "Sub_Status", "Sub_Change_Order_Number": "Sub_Change_Order_Number"})
    if find(work.connection, _HEADERS, header):
        change(work.connection, _HEADERS, header, values)
    else:
        insert(work.connection, _HEADERS, header | {"Sub_Change_Order_Number": ""} | values)
    line = header | {"Phase_Code": work.text("CR_Phase_Code"), "Cost_Type": work.text("CR_Cost_Type")}
    amount = work.columns({"Sub_Amount": "Sub_Amount"})
    if find(work.connection, _LINES, line):
        change(work.connection, _LINES, line, amount)
    else:
        insert(work.connection, _LINES, line | {"Sub_Amount": Decimal(0)} | amount)


def _key(key: dict[str, str]) -> dict[str, str]:
    return {name: key[name] for name in ("Company_Code", "Job_Number", "Change_Request_Number")}


def _check_order(work: Work, key: dict[str, str]) -> None:
    """An executed change refers to a change order of the job; none is made here (note in the reference)."""
    order = work.text("Sub_Change_Order_Number")
    job = {"Company_Code": key["Company_Code"], "Job_Number": key["Job_Number"]}
    known = find(work.connection, _HEADERS, job | {"Sub_Change_Order_Number": order})
    known += find(work.connection, "CR_CHNG_REQ_HDR_MC", job | {"Change_Order_Number": order})
    if order and not known:
        text = f"Change order {order} is not on file for job {key['Job_Number']}"
        work.invalid("Sub_Change_Order_Number", text)


def _refuse_other_subcontract(work: Work, key: dict[str, str], wanted: tuple[str, str]) -> None:
    """Note a second line of a phase and cost type that is for another subcontract, or has another amount."""
    phase, cost = work.text("CR_Phase_Code"), work.text("CR_Cost_Type")
    if not phase or not cost or not key["Change_Request_Number"]:
        return
    place = {"Phase_Code": phase, "Cost_Type": cost}
    stored = find(work.connection, _LINES, _key(key) | place)
    had = (code(stored[0], "Vendor_Code"), code(stored[0], "Subcontract_Number")) if stored else ("", "")
    known = bool(stored) or bool(find(work.connection, "CR_CHNG_REQ_CON_DET_MC", key | place))
    amount = work.number("Sub_Amount")
    same = not stored or amount is None or stored[0]["Sub_Amount"] == amount or work.options.same_line_updates
    if known and (had != wanted or not same):
        text = f"The change request has a line for phase {phase}, cost type {cost}: its lines must be unique"
        work.invalid("Subcontractor_Code" if wanted[0] else "CR_Phase_Code", text)
