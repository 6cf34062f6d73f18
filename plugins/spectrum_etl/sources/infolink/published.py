"""Columns of Info-Link that are known and not staged, so that they are not reported as new (M4). Used by `plan`.

From the columns that are published of Spectrum's tables. `Social_Sec_Number` is here to be recognised: it is never
read (M9).
"""

from __future__ import annotations

_KNOWN = {
    "CR_CHNG_REQ_HDR_MC": "CR_Description Origination_Date Approved_Date",
    "CR_CHNG_REQ_STATUS_MC": "Description",
    "JC_PHASE_ESTIMATES_MC": "Sequence Tran_Date_Text",
    "JC_PHASE_MASTER_MC": "Original_Est_Quantity Original_Est_Hours Original_Est_Cost Start_Date End_Date "
    "Complete_Date Price_Method_Code Comment Cost_Center",
    "VN_SUBCONTRACT_MC": "Status_Code Date_Issued Retention_Percent Comment",
    "VN_VENDOR_MASTER_MC": "Social_Sec_Number",
}

#: Info-Link table -> known columns, in upper case, that the objects need not read.
KNOWN: dict[str, frozenset[str]] = {table: frozenset(names.upper().split()) for table, names in _KNOWN.items()}
