"""Columns of Info-Link that are known, so that they are not reported as new (M4), those that are never read (M9), and
the names of those that both staging and exports read.

Source: the columns of real sites and of published reports.
"""

from __future__ import annotations

_KNOWN = {
    "CR_BID_ITEM_DES_MC": """
        Bid_Item Bid_Item_Number Bill_Item_Code Billing_Description Billing_Item Billing_Item_Code Company_Code
        Contract_Amount Cost_Center Customer_Code GL_Account Job_Number Original_Contract Original_Contract_Amount
        Projected_Revenue
    """,
    "CR_CHNG_REQ_CON_DET_MC": """
        Change_Request_Amount Change_Request_Hours Change_Request_Number Change_Request_Quantity Company_Code
        Cost_Type Customer_Code Job_Number Phase_Code
    """,
    "CR_CHNG_REQ_HDR_MC": """
        Approved_Date Change_Order_Number Change_Request_Number Company_Code CR_Description CR_Status Customer_Code
        Job_Number Origination_Date Status
    """,
    "CR_CHNG_REQ_REV_MC": """
        Bill_Item_Code Billing_Item Billing_Item_Code Change_Request_Number Company_Code CR_Billing_Item_Code CR_Revenue
        Customer_Code Job_Number
    """,
    "CR_CHNG_REQ_STATUS_MC": """
        Company_Code CR_Status CR_Type Description Status_Code
    """,
    "CR_CONTRACT_MASTER_MC": """
        Company_Code Contract_Date Contract_Description Contract_Number Customer_Code Job_Number Original_Contract
        Original_Contract_Amount Price_Method_Code Retention_Percent Status_Code
    """,
    "JC_COST_TYPE_MASTER_MC": """
        Company_Code Cost_Type Description Status_Code
    """,
    "JC_JOB_MASTER_MC": """
        Address_1 Address_2 Auto_Ot_Flag Burden_Cost_Type Burden_Flag Burden_Percent Burden_Phase Certified_Flag
        Certified_Project_ID Certified_Week_Type City Comment Company_Code Complete_Date Contract_Number Cost_Center
        Cost_Markup_Percent Create_Date Customer_Code Division Dt_Over_Hrs Earned_Calc_Type Entered_Percent_Complete
        Entered_Projected_Cost Est_Complete_Date Est_Start_Date Estimator Fax_Phone id Index_Variable Index_Variable_2
        Job_Description Job_Number Job_Oh_Batch_Code Job_Site_Phone Job_Type Latitude Lock_Revenue_Entry Longitude
        Major_Group_End Major_Group_Start Master_Job Minor_Group_End Minor_Group_Start OH_Cost_Type OH_Phase
        Original_Contract Ot_Over_Hrs Pay_Group Payroll_OH_Percent Period_Flag Phase_Display_Code Phone PR_OH_Amount
        PR_OH_Type_Code Pre_TC_Burden_Percent Price_Method_Code Project_Manager Projected_Complete_Date Routing_Code1
        Routing_Code2 Routing_Limit Sales_Tax_Code Standard_Phase_Category Start_Date State Status_Code Superintendent
        Tax_Class_Code Taxable_Flag Total_Units Track_Davis_Bacon Track_Prevailing_Wage Under_Billed Unit_of_Measure
        Wage_Code_Indicator Wage_Rate_Level WO_Site Work_Comp_Code Work_County_Tax_Code Work_Local_Tax_Code
        Work_State_Tax_Code Zip_Code
    """,
    "JC_PHASE_ESTIMATES_MC": """
        Company_Code Cost_Type Est_Cost Est_Hours Est_Quantity Job_Number Phase_Code Tran_Date_Text
    """,
    "JC_PHASE_MASTER_MC": """
        Alt_Phase_Code Bid_Item_Number Certified_Flag Comment Company_Code Complete_Date Cost_Center Cost_Type
        Description End_Date Est_Unit_Cost id Job_Number Last_Cost_Date Last_Payroll_Date Lead_Time_Days
        Major_Group_Code Minor_Group_Code Original_Est_Cost Original_Est_Hours Original_Est_Quantity Phase_Code
        Phase_Cost_Center Price_Method_Code Projected_Cost_Code Start_Date Status_Code TM_Markup_Flag Unit_of_Measure
        Update_Proj_Qty Wage_Code_Indicator Wage_Rate_Level Work_Comp_Code Work_County_Tax_Code Work_Local_Tax_Code
        Work_State_Tax_Code
    """,
    "JC_PROJ_COST_HISTORY_MC": """
        Amount Company_Code Cost_Type Job Note Operator Period Phase Projected_Cost Projected_Hours Projected_Quantity
        Remarks System_Key Transaction_Date Transaction_Date_Period Transaction_Date_Year Transaction_Time Type
        Variance Year
    """,
    "JC_STD_PHASE_DESCRIPTION_MC": """
        Category Category_Code Company_Code Description Phase_Category Phase_Code Standard_Phase_Category
    """,
    "JC_TRANSACTION_HISTORY_MC": """
        Adjust_Reference AP_Company_Code Batch_Code Batch_Sequence Check_Number Company_Code Cost_Center Cost_Type
        Crew_Number Customer_Code Description Detail_Sequence Draw_Appl_Number Employee_Code Employee_Name
        Equip_Company_Code Inventory_Company_Code Invoice_Date Invoice_Number Item_Code Item_Description Job_Number
        Phase_Code Po_Number Pr_Burden Pr_Company_Code PR_Hours1 PR_Hours2 PR_Hours3 PR_Hours4 PR_Hours5 PR_Hours6
        PR_Pay_Amount1 PR_Pay_Amount2 PR_Pay_Amount3 PR_Pay_Amount4 PR_Pay_Amount5 PR_Pay_Amount6 PR_Pay_Amount7
        Quantity Reference_1 Reference_2 Total_Hours Tran_Amount Tran_Date_Text Tran_Date_Text_Period
        Tran_Date_Text_Year Tran_Type_Code Unit_of_Measure Vendor_Code Vendor_Name
    """,
    "VN_CHNG_REQ_SUB_DET_MC": """
        Change_Request_Number Company_Code Cost_Type Job_Number Phase_Code Sub_Amount Subcontract_Number Vendor_Code
    """,
    "VN_CHNG_REQ_SUB_HDR_MC": """
        Change_Request_Number Company_Code Job_Number Sub_Change_Order_Number Sub_Status Subcontract_Number
        Vendor_Code
    """,
    "VN_SUBCONTRACT_MC": """
        Comment_1 Comment_2 Company_Code Contact_Person Contract_Type Cost_Center Currency_Code Current_Balance
        Current_Bill_Amount Current_Paid Date_Issued Date_Issued_Period Date_Issued_Year Default_Cost_Type
        Default_Phase_Code Deselect_Flag Disc_Days Disc_Override Disc_Perc Disc_Terms Discount_Taken GL_Account id
        Insurance_Cert_Flag Job_Number Next_Payment_Number Original_Amount Pay_Days Pay_Override Pay_Terms
        Pay_When_Paid Retention_Balance Retention_Billed Retention_Discount Retention_Paid Retention_Percent
        Routing_Code1 Routing_Code2 Routing_Limit Sent_Date Status_Code Subcontract_Number Total_Balance Total_Billed
        Total_Discount_Taken Total_Paid Trade_Service Unit_Price_Flag Vendor_Code
    """,
    "VN_SUBCONTRACT_PHASE_MC": """
        Amount_Billed_To_Date Bid_Item_Number Bill_Description Company_Code Cost_Type id Original_Contract_Amount
        Original_Contract_Quantity Phase_Code Qty_Upd_Over Quantity_Billed_To_Date Retention_Flag Subcontract_Number
        Unit_Of_Measure Unit_Price Vendor_Code
    """,
    "VN_VENDOR_MASTER_MC": """
        ABA_Number Account_Type Address_1 Address_2 Address_3 Address_ID All_Cost_Centers Alpha_Sort Alt_1099_Name
        Amnt_Last_Payment Balance Bank_Account_Code Checking_Account_Code Comdata_Payable Company_Code Contact_Name
        Contact_Phone Credit_Card_Issuer_Flag Date_Last_Invoice Date_Last_Payment Default_GL_Account
        Disadv_Business_Flag Disadv_Business_Type Encrypted_Checking_Account_Code Encrypted_Social_Sec_Number Fax_ID
        Fax_Phone Fed_1099_Indicator Fed_Id_Number GL_Distrib_Percent_List1 GL_Distrib_Percent_List10
        GL_Distrib_Percent_List2 GL_Distrib_Percent_List3 GL_Distrib_Percent_List4 GL_Distrib_Percent_List5
        GL_Distrib_Percent_List6 GL_Distrib_Percent_List7 GL_Distrib_Percent_List8 GL_Distrib_Percent_List9
        GL_Distribution_Acct_List1 GL_Distribution_Acct_List10 GL_Distribution_Acct_List2 GL_Distribution_Acct_List3
        GL_Distribution_Acct_List4 GL_Distribution_Acct_List5 GL_Distribution_Acct_List6 GL_Distribution_Acct_List7
        GL_Distribution_Acct_List8 GL_Distribution_Acct_List9 GL_Distribution_CC_List1 GL_Distribution_CC_List10
        GL_Distribution_CC_List2 GL_Distribution_CC_List3 GL_Distribution_CC_List4 GL_Distribution_CC_List5
        GL_Distribution_CC_List6 GL_Distribution_CC_List7 GL_Distribution_CC_List8 GL_Distribution_CC_List9 Hold_Flag
        id Insurance_Cert_Flag Insurance_Exp_Date Merchant_ID Minority_Business Negative_Check_Flag Our_Account_Number
        Pay_When_Paid Phone Phone_ID PO_Method Primary_Contact Retention_Balance Retention_Billed1 Retention_Billed2
        Retention_Discount1 Retention_Discount2 Retention_Paid1 Retention_Paid2 Routing_Code1 Routing_Code2
        Routing_Limit Send_1099_Flag Small_Business Social_Sec_Number State Status Status_Code Terms_Code Terms_Days
        Terms_Disc_Code Terms_Disc_Days Terms_Disc_Percent Total_Discounts1 Total_Discounts2 Total_Invoices1
        Total_Invoices2 Total_Payments1 Total_Payments2 Type Use_Tax_Code Vendor_Code Vendor_Email Vendor_Name
        Vendor_Status Veteran_Business Web_Site Woman_Business Zip_Code
    """,
}

