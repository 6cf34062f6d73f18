"""The rows of the sandbox that are wrong on purpose: what a newcomer sees rejected, and what he is warned about.

`REJECTED` rows cannot be keyed or dated: a sync must set them aside with the reason, and stage everything else.
`WARNED` rows are odd but usable: a sync stages them and says so. `ESTIMATES` are adjustments and changes that match no
phase, so that no estimate has them: a sync says how many and how much. All come on top of the asked number of rows.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.data import words
from sandbox.data.jobs import MAIN_COMPANY
from sandbox.data.rows import Row

# A phase with a blank description, one that its job does not have, and a change request of codes typed by hand.
_PHASE, _NO_PHASE = "999997", "998877"
_REQUEST = "PCO-900"
# A purchase order that nothing is right about.
_ORDER = "FLAW-PO"
# A vendor that is not there, of whom invoices are.
_NOBODY = "NOBODY100"
# Billed by hand: the job without a description, and an owner who has no contract for it.
_JOB, _OWNER = "99-001", "C1001"


@dataclass(frozen=True)
class Flaw:
    """One wrong row: its table, its values (codes trimmed), and what is wrong with it.

    A job number or a customer of None is set to those of a living job when loaded.
    """

    table: str
    values: dict[str, Any]
    reason: str


def _transaction(day: str, amount: str, reference: str, phase: str = _NO_PHASE, hours: str = "0.00") -> dict[str, Any]:
    return {
        "Job_Number": None,
        "Phase_Code": phase,
        "Cost_Type": "O",
        "Tran_Date_Text": day,
        # The period is the one it was posted in, whatever the date says.
        "Tran_Date_Text_Year": "2026",
        "Tran_Date_Text_Period": "06",
        "Tran_Type_Code": "JC",
        "Tran_Amount": amount,
        "Total_Hours": hours,
        "Reference_1": reference,
        "Detail_Sequence": "1",
        "Description": "Entered by hand",
    }


def _phase(code: str, cost_type: str, description: str, cost: str, **dates: date) -> dict[str, Any]:
    return {
        "Job_Number": None,
        "Phase_Code": code,
        "Cost_Type": cost_type,
        "Description": description,
        "Status_Code": "A",
        "Projected_Cost_Code": "P",
        "Original_Est_Cost": cost,
        **dates,
    }


def _adjustment(code: str, cost_type: str, amount: str) -> dict[str, Any]:
    return {"Job_Number": None, "Phase_Code": code, "Cost_Type": cost_type, "Est_Cost": amount}


def _change(code: str, cost_type: str, amount: str) -> dict[str, Any]:
    return {
        "Job_Number": None,
        "Customer_Code": None,
        "Change_Request_Number": _REQUEST,
        "Phase_Code": code,
        "Cost_Type": cost_type,
        "Change_Request_Amount": amount,
    }


def _order_line(number: str, ordered: str, received: str, **changes: str) -> dict[str, Any]:
    return {
        "PO_Number": _ORDER,
        "Line_Number": number,
        "Job_Number": None,
        "Phase_Code": _PHASE,
        "Cost_Type": "O",
        "Item_Description": "Entered by hand",
        "Line_Extension_List1": ordered,
        "Received_Extension": received,
        **changes,
    }


def _invoice(number: str, amount: str, **changes: Any) -> dict[str, Any]:
    return {
        "Vendor_Code": _NOBODY,
        "Invoice_Number": number,
        "Invoice_Type_Code": "I",
        "Status": "O",
        "Vendor_Name": "Entered by hand",
        "Invoice_Amount": amount,
        "Date_List1": date(2026, 6, 3),
        "Date_List4": date(2026, 7, 3),
        **changes,
    }


def _distribution(invoice: str, sequence: str, debit: str, **changes: Any) -> dict[str, Any]:
    return {
        "Vendor_Code": _NOBODY,
        "Invoice_Number": invoice,
        "Invoice_Type_Code": "I",
        "Sequence": sequence,
        "Debit_Amount": debit,
        "Job_Number": "99-404",
        "Phase_Code": _PHASE,
        "Cost_Type": "O",
        **changes,
    }


def _payment(invoice: str, number: str, amount: str) -> dict[str, Any]:
    return {
        "Vendor_Code": _NOBODY,
        "Invoice_Number": invoice,
        "Invoice_Type_Code": "I",
        "Payment_Number": number,
        "Payment_Amount": amount,
        "Check_Date": date(2026, 6, 20),
        "Invoice_and_Due_Date1": date(2026, 6, 3),
    }


def _request(number: str, status: str, opened: date, approved: date | None = None) -> dict[str, Any]:
    return {
        "Job_Number": None,
        "Customer_Code": None,
        "Change_Request_Number": number,
        "CR_Description": "Entered by hand",
        "Status": status,
        "Origination_Date": opened,
        **({"Change_Order_Number": "CO-91", "Approved_Date": approved} if approved else {}),
    }


def _application(number: str, complete: str, previous: str, until: date, revised: str = "1000.00") -> dict[str, Any]:
    return {
        "Customer_Code": _OWNER,
        "Job_Number": _JOB,
        "Application_Number": number,
        "Period_End_Date": until,
        "Application_Date": until,
        "Original_Contract_Amount": "1000.00",
        "Revised_Contract_Amount": revised,
        "Complete_To_Date": complete,
        "Amount_Billed_Previous": previous,
        "Post_Flag": "Y",
    }


def _of_invoice(number: str) -> dict[str, Any]:
    return {"Customer_Code": _OWNER, "Invoice_Or_Transaction": number, "Transaction_Type": "I"}


def _receivable(number: str, total: str, mark: str = "N", day: date | None = date(2026, 5, 29)) -> dict[str, Any]:
    more = {"Non_Taxable_Amount": total, "Invoice_Extension": total, "Reversed": mark}
    dated = {"Invoice_Date": day} if day else {}
    return _of_invoice(number) | {"Job_Number": _JOB, "Post_Flag": "Y"} | more | dated


def _invoice_line(number: str, sequence: str, amount: str) -> dict[str, Any]:
    return _of_invoice(number) | {"Sequence": sequence, "Line_Extension": amount}


def _open_item(number: str, balance: str) -> dict[str, Any]:
    return _of_invoice(number) | {"Job_Number": _JOB, "Invoice_Balance": balance}


def _revenue(number: str, item: str, amount: str) -> dict[str, Any]:
    return {
        "Job_Number": None,
        "Customer_Code": None,
        "Change_Request_Number": number,
        "Billing_Item": item,
        "CR_Revenue": amount,
    }


def _customer(code: str, name: str, status: str = "A") -> dict[str, Any]:
    return {
        "Customer_Code": code,
        "Name": name,
        "Status": status,
        "Terms_Code": "A",
        "Date_Created": date(2026, 3, 2),
    }


REJECTED = (
    Flaw("JC_TRANSACTION_HISTORY_MC", _transaction("20260231", "125.00", "FLAW-DATE-1"), "February has no 31st day"),
    Flaw("JC_TRANSACTION_HISTORY_MC", _transaction("20261305", "80.50", "FLAW-DATE-2"), "there is no 13th month"),
    Flaw("JC_TRANSACTION_HISTORY_MC", _transaction("2O260415", "19.99", "FLAW-DATE-3"), "a letter O in the date"),
    Flaw("JC_TRANSACTION_HISTORY_MC", _transaction("", "-44.10", "FLAW-DATE-4"), "the date is blank"),
    Flaw(
        "VN_SUBCONTRACT_MC",
        {"Vendor_Code": _NOBODY, "Subcontract_Number": "", "Job_Number": _JOB, "Status_Code": "A"},
        "the subcontract number, part of the key, is blank",
    ),
    Flaw(
        "VN_VENDOR_MASTER_MC",
        {"Vendor_Code": "", "Vendor_Name": "Vendor without a code", "Status": "A", "Type": "MAT"},
        "the vendor code, part of the key, is blank",
    ),
    Flaw(
        "JC_PHASE_MASTER_MC",
        _phase("999999", "", "No cost type", "1000.00"),
        "the cost type, part of the key, is blank",
    ),
    Flaw(
        "PO_PURCHASE_ORDER_HEADER_MC",
        {"Vendor_Code": _NOBODY, "Job_Number": None, "PO_Date_List1": date(2026, 6, 2), "PO_Total_Amount": "75.00"},
        "the order number, part of the key, is blank",
    ),
    Flaw(
        "PO_PURCHASE_ORDER_DETAIL_MC", _order_line("", "310.25", "0.00"), "the line number, part of the key, is blank"
    ),
    Flaw("VN_GL_DISTRIBUTION_HEADER_MC", _invoice("", "412.00"), "the invoice number, part of the key, is blank"),
    Flaw(
        "VN_GL_DISTRIBUTION_DETAIL_MC",
        _distribution("FLAW-1", "", "33.00"),
        "the sequence, part of the key, is blank",
    ),
    Flaw("VN_PAYMENT_HISTORY_MC", _payment("FLAW-1", "", "33.00"), "the payment number, part of the key, is blank"),
    Flaw("CR_CUSTOMER_MASTER_MC", _customer("", "Customer without a code"), "the customer code is blank"),
    Flaw("CR_CHNG_REQ_HDR_MC", _request("", "PE", date(2026, 5, 4)), "the change request number is blank"),
    Flaw("CR_CHNG_REQ_STATUS_MC", {"Status_Code": "", "Description": "No code", "CR_Type": "3"}, "the code is blank"),
    Flaw("CR_BILLING_HEADER_MC", _application("", "100.00", "0.00", date(2026, 4, 30)), "the number is blank"),
    Flaw("CR_INVOICE_HEADER_MC", _receivable("", "55.00"), "the invoice number is blank"),
    Flaw("CR_INVOICE_DETAIL_MC", _invoice_line("99001-01", "", "12.00"), "the line's number is blank"),
    Flaw("CR_OPEN_ITEM_MC", _open_item("", "77.00"), "the invoice number is blank"),
)

WARNED = (
    Flaw(
        "JC_PHASE_MASTER_MC",
        _phase("999998", "Z", "Unknown cost type", "0.00", Start_Date=date(2026, 5, 1), End_Date=date(2026, 4, 1)),
        "cost type Z is not in the cost type master, and the phase ends before it starts",
    ),
    Flaw("JC_PHASE_MASTER_MC", _phase(_PHASE, "O", "", "2400.00"), "the description is blank"),
    Flaw(
        "JC_JOB_MASTER_MC",
        {"Job_Number": _JOB, "Job_Description": "", "Status_Code": "A", "Taxable_Flag": "N"},
        "the description is blank: nobody can tell what the job is",
    ),
    Flaw(
        "JC_TRANSACTION_HISTORY_MC",
        _transaction("20260615", "88.00", "FLAW-HOURS-1", _PHASE, "1.333333"),
        "a third of an hour has more decimals than most tables keep",
    ),
    Flaw(
        "PO_PURCHASE_ORDER_HEADER_MC",
        {
            "PO_Number": _ORDER,
            "Vendor_Code": _NOBODY,
            "Job_Number": "99-404",
            "PO_Date_List1": date(2026, 6, 2),
            "PO_Date_List2": date(2026, 5, 2),
            "PO_Total_Amount": "1000.00",
            "Status_Flag": "OPEN",
        },
        "neither vendor nor job is there, it comes before it was ordered, and its lines make 480.00",
    ),
    Flaw("PO_PURCHASE_ORDER_DETAIL_MC", _order_line("1", "400.00", "450.00"), "more was received than ordered"),
    Flaw(
        "PO_PURCHASE_ORDER_DETAIL_MC",
        _order_line("2", "80.00", "0.00", Phase_Code="", Cost_Type=""),
        "it is for a job, but for no phase",
    ),
    Flaw(
        "PO_PURCHASE_ORDER_DETAIL_MC",
        _order_line("1", "55.00", "0.00", PO_Number="FLAW-LOST"),
        "there is no such order",
    ),
    Flaw(
        "VN_GL_DISTRIBUTION_HEADER_MC",
        _invoice("FLAW-1", "1000.00", Status="X", Contract_Number="NO-SUCH"),
        "neither vendor, subcontract nor status is known, its lines make 900.00, and 1200.00 was paid",
    ),
    Flaw("VN_GL_DISTRIBUTION_HEADER_MC", _invoice("flaw 001", "1000.00"), "it is FLAW-1 once more, and has no lines"),
    Flaw(
        "VN_GL_DISTRIBUTION_HEADER_MC",
        _invoice("FLAW-3", "500.00", Invoice_Type_Code="Z", Retention_Amount="600.00", Date_List4=date(2026, 5, 1)),
        "the type is not known, it retains more than it amounts to, and is due before its date",
    ),
    Flaw("VN_GL_DISTRIBUTION_DETAIL_MC", _distribution("FLAW-1", "1", "900.00"), "the job is not there"),
    Flaw(
        "VN_GL_DISTRIBUTION_DETAIL_MC",
        _distribution("FLAW-3", "1", "500.00", Invoice_Type_Code="Z", Job_Number=None, Phase_Code="", Cost_Type=""),
        "it is on a job, but on no phase",
    ),
    Flaw("VN_GL_DISTRIBUTION_DETAIL_MC", _distribution("FLAW-LOST", "1", "71.00"), "there is no such invoice"),
    Flaw("VN_PAYMENT_HISTORY_MC", _payment("FLAW-1", "1", "1200.00"), "it is more than the invoice amounts to"),
    Flaw("VN_PAYMENT_HISTORY_MC", _payment("FLAW-LOST", "1", "71.00"), "there is no such invoice"),
    Flaw("CR_CUSTOMER_MASTER_MC", _customer("C9001", ""), "the name is blank"),
    Flaw(
        "CR_CUSTOMER_MASTER_MC",
        _customer("C9002", words.CUSTOMERS[0].upper()),
        "another active customer has the name, in other letters",
    ),
    Flaw("CR_CUSTOMER_MASTER_MC", _customer("C9003", "On hold by hand", "H"), "status H is not documented"),
    Flaw(
        "CR_CHNG_REQ_STATUS_MC",
        {"Status_Code": "QX", "Description": "Never used", "CR_Type": "9"},
        "there is no such type of status",
    ),
    Flaw(
        "CR_CHNG_REQ_HDR_MC",
        _request("PCO-901", "ZZ", date(2026, 5, 4), date(2026, 4, 20)),
        "its status is not defined, and it was approved before it was entered",
    ),
    Flaw("CR_CHNG_REQ_REV_MC", _revenue("PCO-901", "999", "840.00"), "the contract has no such billing item"),
    Flaw("CR_CHNG_REQ_REV_MC", _revenue("PCO-999", "001", "90.00"), "there is no such change request"),
    Flaw("CR_BILLING_HEADER_MC", _application("1", "400.00", "0.00", date(2026, 4, 30)), "there is no such contract"),
    Flaw(
        "CR_BILLING_HEADER_MC",
        _application("2", "350.00", "900.00", date(2026, 5, 31), "1200.00"),
        "less is complete than before, another amount was billed, and the contract does not add up",
    ),
    Flaw("CR_BILLING_HEADER_MC", _application("3", "1300.00", "350.00", date(2026, 6, 30)), "more than the contract"),
    Flaw("CR_INVOICE_HEADER_MC", _receivable("99001-01", "400.00"), "its line is of another amount"),
    Flaw("CR_INVOICE_DETAIL_MC", _invoice_line("99001-01", "001", "390.00"), "its invoice is of another amount"),
    Flaw("CR_INVOICE_DETAIL_MC", _invoice_line("99001-99", "001", "5.00"), "there is no such invoice"),
    Flaw(
        "CR_INVOICE_HEADER_MC",
        _receivable("99001-02", "0.00", "X", None),
        "no date, and an unknown mark of reversal",
    ),
    Flaw("CR_INVOICE_HEADER_MC", _receivable("99001-03", "80.00", "Y"), "it was reversed, and something is open of it"),
    Flaw("CR_INVOICE_DETAIL_MC", _invoice_line("99001-03", "001", "80.00"), "the line of a reversed invoice"),
    Flaw("CR_OPEN_ITEM_MC", _open_item("99001-03", "80.00"), "its invoice was reversed"),
    Flaw("CR_OPEN_ITEM_MC", _open_item("99001-01", "450.00"), "more is open than was invoiced"),
)

# The blank phase of a proposed request is none of these: contracts have it as a matter of course.
ESTIMATES = (
    Flaw("JC_PHASE_ESTIMATES_MC", _adjustment(_PHASE, "o", "250.00"), "the cost type has another letter case: O"),
    Flaw("JC_PHASE_ESTIMATES_MC", _adjustment(_NO_PHASE, "O", "-75.25"), "the job has no such phase"),
    Flaw(
        "CR_CHNG_REQ_HDR_MC",
        {
            "Job_Number": None,
            "Customer_Code": None,
            "Change_Request_Number": _REQUEST,
            "CR_Description": "Codes typed by hand",
            "Status": "AP",
            "Change_Order_Number": "CO-90",
            "Origination_Date": date(2026, 5, 4),
            "Approved_Date": date(2026, 5, 20),
        },
        "its lines match no phase",
    ),
    Flaw("CR_CHNG_REQ_CON_DET_MC", _change(_PHASE, "o", "1500.10"), "the cost type has another letter case: O"),
    Flaw("CR_CHNG_REQ_CON_DET_MC", _change(_NO_PHASE, "S", "310.00"), "the job has no such phase"),
    Flaw("CR_CHNG_REQ_CON_DET_MC", _change("", "", "45.50"), "a change order's line without a phase"),
)


def flawed_rows(job: str, customer: str) -> list[Row]:
    """Return (table, row) of every flaw, those that belong to some job put on a job of the main company.

    Args:
        job: its number, trimmed.
        customer: its customer, trimmed.
    """
    living = {"Job_Number": job, "Customer_Code": customer}
    result = []
    for flaw in (*REJECTED, *WARNED, *ESTIMATES):
        filled = {name: living[name] if value is None else value for name, value in flaw.values.items()}
        result.append((flaw.table, {"Company_Code": MAIN_COMPANY} | filled))
    return result
