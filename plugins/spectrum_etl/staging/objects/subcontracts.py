"""Subcontracts with their lines and change orders: what is committed, which the marts show beside budget and cost (M6).

Staged for analysts. Nothing of it goes to Procore: commitments are not imported there (A6).
"""

from spectrum_etl.model.spec import LARGEST_AMOUNT, Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

_VENDOR = Column("vendor_code", "code", "Vendor (subcontractor)", source="Vendor_Code", key=True, required=True)
_NUMBER = Column(
    "subcontract_number",
    "code",
    "Subcontract number, unique for a vendor",
    source="Subcontract_Number",
    key=True,
    required=True,
)
_PHASE = Column("phase_code", "code", "Phase, without separators", source="Phase_Code", key=True, required=True)
_COST_TYPE = Column("cost_type", "code", "Cost type", source="Cost_Type", key=True, required=True)


def _subcontract_is_there(what: str) -> Check:
    return Check(
        "subcontract_is_there",
        "sql",
        ("subcontract_number",),
        "warning",
        f"{what} of a subcontract that is not there, or belongs to another job: look at the subcontract in Spectrum.",
        query="subcontract_is_there.sql",
    )


def _phase_is_staged(what: str) -> Check:
    return Check(
        "phase_is_staged",
        "sql",
        ("phase_code",),
        "warning",
        f"{what} on a phase and cost type that is not among the staged project cost codes: sync those.",
        query="phase_is_staged.sql",
    )


SUBCONTRACTS = Table(
    name="subcontracts",
    comment="One row a subcontract: vendor and number. Its amounts are on its lines and changes.",
    infolink=InfoLink(tables={"s": "VN_SUBCONTRACT_MC"}),
    columns=(
        company_column(),
        Column("job_number", "code", "Job number; a subcontract has one", source="Job_Number", key=True, required=True),
        _VENDOR,
        _NUMBER,
        Column(
            "status_code",
            "code",
            "A active, I inactive, C complete; inactive ones are not counted as committed",
            source="Status_Code",
        ),
        Column("date_issued", "date", "When it was issued", source="Date_Issued"),
        Column("retention_percent", "quantity", "Retention, in percent", source="Retention_Percent"),
        Column("comment_1", "text", "Comment, first line", source=("Comment_1", "Comment")),
        Column("comment_2", "text", "Comment, second line", source="Comment_2"),
        Column("original_amount", "money", "Amount before changes, as Spectrum keeps it", source="Original_Amount"),
        Column("total_billed", "money", "Invoiced to date", source="Total_Billed"),
        Column("total_paid", "money", "Paid to date", source="Total_Paid"),
        Column("retention_balance", "money", "Retention that is not paid yet", source="Retention_Balance"),
    ),
    checks=(
        Check(
            "known_status",
            "in_set",
            ("status_code",),
            "warning",
            "A status that is not documented, counted as committed: report which one, with Spectrum's meaning of it.",
            values=("A", "I", "C"),
        ),
        Check(
            "job_is_staged",
            "sql",
            ("job_number",),
            "warning",
            "A subcontract of a job that is not staged: sync the jobs, or look at the job in Spectrum.",
            query="job_is_staged.sql",
        ),
        Check(
            "vendor_is_staged",
            "sql",
            ("vendor_code",),
            "warning",
            "A subcontract of a vendor that is not staged: sync the vendors, or look at the vendor in Spectrum.",
            query="vendor_is_staged.sql",
        ),
        Check(
            "retention_in_range",
            "between",
            ("retention_percent",),
            "warning",
            "A retention outside 0 to 100 percent: look at the subcontract in Spectrum.",
            minimum="0",
            maximum="100",
        ),
    ),
)

