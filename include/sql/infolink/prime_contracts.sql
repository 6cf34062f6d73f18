-- Prime contracts: one row a customer and job. Unit price contracts come along; the warehouse marks them.
SELECT
    {{ columns }}
FROM dbo.CR_CONTRACT_MASTER_MC AS c
WHERE
    {{ where.c }}
