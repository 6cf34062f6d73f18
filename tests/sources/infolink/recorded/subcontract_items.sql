-- Lines of subcontracts. The job stands on the subcontract only. Subcontracts are grouped before they are joined, so
-- that no line is counted twice where the source holds a subcontract twice; one that is there for two jobs has none.
SELECT
    CAST(i.Company_Code AS nvarchar(3)) AS company_code,
    CAST(h.Job_Number AS nvarchar(10)) AS job_number,
    CAST(i.Vendor_Code AS nvarchar(10)) AS vendor_code,
    CAST(i.Subcontract_Number AS nvarchar(10)) AS subcontract_number,
    CAST(i.Phase_Code AS nvarchar(20)) AS phase_code,
    CAST(i.Cost_Type AS nvarchar(3)) AS cost_type,
    CAST(i.Bid_Item_Number AS nvarchar(10)) AS bid_item_number,
    CAST(i.Original_Contract_Quantity AS varchar(40)) AS original_contract_quantity,
    CAST(i.Unit_Price AS varchar(40)) AS unit_price,
    CAST(i.Original_Contract_Amount AS varchar(40)) AS original_contract_amount,
    CAST(i.Amount_Billed_To_Date AS varchar(40)) AS amount_billed_to_date,
    CAST(i.Bill_Description AS nvarchar(25)) AS bill_description
FROM dbo.VN_SUBCONTRACT_PHASE_MC AS i
LEFT JOIN (
    SELECT
        LTRIM(RTRIM(h.Vendor_Code)) COLLATE Latin1_General_BIN2 AS Vendor_Code,
        LTRIM(RTRIM(h.Subcontract_Number)) COLLATE Latin1_General_BIN2 AS Subcontract_Number,
        CASE
            WHEN MIN(LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2) = MAX(LTRIM(RTRIM(h.Job_Number)) COLLATE Latin1_General_BIN2)
                THEN MIN(LTRIM(RTRIM(h.Job_Number)))
        END AS Job_Number
    FROM dbo.VN_SUBCONTRACT_MC AS h
    WHERE
        h.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(h.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
    GROUP BY
        LTRIM(RTRIM(h.Vendor_Code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(h.Subcontract_Number)) COLLATE Latin1_General_BIN2
) AS h
    ON
        LTRIM(RTRIM(i.Vendor_Code)) COLLATE Latin1_General_BIN2 = h.Vendor_Code
        AND LTRIM(RTRIM(i.Subcontract_Number)) COLLATE Latin1_General_BIN2 = h.Subcontract_Number
WHERE
    i.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(i.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