SUBCONTRACT_ITEMS = Table(
    name="subcontract_items",
    comment="One row a line of a subcontract: phase, cost type and, for unit price work, bid item. Amounts before "
    "changes.",
    infolink=InfoLink(
        query="subcontract_items.sql",
        tables={"i": "VN_SUBCONTRACT_PHASE_MC", "h": "VN_SUBCONTRACT_MC"},
        joined=("h.Company_Code", "h.Vendor_Code", "h.Subcontract_Number", "h.Job_Number"),
    ),
    columns=(
        company_column(),
        Column(
            "job_number",
            "code",
            "Job number of the subcontract; blank where the subcontract of the line is not there",
            source="h.Job_Number",
            key=True,
            may_be_blank=True,
        ),
        _VENDOR,
        _NUMBER,
        _PHASE,
        _COST_TYPE,
        Column(
            "bid_item_number",
            "code",
            "Bid item of unit price work; blank otherwise",
            source="Bid_Item_Number",
            key=True,
            may_be_blank=True,
        ),
        Column("original_contract_quantity", "quantity", "Quantity of the line", source="Original_Contract_Quantity"),
        Column("unit_price", "quantity", "Price of a unit", source="Unit_Price"),
        Column(
            "original_contract_amount",
            "money",
            "Amount of the line, before changes",
            source="Original_Contract_Amount",
            required=True,
            blank="zero",
        ),
        Column("amount_billed_to_date", "money", "Invoiced on the line to date", source="Amount_Billed_To_Date"),
        Column("bill_description", "text", "What the line is for", source="Bill_Description"),
    ),
    checks=(
        Check(
            "line_in_range",
            "between",
            ("original_contract_amount",),
            "warning",
            "A line beyond ten billion either way: look at the subcontract in Spectrum.",
            minimum=f"-{LARGEST_AMOUNT}",
            maximum=LARGEST_AMOUNT,
        ),
        _subcontract_is_there("A line, not counted as committed while it has no job,"),
        _phase_is_staged("A line"),
    ),
)

_CHANGES_WITHOUT = "the committed cost of subcontracts is known without their changes"
_STATUS_WITHOUT = "no change is known to be executed, so that none counts as committed"


def _assumed(name: str, comment: str, source: str, without: str) -> Column:
    """A part of the key of a change: none of its columns was seen at a real site."""
    return Column(name, "code", comment, source=source, key=True, assumed=True, without=without)


SUBCONTRACT_CHANGES = Table(
    name="subcontract_changes",
    comment="One row a line of a subcontract change order: change request, subcontract, phase and cost type.",
    infolink=InfoLink(
        query="subcontract_changes.sql",
        tables={"d": "VN_CHNG_REQ_SUB_DET_MC", "h": "VN_CHNG_REQ_SUB_HDR_MC"},
        joined=(
            "d.Company_Code",
            "h.Company_Code",
            "h.Job_Number?",
            "h.Change_Request_Number?",
            "h.Vendor_Code?",
            "h.Subcontract_Number?",
        ),
        optional={"d": _CHANGES_WITHOUT, "h": _STATUS_WITHOUT},
    ),
    columns=(
        company_column(),
        _assumed(
            "job_number", "Job number", "Job_Number", "changes belong to no job, so that none counts as committed"
        ),
        _assumed(
            "change_request_number",
            "Change request of the job",
            "Change_Request_Number",
            "the changes of a subcontract are one row a phase and cost type",
        ),
        _assumed("vendor_code", "Vendor (subcontractor)", "Vendor_Code", _CHANGES_WITHOUT),
        _assumed(
            "subcontract_number", "Subcontract number, unique for a vendor", "Subcontract_Number", _CHANGES_WITHOUT
        ),
        _assumed("phase_code", "Phase, without separators", "Phase_Code", _CHANGES_WITHOUT),
        _assumed("cost_type", "Cost type", "Cost_Type", _CHANGES_WITHOUT),
        Column(
            "sub_amount",
            "money",
            "Amount of the change; may be negative",
            source="Sub_Amount",
            required=True,
            blank="zero",
            assumed=True,
            without=_CHANGES_WITHOUT,
        ),
        Column(
            "sub_status",
            "code",
            "P proposed, E executed, R rejected; executed ones are counted as committed",
            source="h.Sub_Status",
            assumed=True,
            without=_STATUS_WITHOUT,
        ),
        Column(
            "sub_change_order_number",
            "code",
            "Subcontract change order number",
            source="h.Sub_Change_Order_Number",
        ),
    ),
    checks=(
        Check(
            "known_status",
            "in_set",
            ("sub_status",),
            "warning",
            "A status that is not documented, not counted as committed: report which one, with Spectrum's "
            "meaning of it.",
            values=("P", "E", "R"),
        ),
        Check(
            "status_is_there",
            "not_null",
            ("sub_status",),
            "warning",
            "A change without a status, not counted as committed: its change request has no such subcontract, or "
            "several of different status. Look at the change request in Spectrum.",
        ),
        Check(
            "change_in_range",
            "between",
            ("sub_amount",),
            "warning",
            "A change beyond ten billion either way: look at the change request in Spectrum.",
            minimum=f"-{LARGEST_AMOUNT}",
            maximum=LARGEST_AMOUNT,
        ),
        _subcontract_is_there("A change"),
        _phase_is_staged("A change"),
    ),
)

OBJECT = StagedObject(
    name="subcontracts",
    title="Subcontracts",
    tables=(SUBCONTRACTS, SUBCONTRACT_ITEMS, SUBCONTRACT_CHANGES),
    schedule=Schedule.EVERY_4_HOURS,
)
