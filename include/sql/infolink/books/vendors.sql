-- Vendors, whatever their status: an inactive one keeps its code. Tax ids and bank accounts are never selected.
SELECT
    {{ columns }}
FROM dbo.VN_VENDOR_MASTER_MC AS t
WHERE
    {{ where }}
