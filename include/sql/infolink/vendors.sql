-- Every vendor of the company, inactive ones included. Tax ids and bank accounts are never selected.
SELECT
    {{ columns }}
FROM dbo.VN_VENDOR_MASTER_MC AS v
WHERE
    {{ where.v }}
