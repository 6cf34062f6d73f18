"""Project cost codes: job, phase and cost type, with the description that belongs to the phase (B2)."""

from spectrum_etl.model.spec import Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

PROJECT_COST_CODES = Table(
    name="project_cost_codes",
    comment="One row a job, phase and cost type. The description is shared by all cost types of a phase.",
    infolink=InfoLink(tables={"p": "JC_PHASE_MASTER_MC"}),
    sdx="phases",
    readers=("infolink", "sdx"),
    columns=(
        company_column(),
        Column("job_number", "code", "Job number", source="Job_Number", sdx="Job_Number", key=True, required=True),
        Column(
            "phase_code",
            "code",
            "Phase, without separators",
            source="Phase_Code",
            sdx="Phase_Code",
            key=True,
            required=True,
        ),
        Column("cost_type", "code", "Cost type", source="Cost_Type", sdx="Cost_Type", key=True, required=True),
        Column(
            "description",
            "text",
            "What the phase is",
            source="Description",
            sdx="Description",
            required=True,
            blank="null",
        ),
        Column(
            "status_code",
            "code",
            "A active, I inactive, C complete",
            source="Status_Code",
            sdx="Status_Code",
            required=True,
            allowed=("A", "I", "C"),
        ),
        Column("unit_of_measure", "code", "Unit of the quantities", source="Unit_of_Measure", sdx="Unit_of_Measure"),
        Column(
            "price_method_code",
            "code",
            "F, T, C, U as the job's, or J: as the job",
            source="Price_Method_Code",
            sdx="Price_Method_Code",
        ),
        Column("start_date", "date", "Estimated start", source="Start_Date", sdx="Start_Date"),
        Column("end_date", "date", "Estimated end", source="End_Date", sdx="End_Date"),
        Column("complete_date", "date", "Actual completion", source="Complete_Date", sdx="Complete_Date"),
        Column("comment", "text", "Comment", source="Comment", sdx="Comment"),
        Column(
            "cost_center",
            "code",
            "Cost center of the phase",
            source=("Phase_Cost_Center", "Cost_Center"),
            sdx="Cost_Center",
        ),
        Column("bid_item_number", "code", "Billing item of the phase; Info-Link only", source="Bid_Item_Number"),
    ),
    checks=(
        Check(
            "known_price_method",
            "in_set",
            ("price_method_code",),
            "warning",
            "A price method that is not documented: report which one, with Spectrum's meaning of it.",
            values=("F", "T", "C", "U", "J"),
        ),
        Check(
            "job_is_staged",
            "sql",
            ("job_number",),
            "warning",
            "Phases of a job that is not staged: sync the jobs, or look at the job in Spectrum.",
            query="job_is_staged.sql",
        ),
        Check(
            "cost_type_is_staged",
            "sql",
            ("cost_type",),
            "warning",
            "A cost type that is not in the company's list: sync the standard cost codes, or add it in Spectrum.",
            query="cost_type_is_staged.sql",
        ),
        Check(
            "one_description_per_phase",
            "sql",
            ("description",),
            "warning",
            "The cost types of one phase have different descriptions, though they share one in Spectrum (B2).",
            query="project_cost_codes_one_description.sql",
        ),
        Check(
            "dates_in_order",
            "ordered",
            ("start_date", "end_date"),
            "warning",
            "A phase ends before it starts: correct the dates in Spectrum.",
        ),
    ),
)

OBJECT = StagedObject(
    name="project_cost_codes",
    title="Project cost codes and cost types",
    tables=(PROJECT_COST_CODES,),
    schedule=Schedule.EVERY_4_HOURS,
)
