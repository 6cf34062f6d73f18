"""The writing services and their elements as accountants call them.

What is not listed is shown by its own name, so that nothing is ever left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from spectrum_etl.exports.spectrum.services import SERVICES

#: What a call of each service writes.
SERVICE_TITLES: Mapping[str, str] = {
    "AddVendor": "New vendor",
    "UpdateVendor": "Vendor",
    "AddJob": "New job",
    "UpdateJob": "Job",
    "AddPhase": "Phases and cost types of the job",
    "JobCostProjections": "Projected costs of the job",
    "UpdateSubcontract": "New subcontract",
    "UpdateSubcontractPhases": "Lines of the subcontract",
    "ARChangeRequest": "New change request",
}

#: Money, by element: what its total is called. Every other number is no amount.
AMOUNTS: Mapping[str, str] = {
    "Original_Contract_Amount": "Contract amount",
    "Original_Contract": "Original contract",
    "Original_Est_Cost": "Original estimate",
    "Amount": "Projected cost at completion",
    "Change_Request_Amount": "Change of the estimate",
    "Sub_Amount": "Change of the subcontract",
    "CR_Revenue": "Revenue",
}

#: Elements that say which line of a document, or which phase of a job.
LINE_KEY = frozenset(
    {"Phase_Code", "Cost_Type", "Bid_Item_Number", "CR_Phase_Code", "CR_Cost_Type", "CR_Billing_Item_Code"}
)
#: What a line or phase is called: shown with it, though others be called the same.
LINE_TEXT = frozenset({"Description", "Bill_Description", "Sub_Description"})

_LABELS: Mapping[str, str] = {
    **AMOUNTS,
    "Alpha_Sort": "Sorted by",
    "Address_1": "Address",
    "Address_2": "Address, second line",
    "Approved_Date": "Approved on",
    "Bid_Item_Number": "Bid item",
    "Bill_Description": "Description",
    "CR_Additional_Description": "Revenue description",
    "CR_Billing_Item_Code": "Billing item",
    "CR_Cost_Type": "Cost type",
    "CR_Description": "Description",
    "CR_Phase_Code": "Phase",
    "CR_Status": "Status",
    "Change_Request_Hours": "Hours",
    "Change_Request_Number": "Change request",
    "Customer_Code": "Customer",
    "Fax_Phone": "Fax",
    "GL_Account": "G/L account",
    "Job_Description": "Name",
    "Job_Number": "Job",
    "Phase_Code": "Phase",
    "Price_Method_Code": "Price method",
    "Retention_Percent": "Retention in percent",
    "Status_Code": "Status",
    "Sub_Description": "Subcontract description",
    "Sub_Status": "Subcontract status",
    "Subcontract_Number": "Subcontract",
    "Subcontractor_Code": "Vendor",
    "Taxable_Flag": "Taxable",
    "Terms_Code": "Terms",
    "Terms_Days": "Terms, days",
    "Terms_Disc_Code": "Terms, discount",
    "Transaction_Date": "Projection date",
    "Unit_Price_Flag": "Unit prices",
    "Vendor_Code": "Vendor",
    "Vendor_Email": "E-mail",
    "Vendor_Name": "Name",
    "Zip_Code": "ZIP code",
}
#: Where one element means something else than in the other services.
_OF_SERVICE: Mapping[tuple[str, str], str] = {
    ("AddVendor", "Address_3"): "City",
    ("AddVendor", "Type"): "Vendor type",
    ("AddVendor", "Vendor_Code"): "Vendor code",
}


def label(service: str, element: str) -> str:
    """An element in words."""
    found = _OF_SERVICE.get((service, element)) or _LABELS.get(element)
    return found or element.replace("_", " ").capitalize()


def place(service: str, element: str) -> int:
    """Where an element stands among those of its service, as documented; unknown ones come last.

    The warehouse keeps the elements of a call in no order of theirs.
    """
    elements = SERVICES[service].elements if service in SERVICES else {}
    return list(elements).index(element) if element in elements else len(elements)
