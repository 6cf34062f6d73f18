-- The header of a subcontract; its number is unique per vendor only.
SELECT
    {{ columns }}
FROM dbo.VN_SUBCONTRACT_MC AS t
WHERE
    {{ where }}
