-- Rows of one table: the spec or lookup that reads it says which, and why. A join or a sum has a file of its own.
SELECT
    CAST(l.Company_Code AS nvarchar(3)) AS company_code,
    CAST(l.PO_Number AS nvarchar(10)) AS po_number,
    CAST(l.Line_Number AS nvarchar(3)) AS line_number,
    CAST(l.Job_Number AS nvarchar(10)) AS job_number,
    CAST(l.Phase_Code AS nvarchar(20)) AS phase_code,
    CAST(l.Cost_Type AS nvarchar(3)) AS cost_type,
    CAST(l.Item_Code AS nvarchar(15)) AS item_code,
    CAST(l.Item_Description AS nvarchar(35)) AS item_description,
    CAST(l.Unit_Of_Measure AS nvarchar(3)) AS unit_of_measure,
    CAST(l.PO_Quantity_List1 AS varchar(40)) AS ordered_quantity,
    CAST(l.Open_Receipt_Quantity AS varchar(40)) AS open_receipt_quantity,
    CAST(l.Item_Price AS varchar(40)) AS item_price,
    CAST(l.Line_Extension_List1 AS varchar(40)) AS line_extension,
    CAST(l.Received_Extension AS varchar(40)) AS received_extension,
    CAST(l.Tax_Amount_List1 AS varchar(40)) AS tax_amount,
    CONVERT(varchar(10), l.Delivery_Date, 23) AS delivery_date,
    CAST(l.GL_Account AS nvarchar(12)) AS gl_account,
    CAST(l.Equipment_Code AS nvarchar(10)) AS equipment_code,
    CAST(l.Warehouse_Code AS nvarchar(10)) AS warehouse_code,
    CAST(l.Line_Type AS nvarchar(1)) AS line_type,
    CAST(l.Cost_Center AS nvarchar(10)) AS cost_center
FROM dbo.PO_PURCHASE_ORDER_DETAIL_MC AS l
WHERE
    l.Company_Code IN (%(company_stored_0)s, %(company_stored_1)s, %(company_stored_2)s)
    AND LTRIM(RTRIM(l.Company_Code)) COLLATE Latin1_General_BIN2 IN (%(company)s)
-- company = b'1'
-- company_stored_0 = b'1'
-- company_stored_1 = b' 1'
-- company_stored_2 = b'  1'
