-- Subcontracts: one row a vendor and number, without amounts, which are on the lines.
SELECT
    {{ columns }}
FROM dbo.VN_SUBCONTRACT_MC AS s
WHERE
    {{ where.s }}
