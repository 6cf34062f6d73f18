"""Budgets: original and current estimate of every job, phase and cost type (E3, E4), and its projections (L1)."""

from spectrum_etl.model.spec import Check, Column, InfoLink, LeftOut, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule
from spectrum_etl.sources.infolink.published import REQUEST_STATUS, STATUS_CODE

BUDGETS = Table(
    name="budgets",
    comment="One row a job, phase and cost type: its original estimate, posted adjustments, approved changes and "
    "current estimate. Amounts in the company's currency; lines of 0 are budgets too.",
    infolink=InfoLink(
        query="budgets.sql",
        tables={
            "p": "JC_PHASE_MASTER_MC",
            "e": "JC_PHASE_ESTIMATES_MC",
            "d": "CR_CHNG_REQ_CON_DET_MC",
            "h": "CR_CHNG_REQ_HDR_MC",
            "s": "CR_CHNG_REQ_STATUS_MC",
        },
        joined=(
            "e.Company_Code",
            "e.Job_Number",
            "e.Phase_Code",
            "e.Cost_Type",
            "e.Est_Cost",
            "e.Est_Hours?",
            "e.Est_Quantity?",
            "d.Company_Code",
            "d.Job_Number",
            "d.Customer_Code",
            "d.Change_Request_Number",
            "d.Phase_Code",
            "d.Cost_Type",
            "d.Change_Request_Amount",
            "d.Change_Request_Hours?",
            "d.Change_Request_Quantity?",
            "h.Company_Code",
            "h.Job_Number",
            "h.Customer_Code",
            "h.Change_Request_Number",
            "h.Change_Order_Number",
            f"h.{'|'.join(REQUEST_STATUS)}",
            "s.Company_Code",
            f"s.{'|'.join(STATUS_CODE)}",
            "s.CR_Type",
        ),
        left_out=LeftOut(
            query="budgets_left_out.sql",
            columns=("job_number", "phase_code", "cost_type", "change_request_number", "status_type"),
            reasons={
                "type": (
                    "changes_of_another_type",
                    "change requests have an amount, but a status of a type that does not count towards the estimate: "
                    "look at their status in Spectrum, or at estimate_change_types in include/settings.yaml",
                ),
                "change": (
                    "changes_without_phase",
                    "approved changes are on a job, phase and cost type that is not in the phase master, to the "
                    "letter, and are in no estimate: correct the change request in Spectrum",
                ),
                "adjustment": (
                    "adjustments_without_phase",
                    "estimate adjustments are on a job, phase and cost type that is not in the phase master, to the "
                    "letter, and are in no estimate: correct them in Spectrum",
                ),
            },
        ),
    ),
    columns=(
        company_column(),
        Column("job_number", "code", "Job number", source="Job_Number", key=True, required=True),
        Column("phase_code", "code", "Phase, without separators", source="Phase_Code", key=True, required=True),
        Column("cost_type", "code", "Cost type", source="Cost_Type", key=True, required=True),
        Column("description", "text", "What the phase is", source="Description", required=True, blank="null"),
        Column(
            "status_code", "code", "A active, I inactive, C complete", source="Status_Code", required=True, blank="null"
        ),
        Column("unit_of_measure", "code", "Unit of the quantities", source="Unit_of_Measure"),
        Column(
            "projected_cost_code",
            "code",
            "How the projection is worked out: P as entered; E and A by Spectrum itself, from unit costs",
            source="Projected_Cost_Code",
        ),
        Column(
            "projection_worked_out",
            "boolean",
            "Whether Spectrum works the projection out itself, so that none can be entered",
            derived="coalesce(upper(projected_cost_code) in ('E', 'A'), false)",
        ),
        Column(
            "original_estimate",
            "money",
            "Original estimated cost",
            source="Original_Est_Cost",
            required=True,
            blank="zero",
        ),
        Column("original_hours", "quantity", "Original estimated hours", source="Original_Est_Hours"),
        Column("original_quantity", "quantity", "Original estimated quantity", source="Original_Est_Quantity"),
        Column("estimate_adjustments", "money", "Sum of posted estimate adjustments", source="adjusted.Est_Cost"),
        Column("adjusted_hours", "quantity", "Hours of posted estimate adjustments", source="adjusted.Est_Hours"),
        Column(
            "adjusted_quantity", "quantity", "Quantity of posted estimate adjustments", source="adjusted.Est_Quantity"
        ),
        Column(
            "approved_changes",
            "money",
            "Sum of change requests that have a change order number, or a status of a type that counts (1, 2 and 5 "
            "unless the settings say otherwise)",
            source="changed.Change_Request_Amount",
        ),
        Column("changed_hours", "quantity", "Hours of those change requests", source="changed.Change_Request_Hours"),
        Column(
            "changed_quantity",
            "quantity",
            "Quantity of those change requests",
            source="changed.Change_Request_Quantity",
        ),
        Column(
            "current_estimate",
            "money",
            "Original estimate + adjustments + approved changes",
            derived="original_estimate + coalesce(estimate_adjustments, 0) + coalesce(approved_changes, 0)",
        ),
        Column(
            "current_hours",
            "quantity",
            "Original + adjusted + changed hours",
            derived="coalesce(original_hours, 0) + coalesce(adjusted_hours, 0) + coalesce(changed_hours, 0)",
        ),
        Column(
            "current_quantity",
            "quantity",
            "Original + adjusted + changed quantity",
            derived="coalesce(original_quantity, 0) + coalesce(adjusted_quantity, 0) + coalesce(changed_quantity, 0)",
        ),
    ),
    checks=(
        Check(
            "known_status",
            "in_set",
            ("status_code",),
            "warning",
            "A phase status that is not documented: report which one, with Spectrum's meaning of it.",
            values=("A", "I", "C"),
        ),
        Check(
            "current_in_range",
            "between",
            ("current_estimate",),
            "warning",
            "A current estimate beyond a billion either way: look at the phase's changes in Spectrum.",
            minimum="-1000000000",
            maximum="1000000000",
        ),
        Check(
            "original_in_range",
            "between",
            ("original_estimate",),
            "warning",
            "An original estimate beyond a billion either way: look at the phase in Spectrum.",
            minimum="-1000000000",
            maximum="1000000000",
        ),
        Check(
            "phase_is_staged",
            "sql",
            ("phase_code",),
            "warning",
            "A budget for a phase and cost type that is not among the staged project cost codes: sync those.",
            query="phase_is_staged.sql",
        ),
        Check(
            "job_is_staged",
            "sql",
            ("job_number",),
            "warning",
            "A budget of a job that is not staged: sync the jobs, or look at the job in Spectrum.",
            query="job_is_staged.sql",
        ),
    ),
)

