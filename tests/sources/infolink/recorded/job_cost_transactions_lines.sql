-- Posted job cost transactions. They have no key, and equal rows are separate postings: nothing is made distinct here.
-- A month is the first six characters of the date's text; blank dates are a month too.
SELECT
    CONCAT(
        CAST('' AS nvarchar(4000)),
        t.Company_Code,
        CHAR(31),
        t.Job_Number,
        CHAR(31),
        t.Phase_Code,
        CHAR(31),
        t.Cost_Type,
        CHAR(31),
        t.Tran_Date_Text,
        CHAR(31),
        t.Tran_Type_Code,
        CHAR(31),
        CAST(t.Tran_Amount AS varchar(40)),
        CHAR(31),
        CAST(t.Total_Hours AS varchar(40)),
        CHAR(31),
        CAST(t.Quantity AS varchar(40)),
        CHAR(31),
        t.Unit_of_Measure,
        CHAR(31),
        t.Reference_1,
        CHAR(31),
        t.Reference_2,
        CHAR(31),
        t.Detail_Sequence,
        CHAR(31),
        t.Description,
        CHAR(31),
        t.Batch_Code,
        CHAR(31),
        t.Vendor_Code,
        CHAR(31),
        t.Vendor_Name,
        CHAR(31),
        t.AP_Company_Code,
        CHAR(31),
        t.Invoice_Number,
        CHAR(31),
        CONVERT(varchar(10), t.Invoice_Date, 23),
        CHAR(31),
        t.Po_Number,
        CHAR(31),
        t.Pr_Company_Code,
        CHAR(31),
        t.Cost_Center,
        CHAR(31),
        t.Tran_Date_Text_Year,
        CHAR(31),
        t.Tran_Date_Text_Period,
        CHAR(31),
        CAST(CAST(SUBSTRING(
            HASHBYTES('SHA2_256', CONCAT(
                %(spec_hash)s, '|',
                CASE WHEN t.Company_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Company_Code), ':', t.Company_Code) END, '|',
                CASE WHEN t.Job_Number IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Job_Number), ':', t.Job_Number) END, '|',
                CASE WHEN t.Phase_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Phase_Code), ':', t.Phase_Code) END, '|',
                CASE WHEN t.Cost_Type IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Cost_Type), ':', t.Cost_Type) END, '|',
                CASE WHEN t.Tran_Date_Text IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Tran_Date_Text), ':', t.Tran_Date_Text) END, '|',
                CASE WHEN t.Tran_Type_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Tran_Type_Code), ':', t.Tran_Type_Code) END, '|',
                COALESCE(CAST(t.Tran_Amount AS varchar(40)), '-'), '|',
                COALESCE(CAST(t.Total_Hours AS varchar(40)), '-'), '|',
                COALESCE(CAST(t.Quantity AS varchar(40)), '-'), '|',
                CASE WHEN t.Unit_of_Measure IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Unit_of_Measure), ':', t.Unit_of_Measure) END, '|',
                CASE WHEN t.Reference_1 IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Reference_1), ':', t.Reference_1) END, '|',
                CASE WHEN t.Reference_2 IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Reference_2), ':', t.Reference_2) END, '|',
                CASE WHEN t.Detail_Sequence IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Detail_Sequence), ':', t.Detail_Sequence) END, '|',
                CASE WHEN t.Description IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Description), ':', t.Description) END, '|',
                CASE WHEN t.Batch_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Batch_Code), ':', t.Batch_Code) END, '|',
                CASE WHEN t.Vendor_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Vendor_Code), ':', t.Vendor_Code) END, '|',
                CASE WHEN t.Vendor_Name IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Vendor_Name), ':', t.Vendor_Name) END, '|',
                CASE WHEN t.AP_Company_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.AP_Company_Code), ':', t.AP_Company_Code) END, '|',
                CASE WHEN t.Invoice_Number IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Invoice_Number), ':', t.Invoice_Number) END, '|',
                COALESCE(CONVERT(varchar(10), t.Invoice_Date, 23), '-'), '|',
                CASE WHEN t.Po_Number IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Po_Number), ':', t.Po_Number) END, '|',
                CASE WHEN t.Pr_Company_Code IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Pr_Company_Code), ':', t.Pr_Company_Code) END, '|',
                CASE WHEN t.Cost_Center IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Cost_Center), ':', t.Cost_Center) END, '|',
                CASE WHEN t.Tran_Date_Text_Year IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Tran_Date_Text_Year), ':', t.Tran_Date_Text_Year) END, '|',
                CASE WHEN t.Tran_Date_Text_Period IS NULL THEN '-' ELSE CONCAT(DATALENGTH(t.Tran_Date_Text_Period), ':', t.Tran_Date_Text_Period) END
            )), 1, 8
        ) AS bigint) AS varchar(20))
    ) COLLATE Latin1_General_BIN2 AS row_line
FROM dbo.JC_TRANSACTION_HISTORY_MC AS t
WHERE
    t.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(t.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- spec_hash = b''
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
