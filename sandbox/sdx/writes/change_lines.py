"""The line of an ARChangeRequest call: its cost side with the subcontract's, and its billing side.

A request has one line a phase and cost type, and one a billing item. The same line sent again changes nothing; other
values for it, or another subcontract, are a second line of the kind that Spectrum refuses (reference, quirks).
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from psycopg.rows import DictRow

from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.change_subcontracts import check_subcontract, write_subcontract
from sandbox.sdx.writes.store import change, code, find, insert
from sandbox.sdx.writes.work import Work

_COSTS = "CR_CHNG_REQ_CON_DET_MC"
_REVENUE = "CR_CHNG_REQ_REV_MC"
_COST_VALUES = ("Change_Request_Quantity", "Change_Request_Hours", "Change_Request_Amount")
_LONGEST_ITEM = 10
_CENT = Decimal("0.01")


def check_lines(work: Work, key: dict[str, str], contract: DictRow) -> None:
    """Note what is wrong with the line of a call.

    Args:
        work: the call.
        key: company, job, customer and change request number (blank for a new one).
        contract: the job's contract with the customer.
    """
    phase, cost = work.text("CR_Phase_Code"), work.text("CR_Cost_Type")
    if phase or cost or work.text("Subcontractor_Code") or any(work.text(name) for name in _COST_VALUES):
        work.missing("CR_Phase_Code", "CR_Cost_Type")
    row = lookups.phase(work, key["Job_Number"], "CR_Phase_Code", "CR_Cost_Type")
    if row is not None and code(row, "Status_Code") == "C":
        work.invalid("CR_Phase_Code", f"Phase {phase} with cost type {cost} is complete")
    check_subcontract(work, key)
    if phase and cost and key["Change_Request_Number"]:
        stored = find(work.connection, _COSTS, key | {"Phase_Code": phase, "Cost_Type": cost})
        _refuse_other(work, stored, work.columns({name: name for name in _COST_VALUES}), "CR_Phase_Code")
    if work.text("Markup_Percent") and work.text("Markup_Amount"):
        work.invalid("Markup_Amount", "Markup_Percent and Markup_Amount exclude each other")
    lookups.cost_type(work, "Markup_Cost_Type")
    if work.text("Pricing_Addon_Code"):
        work.invalid("Pricing_Addon_Code", "The contract has no such pricing add-on")
    _check_revenue(work, key, contract)


def write_lines(work: Work, key: dict[str, str], contract: DictRow) -> None:
    """Write the checked line of a call.

    Args:
        work: the call.
        key: company, job, customer and change request number.
        contract: the job's contract with the customer.
    """
    phase, cost = work.text("CR_Phase_Code"), work.text("CR_Cost_Type")
    if phase and cost:
        line = key | {"Phase_Code": phase, "Cost_Type": cost}
        _upsert(work, _COSTS, line, work.columns({name: name for name in _COST_VALUES}), _COST_VALUES)
        write_subcontract(work, key)
    item = _item(work, contract)
    if item:
        values = _revenue(work, contract)
        described = work.text("CR_Billing_Item_Description") or _described(work, key, item)
        _upsert(work, _REVENUE, key | {"Billing_Item": item}, values | {"Description": described}, ("CR_Revenue",))
    if work.text("Default_Billing_Total") == "Y":
        total = sum(
            (row["Change_Request_Amount"] or Decimal(0) for row in find(work.connection, _COSTS, key)), Decimal(0)
        )
        _upsert(work, _REVENUE, key | {"Billing_Item": ""}, {"CR_Revenue": total}, ("CR_Revenue",))


def _upsert(work: Work, table: str, key: dict[str, str], values: dict[str, Any], amounts: tuple[str, ...]) -> None:
    if find(work.connection, table, key):
        change(work.connection, table, key, values)
    else:
        insert(work.connection, table, key | dict.fromkeys(amounts, Decimal(0)) | values)


def _refuse_other(work: Work, stored: list[DictRow], sent: dict[str, Any], column: str) -> None:
    """Note a line there is already with other values, unless the installation updates it."""
    if not stored or work.options.same_line_updates:
        return
    if any(stored[0][name] != value for name, value in sent.items()):
        text = "The change request has a line for it already: its lines must be unique"
        work.invalid(column, f"{work.text(column)}: {text}")


def _check_revenue(work: Work, key: dict[str, str], contract: DictRow) -> None:
    item = _item(work, contract)
    if not item:
        return
    if len(item) > _LONGEST_ITEM:
        work.invalid("CR_Billing_Item_Code", f"Billing item {item} is longer than {_LONGEST_ITEM} characters")
        return
    if not _items(work, key, item):
        work.invalid("CR_Billing_Item_Code", f"Billing item {item} is not on file for the contract")
        return
    if _by_unit(contract):
        given = [name for name in ("CR_Unit_Price", "CR_Quantity", "CR_Revenue") if work.text(name)]
        if len(given) < 2:
            work.invalid("CR_Unit_Price", "Two of unit price, quantity and revenue are required on unit price jobs")
            return
    if key["Change_Request_Number"]:
        stored = find(work.connection, _REVENUE, key | {"Billing_Item": item})
        _refuse_other(work, stored, _revenue(work, contract), "CR_Billing_Item_Code")


def _by_unit(contract: DictRow) -> bool:
    return code(contract, "Price_Method_Code") == "U"


def _item(work: Work, contract: DictRow) -> str:
    """The billing item of the line, with its group on unit price contracts; blank for no billing line."""
    item = work.text("CR_Billing_Item_Code")
    return work.text("CR_Billing_Group_Code") + item if item and _by_unit(contract) else item


def _items(work: Work, key: dict[str, str], item: str) -> list[DictRow]:
    names = ("Company_Code", "Customer_Code", "Job_Number")
    return find(work.connection, "CR_BID_ITEM_DES_MC", {name: key[name] for name in names} | {"Billing_Item": item})


def _described(work: Work, key: dict[str, str], item: str) -> str:
    return code(_items(work, key, item)[0], "Billing_Description")


def _revenue(work: Work, contract: DictRow) -> dict[str, Any]:
    price, quantity = work.number("CR_Unit_Price"), work.number("CR_Quantity")
    if _by_unit(contract) and price is not None and quantity is not None:
        return {"CR_Revenue": (price * quantity).quantize(_CENT, ROUND_HALF_UP)}
    return work.columns({"CR_Revenue": "CR_Revenue"})
