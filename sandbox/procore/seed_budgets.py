"""Seeds budgets with forecasts, budget changes and modifications: such as can be exported, and such as break a rule."""

import random
from typing import Any

from sandbox.data.projection_rows import WORKED_OUT
from sandbox.data.rows import money
from sandbox.procore.seed_company import CompanySeed
from sandbox.procore.seed_projects import Pair, ProjectSeed
from sandbox.procore.seed_records import Records
from sandbox.procore.seed_spectrum import amount


def seed_budget(
    records: Records,
    rng: random.Random,
    company: CompanySeed,
    project: ProjectSeed,
    pairs: list[Pair],
    *,
    agrees: bool = False,
    forecasts_all: bool = False,
) -> dict[Pair, int]:
    """Add a budget line for each code: the job's estimate and some cents, and what is forecast at completion.

    Some lines are 0 (E4). Of the forecasts some are 0, which clears the projection, and some blank, which leaves it;
    blank is also what Spectrum projects by itself, unless all is forecast: then the forecast is not ready (L1).

    Args:
        records: added to.
        rng: for the amounts.
        company, project: whose it is.
        pairs: the codes.
        agrees: whether the lines are the estimate to the cent, as after an import, so that changes can follow (F1).
        forecasts_all: whether what Spectrum projects by itself is forecast, too.

    Returns:
        The ids of its lines.
    """
    added: dict[Pair, int] = {}
    estimates: dict[Pair, int] = {}
    worked_out: set[Pair] = set()
    for row in project.job.phases if project.job else ():
        pair = (row["Phase_Code"], row["Cost_Type"])
        estimates[pair] = int(amount(row["Original_Est_Cost"]) * 100)
        if row["Projected_Cost_Code"] in WORKED_OUT and not forecasts_all:
            worked_out.add(pair)
    for place, pair in enumerate(pairs):
        cents = estimates.get(pair, rng.randint(500_000, 9_000_000))
        if not agrees:
            cents = 0 if place % 9 == 4 else max(0, cents + rng.randint(-99, 99))
        completion = cents * rng.randint(92, 118) // 100 + rng.randint(0, 99)
        forecast = None if pair in worked_out else {5: None, 7: "0.00"}.get(place % 11, money(completion))
        fields = {
            "wbs_code_id": project.wbs[pair],
            "original_budget_amount": money(cents),
            "quantity": None,
            "unit_cost": None,
            "uom": "LS" if place % 5 == 0 else None,
            "calculation_strategy": "manual",
            "columns": {
                "Original Budget Amount": money(cents),
                "Forecast To Complete": money(completion // 3),
                "Estimated Cost at Completion": forecast,
                "Projected over Under": money(cents - completion),
            },
        }
        added[pair] = records.add("budget_line", company.id, fields, project=project.id, position=place)
    return added


def seed_budget_change(
    records: Records,
    company: CompanySeed,
    project: ProjectSeed,
    number: int,
    title: str,
    lines: list[tuple[Pair, str]],
    *,
    status: str = "approved",
    kind: str = "budget_change",
) -> int:
    """Add a budget change.

    Args:
        records: added to.
        company, project: whose it is.
        number: its number in the project.
        title: what people call it.
        lines: code and amount.
        status: of the change.
        kind: `budget_change` or `change_event`, of all lines.
    """
    fields: dict[str, Any] = {
        "number": number,
        "status": status,
        "title": title,
        "description": f"<p>{title}</p>",
        "erp_status": None,
    }
    change = records.add("budget_change", company.id, fields, project=project.id)
    for place, (pair, value) in enumerate(lines, start=1):
        line = {
            "ref": f"{number}-{place}",
            "adjustment_number": 1,
            "wbs_code_id": project.wbs[pair],
            "description": f"{title} ({place})",
            "comment": None,
            "calculation_strategy": "manual",
            "type": kind,
            "uom": None,
            "unit_cost": None,
            "amount": value,
        }
        records.add("adjustment_line", company.id, line, project=project.id, parent=change, position=place)
    return change


def seed_modifications(
    records: Records, company: CompanySeed, project: ProjectSeed, lines: dict[Pair, int], pairs: list[Pair]
) -> None:
    """Add the modifications of a project that has not moved to budget changes: ready ones, and such as break a rule.

    Args:
        records: added to.
        company, project: whose they are.
        lines: ids of the budget's lines.
        pairs: codes of these that Spectrum takes changes of.
    """
    records.change(project.id, {"legacy_budget": True})
    first, last = lines[pairs[0]], lines[pairs[-1]]

    def add(amount: str, notes: str | None, origin: str | None = None, **differs: int | None) -> None:
        fields: dict[str, Any] = {
            "from_budget_line_item_id": first,
            "to_budget_line_item_id": last,
            "transfer_amount": amount,
            "notes": notes,
        }
        link = (origin, None) if origin else None
        records.add("budget_modification", company.id, fields | differs, project=project.id, origin=link)

    add("1250.75", "Transfer to Façade, before budget changes")
    add("9800.10", "Owner’s allowance", from_budget_line_item_id=None)
    add("300.00", None)
    add("75.00", "Long " * 52)  # F1: 259 characters when trimmed
    add("60.00", "Line that was deleted", from_budget_line_item_id=records.new_id())  # F1
    add("45.00", "Of another system", "OD-3483830-2")  # F1