#: Columns of change requests with the other names they may have, in the order in which these are tried: that of a
#: request's status, of the status itself, and of the billing item of a request's revenue.
REQUEST_STATUS = ("Status", "CR_Status")
STATUS_CODE = ("Status_Code", "CR_Status")
REVENUE_ITEM = ("Billing_Item", "Billing_Item_Code", "CR_Billing_Item_Code", "Bill_Item_Code")

#: Info-Link table -> known columns, in upper case, that the objects need not read.
KNOWN: dict[str, frozenset[str]] = {table: frozenset(names.upper().split()) for table, names in _KNOWN.items()}

#: Tax ids, bank accounts, cards and wages, in upper case: no object may name one as its source.
NEVER_READ = frozenset(
    """
    ABA_Number Alt_1099_Name Bank_Account_Code Card_Number Checking_Account_Code Comdata_Temp_Credit_Card
    Encrypted_Checking_Account_Code Encrypted_Social_Sec_Number Fed_Id_Number Merchant_ID PR_Pay_Amount1
    PR_Pay_Amount2 PR_Pay_Amount3 PR_Pay_Amount4 PR_Pay_Amount5 PR_Pay_Amount6 PR_Pay_Amount7 Pr_Burden
    Resale_Number Social_Sec_Number
    """.upper().split()
)
