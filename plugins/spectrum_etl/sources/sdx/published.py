"""What the services are documented to return, so that any other field is reported as new (M4).

Source: the pages named in `services`.
"""

from __future__ import annotations

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

#: What is read -> documented fields of its records.
DOCUMENTED_FIELDS: dict[str, frozenset[str]] = {read: frozenset(names.split()) for read, names in _FIELDS.items()}
