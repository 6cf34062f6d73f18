"""Change requests of prime contracts: header, cost and revenue, and what their statuses mean; for analysts.

The subcontract side of a change request is staged with the subcontracts, and what its cost does to an estimate with the
budgets.
"""

from spectrum_etl.model.spec import LARGEST_AMOUNT, Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule
from spectrum_etl.sources.infolink.published import REQUEST_STATUS, REVENUE_ITEM, STATUS_CODE

_JOB = Column("job_number", "code", "Job number", source="Job_Number", key=True, required=True)
_CUSTOMER = Column(
    "customer_code", "code", "Customer whose contract is changed", source="Customer_Code", key=True, required=True
)
_NUMBER = Column(
    "change_request_number",
    "code",
    "Change request, one number for all customers of a job",
    source="Change_Request_Number",
    key=True,
    required=True,
)


def _request_is_there(what: str) -> Check:
    return Check(
        "request_is_there",
        "sql",
        ("change_request_number",),
        "warning",
        f"{what} of a change request that is not there: look at the change request in Spectrum.",
        query="change_request_is_there.sql",
    )


def _in_range(column: str, what: str) -> Check:
    return Check(
        "amount_in_range",
        "between",
        (column,),
        "warning",
        f"{what} beyond ten billion either way: look at the change request in Spectrum.",
        minimum=f"-{LARGEST_AMOUNT}",
        maximum=LARGEST_AMOUNT,
    )


CHANGE_REQUESTS = Table(
    name="change_requests",
    comment="One row a change request of a job and customer. It is a change order once it has a change order number.",
    infolink=InfoLink(tables={"h": "CR_CHNG_REQ_HDR_MC"}),
    columns=(
        company_column(),
        _JOB,
        _CUSTOMER,
        _NUMBER,
        Column("cr_description", "text", "What is changed", source="CR_Description"),
        Column("status", "code", "Status; change_request_statuses says what it means", source=REQUEST_STATUS),
        Column(
            "change_order_number",
            "code",
            "Change order; null while the request is in none",
            source="Change_Order_Number",
        ),
        Column("origination_date", "date", "When it was entered", source="Origination_Date"),
        Column("approved_date", "date", "When it was approved", source="Approved_Date"),
    ),
    checks=(
        Check(
            "status_is_there",
            "not_null",
            ("status",),
            "warning",
            "A change request without a status, so it is not known whether it counts: enter it in Spectrum.",
        ),
        Check(
            "known_status",
            "sql",
            ("status",),
            "warning",
            "A status that the company has not defined, so it is not known whether the change request counts: "
            "correct it in Spectrum.",
            query="change_request_status_is_known.sql",
        ),
        Check(
            "one_customer_a_number",
            "sql",
            ("change_request_number",),
            "warning",
            "A job has a change request of the same number for several customers: Spectrum numbers them as one (H2).",
            query="change_requests_one_customer.sql",
        ),
        Check(
            "approved_after_entered",
            "ordered",
            ("origination_date", "approved_date"),
            "warning",
            "A change request that was approved before it was entered: look at its dates in Spectrum.",
        ),
        Check(
            "job_is_staged",
            "sql",
            ("job_number",),
            "warning",
            "A change request of a job that is not staged: sync the jobs, or look at the job in Spectrum.",
            query="job_is_staged.sql",
        ),
        Check(
            "customer_is_staged",
            "sql",
            ("customer_code",),
            "warning",
            "A change request of a customer that is not staged: sync the customers, or look at it in Spectrum.",
            query="customer_is_staged.sql",
        ),
        Check(
            "contract_is_there",
            "sql",
            ("customer_code",),
            "warning",
            "A change request of a customer who has no prime contract for the job: it changes no contract. Look at "
            "the contract in Spectrum.",
            query="contract_is_there.sql",
        ),
    ),
)

