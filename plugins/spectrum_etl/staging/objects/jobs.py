"""Jobs: one row a job, with the reason why one cannot be imported into Procore (B3)."""

from spectrum_etl.model.spec import LARGEST_AMOUNT, Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

JOBS = Table(
    name="jobs",
    comment="One row a job of Spectrum's job master.",
    # Whatever their status: complete jobs still get costs and keep their history.
    infolink=InfoLink(tables={"j": "JC_JOB_MASTER_MC"}),
    sdx="jobs",
    readers=("infolink", "sdx"),
    columns=(
        company_column(),
        Column("job_number", "code", "Job number", source="Job_Number", sdx="Job_Number", key=True, required=True),
        Column(
            "job_description",
            "text",
            "Job name",
            source="Job_Description",
            sdx="Job_Description",
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
        Column("division", "code", "Division", source="Division", sdx="Division"),
        Column("address_1", "text", "Street address", source="Address_1", sdx="Address_1"),
        Column("address_2", "text", "Street address, second line", source="Address_2", sdx="Address_2"),
        Column("city", "text", "City", source="City", sdx="City"),
        Column("state", "code", "State, two letters", source="State", sdx="State"),
        Column("zip_code", "code", "Zip code", source="Zip_Code", sdx="Zip_Code"),
        Column("phone", "code", "Phone", source="Phone", sdx="Phone"),
        Column(
            "project_manager", "code", "Code of the project manager", source="Project_Manager", sdx="Project_Manager"
        ),
        Column("superintendent", "code", "Code of the superintendent", source="Superintendent", sdx="Superintendent"),
        Column("estimator", "code", "Code of the estimator", source="Estimator", sdx="Estimator"),
        Column("customer_code", "code", "Customer (owner) of the job", source="Customer_Code", sdx="Customer_Code"),
        Column("customer_name", "text", "Customer's name; web services only", sdx="Customer_Name"),
        Column("contract_number", "code", "Contract number", source="Contract_Number", sdx="Contract_Number"),
        Column(
            "original_contract",
            "money",
            "Original contract amount, in the company's currency",
            source="Original_Contract",
            sdx="Original_Contract",
        ),
        Column(
            "price_method_code",
            "code",
            "F fixed price, T time and material, C cost plus, U unit price",
            source="Price_Method_Code",
            sdx="Price_Method_Code",
        ),
        Column("cost_center", "code", "Cost center", source="Cost_Center", sdx="Cost_Center"),
        Column(
            "master_job",
            "code",
            "The master job of a sub job; the web services do not return it, so it is read from Info-Link either way",
            source="Master_Job",
            sdx="Master_Job",
        ),
        Column("est_start_date", "date", "Estimated start", source="Est_Start_Date", sdx="Est_Start_Date"),
        Column(
            "est_complete_date", "date", "Estimated completion", source="Est_Complete_Date", sdx="Est_Complete_Date"
        ),
        Column(
            "projected_complete_date",
            "date",
            "Projected completion",
            source="Projected_Complete_Date",
            sdx="Projected_Complete_Date",
        ),
        Column("start_date", "date", "Actual start", source="Start_Date", sdx="Start_Date"),
        Column("complete_date", "date", "Actual completion", source="Complete_Date", sdx="Complete_Date"),
        Column("create_date", "date", "When the job was created", source="Create_Date", sdx="Create_Date"),
        Column("sales_tax_code", "code", "Sales tax code; Info-Link only", source="Sales_Tax_Code"),
        Column("wo_site", "code", "Work order site", source="WO_Site", sdx="WO_Site"),
        Column("latitude", "degrees", "Degrees north", source="Latitude", sdx="Latitude"),
        Column("longitude", "degrees", "Degrees east", source="Longitude", sdx="Longitude"),
        Column("taxable_flag", "code", "Y taxable, N not; Info-Link only", source="Taxable_Flag"),
        Column(
            "phase_display_code", "code", "Mask that phases are shown with; Info-Link only", source="Phase_Display_Code"
        ),
        Column(
            "standard_phase_category",
            "code",
            "List of standard phases that the job's phases come from; Info-Link only",
            source="Standard_Phase_Category",
        ),
        Column(
            "importable",
            "boolean",
            "Whether the job can become a Procore project; see not_importable_reason",
            derived="master_job is null",
        ),
        Column(
            "not_importable_reason",
            "text",
            "Why the job cannot become a Procore project; null when it can",
            derived="case when master_job is not null "
            "then 'sub job of ' || master_job || ': Procore has no sub jobs' end",
        ),
    ),
    checks=(
        Check(
            "latitude_in_range",
            "between",
            ("latitude",),
            "warning",
            "A latitude outside -90 to 90 degrees: correct the job's coordinates in Spectrum.",
            minimum="-90",
            maximum="90",
        ),
        Check(
            "longitude_in_range",
            "between",
            ("longitude",),
            "warning",
            "A longitude outside -180 to 180 degrees: correct the job's coordinates in Spectrum.",
            minimum="-180",
            maximum="180",
        ),
        Check(
            "start_before_completion",
            "ordered",
            ("start_date", "complete_date"),
            "warning",
            "A job was completed before it started: correct the dates in Spectrum's job master.",
        ),
        Check(
            "estimated_dates_in_order",
            "ordered",
            ("est_start_date", "est_complete_date"),
            "warning",
            "The estimated completion lies before the estimated start: correct the dates in Spectrum's job master.",
        ),
        Check(
            "known_price_method",
            "in_set",
            ("price_method_code",),
            "warning",
            "A price method that is not documented: report which one, with Spectrum's meaning of it.",
            values=("F", "T", "C", "U"),
        ),
        Check(
            "contract_in_range",
            "between",
            ("original_contract",),
            "warning",
            "A negative contract, or one above ten billion: look at the job in Spectrum.",
            minimum="0",
            maximum=LARGEST_AMOUNT,
        ),
        Check(
            "master_job_exists",
            "sql",
            ("master_job",),
            "warning",
            "A sub job names a master job that is not staged: look at the job in Spectrum.",
            query="jobs_master_job_exists.sql",
        ),
    ),
)

OBJECT = StagedObject(name="jobs", title="Jobs", tables=(JOBS,), schedule=Schedule.HOURLY)
