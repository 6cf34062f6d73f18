"""Where Info-Link holds what the writing services write: tables, columns, and the elements they hold.

Columns are named as elements of the services where they hold one. Left out on purpose is what cannot be compared: a
phase's price method (J, the job's, is not stored as J for certain), the note of a projection (not kept where its amount
changes nothing), the comment of a subcontract (two columns; where a long one is divided is not published), and the
description of a revenue line (which of two elements it holds is not published).

Names were seen at real sites or are assumed; those that a column may have are listed in the order in which they are
tried, and a column that is not there is not compared (M4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from spectrum_etl.sources.infolink.lookup import Lookup
from spectrum_etl.sources.infolink.published import REQUEST_STATUS, REVENUE_ITEM, STATUS_CODE

#: Info-Link and AddVendor call the city so.
CITY = "Address_3"
_STATUS = ("Status", "Status_Code")


def _lookup(
    table: str,
    required: Iterable[str],
    optional: Iterable[str] = (),
    renamed: Mapping[str, str | tuple[str, ...]] | None = None,
    *,
    assumed: bool = False,
) -> Lookup:
    """A lookup whose names are its columns, but for those that are `renamed`."""
    needed = ("Company_Code", *required)
    columns: dict[str, str | tuple[str, ...]] = {name: name for name in (*needed, *optional)}
    return Lookup(table, {**columns, **(renamed or {})}, frozenset(needed), assumed)


#: Whatever their status: an inactive vendor keeps its code. Tax ids and bank accounts are never selected.
VENDORS = _lookup(
    "VN_VENDOR_MASTER_MC",
    ("Vendor_Code", "Vendor_Name"),
    (
        "Alpha_Sort",
        "Type",
        "Address_1",
        "Address_2",
        "State",
        "Zip_Code",
        "Phone",
        "Fax_Phone",
        "Vendor_Email",
        "Terms_Code",
        "Terms_Days",
        "Hold_Flag",
        "Insurance_Exp_Date",
    ),
    {"City": CITY, "Status": _STATUS},
)
#: AddVendor calls the city as Info-Link does; a new vendor's status is not sent.
NEW_VENDORS = Lookup(
    VENDORS.table,
    {**{n: c for n, c in VENDORS.columns.items() if n not in {"City", "Status"}}, CITY: CITY},
    VENDORS.required,
)
#: Whatever their status: a complete job's number is taken too.
JOBS = _lookup(
    "JC_JOB_MASTER_MC",
    ("Job_Number", "Job_Description", "Status_Code"),
    (
        "Division",
        "Address_1",
        "Address_2",
        "City",
        "State",
        "Zip_Code",
        "Phone",
        "Project_Manager",
        "Superintendent",
        "Estimator",
        "Customer_Code",
        "Contract_Number",
        "Original_Contract",
        "Price_Method_Code",
        "Cost_Center",
        "Master_Job",
        "Est_Start_Date",
        "Est_Complete_Date",
        "Start_Date",
        "Complete_Date",
        "Create_Date",
        "Taxable_Flag",
        "WO_Site",
        "Latitude",
        "Longitude",
    ),
)
#: One row a phase and cost type, complete ones included.
PHASES = _lookup(
    "JC_PHASE_MASTER_MC",
    ("Job_Number", "Phase_Code", "Cost_Type", "Description", "Status_Code", "Original_Est_Cost"),
    ("Unit_of_Measure", "Original_Est_Quantity", "Original_Est_Hours"),
    {"Phase_Cost_Center": ("Phase_Cost_Center", "Cost_Center")},
)
#: Also what is known of a phase but not compared: its price method, and how its projection is worked out.
PHASES_IN_FULL = Lookup(
    PHASES.table,
    {**PHASES.columns, "Price_Method_Code": "Price_Method_Code", "Projected_Cost_Code": "Projected_Cost_Code"},
    PHASES.required,
)
#: Rows are increments: what is projected on a day is the sum up to it, rows of change orders included.
PROJECTIONS = Lookup(
    "JC_PROJ_COST_HISTORY_MC",
    {
        "Company_Code": "Company_Code",
        "Job_Number": ("Job", "Job_Number"),
        "Phase_Code": ("Phase", "Phase_Code"),
        "Cost_Type": "Cost_Type",
        "Transaction_Date": "Transaction_Date",
        "Amount": ("Amount", "Projected_Cost"),
        "Projected_Hours": "Projected_Hours",
        "Projected_Quantity": "Projected_Quantity",
    },
    frozenset({"Company_Code", "Job_Number", "Phase_Code", "Cost_Type"}),
)
#: A subcontract's number is unique per vendor only.
SUBCONTRACTS = _lookup(
    "VN_SUBCONTRACT_MC",
    ("Vendor_Code", "Subcontract_Number"),
    ("Job_Number", "Status_Code", "Date_Issued", "Retention_Percent"),
)
#: One phase and cost type may have several lines: different billing items make different ones.
SUBCONTRACT_LINES = _lookup(
    "VN_SUBCONTRACT_PHASE_MC",
    ("Vendor_Code", "Subcontract_Number", "Phase_Code", "Cost_Type", "Original_Contract_Amount"),
    ("Bid_Item_Number", "Original_Contract_Quantity", "Unit_Price"),
)
_REQUEST = ("Job_Number", "Customer_Code", "Change_Request_Number")
#: One by its key, or those of a job, to find numbers that are taken.
CHANGE_REQUESTS = _lookup(
    "CR_CHNG_REQ_HDR_MC",
    _REQUEST,
    ("CR_Description", "Origination_Date", "Approved_Date"),
    {"CR_Status": REQUEST_STATUS},
)
CHANGE_REQUEST_COSTS = _lookup(
    "CR_CHNG_REQ_CON_DET_MC",
    (*_REQUEST, "CR_Phase_Code", "CR_Cost_Type", "Change_Request_Amount"),
    ("Change_Request_Quantity", "Change_Request_Hours"),
    {"CR_Phase_Code": "Phase_Code", "CR_Cost_Type": "Cost_Type"},
)
CHANGE_REQUEST_REVENUES = _lookup(
    "CR_CHNG_REQ_REV_MC",
    (*_REQUEST, "CR_Billing_Item_Code"),
    ("CR_Revenue",),
    {"CR_Billing_Item_Code": REVENUE_ITEM},
    assumed=True,
)
_SUBCONTRACT_SIDE = ("Job_Number", "Change_Request_Number", "Subcontractor_Code", "Subcontract_Number")
#: As change requests are looked up; the table names no customer.
CHANGE_REQUEST_SUBCONTRACTS = _lookup(
    "VN_CHNG_REQ_SUB_HDR_MC",
    _SUBCONTRACT_SIDE,
    ("Sub_Status", "Sub_Change_Order_Number"),
    {"Subcontractor_Code": "Vendor_Code"},
    assumed=True,
)
#: These end up in the subcontract change order log.
CHANGE_REQUEST_SUBCONTRACT_LINES = _lookup(
    "VN_CHNG_REQ_SUB_DET_MC",
    (*_SUBCONTRACT_SIDE, "CR_Phase_Code", "CR_Cost_Type"),
    ("Sub_Amount",),
    {"Subcontractor_Code": "Vendor_Code", "CR_Phase_Code": "Phase_Code", "CR_Cost_Type": "Cost_Type"},
    assumed=True,
)
#: One a customer: a contract of Procore is linked to the one of the job.
CONTRACTS = _lookup(
    "CR_CONTRACT_MASTER_MC",
    ("Customer_Code", "Job_Number"),
    ("Contract_Number", "Price_Method_Code", "Status_Code"),
    {"Original_Contract": ("Original_Contract_Amount", "Original_Contract")},
)
#: Those of a job's prime contract: a change request can only change those that are there.
BILLING_ITEMS = _lookup(
    "CR_BID_ITEM_DES_MC",
    ("Customer_Code", "Job_Number", "Billing_Item"),
    ("Billing_Description", "Projected_Revenue", "GL_Account", "Cost_Center"),
    {
        "Billing_Item": ("Billing_Item", "Billing_Item_Code", "Bill_Item_Code", "Bid_Item_Number", "Bid_Item"),
        "Original_Contract": ("Original_Contract", "Original_Contract_Amount", "Contract_Amount"),
    },
    assumed=True,
)
#: The same rows for their amounts, which can be added up where nobody can tell the items apart.
SCHEDULE_OF_VALUES = replace(BILLING_ITEMS, required=frozenset({"Company_Code", "Job_Number", "Original_Contract"}))
CHANGE_REQUEST_STATUSES = _lookup(
    "CR_CHNG_REQ_STATUS_MC",
    ("Status_Code",),
    (),
    {"Status_Code": STATUS_CODE},
)
COST_TYPES = _lookup("JC_COST_TYPE_MASTER_MC", ("Cost_Type",))