PROJECTIONS = Table(
    name="projections",
    comment="One row a job, phase and cost type with entered projections: what all of its increments add up to. Where "
    "job_cost_totals has the figure of GetPhase, that one holds.",
    # A row is an increment: a new total books the difference to the one before, a back-dated total a balancing row
    # beside it, and change orders book rows, too. What counts is the sum of the rows of a phase and cost type, those
    # without a date among them.
    infolink=InfoLink(
        tables={"t": "JC_PROJ_COST_HISTORY_MC"},
        added_up=True,
        optional={"t": "projections are known only where GetPhase is read"},
    ),
    columns=(
        company_column(),
        Column("job_number", "code", "Job number", source=("Job", "Job_Number"), key=True, required=True),
        Column(
            "phase_code",
            "code",
            "Phase, without separators",
            source=("Phase", "Phase_Code"),
            key=True,
            required=True,
        ),
        Column("cost_type", "code", "Cost type", source="Cost_Type", key=True, required=True),
        Column("projected_cost", "money", "Projected cost at completion", source=("Amount", "Projected_Cost")),
        Column("projected_hours", "quantity", "Projected hours at completion", source="Projected_Hours"),
        Column("projected_quantity", "quantity", "Projected quantity at completion", source="Projected_Quantity"),
    ),
    checks=(
        Check(
            "phase_is_staged",
            "sql",
            ("phase_code",),
            "warning",
            "Projections of a phase and cost type that is not among the staged project cost codes: sync those.",
            query="phase_is_staged.sql",
        ),
        Check(
            "projections_agree",
            "sql",
            ("projected_cost",),
            "warning",
            "The increments of a phase and cost type do not add up to GetPhase's figure, which is taken where it is "
            "read. The two are read at different times: look at those that stay, in Spectrum's projection history.",
            query="projections_agree.sql",
            amount="difference",
        ),
    ),
)

OBJECT = StagedObject(
    name="budgets",
    title="Budgets and projections",
    tables=(BUDGETS, PROJECTIONS),
    schedule=Schedule.EVERY_4_HOURS,
)