CHANGE_REQUEST_COSTS = Table(
    name="change_request_costs",
    comment="One row a change request, phase and cost type: the cost of the change. Lines without a phase are one row, "
    "with their amounts added up.",
    # Phase and cost type tell lines apart, which Spectrum sees to; but several of a proposed request may have none yet.
    infolink=InfoLink(tables={"d": "CR_CHNG_REQ_CON_DET_MC"}, added_up=True),
    columns=(
        company_column(),
        _JOB,
        _CUSTOMER,
        _NUMBER,
        Column(
            "phase_code",
            "code",
            "Phase, without separators; blank while nobody knows it",
            source="Phase_Code",
            key=True,
            required=True,
            may_be_blank=True,
        ),
        Column(
            "cost_type",
            "code",
            "Cost type; blank while nobody knows it",
            source="Cost_Type",
            key=True,
            required=True,
            may_be_blank=True,
        ),
        Column("change_request_quantity", "quantity", "Quantity of the change", source="Change_Request_Quantity"),
        Column("change_request_hours", "quantity", "Hours of the change", source="Change_Request_Hours"),
        Column(
            "change_request_amount",
            "money",
            "Cost of the change; may be negative",
            source="Change_Request_Amount",
            required=True,
            blank="zero",
        ),
    ),
    checks=(
        _request_is_there("A cost line"),
        Check(
            "phase_is_staged",
            "sql",
            ("phase_code",),
            "warning",
            "A cost line on a phase and cost type that is not among the staged project cost codes: sync those.",
            query="phase_is_staged.sql",
        ),
        Check(
            "change_order_has_a_phase",
            "sql",
            ("phase_code",),
            "warning",
            "A cost line of a change order without a phase or cost type, which is in no estimate: enter them in "
            "Spectrum.",
            query="change_request_costs_have_a_phase.sql",
            amount="change_request_amount",
        ),
        _in_range("change_request_amount", "The cost of a change"),
    ),
)


def _assumed(column: Column, without: str) -> Column:
    """A part of the key of a revenue line: none of its columns was seen at a real site."""
    return Column(
        column.name, column.type, column.comment, source=column.source, key=True, assumed=True, without=without
    )


CHANGE_REQUEST_REVENUES = Table(
    name="change_request_revenues",
    comment="One row a change request and billing item: the revenue of the change, several lines of an item added up.",
    infolink=InfoLink(tables={"r": "CR_CHNG_REQ_REV_MC"}, added_up=True),
    columns=(
        company_column(),
        _assumed(_JOB, "the revenue of changes belongs to no job, so that no contract is known to be changed by it"),
        _assumed(_CUSTOMER, "the revenue of changes is that of the job, whichever customer's"),
        _assumed(_NUMBER, "the revenue of approved changes cannot be told from that of proposed ones"),
        Column(
            "billing_item",
            "code",
            "Billing item of the contract; blank where there is none",
            source=REVENUE_ITEM,
            key=True,
            may_be_blank=True,
            assumed=True,
            without="the revenue of a change is one amount, for whatever items",
        ),
        Column(
            "description", "text", "What is billed; null where several lines of an item differ", source="Description"
        ),
        Column(
            "cr_revenue",
            "money",
            "Revenue of the change; may be negative",
            source="CR_Revenue",
            required=True,
            blank="zero",
        ),
    ),
    checks=(
        _request_is_there("A revenue line"),
        Check(
            "billing_item_is_staged",
            "sql",
            ("billing_item",),
            "warning",
            "Revenue on a billing item that the contract does not have: sync the prime contracts, or correct the "
            "change request in Spectrum.",
            query="billing_item_is_staged.sql",
        ),
        _in_range("cr_revenue", "The revenue of a change"),
    ),
)

CHANGE_REQUEST_STATUSES = Table(
    name="change_request_statuses",
    comment="One row a status of change requests, as the company has defined it.",
    infolink=InfoLink(tables={"s": "CR_CHNG_REQ_STATUS_MC"}),
    columns=(
        company_column(),
        Column(
            "status_code",
            "code",
            "Status, as change_requests.status has it",
            source=STATUS_CODE,
            key=True,
            required=True,
        ),
        Column("description", "text", "What it is called", source="Description"),
        Column(
            "cr_type",
            "code",
            "Type of the status; 1, 2 and 5 count towards the current estimate unless the settings say otherwise",
            source="CR_Type",
        ),
    ),
    checks=(
        Check(
            "known_type",
            "in_set",
            ("cr_type",),
            "warning",
            "An unknown type of status: report which one, with Spectrum's meaning of it.",
            values=("1", "2", "3", "4", "5"),
        ),
        Check(
            "type_is_there",
            "not_null",
            ("cr_type",),
            "warning",
            "A status without a type counts towards no estimate: enter it in Spectrum.",
        ),
    ),
)

OBJECT = StagedObject(
    name="change_requests",
    title="Change requests",
    tables=(CHANGE_REQUESTS, CHANGE_REQUEST_COSTS, CHANGE_REQUEST_REVENUES, CHANGE_REQUEST_STATUSES),
    schedule=Schedule.DAILY,
)
