"""The writing services of Spectrum as data: their keys, and type and length of every element.

Source: the layouts of the vendor's help pages, below `PAGES`, one page a service (names in `Service.page`). Tax, social
insurance and bank elements and the payroll options of jobs are left out on purpose: this package never sends them. What
an installation really takes is read from its WSDL when a call is sent (`sources.sdx.write`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

#: Values of a phase's Projected_Cost_Code with which Spectrum works its projection out itself, by unit costs: an entry
#: by JobCostProjections is not what is shown then.
WORKED_OUT = frozenset({"E", "A"})

PAGES = "https://help.trimble.com/en/spectrum/spectrum/api-web-services/list-of-web-services"

Kind = Literal["text", "digits", "number", "date"]


@dataclass(frozen=True)
class Element:
    """One element of a writing service.

    Args:
        name: as documented.
        kind: `digits` is a code of only digits, such as a G/L account.
        length: most characters, the sign and the decimal point included.
        whole: most digits before the decimal point; None where only the length is documented. Numbers only.
        decimals: most digits behind it. Numbers only.
        signed: whether it may be negative. Numbers only.
        required: whether it has to be sent always, only for a new record, or never.
        values: those allowed; empty means any.
    """

    name: str
    kind: Kind
    length: int
    whole: int | None = None
    decimals: int = 0
    signed: bool = False
    required: Literal["always", "new", ""] = ""
    values: tuple[str, ...] = ()

    @property
    def limit(self) -> str:
        """What is allowed, in words."""
        if self.values:
            return f"one of {', '.join(self.values)}"
        if self.kind == "date":
            return "a date from 1900 on"
        if self.kind == "number":
            sign = "" if self.signed else "not negative, "
            digits = f"{self.length} characters" if self.whole is None else f"{self.whole} digits"
            return f"{sign}at most {digits}{f' and {self.decimals} decimals' if self.decimals else ', no decimals'}"
        return f"at most {self.length} {'digits' if self.kind == 'digits' else 'characters'}"


@dataclass(frozen=True)
class Service:
    """One writing service: one call writes one record or one line of a document.

    Args:
        name: of service and method.
        page: of the documentation, below `PAGES`.
        document_key: the elements that say which record, for a document with lines: which document.
        line_key: the elements that, where they are sent, say which line.
        elements: by name.
    """

    name: str
    page: str
    document_key: tuple[str, ...]
    line_key: tuple[str, ...]
    elements: Mapping[str, Element]

    @property
    def key(self) -> tuple[str, ...]:
        """All elements that can be part of a key."""
        return self.document_key + self.line_key


def _elements(layout: str) -> Iterator[Element]:
    for entry in filter(None, (entry.strip() for entry in layout.replace("\n", " ").split(","))):
        names, form = entry.split(" ")
        first, _, last = names.partition("..")
        if not last:
            yield _element(first, form)
            continue
        stem = first.removesuffix("1")
        for number in range(1, int(last.removeprefix(stem)) + 1):
            yield _element(f"{stem}{number}", form)


def _element(name: str, form: str) -> Element:
    """`30` text, `#12` digits, `date`, `-10.2` signed with 10 and 2 digits, `n12.2` 12 characters with 2 decimals.

    `!` is required always, `+` for a new record; `=A/B` are the values allowed.
    """
    form, _, values = form.partition("=")
    required: Literal["always", "new", ""] = "always" if "!" in form else "new" if "+" in form else ""
    form = form.strip("!+")
    allowed = tuple(values.split("/")) if values else ()
    if form == "date":
        return Element(name, "date", 10, required=required)
    if form[0] == "#":
        return Element(name, "digits", int(form[1:]), required=required, values=allowed)
    if form[0] == "n":
        length, decimals = map(int, form[1:].split("."))
        return Element(name, "number", length, None, decimals, signed=True, required=required, values=allowed)
    number = re.fullmatch(r"(-?)(\d+)\.(\d+)", form)
    if number:
        sign, whole, decimals = number[1], int(number[2]), int(number[3])
        length = len(sign) + whole + (1 + decimals if decimals else 0)
        return Element(name, "number", length, whole, decimals, bool(sign), required, allowed)
    return Element(name, "text", int(form), required=required, values=allowed)


_VENDOR = ("Company_Code", "Vendor_Code")
_JOB = ("Company_Code", "Job_Number")
_SUBCONTRACT = (*_VENDOR, "Subcontract_Number")
_PHASE = (*_JOB, "Phase_Code", "Cost_Type")

#: name: (page, key of the record or document, key of its line, layout). Where a page gives only a number's length,
#: the sign is one of its characters; Division and Cost_Center_Override are codes, whatever their documented type.
_DOCUMENTED: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], str]] = {
    "AddVendor": (
        "accounts-payable-services/add-vendor",
        _VENDOR,
        (),
        """
        Company_Code 3!, Vendor_Code 10!, Vendor_Name 30!, Alpha_Sort 6!, Type 6, Address_1 30, Address_2 30,
        Address_3 25, State 2, Zip_Code 10, Phone 14, Fax_Phone 14, Contact_Name 20, Our_Account_Number 25,
        Terms_Code 1!=A/B, Terms_Days 3.0!, Terms_Disc_Code 1!=A/B, Terms_Disc_Days 3.0, Terms_Disc_Percent 3.2,
        Insurance_Cert_Flag 1=Y/N, Insurance_Exp_Date date, Hold_Flag 1=Y/N, Default_GL_Account #12,
        GL_Distribution_Acct_List1..GL_Distribution_Acct_List10 #12,
        GL_Distrib_Percent_List1..GL_Distrib_Percent_List10 n5.2, Use_Tax_Code 15, Send_1099_Flag 1=Y/N,
        Alt_1099_Name 30, Fed_1099_Indicator 1=1/2/3/4/5/6/7/8/9/A, Disadv_Business_Flag 1=Y/N,
        Disadv_Business_Type 10, Routing_Code1 10, Routing_Code2 10, Routing_Limit 10.2, Vendor_Email 80,
        Contact_Phone 14, UDF1..UDF20 20
        """,
    ),
    "UpdateVendor": (
        "accounts-payable-services/update-vendor",
        _VENDOR,
        (),
        """
        Company_Code 3, Vendor_Code 10!, Vendor_Name 30, Alpha_Sort 6, Type 6, Our_Account_Number 25, Address_1 30,
        Address_2 30, City 25, State 2, Zip_Code 10, Addr_Country 25, Phone 14, Fax_Phone 14, Vendor_Email 80,
        Web_Site 80, Disadv_Business_Flag 1=Y/N, Disadv_Business_Type 10, Small_Business 1=Y/N,
        Minority_Business 1=Y/N, Woman_Business 1=Y/N, Veteran_Business 1=Y/N, Status 1=A/I/N, Routing_Code1 10,
        Routing_Limit 10.2, Routing_Code2 10, Use_Tax_Code 15, Default_GL_Account #12, Hold_Flag 1=Y/N,
        GL_Distribution_Acct_List1..GL_Distribution_Acct_List10 #12,
        GL_Distrib_Percent_List1..GL_Distrib_Percent_List10 n5.2, Terms_Code 1=A/B, Terms_Days 3.0,
        Terms_Disc_Code 1=A/B, Terms_Disc_Days 3.0, Terms_Disc_Percent 3.2, Insurance_Cert_Flag 1=Y/N,
        Insurance_Exp_Date date, PO_Method 1=1/2, Send_1099_Flag 1=Y/N, Alt_1099_Name 30,
        Fed_1099_Indicator 1=1/2/3/4/5/6/7/8/9/A, Override_Currency_Code 3
        """,
    ),
    "AddJob": (
        "job-cost-services/add-job",
        _JOB,
        (),
        """
        Company_Code 3!, Job_Number 10!, Job_Description 25, Division 5, Address_1 30, Address_2 30, City 25,
        State 2, Zip_Code 10, Phone 14, Fax_Phone 14, Job_Site_Phone 14, Superintendent 15, Estimator 15,
        Project_Manager 15, Customer_Code 10, Contract_Number 30, Job_Type 10, Tax_Class_Code 15,
        Taxable_Flag 1!=Y/N, Total_Units 9.0, Unit_of_Measure 5, Certified_Flag 1=Y/N, Work_Comp_Code 6,
        Wage_Rate_Level 1=1/2/3/4/5/6/7/8/9, Price_Method_Code 1!=F/T/C/U, Est_Start_Date date,
        Est_Complete_Date date, Start_Date date, Complete_Date date, Work_State_Tax_Code 10,
        Work_County_Tax_Code 10, Work_Local_Tax_Cod 10, Original_Contract n14.2, WO_Site 10, Latitude -3.6,
        Longitude -3.6, Track_Davis_Bacon 1=Y/N, Track_Prevailing_Wage 1=Y/F/N, Create_Date date, UDF1..UDF20 20,
        Cost_Center 10, Master_Job 10, Bill_From_Master 1=Y/N, Standard_Phase_Category 10, Phase_Display_Code 20,
        Major_Group_Start 2.0, Major_Group_End 2.0, Minor_Group_Start 2.0, Minor_Group_End 2.0,
        Status_Code 1=A/I/C
        """,
    ),
    "UpdateJob": (
        "job-cost-services/update-job",
        _JOB,
        (),
        """
        Company_Code 3!, Job_Number 10!, Job_Description 25, Division 5, Address_1 30, Address_2 30, City 25,
        State 2, Zip_Code 10, Phone 14, Fax_Phone 14, Job_Site_Phone 14, Superintendent 15, Estimator 15,
        Project_Manager 15, Customer_Code 10, Contract_Number 30, Job_Type 10, Tax_Class_Code 15,
        Taxable_Flag 1=Y/N, Total_Units 9.0, Unit_of_Measure 5, Certified_Flag 1=Y/N, Work_Comp_Code 6,
        Wage_Rate_Level 1=1/2/3/4/5/6/7/8/9, Price_Method_Code 1=F/T/C/U, Est_Start_Date date,
        Est_Complete_Date date, Start_Date date, Complete_Date date, Work_State_Tax_Code 10,
        Work_County_Tax_Code 10, Work_Local_Tax_Code 10, Original_Contract n14.2, WO_Site 10, Latitude -3.6,
        Longitude -3.6, Track_Davis_Bacon 1=Y/N, Track_Prevailing_Wage 1=Y/F/N, Create_Date date, Cost_Center 10,
        Master_Job 10, Bill_From_Master 1=Y/N, Standard_Phase_Category 10, Phase_Display_Code 20,
        Major_Group_Start 2.0, Major_Group_End 2.0, Minor_Group_Start 2.0, Minor_Group_End 2.0,
        Status_Code 1=A/I/C, Owner_Name 50, Comment 125, Reports_Calc_Override 1=Y/N,
        Entered_Percent_Complete 3.1, Entered_Projected_Cost -10.2, Legal_Desc 350, Job_Oh_Batch_Code 10,
        Routing_Code1 10, Routing_Limit 10.2, Routing_Code2 10, PO_Ship_Name 30, PO_Ship_Address1 30,
        PO_Ship_Address2 30, PO_Ship_City 25, PO_Ship_State 2, PO_Ship_Zip_Code 10, PO_Ship_Country 25,
        PO_Ship_Comment 250, Earned_Calc_Type 1=P/B/C/M, Under_Billed -8.2, Cost_Markup_Percent 3.1,
        Job_Pay_When_Paid 1=Y/N, Certified_Project_ID 50
        """,
    ),
    "AddPhase": (
        "job-cost-services/add-job-phase",
        _PHASE,
        (),
        """
        Company_Code 3, Job_Number 10!, Phase_Code 20!, Description 25+, Cost_Type 3!,
        Original_Est_Quantity n11.2, Unit_of_Measure 3, Original_Est_Cost n12.2, Original_Est_Hours n10.2,
        Bid_Item_Number 10, Alt_Phase_Code 20, Work_Comp_Code 6, Price_Method_Code 1!=F/T/C/U/J,
        Phase_Cost_Center 10, Current_Est_Hours n10.2, Current_Est_Quantity n11.2, Current_Est_Cost n12.2,
        Status_Code 1=A/I/C
        """,
    ),
    "JobCostProjections": (
        "job-cost-services/job-cost-projections",
        (*_PHASE, "Transaction_Date"),
        (),
        """
        Company_Code 3, Job_Number 10!, Phase_Code 20!, Cost_Type 3!, Transaction_Date date!, Amount -10.2,
        Projected_Hours -10.2, Projected_Quantity -10.2, Note 80, Operator 3
        """,
    ),
    "UpdateSubcontract": (
        "accounts-payable-services/add-subcontract",
        _SUBCONTRACT,
        (),
        """
        Company_Code 3!, Vendor_Code 10!, Subcontract_Number 10!, Job_Number 10+, Default_Phase_Code 20,
        Default_Cost_Type 3, Status_Code 1=A/I/C, Contract_Type 15, Insurance_Cert_Flag 1=Y/N/A, Sent_Date date,
        Date_Issued date, Contact_Person 20, Unit_Price_Flag 1=Y/N, Comment 120, Routing_Code1 10,
        Routing_Limit 10.2, Routing_Code2 10, GL_Account #12+, Retention_Percent 2.1, Next_Payment_Number 5.0,
        Pay_Override 1=Y/N, Pay_Terms 1=A/B, Pay_Days 3.0, Disc_Override 1=Y/N, Disc_Terms 1=A/B, Disc_Days 3.0,
        Disc_Perc 3.2, Pay_When_Paid 1=Y/N, Cost_Center_Override 10
        """,
    ),
    "UpdateSubcontractPhases": (
        "accounts-payable-services/add-subcontract-phases",
        _SUBCONTRACT,
        ("Phase_Code", "Cost_Type", "Bid_Item_Number"),
        """
        Company_Code 3!, Vendor_Code 10!, Subcontract_Number 10!, Phase_Code 20, Cost_Type 3, Bid_Item_Number 10,
        Bill_Description 25, Unit_Of_Measure 3, Retention_Flag 1=Y/N, Unit_Price -6.4,
        Original_Contract_Quantity -8.2, Original_Contract_Amount -9.2
        """,
    ),
    "ARChangeRequest": (
        "accounts-receivable-services/add-ar-change-request",
        (*_JOB, "Customer_Code", "Change_Request_Number"),
        ("CR_Phase_Code", "CR_Cost_Type", "Subcontractor_Code", "Subcontract_Number", "CR_Billing_Item_Code"),
        """
        Company_Code 3!, Job_Number 10!, Customer_Code 10!, Change_Request_Number 8!, CR_Description 250,
        CR_Status 2+, Cost_Reimbursable_Flag 1=Y/N, Origination_Date date, Approved_Date date, Fee_Percent -3.2,
        Fee_Amount -8.2, CR_Phase_Code 20, CR_Cost_Type 3, Change_Request_Quantity -7.2,
        Change_Request_Hours -6.2, Change_Request_Amount -10.2, Subcontractor_Code 10, Subcontract_Number 10,
        Sub_Amount -10.2, Sub_Bid_Group_Item_Code 2, Sub_Bid_Item_Code 11, Sub_Status 1=P/E/R,
        Sub_Change_Order_Number 8, Sub_Change_Order_Date date, Sub_Signed_Date date, Sub_Description 30,
        Sub_Type 15, Sub_Proposal_Date date, Sub_Sent_Date date, Sub_Due_Date date, Sub_Comments 250,
        Markup_Cost_Type 3, Markup_Percent 3.2, Markup_Amount -10.2, Pricing_Addon_Code 10,
        Pricing_Addon_MU_Percent 3.2, Pricing_Addon_MU_Amount -10.2, Pricing_Addon_Phase 20,
        Pricing_Addon_Cost_Type 3, CR_Billing_Group_Code 2, CR_Billing_Item_Code 11,
        CR_Billing_Item_Description 30, CR_Additional_Description 40, CR_Unit_Price -5.4, CR_Quantity -7.2,
        CR_Revenue -10.2, Proceed_Submitted_Date date, Proceed_Received_Date date, Rough_Estimate -8.2,
        Quotation_Submitted_Date date, Quotation_Due_Date date, Requested_Days -3.0, Approved_Days -3.0,
        Default_Billing_Total 1=Y/N
        """,
    ),
}

#: By name. `Change_Request_Number` is required here though a blank one is documented to be numbered automatically: a
#: key that Spectrum chooses cannot be looked up after a lost answer, and every line would become a request of its own.
#: Hours, amount and subcontractor are flagged required on that page, whose text lets them be blank.
SERVICES: dict[str, Service] = {
    name: Service(name, page, document, line, {element.name: element for element in _elements(layout)})
    for name, (page, document, line, layout) in _DOCUMENTED.items()
}
