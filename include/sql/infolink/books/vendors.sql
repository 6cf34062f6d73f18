-- Vendors, whatever their status: the code of an inactive one is taken too. Tax ids and bank accounts are never selected.
SELECT
    {{ columns }}
FROM dbo.VN_VENDOR_MASTER_MC AS t
WHERE
    {{ where }}
