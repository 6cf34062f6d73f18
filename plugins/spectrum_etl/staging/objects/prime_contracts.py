"""Prime contracts and their schedules of values (I1 to I4)."""

from spectrum_etl.model.spec import LARGEST_AMOUNT, Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

#: How many customers have a contract for the job. Not a count of rows: the source may hold a row twice, and then one
#: of the copies is staged. PostgreSQL has no `count(distinct ...) over`.
_CONTRACTS_OF_JOB = (
    "dense_rank() over (partition by company_code, job_number order by customer_code)"
    " + dense_rank() over (partition by company_code, job_number order by customer_code desc) - 1"
)

PRIME_CONTRACTS = Table(
    name="prime_contracts",
    comment="One row a prime contract: customer and job.",
    infolink=InfoLink(
        query="prime_contracts.sql",
        tables={"c": "CR_CONTRACT_MASTER_MC", "j": "JC_JOB_MASTER_MC"},
        joined=("j.Company_Code", "j.Job_Number", "j.Customer_Code"),
        optional={"j": "the job's original contract cannot stand for one that Info-Link does not show"},
    ),
    columns=(
        company_column(),
        Column("customer_code", "code", "Customer (owner)", source="Customer_Code", key=True, required=True),
        Column("job_number", "code", "Job number", source="Job_Number", key=True, required=True),
        Column("contract_number", "code", "Contract number", source="Contract_Number"),
        Column("contract_description", "text", "Contract's description", source="Contract_Description"),
        Column(
            "price_method_code",
            "code",
            "F fixed price, T time and material, C cost plus, U unit price",
            source="Price_Method_Code",
        ),
        Column(
            "original_contract",
            "money",
            "Original contract amount; the job's, where Info-Link shows none of the contract",
            source=("Original_Contract_Amount", "Original_Contract", "j.Original_Contract"),
            required=True,
            blank="zero",
            assumed=True,
            without="contracts have no amount, neither of their own nor of the job",
        ),
        Column("contract_date", "date", "Date of the contract", source="Contract_Date"),
        Column("status_code", "code", "Status", source="Status_Code"),
        Column("retention_percent", "quantity", "Retention, in percent", source="Retention_Percent"),
        Column(
            "contracts_of_job",
            "integer",
            "How many prime contracts the job has; more than one breaks exports (I2)",
            derived=_CONTRACTS_OF_JOB,
        ),
        Column(
            "title",
            "text",
            "Title in Procore (I4)",
            derived="job_number || ' Prime Contract'",
        ),
        Column(
            "importable",
            "boolean",
            "Whether Procore can take it; see not_importable_reason",
            derived=f"price_method_code is distinct from 'U' and {_CONTRACTS_OF_JOB} = 1",
        ),
        Column(
            "not_importable_reason",
            "text",
            "Why Procore cannot take it; null when it can",
            derived="case when price_method_code = 'U' then 'unit price contracts are not supported' "
            f"when {_CONTRACTS_OF_JOB} > 1 then "
            "'the job has more than one prime contract: change orders could not be exported' end",
        ),
    ),
    checks=(
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
            "A negative contract, or one above ten billion: look at the contract in Spectrum.",
            minimum="0",
            maximum=LARGEST_AMOUNT,
        ),
        Check(
            "job_is_staged",
            "sql",
            ("job_number",),
            "warning",
            "A contract of a job that is not staged: sync the jobs, or look at the job in Spectrum.",
            query="job_is_staged.sql",
        ),
        Check(
            "lines_add_up",
            "sql",
            ("original_contract",),
            "warning",
            "The schedule of values does not add up to the contract (I4): correct one of them in Spectrum.",
            query="prime_contracts_lines_add_up.sql",
        ),
        Check(
            "one_contract_per_job",
            "sql",
            ("job_number",),
            "warning",
            "A job has more than one prime contract (I2): prime contract change orders of it cannot be exported.",
            query="prime_contracts_one_per_job.sql",
        ),
        Check(
            "retention_in_range",
            "between",
            ("retention_percent",),
            "warning",
            "A retention outside 0 to 100 percent: look at the contract in Spectrum.",
            minimum="0",
            maximum="100",
        ),
    ),
)

PRIME_CONTRACT_ITEMS = Table(
    name="prime_contract_items",
    comment="One row a billing item: a line of a fixed price contract's schedule of values.",
    infolink=InfoLink(tables={"i": "CR_BID_ITEM_DES_MC"}),
    columns=(
        company_column(),
        Column("customer_code", "code", "Customer (owner)", source="Customer_Code", key=True, required=True),
        Column("job_number", "code", "Job number", source="Job_Number", key=True, required=True),
        Column(
            "billing_item",
            "code",
            "Billing item",
            source=("Billing_Item", "Billing_Item_Code", "Bill_Item_Code", "Bid_Item_Number", "Bid_Item"),
            key=True,
            assumed=True,
            without="a contract's schedule of values is one line",
        ),
        Column("billing_description", "text", "What is billed", source="Billing_Description"),
        Column(
            "original_contract",
            "money",
            "Amount of the line",
            source=("Original_Contract", "Original_Contract_Amount", "Contract_Amount"),
            required=True,
            blank="zero",
            assumed=True,
            without="contracts have no schedule of values, so that their lines cannot be compared with them (I4)",
        ),
        Column("projected_revenue", "money", "Projected revenue of the line", source="Projected_Revenue"),
        Column("gl_account", "code", "Revenue account, without separators", source="GL_Account"),
        Column("cost_center", "code", "Cost center", source="Cost_Center"),
    ),
    checks=(
        Check(
            "line_in_range",
            "between",
            ("original_contract",),
            "warning",
            "A line beyond ten billion either way: look at the schedule of values in Spectrum.",
            minimum=f"-{LARGEST_AMOUNT}",
            maximum=LARGEST_AMOUNT,
        ),
        Check(
            "contract_is_there",
            "sql",
            ("job_number",),
            "warning",
            "A billing item without its prime contract: look at the contract in Spectrum.",
            query="contract_is_there.sql",
        ),
    ),
)

OBJECT = StagedObject(
    name="prime_contracts",
    title="Prime contracts",
    tables=(PRIME_CONTRACTS, PRIME_CONTRACT_ITEMS),
    schedule=Schedule.DAILY,
)
