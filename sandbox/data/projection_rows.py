"""Rows of JC_PROJ_COST_HISTORY_MC, which are steps: what is projected on a day is the sum of the rows up to it.

Used by the generator, the month of business and the web services that book them. What the reference leaves open is
chosen here: Type is E for an entry, B for the row that balances a back-dated one, C for a change order; System_Key is
the day and a running number within the phase and cost type, for a change order the request's number and a running one.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

TABLE = "JC_PROJ_COST_HISTORY_MC"
VALUES = ("Amount", "Projected_Hours", "Projected_Quantity")
#: Values of Projected_Cost_Code with which the installation works a projection out by itself, by unit costs.
WORKED_OUT = frozenset({"E", "A"})
ENTRY, BALANCE, CHANGE_ORDER = "E", "B", "C"
_FIRST_HOUR = 8


def row(
    key: Mapping[str, Any],
    kind: str,
    day: date | None,
    number: int,
    values: Mapping[str, Any],
    *,
    request: str = "",
    operator: str = "",
    remarks: str = "",
    note: str = "",
) -> dict[str, Any]:
    """Return one row.

    Args:
        key: company, job, phase and cost type, by column.
        kind: ENTRY, BALANCE or CHANGE_ORDER.
        day: when it counts from; None counts on every day.
        number: how many rows the phase and cost type had before, so that keys differ.
        values: the steps, by column of VALUES.
        request: the change request of a CHANGE_ORDER.
        operator: who entered it.
        remarks, note: texts.
    """
    begins = request.rjust(8) if kind == CHANGE_ORDER else f"{day:%Y%m%d}" if day else "0" * 8
    minutes = number % 600
    return {
        **key,
        "Type": kind,
        "System_Key": f"{begins}{number:08d}",
        "Year": f"{day:%y}" if day else "",
        "Period": f"{day:%m}" if day else "",
        "Transaction_Date": datetime.combine(day, datetime.min.time()) if day else None,
        "Transaction_Time": f"{_FIRST_HOUR + minutes // 60:02d}:{minutes % 60:02d}:00" if day else "",
        "Operator": operator,
        **values,
        "Remarks": remarks,
        "Note": note,
        "Transaction_Date_Year": f"{day:%Y}" if day else "",
        "Transaction_Date_Period": f"{day:%m}" if day else "",
    }
