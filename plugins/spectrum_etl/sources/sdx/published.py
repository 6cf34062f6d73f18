"""The reads of the web services: which services each uses, and what they are documented to return.

Any other field is reported as new (M4). Source: the pages named in `services`.
"""

from __future__ import annotations

from dataclasses import dataclass

_PHASE = """Company_Code Job_Number Phase_Code Cost_Type Description Status_Code Unit_of_Measure JTD_Quantity JTD_Hours
    JTD_Actual_Dollars Projected_Quantity Projected_Hours Projected_Dollars Estimated_Quantity Estimated_Hours
    Current_Estimated_Dollars Cost_Center"""

_FIELDS = {
    # GetJob, GetJobMain and GetJobDates together.
    "jobs": """Company_Code Job_Number Job_Description Division Address_1 Address_2 City State Zip_Code Project_Manager
        Superintendent Estimator Certified_Flag Customer_Code Status_Code Work_State_Tax_Code Contract_Number
        Cost_Center Phone Fax_Phone Job_Site_Phone Customer_Name Original_Contract Owner_Name WO_Site Comment
        Price_Method_Code Total_Units Unit_of_Measure Latitude Longitude Legal_Desc Field_1 Field_2 Field_3 Field_4
        Field_5 Est_Start_Date Est_Complete_Date Projected_Complete_Date Create_Date Start_Date Complete_Date""",
    "phase_totals": _PHASE,
    "phases": f"{_PHASE} Price_Method_Code Complete_Date Start_Date End_Date Comment",
    "vendors": """Company_Code Vendor_Code Name Address_1 Address_2 City State Zip_Code First_Name Last_Name
        Phone_Number Email Account_Reference Payment_Terms Payment_Term_Days Discount_Terms Discount_Term_Days
        Discount_Percent Purchase_Location_Name Purchase_Address_1 Purchase_Address_2 Purchase_City Purchase_State
        Purchase_Zip Payment_Location_Name Payment_Address_1 Payment_Address_2 Payment_City Payment_State
        Payment_Zip""",
}


@dataclass(frozen=True)
class Read:
    """One read: a method of `SdxClient` without `read_`, as `Table.sdx` names it.

    Args:
        services: whose records are put together; where a field is in several, that of the last one counts.
        fields: the documented fields of its records.
        job_by_job: whether it asks for one job after the other, and GetJob first, which jobs there are.
        infolink: the Info-Link table that is looked up beside it; empty for none.
    """

    services: tuple[str, ...]
    fields: frozenset[str]
    job_by_job: bool = False
    infolink: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """Every service that is called."""
        return tuple(dict.fromkeys((*(("GetJob",) if self.job_by_job else ()), *self.services)))


def _read(name: str, *services: str, job_by_job: bool = False, infolink: str = "") -> Read:
    return Read(services, frozenset(_FIELDS[name].split()), job_by_job, infolink)


READS: dict[str, Read] = {
    # Contract numbers are cut to 15 characters in GetJob (documented). No service names the master of a sub job.
    "jobs": _read("jobs", "GetJob", "GetJobDates", "GetJobMain", infolink="JC_JOB_MASTER_MC"),
    "phases": _read("phases", "GetPhaseEnhanced", job_by_job=True),
    "phase_totals": _read("phase_totals", "GetPhase", job_by_job=True),
    "vendors": _read("vendors", "Vendors"),
}
