"""AddPhase, which adds and updates: rows of JC_PHASE_MASTER_MC, one a phase and cost type.

The installation marks the current estimate as display only, so the Current_Est_ elements are ignored without a word,
as the page says they can be.
"""

from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.store import change, code, insert
from sandbox.sdx.writes.work import Work

_TABLE = "JC_PHASE_MASTER_MC"


def add_phase(work: Work) -> None:
    """Create a phase and cost type of a job, or change what is not blank of it.

    Raises:
        Refused: the job is unknown or complete, the cost type unknown, the phase does not fit the mask, a new phase has
            no description.
    """
    job, phase, cost = work.text("Job_Number"), work.text("Phase_Code"), work.text("Cost_Type")
    found = lookups.job(work, complete=False)
    if found is not None and phase:
        lookups.fits_mask(work, job, "Phase_Code")
    lookups.cost_type(work)
    lookups.cost_center(work, "Phase_Cost_Center")
    siblings = lookups.phase_rows(work, job, phase) if found is not None else []
    existing = [row for row in siblings if code(row, "Cost_Type") == cost]
    if found is not None and not existing:
        work.missing("Description")
    work.settle()
    key = {"Company_Code": work.company, "Job_Number": job, "Phase_Code": phase}
    values = work.row(_TABLE, {})
    description = values.pop("Description", "")
    if existing:
        if work.options.blank_status_activates:
            values.setdefault("Status_Code", "A")
        change(work.connection, _TABLE, key | {"Cost_Type": cost}, values)
    else:
        if siblings and not work.options.new_cost_type_renames:
            description = code(siblings[0], "Description")
        insert(work.connection, _TABLE, {"Status_Code": "A", "Projected_Cost_Code": "P"} | key | values)
    if description:
        # The description is the phase's: every cost type of it gets the new one.
        change(work.connection, _TABLE, key, {"Description": description})
    work.keep("phase", f"{job}/{phase}/{cost}", _TABLE)
