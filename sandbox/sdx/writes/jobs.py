"""AddJob and UpdateJob: rules as their pages give them, rows of JC_JOB_MASTER_MC and the job's A/R contract."""

from decimal import Decimal
from typing import Any

from psycopg.rows import DictRow

from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.job_rules import check_job, check_update
from sandbox.sdx.writes.store import change, code, find, insert
from sandbox.sdx.writes.work import Work

_TABLE = "JC_JOB_MASTER_MC"
# The installation takes A/R sales tax codes for tax classes; the page of AddJob misspells the local tax code.
_RENAMED = {"Tax_Class_Code": "Sales_Tax_Code", "Work_Local_Tax_Cod": "Work_Local_Tax_Code"}


def add_job(work: Work) -> None:
    """Create a job, and with a customer its A/R contract.

    Raises:
        Refused: the number is taken, something it refers to is unknown, or another rule is broken.
    """
    number = work.text("Job_Number")
    if number and find(work.connection, _TABLE, {"Company_Code": work.company, "Job_Number": number}):
        work.invalid("Job_Number", f"Job {number} already exists")
    lookups.customer(work)
    master = _master(work, number)
    lookups.cost_center(work, "Cost_Center")
    check_job(work, {})
    work.settle()
    values: dict[str, Any] = {
        "Status_Code": "A",
        "Create_Date": work.today,
        "Phase_Display_Code": lookups.PHASE_MASK,
    }
    if master is not None:
        # A sub job takes these from its master; a contract is made for a customer sent only.
        values |= {name: code(master, name) for name in ("Customer_Code", "Sales_Tax_Code", "Phase_Display_Code")}
    values |= work.row(_TABLE, _RENAMED)
    if values["Status_Code"] == "C":
        values.setdefault("Complete_Date", work.today)
    insert(work.connection, _TABLE, {"Company_Code": work.company, "Job_Number": number} | values)
    work.keep("job", number, _TABLE, _RENAMED)
    if work.text("Customer_Code"):
        _add_contract(work, number, values)


def update_job(work: Work) -> None:
    """Change what is not blank of an existing job; a customer gives it a contract if it has none.

    Raises:
        Refused: no such job, something it refers to is unknown, another customer than the contract's, or another rule.
    """
    row = lookups.job(work)
    lookups.customer(work)
    number = work.text("Job_Number")
    _master(work, number)
    lookups.cost_center(work, "Cost_Center")
    contracts = _contracts(work, number)
    if row is not None:
        check_job(work, row)
        check_update(work, code(row, "Status_Code"))
        sent = work.text("Customer_Code")
        if sent and contracts and sent not in {code(contract, "Customer_Code") for contract in contracts}:
            work.invalid("Customer_Code", f"Job {number} has a contract with another customer; change it in A/R")
    work.settle()
    values = work.row(_TABLE, _RENAMED)
    if work.options.blank_status_activates and row is not None:
        values.setdefault("Status_Code", "A")
    if values.get("Status_Code") == "C":
        values.setdefault("Complete_Date", work.today)
    change(work.connection, _TABLE, {"Company_Code": work.company, "Job_Number": number}, values)
    work.keep("job", number, _TABLE, _RENAMED)
    if contracts:
        for name in ("Customer_Code", "Original_Contract"):
            if work.text(name):
                work.tell(name, f"The contract of job {number} was not changed: edit it in A/R")
    elif work.text("Customer_Code") and row is not None:
        _add_contract(work, number, dict(row) | values)


def _master(work: Work, number: str) -> DictRow | None:
    if work.text("Master_Job") == number and number:
        work.invalid("Master_Job", "A job cannot be its own master")
        return None
    return lookups.job(work, "Master_Job", complete=False)


def _contracts(work: Work, number: str) -> list[DictRow]:
    return find(work.connection, "CR_CONTRACT_MASTER_MC", {"Company_Code": work.company, "Job_Number": number})


def _add_contract(work: Work, number: str, job: dict[str, Any]) -> None:
    name = str(job.get("Job_Description") or "")
    insert(
        work.connection,
        "CR_CONTRACT_MASTER_MC",
        {
            "Company_Code": work.company,
            "Customer_Code": work.text("Customer_Code"),
            "Job_Number": number,
            "Contract_Number": job.get("Contract_Number"),
            "Contract_Description": f"{number} {name}".strip()[:30],
            "Price_Method_Code": job.get("Price_Method_Code"),
            "Original_Contract_Amount": job.get("Original_Contract") or Decimal(0),
            "Contract_Date": work.today,
            "Status_Code": job.get("Status_Code"),
            "Retention_Percent": Decimal(0),
        },
    )
