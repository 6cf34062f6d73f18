"""ScheduleOfValues, the REST import of a fixed price contract's billing items into CR_BID_ITEM_DES_MC.

Whether an import replaces a schedule is not published: here a contract that has one refuses another.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.sdx.services import Parameter
from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.checks import check
from sandbox.sdx.writes.results import Refused
from sandbox.sdx.writes.store import code, find, insert
from sandbox.sdx.writes.work import Work

_TABLE = "CR_BID_ITEM_DES_MC"
_ARRAY = "Schedule_Of_Values_Fixed"


def import_schedule(work: Work, contract: Mapping[str, Any]) -> None:
    """Write the billing items of one contract.

    Args:
        work: the call; its elements are the contract's three codes.
        contract: the contract of the body, with its lines.

    Raises:
        Refused: customer, job or contract unknown, the job complete, the contract not of a fixed price or with
            a schedule already, a bad line, the same item twice, or lines that do not add up to the contract.
    """
    lines = contract.get(_ARRAY)
    job = lookups.job(work, complete=False)
    known = lookups.customer(work)
    key = {name: work.text(name) for name in ("Customer_Code", "Job_Number")} | {"Company_Code": work.company}
    rows = find(work.connection, "CR_CONTRACT_MASTER_MC", key) if job is not None and known else []
    if job is not None and known and not rows:
        work.invalid("Customer_Code", f"Job {key['Job_Number']} has no contract with this customer")
    elif rows and code(rows[0], "Price_Method_Code") == "U":
        work.invalid(_ARRAY, "A unit price contract takes Schedule_Of_Values_Unit, which is not offered here")
    elif rows and find(work.connection, _TABLE, key):
        work.invalid("Job_Number", f"The contract of job {key['Job_Number']} has a schedule of values already")
    if not isinstance(lines, list) or not lines or not all(isinstance(line, dict) for line in lines):
        work.invalid(_ARRAY, f"{_ARRAY} must be a list of lines")
    work.settle()
    texts = _checked(work, work.service.lines[_ARRAY], lines or [])
    total = sum((Decimal(line["Original_Contract"] or 0) for line in texts), Decimal(0))
    if total != (rows[0]["Original_Contract_Amount"]):
        text = f"The lines add up to {total}, the contract amount is {rows[0]['Original_Contract_Amount']}"
        work.invalid("Original_Contract", text)
    work.settle()
    for line in texts:
        insert(
            work.connection,
            _TABLE,
            key
            | {name: line[name] for name in ("Billing_Item", "Billing_Description", "GL_Account", "Cost_Center")}
            | {name: Decimal(line[name] or 0) for name in ("Original_Contract", "Projected_Revenue")},
        )


def _checked(work: Work, parameters: Sequence[Parameter], lines: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The lines as texts of every declared key.

    Raises:
        Refused: a key that is not declared, a bad value, an item given twice.
    """
    names = [parameter.name for parameter in parameters]
    texts, seen = [], set()
    for line in lines:
        for unknown in line.keys() - set(names):
            work.invalid(unknown, f"{unknown} is not a key of {_ARRAY}")
        values = {name: "" if line.get(name) is None else str(line[name]).strip() for name in names}
        work.problems += check(work.service.name, parameters, values)
        if values["Billing_Item"] in seen:
            work.invalid("Billing_Item", f"Billing item {values['Billing_Item']} is given twice")
        seen.add(values["Billing_Item"])
        texts.append(values)
    if work.problems:
        raise Refused(work.problems)
    return texts
