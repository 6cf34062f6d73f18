"""The rows of the sandbox that are wrong on purpose: what a newcomer sees rejected, and what he is warned about.

`REJECTED` rows cannot be typed or keyed: a sync must set them aside with the reason, and stage everything else.
`WARNED` rows are odd but legal: a sync stages them and says so. Both come on top of the asked number of rows.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.data.jobs import MAIN_COMPANY


@dataclass(frozen=True)
class Flaw:
    """One wrong row: its table, its values (codes trimmed), and what is wrong with it."""

    table: str
    values: dict[str, Any]
    reason: str


def _transaction(day: str, amount: str, reference: str) -> dict[str, Any]:
    return {
        "Job_Number": "",  # set to a living job when loaded
        "Phase_Code": "011000",
        "Cost_Type": "O",
        "Tran_Date_Text": day,
        "Tran_Type_Code": "JC",
        "Tran_Amount": amount,
        "Total_Hours": "0.0000",
        "Quantity": "0.0000",
        "Reference_1": reference,
        "Description": "Entered by hand",
    }


REJECTED = (
    Flaw("JC_TRANSACTION_HISTORY_MC", _transaction("20260231", "125.00", "FLAW-DATE-1"), "February has no 31st day"),
    Flaw("JC_TRANSACTION_HISTORY_MC", _transaction("20261305", "80.50", "FLAW-DATE-2"), "there is no 13th month"),
    Flaw("JC_TRANSACTION_HISTORY_MC", _transaction("2O260415", "19.99", "FLAW-DATE-3"), "a letter O in the date"),
    Flaw("JC_TRANSACTION_HISTORY_MC", _transaction("", "-44.10", "FLAW-DATE-4"), "the date is blank"),
    Flaw(
        "JC_JOB_MASTER_MC",
        {
            "Job_Number": "99-001",
            "Job_Description": "",
            "Status_Code": "A",
            "Original_Contract": "0.00",
        },
        "the description is blank: nobody can tell what the job is",
    ),
    Flaw(
        "VN_VENDOR_MASTER_MC",
        {"Vendor_Code": "", "Vendor_Name": "Vendor without a code", "Status": "A", "Type": "MAT"},
        "the vendor code, part of the key, is blank",
    ),
    Flaw(
        "JC_PHASE_MASTER_MC",
        {
            "Job_Number": "",
            "Phase_Code": "999999",
            "Cost_Type": "",
            "Description": "No cost type",
            "Status_Code": "A",
            "Original_Est_Cost": "1000.00",
        },
        "the cost type, part of the key, is blank",
    ),
)

WARNED = (
    Flaw(
        "JC_PHASE_MASTER_MC",
        {
            "Job_Number": "",
            "Phase_Code": "999998",
            "Cost_Type": "Z",
            "Description": "Unknown cost type",
            "Status_Code": "A",
            "Original_Est_Cost": "0.00",
            "Start_Date": date(2026, 5, 1),
            "End_Date": date(2026, 4, 1),
        },
        "cost type Z is not in the cost type master, and the phase ends before it starts",
    ),
)


def flawed_rows(job: str) -> list[tuple[str, dict[str, Any]]]:
    """Return (table, row) of every flaw, those that belong to some job put on `job` of the main company."""
    result = []
    for flaw in (*REJECTED, *WARNED):
        values = {"Company_Code": MAIN_COMPANY} | flaw.values
        if values.get("Job_Number") == "":
            values["Job_Number"] = job
        result.append((flaw.table, values))
    return result
