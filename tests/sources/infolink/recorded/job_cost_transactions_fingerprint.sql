-- One row a job and month: count, sums and a checksum over every column that is read. A partition whose fingerprint has
-- not changed is not copied again. Transactions can be posted late, back-dated, edited and deleted, and edits can
-- compensate each other in the sums, so the checksum is needed: the sum of 64 bits of every row's SHA-256 depends on no
-- order and, other than CHECKSUM_AGG, does not cancel equal rows.
SELECT
    COALESCE(LTRIM(RTRIM(t.Job_Number)), '') COLLATE Latin1_General_BIN2 AS job_number,
    COALESCE(LEFT(LTRIM(RTRIM(t.Tran_Date_Text)), 6), '') COLLATE Latin1_General_BIN2 AS partition_month,
    COUNT(*) AS source_rows,
    CAST(COALESCE(SUM(t.Tran_Amount), 0) AS varchar(40)) AS amount_sum,
    CAST(COALESCE(SUM(t.Total_Hours), 0) AS varchar(40)) AS hours_sum,
    CAST(COALESCE(SUM(t.Quantity), 0) AS varchar(40)) AS quantity_sum,
    CAST(
        SUM(CAST(CAST(SUBSTRING(
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
        ) AS bigint) AS decimal(38, 0))) AS varchar(40)
    ) AS row_checksum
FROM dbo.JC_TRANSACTION_HISTORY_MC AS t
WHERE
    t.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(t.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
GROUP BY
    COALESCE(LTRIM(RTRIM(t.Job_Number)), '') COLLATE Latin1_General_BIN2,
    COALESCE(LEFT(LTRIM(RTRIM(t.Tran_Date_Text)), 6), '') COLLATE Latin1_General_BIN2
-- spec_hash = b'abc'
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
